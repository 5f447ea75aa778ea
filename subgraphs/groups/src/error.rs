//! What can go wrong in this domain, and the code each has at the doors.

use openim_core::{Error, ErrorCode};
use thiserror::Error as ThisError;

/// The most ids of one request.
pub(crate) const MAX_IDS: usize = 1_000;

/// A failure of the groups domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
pub(crate) enum GroupError {
    /// A list has no items.
    #[error("the list is empty")]
    EmptyList,
    /// A list has too many items.
    #[error("a request may have at most {MAX_IDS} ids")]
    TooMany,
    /// An id comes twice.
    #[error("an id is repeated")]
    Repeated,
    /// A group has no name.
    #[error("a name is required")]
    NameRequired,
    /// A text is too long or has a NUL.
    #[error("{0} is too long or has a character that is not allowed")]
    BadText(&'static str),
    /// A group id that could be mistaken for something else.
    #[error("a new group id must not contain an underscore")]
    AmbiguousId,
    /// Not the kind of group that can be made.
    #[error("only working groups can be made")]
    NotWorking,
    /// A value that cannot be asked for.
    #[error("{0}")]
    BadValue(&'static str),
    /// No such group, where the contract says 1004.
    #[error("the group does not exist")]
    NoGroup,
    /// No such group, where the contract says 1201.
    #[error("the group does not exist")]
    UnknownGroup,
    /// The id is taken.
    #[error("a group with this id exists already")]
    GroupExists,
    /// No free random id was found.
    #[error("no group id could be made")]
    NoFreeId,
    /// The group was dismissed.
    #[error("the group was dismissed")]
    Dismissed,
    /// A user does not exist, where the contract says 1101.
    #[error("a user does not exist")]
    UnknownUser,
    /// A user does not exist, where the contract says 1004.
    #[error("a user does not exist")]
    NoUser,
    /// The caller's own member row is missing, where the contract says 1004.
    #[error("you are not a member of the group")]
    NoMemberRow,
    /// The caller is not a member, where the contract says 1002.
    #[error("only members of the group may do this")]
    MembersOnly,
    /// The caller is neither owner nor administrator.
    #[error("only the owner and administrators of the group may do this")]
    ManagersOnly,
    /// The caller is not the owner.
    #[error("only the owner of the group may do this")]
    OwnerOnly,
    /// The target stands too high.
    #[error("the member's role does not allow this")]
    RoleTooHigh,
    /// Somebody named is not a member, where the contract says 1004.
    #[error("the user is not a member of the group")]
    NoSuchMember,
    /// Somebody named is not a member, where the contract says 1001.
    #[error("a user is not a member of the group")]
    NotMemberArgument,
    /// Somebody who is to be removed is not a member.
    #[error("a user to remove is not a member of the group")]
    NotMemberToRemove,
    /// The user is a member already.
    #[error("the user is a member of the group already")]
    AlreadyMember,
    /// The owner cannot leave.
    #[error("the owner cannot leave the group")]
    OwnerStays,
    /// No such request.
    #[error("there is no such request")]
    NoRequest,
    /// The request was answered before.
    #[error("the request was answered before")]
    Handled,
    /// A list that is too long to be told at once.
    #[error("the list is too long to be told at once")]
    ListTooLong,
}

impl GroupError {
    /// Returns the code at the doors.
    pub(crate) fn code(self) -> ErrorCode {
        match self {
            Self::EmptyList
            | Self::TooMany
            | Self::Repeated
            | Self::NameRequired
            | Self::BadText(_)
            | Self::AmbiguousId
            | Self::NotWorking
            | Self::BadValue(_)
            | Self::NotMemberArgument
            | Self::AlreadyMember => ErrorCode::Args,
            Self::NoGroup | Self::NoUser | Self::NoMemberRow | Self::NoSuchMember | Self::NoRequest => ErrorCode::NotFound,
            Self::UnknownGroup => ErrorCode::GroupNotFound,
            Self::GroupExists => ErrorCode::GroupExists,
            Self::NoFreeId => ErrorCode::Data,
            Self::Dismissed => ErrorCode::GroupDismissed,
            Self::UnknownUser | Self::NotMemberToRemove => ErrorCode::UserNotFound,
            Self::MembersOnly | Self::ManagersOnly | Self::OwnerOnly | Self::RoleTooHigh | Self::OwnerStays => ErrorCode::NoPermission,
            Self::Handled => ErrorCode::GroupRequestHandled,
            Self::ListTooLong => ErrorCode::LimitExceeded,
        }
    }
}

impl From<GroupError> for Error {
    fn from(error: GroupError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
