//! May this caller send this, may this reader see that. Pure functions over facts that the service collected.

mod changing;
mod reading;

use openim_contracts::{GroupMembership, GroupRole, GroupSummary, ReaderState, Standing, UserSummary};
use openim_core::{ConversationKind, Ctx, Error, ErrorCode, Result, Timestamp, UserId};

use crate::error;
use crate::model::SendMessage;
use crate::model::numbers::{self, option};

pub(crate) use changing::{Changer, may_edit, may_pin, may_take_away};
pub(crate) use reading::{Access, Membership, Reader, access, window};

/// Checks who may send what in whose name, before anything is looked up. Returns the sender.
///
/// # Errors
/// `UNAUTHENTICATED`, `NO_PERMISSION` for a foreign sender or for what only administrators may give.
pub(crate) fn may_send(ctx: &Ctx, command: &SendMessage) -> Result<UserId> {
    let sender = match &command.sender {
        Some(sender) => sender.clone(),
        None => ctx.principal()?.user_id.clone(),
    };
    ctx.require_self_or_admin(&sender)?;
    if !ctx.is_admin() {
        let administrators_only = command.sent_at.is_some() || command.source.is_some_and(|source| source != numbers::FROM_USER);
        if administrators_only {
            return Err(Error::new(ErrorCode::NoPermission, "only an app administrator may set the send time or the source"));
        }
        let notification = numbers::NOTIFICATIONS.contains(&command.content_type) && command.content_type != numbers::SYSTEM_NOTICE;
        if notification {
            return Err(Error::new(ErrorCode::NoPermission, "notifications are made by the server"));
        }
        if command.client_id.is_none() {
            return Err(error::args("clientMessageId is required: it makes the send repeatable"));
        }
    }
    Ok(sender)
}

/// Checks the sender's account.
///
/// # Errors
/// Of a system notice 1101 for an unknown account and `NO_PERMISSION` for an ordinary one; otherwise 1004.
pub(crate) fn sender_account(kind: ConversationKind, own_administrator: bool, sender: Option<&UserSummary>) -> Result<()> {
    match (kind, sender) {
        (ConversationKind::System, None) => Err(ErrorCode::UserNotFound.into()),
        (ConversationKind::System, Some(user)) if user.level < numbers::SYSTEM_ACCOUNT_LEVEL => {
            Err(Error::new(ErrorCode::NoPermission, "only system accounts may write system notices"))
        }
        (_, None) if !own_administrator => Err(error::missing("the sender does not exist")),
        _ => Ok(()),
    }
}

/// Tells whether the rules about who may write to whom are left aside: for an administrator in the own name, and for
/// notifications.
pub(crate) fn writes_freely(own_administrator: bool, content_type: i32) -> bool {
    own_administrator || numbers::NOTIFICATIONS.contains(&content_type)
}

/// Checks how the receiver stands to an ordinary sender.
///
/// # Errors
/// 1302 when the receiver has blocked the sender, 1303 when only friends may write.
pub(crate) fn may_write_to(standing: Standing, friend_verify: bool) -> Result<()> {
    if standing.blocked {
        return Err(Error::new(ErrorCode::BlockedByPeer, "the receiver has blocked the sender"));
    }
    if friend_verify && !standing.friend {
        return Err(Error::new(ErrorCode::NotPeersFriend, "the sender is not among the receiver's friends"));
    }
    Ok(())
}

/// Checks whether a member may write in a group now. The owner always may; administrators are only stopped by their own
/// mute.
///
/// # Errors
/// 1203 for who is no member, 1402 for a muted member, 1403 in a muted group.
pub(crate) fn may_write_in(group: &GroupSummary, member: Option<&GroupMembership>, now: Timestamp) -> Result<()> {
    let member = member.ok_or_else(|| Error::new(ErrorCode::NotInGroup, "the sender is not in the group"))?;
    match member.role {
        GroupRole::Owner => Ok(()),
        _ if member.muted_until >= now => Err(Error::new(ErrorCode::MutedInGroup, "the sender is muted in the group")),
        GroupRole::Member if group.muted => Err(Error::new(ErrorCode::MutedGroup, "the group is muted")),
        GroupRole::Admin | GroupRole::Member => Ok(()),
    }
}

/// What the receiver's settings do to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reception {
    /// Nothing.
    Normal,
    /// It is not pushed to devices that are offline.
    Silent,
}

/// Tells whether the receiver's settings are looked at: not for system notices and other notifications.
pub(crate) fn asks_receiver(kind: ConversationKind, content_type: i32) -> bool {
    kind == ConversationKind::Single && (!numbers::NOTIFICATIONS.contains(&content_type) || content_type == numbers::READ_RECEIPT)
}

/// Applies the receiver's account-wide option; `None` means that the conversation's own option decides.
///
/// # Errors
/// `ARGS_ERROR` "message is not sent" when the account receives nothing.
pub(crate) fn account_reception(receiver: &UserSummary) -> Result<Option<Reception>> {
    match receiver.global_receive_option {
        numbers::REFUSE => Err(error::refused_by_receiver()),
        numbers::SILENT => Ok(Some(Reception::Silent)),
        _ => Ok(None),
    }
}

/// Applies the option of the receiver's conversation; receipts pass a refusal.
///
/// # Errors
/// `ARGS_ERROR` "message is not sent" when the conversation receives nothing.
pub(crate) fn conversation_reception(state: Option<&ReaderState>, content_type: i32) -> Result<Reception> {
    match state.map_or(0, |state| state.receive_option) {
        numbers::REFUSE if content_type != numbers::READ_RECEIPT => Err(error::refused_by_receiver()),
        numbers::SILENT => Ok(Reception::Silent),
        _ => Ok(Reception::Normal),
    }
}

/// Returns the switches that a content type forces off.
pub(crate) fn forced_off(content_type: i32) -> &'static [&'static str] {
    use option::{CONVERSATION_UPDATE, HISTORY, OFFLINE_PUSH, PERSISTENT, SENDER_CONVERSATION_UPDATE, SENDER_SYNC, UNREAD_COUNT};
    match content_type {
        numbers::REVOKE_REQUEST => &[UNREAD_COUNT, OFFLINE_PUSH],
        numbers::READ_RECEIPT => &[CONVERSATION_UPDATE, SENDER_CONVERSATION_UPDATE, UNREAD_COUNT, OFFLINE_PUSH],
        numbers::TYPING => &[HISTORY, PERSISTENT, SENDER_SYNC, CONVERSATION_UPDATE, SENDER_CONVERSATION_UPDATE, UNREAD_COUNT, OFFLINE_PUSH],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(role: GroupRole, muted_until: i64) -> Option<GroupMembership> {
        let user_id = UserId::parse("a").ok()?;
        let (nickname, face_url) = (String::new(), String::new());
        Some(GroupMembership { user_id, role, nickname, face_url, muted_until: Timestamp(muted_until), joined_at: Timestamp(0) })
    }

    #[test]
    fn who_may_write_in_a_group_follows_from_role_and_mutes() -> Result<()> {
        let group_id = openim_core::GroupId::parse("g")?;
        let open = GroupSummary { group_id, name: String::new(), face_url: String::new(), dismissed: false, muted: false, member_count: 1 };
        let muted = GroupSummary { muted: true, ..open.clone() };
        let code = |group: &GroupSummary, member: Option<GroupMembership>| {
            may_write_in(group, member.as_ref(), Timestamp(10)).err().map(|error| error.code())
        };
        use GroupRole::{Admin, Member, Owner};
        for (group, member, expected) in [
            (&open, None, Some(ErrorCode::NotInGroup)),
            (&open, member(Member, 0), None),
            (&open, member(Member, 9), None),
            (&open, member(Member, 10), Some(ErrorCode::MutedInGroup)),
            (&open, member(Admin, 11), Some(ErrorCode::MutedInGroup)),
            (&open, member(Owner, 11), None),
            (&muted, member(Member, 0), Some(ErrorCode::MutedGroup)),
            (&muted, member(Member, 11), Some(ErrorCode::MutedInGroup)),
            (&muted, member(Admin, 0), None),
            (&muted, member(Owner, 0), None),
        ] {
            assert_eq!(code(group, member.clone()), expected, "{group:?} {member:?}");
        }
        Ok(())
    }

    #[test]
    fn the_black_list_comes_before_friendship() {
        let standing = |blocked, friend| Standing { blocked, friend };
        let code = |standing, friend_verify| may_write_to(standing, friend_verify).err().map(|error| error.code());
        assert_eq!(code(standing(true, true), true), Some(ErrorCode::BlockedByPeer));
        assert_eq!(code(standing(false, false), true), Some(ErrorCode::NotPeersFriend));
        assert_eq!(code(standing(false, true), true), None);
        assert_eq!(code(standing(false, false), false), None);
    }

    #[test]
    fn typing_is_never_stored_and_receipts_are_never_unread() {
        assert!(forced_off(numbers::TYPING).contains(&option::HISTORY));
        assert!(forced_off(numbers::READ_RECEIPT).contains(&option::UNREAD_COUNT));
        assert!(forced_off(101).is_empty());
    }
}
