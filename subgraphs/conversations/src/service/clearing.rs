//! Clears conversations: what is in them now is not shown any more, to the owner or to everybody. The messages stay stored.

use openim_contracts::{ConversationHead, LogCleared};
use openim_core::{ConversationId, Ctx, Result};
use openim_platform::versions::{self, Change, VersionedList};

use super::{STEP, Service};
use crate::events::row_changed;
use crate::model::{Clear, Conversation, Which, visible_max};
use crate::repository::settings;
use crate::{notifications, policy};

impl Service {
    /// Clears the owner's conversations, in bounded steps, and returns which. For everybody it is done where the owner may:
    /// among all conversations the others are cleared for the owner alone, one that is named is refused.
    pub(crate) async fn clear(&self, ctx: &Ctx, command: Clear) -> Result<Vec<ConversationId>> {
        let Clear { owner, which, for_everybody, tell_own_devices } = command;
        policy::may_open(ctx, &owner)?;
        let named = matches!(which, Which::Ids(_));
        let rows = match which {
            Which::Ids(ids) => self.by_ids(ctx, &owner, ids).await?,
            Which::All => self.all(ctx, &owner).await?,
        };
        let mut heads = self.log_ends(&rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>()).await?;
        let mut filled = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(head) = heads.remove(&row.id).filter(|head| head.max_seq > 0) else { continue };
            let everybody = for_everybody && self.everybodys(ctx, &row, &head, named).await?;
            filled.push((row, head, everybody));
        }
        for chunk in filled.chunks(STEP) {
            let ids: Vec<ConversationId> = chunk.iter().map(|(row, ..)| row.id.clone()).collect();
            let limits: Vec<_> = chunk.iter().map(|(row, head, _)| (row.id.clone(), visible_max(row, head) + 1)).collect();
            let tx = self.store.begin().await?;
            let moved = settings::raise_min(tx.connection(), &owner, &limits, ctx.now()).await?;
            if !moved.is_empty() {
                let changes: Vec<_> = moved.iter().map(|id| Change::Updated(id.as_str())).collect();
                versions::record(tx.connection(), ctx, VersionedList::Conversations, owner.as_str(), &changes).await?;
                notifications::list_changed(ctx, &tx, &owner, &moved).await?;
            }
            for id in moved {
                tx.signal(row_changed(owner.clone(), id));
            }
            for (row, head, _) in chunk.iter().filter(|(.., everybody)| *everybody) {
                let cleared = LogCleared { conversation_id: row.id.clone(), until: head.max_seq, at: ctx.now() };
                tx.append(ctx, &cleared).await?;
                notifications::cleared_for_everybody(ctx, &tx, row).await?;
            }
            if tell_own_devices {
                notifications::cleared(ctx, &tx, &owner, &ids).await?;
            }
            tx.commit().await?;
        }
        Ok(filled.into_iter().map(|(row, ..)| row.id).collect())
    }

    /// Tells whether the owner, or an administrator in the owner's name, clears this for everybody.
    async fn everybodys(&self, ctx: &Ctx, row: &Conversation, head: &ConversationHead, named: bool) -> Result<bool> {
        let role = match &row.group {
            Some(group) if !ctx.is_admin() => self.groups.member(group, &row.owner).await?.map(|member| member.role),
            _ => None,
        };
        match policy::may_clear_for_everybody(ctx, row, head, role) {
            Ok(()) => Ok(true),
            Err(error) if named => Err(error),
            Err(_) => Ok(false),
        }
    }
}
