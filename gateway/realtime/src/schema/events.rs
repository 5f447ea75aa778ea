//! The event types, and the keys of what they are about.

use async_graphql::{ID, Interface, SimpleObject};
use openim_core::{ConversationId, UserId};
use openim_graphql::Long;

use super::EventCursor;
use crate::event::{self, Happened, ResetReason};

/// A message, defined elsewhere in the graph.
#[derive(Debug, SimpleObject)]
#[graphql(unresolvable = "conversationId seq")]
pub(crate) struct Message {
    /// The conversation it is in.
    conversation_id: ID,
    /// Its place in the conversation's log.
    seq: Long,
}

/// A user's view of a conversation, defined elsewhere in the graph.
#[derive(Debug, SimpleObject)]
#[graphql(unresolvable = "ownerId id")]
pub(crate) struct Conversation {
    /// Whose view.
    owner_id: ID,
    /// The conversation.
    id: ID,
}

/// A user, defined elsewhere in the graph.
#[derive(Debug, SimpleObject)]
#[graphql(unresolvable = "id")]
pub(crate) struct User {
    /// The user's id, OpenIM `userID`.
    id: ID,
}

/// Something that happened to the viewer.
#[derive(Debug, Interface)]
#[graphql(field(name = "cursor", ty = "&EventCursor", desc = "The place after this event; hand the newest one back as `after`."))]
pub(crate) enum Event {
    /// The stream is open.
    Ready(Ready),
    /// A message is in one of the viewer's conversations.
    MessageAdded(MessageAdded),
    /// A read position moved.
    ConversationRead(ConversationRead),
    /// The viewer's view was made or its settings changed.
    ConversationChanged(ConversationChanged),
    /// A profile changed.
    UserChanged(UserChanged),
    /// Something may have been missed.
    Reset(Reset),
}

/// The stream is open: from here on nothing is missed. A client that starts afresh loads what it shows after this event.
#[derive(Debug, SimpleObject)]
pub(crate) struct Ready {
    /// The place after this event; hand the newest one back as `after`.
    cursor: EventCursor,
    /// How many missed events follow before the live ones; 0 for a fresh stream.
    missed: i32,
}

/// A message is in the log of one of the viewer's conversations. Also one's own, for one's other devices.
#[derive(Debug, SimpleObject)]
pub(crate) struct MessageAdded {
    /// The place after this event; hand the newest one back as `after`.
    cursor: EventCursor,
    /// The message; null when the viewer can no longer see it.
    message: Option<Message>,
    /// The viewer's view of the conversation; null for the moment until the first message has made it.
    conversation: Option<Conversation>,
}

/// Somebody has read: the viewer on any device or, in chats of two, the other one.
#[derive(Debug, SimpleObject)]
pub(crate) struct ConversationRead {
    /// The place after this event; hand the newest one back as `after`.
    cursor: EventCursor,
    /// The viewer's view of the conversation.
    conversation: Option<Conversation>,
    /// Who has read.
    reader_id: ID,
    /// Who has read.
    reader: Option<User>,
    /// Everything up to here was read.
    read_seq: Long,
}

/// The viewer's view of a conversation was made or its settings changed.
#[derive(Debug, SimpleObject)]
pub(crate) struct ConversationChanged {
    /// The place after this event; hand the newest one back as `after`.
    cursor: EventCursor,
    /// The view as it is now; null when it is gone.
    conversation: Option<Conversation>,
}

/// A profile changed.
#[derive(Debug, SimpleObject)]
pub(crate) struct UserChanged {
    /// The place after this event; hand the newest one back as `after`.
    cursor: EventCursor,
    /// The user as it is now.
    user: Option<User>,
}

/// Something may have been missed: load again what is shown. The stream goes on, except after `TOO_SLOW`.
#[derive(Debug, SimpleObject)]
pub(crate) struct Reset {
    /// The place after this event; hand the newest one back as `after`.
    cursor: EventCursor,
    /// Why.
    reason: ResetReason,
}

impl Event {
    /// Makes an event of `viewer`'s stream into its type in the graph.
    pub(crate) fn of(event: event::Event, viewer: &UserId) -> Self {
        let cursor = EventCursor(event.cursor);
        let view = |id: &ConversationId| Some(Conversation { owner_id: ID(viewer.to_string()), id: ID(id.to_string()) });
        match event.what {
            Happened::Ready { missed } => Self::Ready(Ready { cursor, missed: i32::try_from(missed).unwrap_or(i32::MAX) }),
            Happened::MessageAdded { conversation_id, seq } => Self::MessageAdded(MessageAdded {
                cursor,
                conversation: view(&conversation_id),
                message: Some(Message { conversation_id: ID(conversation_id.into()), seq: Long(seq) }),
            }),
            Happened::ConversationRead { conversation_id, reader, read_seq } => Self::ConversationRead(ConversationRead {
                cursor,
                conversation: view(&conversation_id),
                reader_id: ID(reader.to_string()),
                reader: Some(User { id: ID(reader.into()) }),
                read_seq: Long(read_seq),
            }),
            Happened::ConversationChanged { conversation_id } => {
                Self::ConversationChanged(ConversationChanged { cursor, conversation: view(&conversation_id) })
            }
            Happened::UserChanged { user_id } => Self::UserChanged(UserChanged { cursor, user: Some(User { id: ID(user_id.into()) }) }),
            Happened::Reset { reason } => Self::Reset(Reset { cursor, reason }),
        }
    }
}
