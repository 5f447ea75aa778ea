//! What edits, reactions and pins share: the message they are about, and whether the caller still takes part.

use std::sync::Arc;

use openim_core::{ConversationId, Ctx, Error, ErrorCode, Result};
use openim_platform::store::Tx;

use super::Service;
use super::changing::Changed;
use crate::error;
use crate::model::{Message, Parties, Slot, Target};
use crate::policy::{self, Reader};
use crate::repository::changing;

impl Service {
    /// Opens a message that something is to be added to, as it was sent or last edited.
    ///
    /// # Errors
    /// As [`Service::open`]; `RECORD_NOT_FOUND` also when it was revoked or deleted.
    pub(super) async fn target(&self, ctx: &Ctx, target: &Target) -> Result<(Changed, Arc<Message>)> {
        let changed = self.open(ctx, &target.user, &target.conversation_id).await?;
        let found = self.reachable(&changed, &[target.seq]).await?.pop();
        let message = found.filter(|message| message.state.revoked.is_none()).ok_or_else(error::no_message)?;
        Ok((changed, message))
    }

    /// Locks the message within a transaction and looks at it again.
    pub(super) async fn locked(&self, tx: &Tx, changed: &Changed, seq: i64) -> Result<Arc<Message>> {
        let found = changing::lock(tx.connection(), changed.log(), &[seq]).await?.pop();
        let there = |message: &Arc<Message>| !message.state.emptied && message.state.revoked.is_none();
        found.filter(there).ok_or_else(error::no_message)
    }

    /// Checks that the caller still takes part in the conversation: is in the group, is not blocked by the other one. Who
    /// `writes` must also be allowed to send there.
    ///
    /// # Errors
    /// `NOT_IN_GROUP`, `GROUP_DISMISSED`, `MUTED_IN_GROUP`, `MUTED_GROUP`, `BLOCKED_BY_PEER`, `NOT_PEERS_FRIEND`.
    pub(super) async fn takes_part(&self, ctx: &Ctx, changed: &Changed, writes: bool) -> Result<()> {
        if changed.app_admin {
            return Ok(());
        }
        match &changed.log().key.parties {
            Parties::Group(group) => {
                let summary = self.groups.group(group).await?.ok_or_else(|| error::missing("the group does not exist"))?;
                if summary.dismissed {
                    return Err(Error::new(ErrorCode::GroupDismissed, "the group was dismissed"));
                }
                let member = self.groups.member(group, &changed.user).await?;
                match &member {
                    Some(_) if !writes => Ok(()),
                    member => policy::may_write_in(&summary, member.as_ref(), ctx.now()),
                }
            }
            Parties::Pair(a, b) => {
                let other = if *a == changed.user { b } else { a };
                if *other == changed.user {
                    return Ok(());
                }
                let standing = self.relations.standing(other, &changed.user).await?;
                policy::may_write_to(standing, self.settings.get().friend_verify && writes)
            }
        }
    }

    /// Checks that a message can answer the one at a place: the caller sees it.
    ///
    /// # Errors
    /// `RECORD_NOT_FOUND`.
    pub(super) async fn may_answer(&self, ctx: &Ctx, id: &ConversationId, seq: Option<i64>) -> Result<()> {
        let Some(seq) = seq else { return Ok(()) };
        let place = (id.clone(), seq);
        match self.messages(&Reader::of(ctx)?, std::slice::from_ref(&place)).await?.remove(&place) {
            Some(Slot::Message(message)) if message.state.revoked.is_none() => Ok(()),
            _ => Err(error::no_message()),
        }
    }

    /// Returns the message as the caller sees it now.
    pub(super) async fn seen(&self, changed: &Changed, seq: i64) -> Result<Slot> {
        self.slots_of(&changed.window, &[seq]).await?.pop().ok_or_else(error::no_message)
    }
}
