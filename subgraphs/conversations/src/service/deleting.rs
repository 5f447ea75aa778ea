//! Deletes conversations from an owner's list. Messages, limits and positions stay; with a new message it is shown again.

use openim_core::{ConversationId, Ctx, Result, Timestamp};
use openim_platform::versions::{self, Change, VersionedList};

use super::{STEP, Service};
use crate::error::argument;
use crate::events::row_changed;
use crate::model::{Conversation, Delete, visible_max};
use crate::repository::deleting;
use crate::{notifications, policy};

/// A day.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Service {
    /// Deletes what is named and there, in bounded steps, and returns what was deleted.
    pub(crate) async fn delete(&self, ctx: &Ctx, command: Delete) -> Result<Vec<ConversationId>> {
        let Delete { owner, ids, quiet_days } = command;
        policy::may_open(ctx, &owner)?;
        let (rows, quiet_since) = match (ids, quiet_days) {
            (Some(ids), None) => (self.by_ids(ctx, &owner, ids).await?, None),
            (None, Some(days)) if days >= 1 => {
                let since = Timestamp(ctx.now().0.saturating_sub(days.saturating_mul(DAY_MS)));
                (self.all(ctx, &owner).await?, Some(since))
            }
            (None, Some(_)) => return Err(argument("olderThanDays must be 1 or more")),
            _ => return Err(argument("give either conversationIds or olderThanDays")),
        };
        let heads = self.log_ends(&rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>()).await?;
        let end = |row: &Conversation| {
            let head = heads.get(&row.id);
            // One without any message is not quiet.
            let quiet = |since| head.is_some_and(|head| head.max_seq > 0 && head.last_time < since);
            let wanted = quiet_since.is_none_or(quiet);
            wanted.then(|| (row.id.clone(), head.map_or(0, |head| visible_max(row, head))))
        };
        let ends: Vec<_> = rows.iter().filter_map(end).collect();
        let mut deleted = Vec::with_capacity(ends.len());
        for chunk in ends.chunks(STEP) {
            let tx = self.store.begin().await?;
            let gone = deleting::delete(tx.connection(), &owner, chunk, ctx.now()).await?;
            if !gone.is_empty() {
                let changes: Vec<_> = gone.iter().map(|id| Change::Deleted(id.as_str())).collect();
                versions::record(tx.connection(), ctx, VersionedList::Conversations, owner.as_str(), &changes).await?;
                notifications::list_changed(ctx, &tx, &owner, &gone).await?;
            }
            for id in &gone {
                tx.signal(row_changed(owner.clone(), id.clone()));
            }
            tx.commit().await?;
            deleted.extend(gone);
        }
        Ok(deleted)
    }
}
