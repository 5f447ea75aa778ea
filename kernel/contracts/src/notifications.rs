//! OpenIM's notifications (notifications.json): messages that the server writes when something has changed. The domain
//! where it changed composes the content in the transaction of the change; the messages domain stores and delivers it.

use openim_core::{GroupId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::DomainEvent;

/// To whom a notification goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotificationTarget {
    /// To one user, session type 1. The sender's own devices hear of it, too.
    User(UserId),
    /// To everybody in a group, session type 3.
    Group(GroupId),
    /// To each of these users, at most 1,000, each in the own name: the sender is left aside and `userID` of the detail
    /// is filled in. Notifications that a user's devices give each other, such as 1300.
    Themselves(Vec<UserId>),
}

/// A notification is to be stored and delivered as the policy of its content type says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationRequested {
    /// The message's `clientMsgID`, 32 hex digits, made once: what is handled twice is stored once.
    pub key: String,
    /// OpenIM's content type, 1201 to 1703.
    pub content_type: i32,
    /// In whose name.
    pub sender: UserId,
    /// To whom.
    pub target: NotificationTarget,
    /// The tips object of the content type, keys as in OpenIM; becomes the text in `{"detail": "..."}`.
    pub detail: serde_json::Value,
    /// Whether it also appears as a line of the chat; absent for what the policy of the content type says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_message: Option<bool>,
    /// When it happened.
    pub at: Timestamp,
}
impl DomainEvent for NotificationRequested {
    const TOPIC: &'static str = "messages.notification_requested";
}
