//! A message: what the sender gave (the envelope, never changed) and its place in the log.

use std::sync::Arc;

use openim_core::{ClientMessageId, ConversationId, ConversationKind, GroupId, Seq, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::LogKey;

/// What to show when the message is pushed to a device that is offline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OfflinePush {
    /// The headline.
    pub(crate) title: String,
    /// The text.
    pub(crate) description: String,
    /// Free data of the application.
    pub(crate) ex: String,
    /// The sound on iOS.
    pub(crate) ios_sound: String,
    /// Whether iOS counts the badge up.
    pub(crate) ios_badge_count: bool,
    /// Call signalling data.
    pub(crate) signal_info: String,
}

/// Everything about a message that is known before it has a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// The server's id, 32 hex digits.
    pub(crate) server_id: String,
    /// The client's id: the key that makes sending repeatable.
    pub(crate) client_id: ClientMessageId,
    /// Who wrote it.
    pub(crate) sender: UserId,
    /// To whom, in a conversation of two.
    pub(crate) receiver: Option<UserId>,
    /// To which group.
    pub(crate) group: Option<GroupId>,
    /// The sender's platform number.
    pub(crate) platform: i32,
    /// The sender's name at that time.
    pub(crate) nickname: String,
    /// The sender's picture at that time.
    pub(crate) face_url: String,
    /// OpenIM's session type: 1 single, 3 group, 4 system.
    pub(crate) session_type: i32,
    /// OpenIM `msgFrom`: 100 people, 200 the server.
    pub(crate) source: i32,
    /// OpenIM's content type.
    pub(crate) content_type: i32,
    /// The content: JSON text, kept to the byte.
    pub(crate) content: String,
    /// When it was sent.
    pub(crate) sent_at: Timestamp,
    /// When the client made it.
    pub(crate) created_at: Timestamp,
    /// Who is mentioned.
    pub(crate) at_user_ids: Vec<String>,
    /// The client's bookkeeping, opaque.
    pub(crate) attached_info: String,
    /// Free data of the application.
    pub(crate) ex: String,
    /// Switches; a missing one counts as true.
    pub(crate) options: Vec<(String, bool)>,
    /// What to push to devices that are offline.
    pub(crate) offline_push: Option<OfflinePush>,
}

impl Envelope {
    /// Returns the kind of conversation it was sent in. A message of a notification stream keeps the kind of its chat.
    pub(crate) fn kind(&self) -> ConversationKind {
        match self.session_type {
            3 => ConversationKind::Group,
            4 => ConversationKind::System,
            _ => ConversationKind::Single,
        }
    }
}

/// A message with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// The conversation.
    pub(crate) conversation_id: ConversationId,
    /// The place in its log.
    pub(crate) seq: Seq,
    /// When it was committed; never decreases along a log.
    pub(crate) stored_at: Timestamp,
    /// What was sent.
    pub(crate) envelope: Arc<Envelope>,
}

/// A place of a log as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A message.
    Message(Arc<Message>),
    /// A place whose message is gone; clients move past it.
    Hole(ConversationId, Seq),
}

/// What a send came to.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// The stored message; of a repeated send, the first one.
    pub(crate) message: Arc<Message>,
    /// Whether it was stored by an earlier send with the same client id.
    pub(crate) duplicate: bool,
}

/// The part of a log that was stored since a given moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredRange {
    /// The conversation.
    pub(crate) conversation_id: ConversationId,
    /// The first seq.
    pub(crate) first: i64,
    /// The last seq.
    pub(crate) last: i64,
}

/// A kind of notification that was given without being stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    /// OpenIM's content type.
    pub(crate) content_type: i32,
    /// The group it was given to; `None` for the user alone.
    pub(crate) group: Option<GroupId>,
}

/// A checked message on its way into a log.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Where it goes.
    pub(crate) log: LogKey,
    /// What goes there.
    pub(crate) envelope: Arc<Envelope>,
}
