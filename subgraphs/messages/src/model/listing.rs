//! Lists over many logs, and what is counted of them.

use openim_core::{ConversationKind, Timestamp, UserId};

/// Which messages a list has: those that have all of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageFilter {
    /// Sent by this user.
    pub(crate) sender: Option<UserId>,
    /// Sent to this user or group.
    pub(crate) recipient: Option<String>,
    /// Of this content type.
    pub(crate) content_type: Option<i32>,
    /// In this kind of conversation.
    pub(crate) kind: Option<ConversationKind>,
    /// Sent at or after.
    pub(crate) since: Option<Timestamp>,
    /// Sent before.
    pub(crate) until: Option<Timestamp>,
}

/// A stretch of time in which is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// From.
    pub(crate) from: Timestamp,
    /// Up to, exclusive.
    pub(crate) to: Timestamp,
    /// Whether messages in groups count beside those between two.
    pub(crate) groups_too: bool,
}

/// How much was written in a stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// How many messages.
    pub(crate) messages: i64,
    /// How many wrote, or in how many groups was written.
    pub(crate) active: i64,
}

/// How many messages one wrote, or were written in one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counted {
    /// The user's or the group's id.
    pub(crate) id: String,
    /// How many.
    pub(crate) count: i64,
}
