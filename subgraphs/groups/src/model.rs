//! What the domain is about: groups, their members, and requests to enter.

mod commands;
mod lists;

use openim_contracts::GroupRole;
use openim_core::{GroupId, Timestamp, UserId};

pub(crate) use commands::{
    AnswerRequest, CreateGroup, Dismiss, Invite, Join, Leave, MemberChange, MuteMember, NewGroup, RemoveMembers, Transfer, UpdateGroup,
};
pub(crate) use lists::{
    CreationStatistics, DayCount, GroupFilter, GroupPage, IdHash, Invited, Joined, JoinedGroupChanges, JoinedPlace, MemberChanges,
    MemberFilter, MemberPage, MemberPlace, RequestFilter, RequestPage, RequestPlace, Slice, Taken,
};

/// Declares an enum of OpenIM's numbers, so that reading and writing them cannot differ.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum $name {
            $($(#[$value_doc])* $value,)*
        }

        impl $name {
            /// Returns OpenIM's number.
            pub(crate) fn number(self) -> i32 {
                match self { $(Self::$value => $number,)* }
            }

            /// Returns the value of OpenIM's number, `None` for an unknown one.
            pub(crate) fn from_number(number: i32) -> Option<Self> {
                match number { $($number => Some(Self::$value),)* _ => None }
            }
        }
    };
}

numbered! {
    /// What a group is in for.
    GroupStatus {
        /// Everybody may write.
        Normal = 0,
        /// Declared by OpenIM, without any effect.
        Banned = 1,
        /// Nobody may write, enter or change anything any more.
        Dismissed = 2,
        /// Only owner and administrators may write.
        Muted = 3,
    }
}

numbered! {
    /// Who enters without being asked (OpenIM `needVerification`).
    Verification {
        /// Applicants wait; members may invite directly.
        Applicants = 0,
        /// Everybody waits, also who is invited by an ordinary member.
        Everybody = 1,
        /// Nobody waits.
        Nobody = 2,
    }
}

numbered! {
    /// What clients let ordinary members do with each other (OpenIM `lookMemberInfo`, `applyMemberFriend`); the server does
    /// not look at it.
    MemberAccess {
        /// It is allowed.
        Allowed = 0,
        /// It is not.
        Forbidden = 1,
    }
}

numbered! {
    /// How somebody came to a group (OpenIM `joinSource`).
    JoinSource {
        /// Nothing is known.
        Unknown = 0,
        /// An administrator did it.
        Administrator = 1,
        /// Somebody invited.
        Invitation = 2,
        /// By searching.
        Search = 3,
        /// By a QR code.
        QrCode = 4,
    }
}

numbered! {
    /// What became of a request to enter (OpenIM `handleResult`).
    RequestStatus {
        /// Nobody answered yet.
        Open = 0,
        /// The applicant may enter.
        Accepted = 1,
        /// The applicant may not.
        Refused = -1,
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// OpenIM's groupID.
    pub(crate) id: GroupId,
    /// Shown name.
    pub(crate) name: String,
    /// The announcement.
    pub(crate) notification: String,
    /// What it is about.
    pub(crate) introduction: String,
    /// Picture.
    pub(crate) face_url: String,
    /// The application's own text.
    pub(crate) ex: String,
    /// What it is in for.
    pub(crate) status: GroupStatus,
    /// Who enters without being asked.
    pub(crate) verification: Verification,
    /// Whether members may look at each other.
    pub(crate) look_member_info: MemberAccess,
    /// Whether members may ask each other to be friends.
    pub(crate) apply_member_friend: MemberAccess,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// Who made it.
    pub(crate) creator: UserId,
    /// Its owner.
    pub(crate) owner: UserId,
    /// How many members it has.
    pub(crate) member_count: i64,
    /// When the announcement changed; the epoch for never.
    pub(crate) announced_at: Timestamp,
    /// Who changed it.
    pub(crate) announced_by: Option<UserId>,
}

impl Group {
    /// Tells whether it was dismissed.
    pub(crate) fn is_dismissed(&self) -> bool {
        self.status == GroupStatus::Dismissed
    }
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// The group.
    pub(crate) group: GroupId,
    /// Who.
    pub(crate) user: UserId,
    /// What the member may do.
    pub(crate) role: GroupRole,
    /// When the member entered.
    pub(crate) joined_at: Timestamp,
    /// The member's own name in the group; empty for the profile's.
    pub(crate) nickname: String,
    /// The member's own picture in the group; empty for the profile's.
    pub(crate) face_url: String,
    /// How the member came.
    pub(crate) source: JoinSource,
    /// Who invited.
    pub(crate) inviter: Option<UserId>,
    /// Who let the member in.
    pub(crate) operator: Option<UserId>,
    /// May not write until then; the epoch for never muted.
    pub(crate) muted_until: Timestamp,
    /// The application's own text.
    pub(crate) ex: String,
}

impl Member {
    /// Makes an ordinary member without anything of its own.
    pub(crate) fn new(group: GroupId, user: UserId, joined_at: Timestamp) -> Self {
        Self {
            group,
            user,
            role: GroupRole::Member,
            joined_at,
            nickname: String::new(),
            face_url: String::new(),
            source: JoinSource::Unknown,
            inviter: None,
            operator: None,
            muted_until: Timestamp(0),
            ex: String::new(),
        }
    }
}

/// A member as it is shown: name and picture are the profile's where the member has none of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberView {
    /// The member.
    pub(crate) member: Member,
    /// Shown name.
    pub(crate) nickname: String,
    /// Shown picture.
    pub(crate) face_url: String,
}

/// The newest request of a user to enter a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JoinRequest {
    /// The group.
    pub(crate) group: GroupId,
    /// Who would enter.
    pub(crate) user: UserId,
    /// What became of it.
    pub(crate) status: RequestStatus,
    /// What the applicant wrote.
    pub(crate) message: String,
    /// What was answered.
    pub(crate) answer: String,
    /// When it was made.
    pub(crate) requested_at: Timestamp,
    /// Who answered.
    pub(crate) handled_by: Option<UserId>,
    /// When it was answered; the epoch for not yet.
    pub(crate) handled_at: Timestamp,
    /// How the applicant came.
    pub(crate) source: JoinSource,
    /// Who invited; nobody for an application of one's own.
    pub(crate) inviter: Option<UserId>,
    /// The application's own text.
    pub(crate) ex: String,
}

/// Returns the place of a role in lists of members: they ascend by it.
pub(crate) fn rank(role: GroupRole) -> i32 {
    match role {
        GroupRole::Owner => 0,
        GroupRole::Admin => 1,
        GroupRole::Member => 2,
    }
}

/// Returns the role of a rank; an unknown stored one reads as ordinary, which may do the least.
pub(crate) fn role_of(rank: i32) -> GroupRole {
    match rank {
        0 => GroupRole::Owner,
        1 => GroupRole::Admin,
        _ => GroupRole::Member,
    }
}
