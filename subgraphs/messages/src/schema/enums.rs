//! Enums in place of OpenIM's numbers.

use async_graphql::Enum;

use crate::model::{DeleteFor, PullOrder, numbers};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum MessageStatus {
    /// Stored (OpenIM 2).
    Sent,
    /// Gone: a place without a message, which clients move past (OpenIM 4).
    Deleted,
}

/// Who made a message (OpenIM `msgFrom`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum MessageSource {
    /// A person's client (OpenIM 100).
    User,
    /// The server, or an administrator through it (OpenIM 200).
    System,
}

impl MessageSource {
    pub(super) fn of(number: i32) -> Self {
        if number == numbers::FROM_SYSTEM { Self::System } else { Self::User }
    }

    pub(super) fn number(self) -> i32 {
        match self {
            Self::User => numbers::FROM_USER,
            Self::System => numbers::FROM_SYSTEM,
        }
    }
}

/// In which direction a client walks through a log; messages come in ascending order either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "PullOrder")]
pub(super) enum PullOrderValue {
    /// From old to new (OpenIM 0).
    Ascending,
    /// From new to old (OpenIM 1).
    Descending,
}

impl From<PullOrderValue> for PullOrder {
    fn from(value: PullOrderValue) -> Self {
        match value {
            PullOrderValue::Ascending => Self::Ascending,
            PullOrderValue::Descending => Self::Descending,
        }
    }
}

/// As whom somebody revoked a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum RevokerRole {
    /// One of the two people of the conversation.
    Participant,
    /// A member of the group, who revoked the own message.
    Member,
    /// An administrator of the group.
    Admin,
    /// The owner of the group.
    Owner,
    /// An app administrator.
    AppAdmin,
}

/// For whom messages are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "DeleteFor")]
pub(super) enum DeleteForValue {
    /// For oneself: nobody else notices.
    #[graphql(name = "SELF")]
    Oneself,
    /// For everybody, for good.
    Everybody,
}

impl From<DeleteForValue> for DeleteFor {
    fn from(value: DeleteForValue) -> Self {
        match value {
            DeleteForValue::Oneself => Self::Oneself,
            DeleteForValue::Everybody => Self::Everybody,
        }
    }
}
