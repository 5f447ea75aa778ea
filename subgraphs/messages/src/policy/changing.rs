//! Who may change messages, the own ones and others'.

use std::time::Duration;

use openim_contracts::GroupRole;
use openim_core::{Ctx, Error, ErrorCode, Result, UserId};

use crate::model::{Message, Parties, numbers};

/// Who wants to change messages of a log.
#[derive(Debug, Clone)]
pub(crate) struct Changer<'a> {
    /// Who.
    pub(crate) user: &'a UserId,
    /// Whether an app administrator does it, in whatever name.
    pub(crate) app_admin: bool,
    /// The role in the group; `None` for who is no member, and in a chat of two.
    pub(crate) role: Option<GroupRole>,
}

/// Checks whether somebody may take a message away from everybody: the own one; in a group the owner every one, its
/// administrators those of ordinary members and of who has left; app administrators every one anywhere.
///
/// # Errors
/// `NO_PERMISSION`.
pub(crate) fn may_take_away(changer: &Changer<'_>, parties: &Parties, sender: &UserId, senders_role: Option<GroupRole>) -> Result<()> {
    let own = changer.user == sender;
    let allowed = match (parties, changer.role) {
        _ if changer.app_admin => true,
        (Parties::Pair(..), _) => own,
        (Parties::Group(_), None) => false,
        (Parties::Group(_), Some(GroupRole::Owner)) => true,
        (Parties::Group(_), Some(GroupRole::Admin)) => own || senders_role.unwrap_or(GroupRole::Member) == GroupRole::Member,
        (Parties::Group(_), Some(GroupRole::Member)) => own,
    };
    if allowed { Ok(()) } else { Err(Error::new(ErrorCode::NoPermission, "this message is not the caller's to take away")) }
}

/// Checks whether somebody may edit a message: its sender, in good time; in the sender's name app administrators at any time.
///
/// # Errors
/// `NO_PERMISSION`.
pub(crate) fn may_edit(user: &UserId, message: &Message, within: Duration, ctx: &Ctx) -> Result<()> {
    let refused = |what: &'static str| Err(Error::new(ErrorCode::NoPermission, what));
    if *user != message.envelope.sender || message.envelope.source != numbers::FROM_USER && !ctx.is_admin() {
        return refused("only its sender edits a message");
    }
    if !ctx.is_admin() && message.stored_at.until(ctx.now()) >= within {
        return refused("it is too late to edit this message");
    }
    Ok(())
}

/// Checks whether somebody may pin messages: both people of a chat, owner and administrators of a group, app
/// administrators anywhere.
///
/// # Errors
/// `NO_PERMISSION`.
pub(crate) fn may_pin(changer: &Changer<'_>, parties: &Parties) -> Result<()> {
    let allowed = match parties {
        _ if changer.app_admin => true,
        Parties::Pair(a, b) => changer.user == a || changer.user == b,
        Parties::Group(_) => changer.role.is_some_and(|role| role >= GroupRole::Admin),
    };
    if allowed { Ok(()) } else { Err(Error::new(ErrorCode::NoPermission, "only owner and administrators pin in a group")) }
}

#[cfg(test)]
mod tests {
    use openim_core::GroupId;

    use super::*;

    #[test]
    fn who_may_take_a_message_away_follows_from_roles() -> Result<()> {
        use GroupRole::{Admin, Member, Owner};
        let (me, other) = (UserId::parse("me")?, UserId::parse("other")?);
        let (group, pair) = (Parties::Group(GroupId::parse("g")?), Parties::pair(&me, &other));
        let allowed = |parties: &Parties, role, app_admin, sender, senders_role| {
            may_take_away(&Changer { user: &me, app_admin, role }, parties, sender, senders_role).is_ok()
        };
        assert!(allowed(&pair, None, false, &me, None));
        assert!(!allowed(&pair, None, false, &other, None));
        assert!(allowed(&pair, None, true, &other, None));
        assert!(!allowed(&group, None, false, &me, None), "who has left takes nothing back");
        for (role, senders_role, expected) in [
            (Owner, Some(Admin), true),
            (Owner, None, true),
            (Admin, Some(Owner), false),
            (Admin, Some(Admin), false),
            (Admin, Some(Member), true),
            (Admin, None, true),
            (Member, Some(Member), false),
            (Member, None, false),
        ] {
            assert_eq!(allowed(&group, Some(role), false, &other, senders_role), expected, "{role:?} {senders_role:?}");
            assert!(allowed(&group, Some(role), true, &other, senders_role));
            assert!(allowed(&group, Some(role), false, &me, Some(role)));
        }
        Ok(())
    }
}
