//! Who may do what. Pure functions: they see facts and answer.

use openim_contracts::ConversationHead;
use openim_core::{ConversationKind, Ctx, Result, UserId};

/// Passes the owner of the rows and app administrators.
pub(crate) fn may_open(ctx: &Ctx, owner: &UserId) -> Result<()> {
    ctx.require_self_or_admin(owner)
}

/// Tells whether the log itself names the user as one of its two people; such a user may have a row at any time.
pub(crate) fn takes_part(head: &ConversationHead, user: &UserId) -> bool {
    head.kind != ConversationKind::Notification && head.participants.contains(user)
}
