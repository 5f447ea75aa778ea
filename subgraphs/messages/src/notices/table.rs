//! OpenIM's defaults (notifications.json): the shipped configuration, and what is built in. A name that two content types
//! share changes both, as it does there.

/// One kind of notification.
pub(super) struct Row {
    pub(super) content_type: i32,
    /// The key in OpenIM's configuration, or the obvious one where it has none.
    pub(super) name: &'static str,
    pub(super) as_message: bool,
    pub(super) stored: bool,
    pub(super) push: bool,
    pub(super) shows_sender: bool,
    pub(super) text: Text,
}

/// What is pushed to devices that are offline: headline, text and data.
pub(super) enum Text {
    /// Nothing of its own.
    None,
    /// The same in all three.
    Same(&'static str),
    /// OpenIM's placeholders, made of this word.
    Of(&'static str),
}

const MESSAGE: u8 = 1;
const STORED: u8 = 2;
const PUSH: u8 = 4;
const SENDER: u8 = 8;

const fn row(content_type: i32, name: &'static str, switches: u8, text: Text) -> Row {
    Row {
        content_type,
        name,
        as_message: switches & MESSAGE != 0,
        stored: switches & STORED != 0,
        push: switches & PUSH != 0,
        shows_sender: switches & SENDER != 0,
        text,
    }
}

/// Every kind, by content type.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(1201, "friendApplicationApproved", MESSAGE | PUSH, Text::Same("Someone applies to add your friend application")),
    row(1202, "friendApplicationRejected", PUSH, Text::Same("Someone rejected your friend application")),
    row(1203, "friendApplicationAdded", PUSH, Text::Same("Somebody applies to add you as a friend")),
    row(1204, "friendAdded", 0, Text::Same("We have become friends")),
    row(1205, "friendDeleted", 0, Text::Same("deleted a friend")),
    row(1206, "friendRemarkSet", 0, Text::Same("Your friend's profile has been changed")),
    row(1207, "blackAdded", 0, Text::Same("blocked a user")),
    row(1208, "blackDeleted", 0, Text::Same("Remove a blocked user")),
    row(1209, "friendInfoUpdated", 0, Text::Same("friend info updated")),
    row(1210, "friendInfoUpdated", 0, Text::Same("friend info updated")),
    row(1300, "conversationChanged", 0, Text::Same("conversation changed")),
    row(1303, "userInfoUpdated", 0, Text::Same("userInfo updated")),
    row(1304, "userStatusChanged", 0, Text::Same("user status changed")),
    row(1305, "userCommandAdd", 0, Text::None),
    row(1306, "userCommandDelete", 0, Text::None),
    row(1307, "userCommandUpdate", 0, Text::None),
    row(1501, "groupCreated", MESSAGE, Text::Of("create group")),
    row(1502, "groupInfoSet", SENDER, Text::Of("groupInfoSet")),
    row(1503, "joinGroupApplication", PUSH, Text::Of("joinGroupApplication")),
    row(1504, "memberQuit", MESSAGE, Text::Of("memberQuit")),
    row(1505, "groupApplicationAccepted", PUSH, Text::Of("groupApplicationAccepted")),
    row(1506, "groupApplicationRejected", PUSH, Text::Of("groupApplicationRejected")),
    row(1507, "groupOwnerTransferred", MESSAGE, Text::Of("groupOwnerTransferred")),
    row(1508, "memberKicked", MESSAGE, Text::Of("memberKicked")),
    row(1509, "memberInvited", MESSAGE, Text::Of("memberInvited")),
    row(1510, "memberEnter", MESSAGE, Text::Of("memberEnter")),
    row(1511, "groupDismissed", MESSAGE, Text::Of("groupDismissed")),
    row(1512, "groupMemberMuted", MESSAGE, Text::Of("groupMemberMuted")),
    row(1513, "groupMemberCancelMuted", MESSAGE, Text::Of("groupMemberCancelMuted")),
    row(1514, "groupMuted", MESSAGE, Text::Of("groupMuted")),
    row(1515, "groupCancelMuted", MESSAGE, Text::Of("groupCancelMuted")),
    row(1516, "groupMemberInfoSet", 0, Text::Of("groupMemberInfoSet")),
    row(1517, "groupMemberSetToAdmin", 0, Text::None),
    row(1518, "groupMemberSetToOrdinary", 0, Text::None),
    row(1519, "groupInfoSetAnnouncement", MESSAGE | SENDER, Text::Of("groupInfoSetAnnouncement")),
    row(1520, "groupInfoSetName", MESSAGE, Text::Of("groupInfoSetName")),
    row(1701, "conversationSetPrivate", MESSAGE, Text::Same("burn after reading")),
    row(1702, "conversationChanged", 0, Text::Same("conversation changed")),
    row(1703, "clearConversation", 0, Text::None),
    row(1704, "conversationDelete", 0, Text::None),
    row(2001, "business", 0, Text::None),
    row(2101, "msgRevoke", STORED, Text::None),
    row(2102, "deleteMsgs", STORED, Text::None),
    row(2200, "hasReadReceipt", STORED, Text::None),
];
