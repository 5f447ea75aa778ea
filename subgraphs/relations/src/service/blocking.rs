//! Black lists: who is on them decides nothing here; the messages domain asks before it takes a message.

use std::slice;

use openim_contracts::{Audience, RelationsUpdated, Signal, SignalKind};
use openim_core::{Ctx, Result, UserId};
use openim_platform::store::Tx;
use openim_platform::versions::{self, Change, VersionedList};

use super::Service;
use crate::model::{Block, BlockEntry, Changed};
use crate::repository::blocks;
use crate::{hooks, notifications, policy};

impl Service {
    /// Puts a user on the owner's black list. The friendship stays. Who is on it already stays as it was.
    pub(crate) async fn block(&self, ctx: &Ctx, command: Block) -> Result<Changed<BlockEntry>> {
        policy::may_use(ctx, &command.owner)?;
        policy::check_ex(&command.ex)?;
        let operator = policy::operator(ctx, &command.owner)?;
        let Block { owner, blocked, ex } = command;
        hooks::before_block(&self.webhooks, ctx, &owner, &blocked).await?;
        self.require_users(&[owner.clone(), blocked.clone()]).await?;
        let entry = BlockEntry { owner, blocked, created_at: ctx.now(), operator, ex };
        let tx = self.store.begin().await?;
        if !blocks::insert_if_free(tx.connection(), &entry).await? {
            let stored = blocks::find(tx.connection(), &entry.owner, slice::from_ref(&entry.blocked)).await?.pop();
            return Ok(Changed::Before(stored.unwrap_or(entry)));
        }
        note(ctx, &tx, &entry.owner, &entry.blocked, Change::Inserted(entry.blocked.as_str())).await?;
        notifications::blocked(ctx, &tx, &entry.owner, &entry.blocked).await?;
        tx.commit().await?;
        self.standings.forget(&entry.owner, slice::from_ref(&entry.blocked)).await;
        Ok(Changed::Now(entry))
    }

    /// Takes a user off the owner's black list. A list without that user stays as it is and nobody is told.
    pub(crate) async fn unblock(&self, ctx: &Ctx, owner: UserId, blocked: UserId) -> Result<Changed<UserId>> {
        policy::may_use(ctx, &owner)?;
        let tx = self.store.begin().await?;
        if !blocks::delete(tx.connection(), &owner, &blocked).await? {
            return Ok(Changed::Before(blocked));
        }
        note(ctx, &tx, &owner, &blocked, Change::Deleted(blocked.as_str())).await?;
        notifications::unblocked(ctx, &tx, &owner, &blocked).await?;
        hooks::after_unblock(&self.webhooks, ctx, &tx, &owner, &blocked).await?;
        tx.commit().await?;
        self.standings.forget(&owner, slice::from_ref(&blocked)).await;
        Ok(Changed::Now(blocked))
    }
}

/// Records a change of a black list and tells its owner.
async fn note(ctx: &Ctx, tx: &Tx, owner: &UserId, blocked: &UserId, change: Change<'_>) -> Result<()> {
    versions::record(tx.connection(), ctx, VersionedList::Blacks, owner.as_str(), &[change]).await?;
    tx.append(ctx, &RelationsUpdated { owner: owner.clone(), user_ids: vec![blocked.clone()] }).await?;
    let kind = SignalKind::BlacklistChanged { owner: owner.clone(), user_id: blocked.clone() };
    tx.signal(Signal { audience: Audience::Users(vec![owner.clone()]), kind });
    Ok(())
}
