//! The table of hooks: OpenIM's command texts and configuration names, and what the engine adds to a body.
//!
//! Some names do not fit (`afterRevokeMsg` is `callbackBeforeAfterMsgCommand`, `beforeMemberJoinGroup` has no "s"):
//! they are OpenIM's, and receivers depend on them.

/// When a hook is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandKind {
    /// Before the operation, which waits for the answer; the answer may refuse and, for some hooks, change.
    Before,
    /// After the operation, by a durable delivery; the answer is not looked at.
    After,
}

/// One hook.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    /// The command text: the last part of the URL and the body's `callbackCommand`.
    pub text: &'static str,
    /// The name in the configuration.
    pub name: &'static str,
    /// When it is called.
    pub kind: CommandKind,
    /// Whether its body has an `operationID` (the header has it always).
    pub operation_id: bool,
}

macro_rules! commands {
    ($($constant:ident = $text:literal, $name:literal, $kind:ident, $operation_id:literal, $doc:literal;)*) => {
        $(#[doc = $doc] pub static $constant: Command =
            Command { text: $text, name: $name, kind: CommandKind::$kind, operation_id: $operation_id };)*

        /// Every hook, in the table's order.
        pub static ALL: &[&Command] = &[$(&$constant,)*];
    };
}

// constant = command text, configuration name, kind, whether the body has operationID, when it is called
#[rustfmt::skip]
mod table {
    use super::{Command, CommandKind};

    commands! {
        BEFORE_SEND_SINGLE_MSG = "callbackBeforeSendSingleMsgCommand", "beforeSendSingleMsg", Before, true, "A message of a single chat is sent.";
        AFTER_SEND_SINGLE_MSG = "callbackAfterSendSingleMsgCommand", "afterSendSingleMsg", After, true, "A message of a single chat was sent.";
        BEFORE_SEND_GROUP_MSG = "callbackBeforeSendGroupMsgCommand", "beforeSendGroupMsg", Before, true, "A group message is sent.";
        AFTER_SEND_GROUP_MSG = "callbackAfterSendGroupMsgCommand", "afterSendGroupMsg", After, true, "A group message was sent.";
        BEFORE_MSG_MODIFY = "callbackBeforeMsgModifyCommand", "beforeMsgModify", Before, true, "A message is sent; the answer may change it.";
        AFTER_MSG_SAVE_DB = "callbackAfterMsgSaveDBCommand", "afterMsgSaveDB", After, true, "A message is in its log.";
        BEFORE_OFFLINE_PUSH = "callbackBeforeOfflinePushCommand", "beforeOfflinePush", Before, true, "Somebody is told by a push provider.";
        BEFORE_ONLINE_PUSH = "callbackBeforeOnlinePushCommand", "beforeOnlinePush", Before, true, "A message of a pair is delivered to those online.";
        BEFORE_GROUP_ONLINE_PUSH = "callbackBeforeGroupOnlinePushCommand", "beforeGroupOnlinePush", Before, true, "A group message is delivered to those online.";
        AFTER_USER_ONLINE = "callbackAfterUserOnlineCommand", "afterUserOnline", After, true, "A device of a user came online.";
        AFTER_USER_OFFLINE = "callbackAfterUserOfflineCommand", "afterUserOffline", After, true, "A device of a user went offline.";
        AFTER_USER_KICK_OFF = "callbackAfterUserKickOffCommand", "afterUserKickOff", After, true, "A connection was ended by a login or an administrator.";
        BEFORE_USER_REGISTER = "callbackBeforeUserRegisterCommand", "beforeUserRegister", Before, false, "Users are registered.";
        AFTER_USER_REGISTER = "callbackAfterUserRegisterCommand", "afterUserRegister", After, false, "Users were registered.";
        BEFORE_UPDATE_USER_INFO = "callbackBeforeUpdateUserInfoCommand", "beforeUpdateUserInfo", Before, false, "A profile is changed (old form).";
        AFTER_UPDATE_USER_INFO = "callbackAfterUpdateUserInfoCommand", "afterUpdateUserInfo", After, false, "A profile was changed (old form).";
        BEFORE_UPDATE_USER_INFO_EX = "callbackBeforeUpdateUserInfoExCommand", "beforeUpdateUserInfoEx", Before, false, "A profile is changed.";
        AFTER_UPDATE_USER_INFO_EX = "callbackAfterUpdateUserInfoExCommand", "afterUpdateUserInfoEx", After, false, "A profile was changed.";
        BEFORE_ADD_FRIEND = "callbackBeforeAddFriendCommand", "beforeAddFriend", Before, false, "Somebody asks for friendship.";
        AFTER_ADD_FRIEND = "callbackAfterAddFriendCommand", "afterAddFriend", After, false, "Somebody asked for friendship.";
        BEFORE_ADD_FRIEND_AGREE = "callbackBeforeAddFriendAgreeCommand", "beforeAddFriendAgree", Before, false, "A friend request is accepted.";
        AFTER_ADD_FRIEND_AGREE = "callbackAfterAddFriendAgreeCommand", "afterAddFriendAgree", After, false, "A friend request was accepted.";
        AFTER_DELETE_FRIEND = "callbackAfterDeleteFriendCommand", "afterDeleteFriend", After, false, "A friend was deleted.";
        BEFORE_IMPORT_FRIENDS = "callbackBeforeImportFriendsCommand", "beforeImportFriends", Before, false, "Friends are imported.";
        AFTER_IMPORT_FRIENDS = "callbackAfterImportFriendsCommand", "afterImportFriends", After, false, "Friends were imported.";
        BEFORE_SET_FRIEND_REMARK = "callbackBeforeSetFriendRemarkCommand", "beforeSetFriendRemark", Before, false, "A friend gets a remark.";
        AFTER_SET_FRIEND_REMARK = "callbackAfterSetFriendRemarkCommand", "afterSetFriendRemark", After, false, "A friend got a remark.";
        BEFORE_ADD_BLACK = "callbackBeforeAddBlackCommand", "beforeAddBlack", Before, false, "Somebody is blocked.";
        AFTER_REMOVE_BLACK = "callbackAfterRemoveBlackCommand", "afterRemoveBlack", After, false, "Somebody is blocked no longer.";
        BEFORE_CREATE_GROUP = "callbackBeforeCreateGroupCommand", "beforeCreateGroup", Before, true, "A group is made.";
        AFTER_CREATE_GROUP = "callbackAfterCreateGroupCommand", "afterCreateGroup", After, false, "A group was made.";
        BEFORE_MEMBER_JOIN_GROUP = "callbackBeforeMembersJoinGroupCommand", "beforeMemberJoinGroup", Before, false, "Members enter a group, however they come.";
        BEFORE_INVITE_USER_TO_GROUP = "callbackBeforeInviteJoinGroupCommand", "beforeInviteUserToGroup", Before, true, "Users are invited into a group.";
        BEFORE_APPLY_JOIN_GROUP = "callbackBeforeJoinGroupCommand", "beforeApplyJoinGroup", Before, false, "Somebody applies to a group.";
        AFTER_JOIN_GROUP = "callbackAfterJoinGroupCommand", "afterJoinGroup", After, true, "Somebody joined a group without an application.";
        AFTER_QUIT_GROUP = "callbackAfterQuitGroupCommand", "afterQuitGroup", After, false, "Somebody left a group.";
        AFTER_KICK_GROUP_MEMBER = "callbackAfterKickGroupCommand", "afterKickGroupMember", After, false, "Members were removed from a group.";
        AFTER_DISMISS_GROUP = "callbackAfterDisMissGroupCommand", "afterDismissGroup", After, false, "A group was dismissed.";
        AFTER_TRANSFER_GROUP_OWNER = "callbackAfterTransferGroupOwnerCommand", "afterTransferGroupOwner", After, false, "A group has another owner.";
        BEFORE_SET_GROUP_INFO = "callbackBeforeSetGroupInfoCommand", "beforeSetGroupInfo", Before, true, "A group is changed (old form).";
        AFTER_SET_GROUP_INFO = "callbackAfterSetGroupInfoCommand", "afterSetGroupInfo", After, true, "A group was changed (old form).";
        BEFORE_SET_GROUP_INFO_EX = "callbackBeforeSetGroupInfoExCommand", "beforeSetGroupInfoEx", Before, true, "A group is changed.";
        AFTER_SET_GROUP_INFO_EX = "callbackAfterSetGroupInfoExCommand", "afterSetGroupInfoEx", After, true, "A group was changed.";
        BEFORE_SET_GROUP_MEMBER_INFO = "callbackBeforeSetGroupMemberInfoCommand", "beforeSetGroupMemberInfo", Before, false, "A member is changed; once a member.";
        AFTER_SET_GROUP_MEMBER_INFO = "callbackAfterSetGroupMemberInfoCommand", "afterSetGroupMemberInfo", After, false, "A member was changed; once a member.";
        AFTER_GROUP_MSG_READ = "callbackAfterGroupMsgReadCommand", "afterGroupMsgRead", After, false, "A group's conversation was read.";
        AFTER_SINGLE_MSG_READ = "callbackAfterSingleMsgReadCommand", "afterSingleMsgRead", After, false, "Messages of a single chat were read.";
        AFTER_REVOKE_MSG = "callbackBeforeAfterMsgCommand", "afterRevokeMsg", After, false, "A message was revoked.";
        BEFORE_CREATE_SINGLE_CHAT_CONVERSATIONS = "callbackBeforeCreateSingleChatConversationsCommand", "beforeCreateSingleChatConversations", Before, false, "A single chat begins.";
        AFTER_CREATE_SINGLE_CHAT_CONVERSATIONS = "callbackAfterCreateSingleChatConversationsCommand", "afterCreateSingleChatConversations", After, false, "A single chat began.";
        BEFORE_CREATE_GROUP_CHAT_CONVERSATIONS = "callbackBeforeCreateGroupChatConversationsCommand", "beforeCreateGroupChatConversations", Before, false, "Members who enter a group get the conversation.";
        AFTER_CREATE_GROUP_CHAT_CONVERSATIONS = "callbackAfterCreateGroupChatConversationsCommand", "afterCreateGroupChatConversations", After, false, "Members who entered a group got the conversation.";
    }
}

pub use table::*;

/// Returns the hook with this command text.
pub fn by_text(text: &str) -> Option<&'static Command> {
    ALL.iter().copied().find(|command| command.text == text)
}

/// Returns the hook with this name in the configuration.
pub fn by_name(name: &str) -> Option<&'static Command> {
    ALL.iter().copied().find(|command| command.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_unique_and_begin_with_their_kind() {
        let mut words: Vec<_> = ALL.iter().flat_map(|command| [command.text, command.name]).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 2 * ALL.len());
        for command in ALL {
            let prefix = if command.kind == CommandKind::Before { "before" } else { "after" };
            assert!(command.name.starts_with(prefix), "{}", command.name);
            assert_eq!(by_text(command.text).and_then(|found| by_name(found.name)), Some(*command));
        }
    }
}
