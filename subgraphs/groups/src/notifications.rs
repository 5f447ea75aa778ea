//! The notifications of this domain (OpenIM 1501 to 1520), composed in the transaction of the change. The messages domain
//! stores and delivers them.

mod news;
mod shapes;
mod tips;

pub(crate) use news::{News, group_changed, joined_changed, members_changed, request_changed};
pub(crate) use shapes::{MemberShape, PublicUserShape, RequestShape};
pub(crate) use tips::{
    AnnouncementSetTips, AnswerTips, CreatedTips, DismissedTips, EnteredTips, GroupMutedTips, InfoSetTips, InvitedTips, MemberSetTips,
    MemberUnmutedTips, MutedTips, NameSetTips, QuitTips, RemovedTips, RequestTips, TransferredTips,
};

/// OpenIM's content types.
pub(crate) mod content_type {
    pub(crate) const CREATED: i32 = 1501;
    pub(crate) const INFO_SET: i32 = 1502;
    pub(crate) const REQUESTED: i32 = 1503;
    pub(crate) const QUIT: i32 = 1504;
    pub(crate) const ACCEPTED: i32 = 1505;
    pub(crate) const REFUSED: i32 = 1506;
    pub(crate) const TRANSFERRED: i32 = 1507;
    pub(crate) const REMOVED: i32 = 1508;
    pub(crate) const INVITED: i32 = 1509;
    pub(crate) const ENTERED: i32 = 1510;
    pub(crate) const DISMISSED: i32 = 1511;
    pub(crate) const MEMBER_MUTED: i32 = 1512;
    pub(crate) const MEMBER_UNMUTED: i32 = 1513;
    pub(crate) const MUTED: i32 = 1514;
    pub(crate) const UNMUTED: i32 = 1515;
    pub(crate) const MEMBER_SET: i32 = 1516;
    pub(crate) const MADE_ADMIN: i32 = 1517;
    pub(crate) const MADE_ORDINARY: i32 = 1518;
    pub(crate) const ANNOUNCEMENT_SET: i32 = 1519;
    pub(crate) const NAME_SET: i32 = 1520;
}

/// The most members that a notification names: clients load the others.
pub(crate) const MAX_NAMED: usize = 50;
