//! The event types of what is kept nowhere: presence, messages that are only passed on, and that messages look different.

use async_graphql::{ID, SimpleObject};
use openim_contracts::MessageData;
use openim_core::UserId;
use openim_graphql::{DateTime, Platform};
use serde_json::Value;

use super::EventCursor;
use super::events::{Conversation, Group, Message, User};

/// A user who is watched is online on these platforms now. After `Ready` each one is told, then each change. Who only
/// reconnects within two seconds is not told to have gone.
#[derive(Debug, SimpleObject)]
pub(crate) struct PresenceChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// Whose presence.
    user_id: ID,
    /// Whose presence.
    user: Option<User>,
    /// Whether the user has a connection open.
    online: bool,
    /// The platforms of all open connections, each once.
    platforms: Vec<Platform>,
}

impl PresenceChanged {
    pub(super) fn new(cursor: EventCursor, user: &UserId, platforms: &[openim_core::Platform]) -> Self {
        let platforms: Vec<_> = named(platforms).collect();
        Self { cursor, user_id: ID(user.to_string()), user: Some(user.into()), online: !platforms.is_empty(), platforms }
    }
}

/// Returns platforms as the graph names them.
pub(super) fn named(platforms: &[openim_core::Platform]) -> impl Iterator<Item = Platform> + '_ {
    platforms.iter().filter_map(|platform| Platform::from_number(platform.number()))
}

/// A message looks different now: it was taken back, edited, emptied, reacted to or pinned. A stream that comes back does
/// not repeat it; the log always shows messages as they are.
#[derive(Debug, SimpleObject)]
pub(crate) struct MessageChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// The message as it is now; null when the viewer can no longer see it.
    pub(super) message: Option<Message>,
    /// The viewer's view of the conversation; null when the viewer has none any more.
    pub(super) conversation: Option<Conversation>,
}

/// A message that is in no log was passed on, such as typing (content type 113). Who does not hear it now never will.
#[derive(Debug, SimpleObject)]
pub(crate) struct TransientMessageReceived {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// The id of the conversation.
    conversation_id: ID,
    /// The viewer's view of the conversation; null when the viewer has none.
    conversation: Option<Conversation>,
    /// The id of who sent it.
    sender_id: ID,
    /// Who sent it.
    sender: Option<User>,
    /// The id of the user it was sent to; null in a group.
    receiver_id: Option<ID>,
    /// The id of the group it was sent to; null in a chat of two.
    group_id: Option<ID>,
    /// The group it was sent to.
    group: Option<Group>,
    /// The id that the sender's client gave it.
    client_message_id: ID,
    /// OpenIM's content type.
    content_type: i32,
    /// What it says, as OpenIM writes this content type; the text itself when it is no JSON.
    content: Value,
    /// Free data of the application.
    ex: String,
    /// When it was sent.
    sent_at: DateTime,
}

impl TransientMessageReceived {
    pub(super) fn new(cursor: EventCursor, message: &MessageData, viewer: &UserId) -> Self {
        let envelope = &*message.envelope;
        Self {
            cursor,
            conversation_id: ID(message.conversation_id.to_string()),
            conversation: Some(Conversation::of(viewer, &message.conversation_id)),
            sender_id: ID(envelope.sender.to_string()),
            sender: Some((&envelope.sender).into()),
            receiver_id: envelope.receiver.as_ref().map(|user| ID(user.to_string())),
            group_id: envelope.group.as_ref().map(|group| ID(group.to_string())),
            group: envelope.group.as_ref().map(Group::from),
            client_message_id: ID(envelope.client_id.to_string()),
            content_type: envelope.content_type,
            content: content(message),
            ex: envelope.ex.clone(),
            sent_at: DateTime(envelope.sent_at),
        }
    }
}

/// Reads the content of a message.
pub(super) fn content(message: &MessageData) -> Value {
    let text = &message.envelope.content;
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
}
