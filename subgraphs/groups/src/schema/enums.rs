//! The words for OpenIM's numbers.

use async_graphql::Enum;

use crate::model;

/// What a member may do in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "openim_contracts::GroupRole")]
pub(crate) enum GroupRole {
    /// Everything; each group has exactly one (OpenIM 100).
    Owner,
    /// Manages the group and its ordinary members (OpenIM 60).
    Admin,
    /// An ordinary member (OpenIM 20).
    Member,
}

/// What kind of group it is. There is only one kind that can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum GroupType {
    /// OpenIM 0; cannot be made.
    Normal,
    /// OpenIM 1; cannot be made.
    Super,
    /// The kind that all groups are of (OpenIM 2).
    Working,
}

/// What a group is in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::GroupStatus")]
pub(crate) enum GroupStatus {
    /// Everybody may write (OpenIM 0).
    Normal,
    /// Declared by OpenIM, without any effect (OpenIM 1).
    Banned,
    /// Nobody may write, enter or change anything any more (OpenIM 2).
    Dismissed,
    /// Only the owner and administrators may write (OpenIM 3).
    Muted,
}

/// Who has to wait for an answer before entering a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::Verification")]
pub(crate) enum GroupVerification {
    /// Who applies; members may bring others in directly (OpenIM 0).
    Applicants,
    /// Everybody, also who is invited by an ordinary member (OpenIM 1).
    Everybody,
    /// Nobody (OpenIM 2).
    Nobody,
}

/// Whether members may do something with each other. Clients look at it, the server does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::MemberAccess")]
pub(crate) enum MemberAccess {
    /// They may (OpenIM 0).
    Allowed,
    /// They may not (OpenIM 1).
    Forbidden,
}

/// How somebody came to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::JoinSource")]
pub(crate) enum JoinSource {
    /// Nothing is known (OpenIM 0); cannot be asked with.
    Unknown,
    /// An administrator did it (OpenIM 1).
    Administrator,
    /// Somebody invited (OpenIM 2).
    Invitation,
    /// By searching (OpenIM 3).
    Search,
    /// By a QR code (OpenIM 4).
    QrCode,
}

/// What became of a request to enter a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::RequestStatus")]
pub(crate) enum GroupRequestStatus {
    /// Nobody answered yet (OpenIM 0).
    Open,
    /// The applicant may enter (OpenIM 1).
    Accepted,
    /// The applicant may not enter (OpenIM -1).
    Refused,
}

/// What asking to enter a group led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum JoinGroupStatus {
    /// The user is a member now.
    Joined,
    /// The request waits for an answer of the owner or an administrator.
    Requested,
}
