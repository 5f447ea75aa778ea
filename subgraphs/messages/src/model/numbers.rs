//! OpenIM's numbers that rules depend on (constants.json).

/// Text that mentions members.
pub(crate) const AT_TEXT: i32 = 106;
/// Stands for everybody in a list of the mentioned.
pub(crate) const AT_ALL: &str = "AtAllTag";
/// The old request to revoke, sent as a message.
pub(crate) const REVOKE_REQUEST: i32 = 111;
/// Text that answers another message.
pub(crate) const QUOTE: i32 = 114;
/// "Is typing".
pub(crate) const TYPING: i32 = 113;
/// A system account's notice; lives in `sn_` conversations only.
pub(crate) const SYSTEM_NOTICE: i32 = 1400;
/// The contents that can be edited: texts.
pub(crate) const EDITABLE: [i32; 5] = [101, AT_TEXT, QUOTE, 117, 118];
/// "A message was revoked": the notification, and what stands in the place of the message.
pub(crate) const REVOKED: i32 = 2101;
/// "Messages were deleted".
pub(crate) const DELETED: i32 = 2102;
/// Text in Markdown.
pub(crate) const MARKDOWN: i32 = 118;
/// What an application tells its clients.
pub(crate) const BUSINESS: i32 = 2001;
/// The platform of who administers.
pub(crate) const ADMINISTRATION: i32 = 10;
/// "Has read".
pub(crate) const READ_RECEIPT: i32 = 2200;
/// "The row of a conversation changed": who comes back learns it from the row.
pub(crate) const CONVERSATION_CHANGED: i32 = 1300;
/// "A group was made".
pub(crate) const GROUP_CREATED: i32 = 1501;
/// "A member has left".
pub(crate) const MEMBER_QUIT: i32 = 1504;
/// "Members were removed".
pub(crate) const MEMBER_KICKED: i32 = 1508;
/// "Members were invited and are in".
pub(crate) const MEMBER_INVITED: i32 = 1509;
/// "A member has entered".
pub(crate) const MEMBER_ENTERED: i32 = 1510;
/// "The group was dismissed": the last thing that is said in it.
pub(crate) const GROUP_DISMISSED: i32 = 1511;
/// "A participant of a room came" and "left": nobody is called to the telephone for them.
pub(crate) const ROOM_NEWS: [i32; 2] = [1602, 1603];
/// The content types that count as notifications.
pub(crate) const NOTIFICATIONS: std::ops::RangeInclusive<i32> = 1000..=5000;

/// `msgFrom` of people.
pub(crate) const FROM_USER: i32 = 100;
/// `msgFrom` of the server.
pub(crate) const FROM_SYSTEM: i32 = 200;

/// `recvMsgOpt` and `globalRecvMsgOpt`: refuse.
pub(crate) const REFUSE: i32 = 1;
/// `recvMsgOpt` and `globalRecvMsgOpt`: receive without offline push.
pub(crate) const SILENT: i32 = 2;

/// The lowest account level that may write system notices.
pub(crate) const SYSTEM_ACCOUNT_LEVEL: i32 = 2;

/// The switches of a message; a missing one counts as true.
pub(crate) mod option {
    pub(crate) const HISTORY: &str = "history";
    pub(crate) const PERSISTENT: &str = "persistent";
    pub(crate) const OFFLINE_PUSH: &str = "offlinePush";
    pub(crate) const UNREAD_COUNT: &str = "unreadCount";
    pub(crate) const CONVERSATION_UPDATE: &str = "conversationUpdate";
    pub(crate) const SENDER_SYNC: &str = "senderSync";
    pub(crate) const SENDER_CONVERSATION_UPDATE: &str = "senderConversationUpdate";
    pub(crate) const NOT_PRIVATE: &str = "notPrivate";
    pub(crate) const IS_SEND_MSG: &str = "isSendMsg";
    pub(crate) const REACTION_FROM_CACHE: &str = "reactionFromCache";
    pub(crate) const IS_NOT_NOTIFICATION: &str = "isNotNotification";
}
