//! A message as it travels between domains and to devices: OpenIM's `MsgData`.

use std::ops::RangeInclusive;
use std::sync::Arc;

use openim_core::{ClientMessageId, ConversationId, ConversationKind, GroupId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// Content types of what the server tells.
const NOTIFICATIONS: RangeInclusive<i32> = 1000..=5000;
/// An application's own notification.
const BUSINESS: i32 = 2001;

/// What to show when the message is pushed to a device that is offline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OfflinePush {
    /// The headline.
    pub title: String,
    /// The text.
    pub description: String,
    /// Free data of the application.
    pub ex: String,
    /// The sound on iOS.
    pub ios_sound: String,
    /// Whether iOS counts the badge up.
    pub ios_badge_count: bool,
    /// Call signalling data.
    pub signal_info: String,
}

/// Everything about a message that is known before it has a place: what its sender gave and the server added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The server's id, 32 hex digits.
    pub server_id: String,
    /// The client's id: the key that makes sending repeatable.
    pub client_id: ClientMessageId,
    /// Who wrote it.
    pub sender: UserId,
    /// To whom, in a conversation of two.
    pub receiver: Option<UserId>,
    /// To which group.
    pub group: Option<GroupId>,
    /// The sender's platform number.
    pub platform: i32,
    /// The sender's name at that time.
    pub nickname: String,
    /// The sender's picture at that time.
    pub face_url: String,
    /// OpenIM's session type: 1 single, 3 group, 4 system.
    pub session_type: i32,
    /// OpenIM `msgFrom`: 100 people, 200 the server.
    pub source: i32,
    /// OpenIM's content type.
    pub content_type: i32,
    /// The content: JSON text, kept to the byte.
    pub content: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When the client made it.
    pub created_at: Timestamp,
    /// Who is mentioned.
    pub at_user_ids: Vec<String>,
    /// The client's bookkeeping, opaque.
    pub attached_info: String,
    /// Free data of the application.
    pub ex: String,
    /// Switches; a missing one counts as true.
    pub options: Vec<(String, bool)>,
    /// What to push to devices that are offline.
    pub offline_push: Option<OfflinePush>,
}

impl Envelope {
    /// Returns the kind of conversation it was sent in. A message of a notification stream keeps the kind of its chat.
    pub fn kind(&self) -> ConversationKind {
        match self.session_type {
            3 => ConversationKind::Group,
            4 => ConversationKind::System,
            _ => ConversationKind::Single,
        }
    }

    /// Returns OpenIM's `recvID`: whom it is for in a conversation of two, the group in a notification to a group. What people
    /// write in a group has none, nor has an application's own notification to one.
    pub fn recv_id(&self) -> Option<&str> {
        let told = NOTIFICATIONS.contains(&self.content_type) && self.content_type != BUSINESS;
        let group = self.group.as_ref().filter(|_| told).map(GroupId::as_str);
        self.receiver.as_ref().map(UserId::as_str).or(group)
    }
}

/// A message with its place, as devices get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageData {
    /// The log it belongs to: the conversation, or the notification stream `n_…`.
    pub conversation_id: ConversationId,
    /// The place in the log; 0 when it is not stored.
    pub seq: i64,
    /// What was sent.
    pub envelope: Arc<Envelope>,
    /// The operation that sent it: clients know their own sends by it. Empty when it is not known any more.
    pub operation_id: String,
}
