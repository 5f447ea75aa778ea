//! The event types, and the keys of what they are about.

use async_graphql::{ID, Interface, SimpleObject};
use openim_core::{ConversationId, GroupId, UserId};
use openim_graphql::Long;

use super::EventCursor;
use super::news::{
    BlacklistChanged, FriendRequestChanged, FriendsChanged, GroupChanged, GroupMembersChanged, GroupRequestChanged, JoinedGroupsChanged,
    ListsChanged, NotificationReceived,
};
use super::passing::{MessageChanged, PresenceChanged, TransientMessageReceived};
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

impl Message {
    pub(super) fn new(conversation_id: &ConversationId, seq: i64) -> Self {
        Self { conversation_id: ID(conversation_id.to_string()), seq: Long(seq) }
    }
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

impl Conversation {
    pub(super) fn of(viewer: &UserId, id: &ConversationId) -> Self {
        Self { owner_id: ID(viewer.to_string()), id: ID(id.to_string()) }
    }
}

/// A user, defined elsewhere in the graph.
#[derive(Debug, SimpleObject)]
#[graphql(unresolvable = "id")]
pub(crate) struct User {
    /// The user's id, OpenIM `userID`.
    id: ID,
}

impl From<&UserId> for User {
    fn from(id: &UserId) -> Self {
        Self { id: ID(id.to_string()) }
    }
}

/// A group, defined elsewhere in the graph.
#[derive(Debug, SimpleObject)]
#[graphql(unresolvable = "id")]
pub(crate) struct Group {
    /// The group's id, OpenIM `groupID`.
    id: ID,
}

impl From<&GroupId> for Group {
    fn from(id: &GroupId) -> Self {
        Self { id: ID(id.to_string()) }
    }
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
    /// A friend request was made or answered.
    FriendRequestChanged(FriendRequestChanged),
    /// The viewer's list of friends changed.
    FriendsChanged(FriendsChanged),
    /// The viewer's black list changed.
    BlacklistChanged(BlacklistChanged),
    /// A request to enter a group was made or answered.
    GroupRequestChanged(GroupRequestChanged),
    /// The data of a group changed.
    GroupChanged(GroupChanged),
    /// Members of a group changed.
    GroupMembersChanged(GroupMembersChanged),
    /// The viewer entered or left a group.
    JoinedGroupsChanged(JoinedGroupsChanged),
    /// A notification came.
    NotificationReceived(NotificationReceived),
    /// Lists changed while the stream did not hear.
    ListsChanged(ListsChanged),
    /// Somebody who is watched came online, went, or uses other devices.
    PresenceChanged(PresenceChanged),
    /// A message looks different now.
    MessageChanged(MessageChanged),
    /// A message that is not stored was passed on.
    TransientMessageReceived(TransientMessageReceived),
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
    /// The viewer's view of the conversation; null when the viewer has none any more.
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
        let view = |id: &ConversationId| Some(Conversation::of(viewer, id));
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
            Happened::FriendRequestChanged { from, to } => Self::FriendRequestChanged(FriendRequestChanged::new(cursor, &from, &to)),
            Happened::FriendsChanged { user_ids } => Self::FriendsChanged(FriendsChanged::new(cursor, &user_ids)),
            Happened::BlacklistChanged { user_id } => Self::BlacklistChanged(BlacklistChanged::new(cursor, &user_id)),
            Happened::GroupRequestChanged { group_id, user_id } => {
                Self::GroupRequestChanged(GroupRequestChanged::new(cursor, &group_id, &user_id))
            }
            Happened::GroupChanged { group_id } => Self::GroupChanged(GroupChanged::new(cursor, &group_id)),
            Happened::GroupMembersChanged { group_id, user_ids } => {
                Self::GroupMembersChanged(GroupMembersChanged::new(cursor, &group_id, &user_ids))
            }
            Happened::JoinedGroupsChanged { group_id } => Self::JoinedGroupsChanged(JoinedGroupsChanged::new(cursor, &group_id)),
            Happened::NotificationReceived { notification } => Self::NotificationReceived(NotificationReceived::new(cursor, &notification)),
            Happened::PresenceChanged { user_id, platforms } => Self::PresenceChanged(PresenceChanged::new(cursor, &user_id, &platforms)),
            Happened::MessageChanged { conversation_id, seq } => Self::MessageChanged(MessageChanged {
                cursor,
                conversation: view(&conversation_id),
                message: Some(Message::new(&conversation_id, seq)),
            }),
            Happened::TransientMessageReceived { message } => {
                Self::TransientMessageReceived(TransientMessageReceived::new(cursor, &message, viewer))
            }
            Happened::ListsChanged { missed } => Self::ListsChanged(ListsChanged::new(cursor, *missed)),
        }
    }
}
