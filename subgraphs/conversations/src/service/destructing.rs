//! Timed destruction: in views whose owner wants it, messages vanish some time after they were stored. They stay for others.

use std::time::Duration;

use openim_contracts::StoredBefore;
use openim_core::{Error, Result, Timestamp};
use openim_platform::timers::Turn;
use openim_platform::versions::{self, Change, VersionedList};

use super::Service;
use crate::events::row_changed;
use crate::model::Conversation;
use crate::notifications;
use crate::repository::{destructing, settings};

/// Rows of one step.
const STEP: u64 = 100;
/// A view is looked at again after a tenth of its time, within these bounds.
const OFTEN: Duration = Duration::from_secs(60 * 60);
const SELDOM: Duration = Duration::from_secs(24 * 60 * 60);

impl Service {
    /// Does one bounded step of what is due and returns how many views it looked at. Any number of workers may do it.
    pub(crate) async fn destruct_step(&self, turn: &Turn) -> Result<u64> {
        let ctx = &turn.ctx();
        let now = ctx.now();
        let mut rows = destructing::due(self.store.read(), now, STEP).await?;
        // In owner order, as every writer of version logs.
        rows.sort_unstable_by(|a, b| (&a.owner, &a.id).cmp(&(&b.owner, &b.id)));
        if rows.is_empty() {
            return Ok(0);
        }
        let heads = self.log_ends(&rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>()).await?;
        let from = |row: &Conversation| row.min_seq.max(heads.get(&row.id).map_or(1, |head| head.min_seq)).max(1);
        let ask = |row: &Conversation| {
            let age = row.preferences.destruct_after.saturating_mul(1_000);
            StoredBefore { conversation_id: row.id.clone(), from: from(row), moment: Timestamp(now.0.saturating_sub(age)) }
        };
        let last = self.logs.last_before(&rows.iter().map(ask).collect::<Vec<_>>()).await?;
        let tx = turn.begin().await?;
        for (row, last) in rows.iter().zip(last) {
            let (owner, id) = (&row.owner, &row.id);
            let again = now.plus(Duration::from_secs(row.preferences.destruct_after.unsigned_abs() / 10).clamp(OFTEN, SELDOM));
            if !destructing::done(tx.connection(), row, now, again).await? || last < from(row) {
                continue;
            }
            // The owner may have cleared more since the row was read.
            let moved = settings::raise_min(tx.connection(), owner, &[(id.clone(), last.saturating_add(1))], now).await?;
            if moved.is_empty() {
                continue;
            }
            versions::record(tx.connection(), ctx, VersionedList::Conversations, owner.as_str(), &[Change::Updated(id.as_str())]).await?;
            notifications::list_changed(ctx, &tx, owner, &moved).await?;
            tx.signal(row_changed(owner.clone(), id.clone()));
        }
        tx.commit().await?;
        u64::try_from(rows.len()).map_err(Error::internal)
    }
}
