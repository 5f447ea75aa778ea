//! The event types about friends, groups and notifications. They say what changed; what it is now is fetched by the plan,
//! or by the client, who has versions to ask with.

use async_graphql::{ID, SimpleObject};
use openim_core::{GroupId, UserId};
use openim_graphql::{DateTime, Long};
use serde_json::Value;

use super::EventCursor;
use super::events::{Group, Message, User};
use crate::event::{ChangedList, MissedNews, Notification};

fn id(id: &impl ToString) -> ID {
    ID(id.to_string())
}

/// A friend request was made or answered: to who asked and who was asked.
#[derive(Debug, SimpleObject)]
pub(crate) struct FriendRequestChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// The id of who asked.
    from_id: ID,
    /// Who asked.
    from: Option<User>,
    /// The id of who was asked.
    to_id: ID,
    /// Who was asked.
    to: Option<User>,
}

impl FriendRequestChanged {
    pub(super) fn new(cursor: EventCursor, from: &UserId, to: &UserId) -> Self {
        Self { cursor, from_id: id(from), from: Some(from.into()), to_id: id(to), to: Some(to.into()) }
    }
}

/// The viewer's list of friends changed.
#[derive(Debug, SimpleObject)]
pub(crate) struct FriendsChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// The ids of who was added, changed or removed, the first 100.
    user_ids: Vec<ID>,
    /// The same users.
    users: Vec<Option<User>>,
}

impl FriendsChanged {
    pub(super) fn new(cursor: EventCursor, user_ids: &[UserId]) -> Self {
        Self { cursor, user_ids: user_ids.iter().map(id).collect(), users: user_ids.iter().map(|user| Some(user.into())).collect() }
    }
}

/// The viewer's black list changed.
#[derive(Debug, SimpleObject)]
pub(crate) struct BlacklistChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// The id of who was blocked or unblocked.
    user_id: ID,
    /// Who was blocked or unblocked.
    user: Option<User>,
}

impl BlacklistChanged {
    pub(super) fn new(cursor: EventCursor, user: &UserId) -> Self {
        Self { cursor, user_id: id(user), user: Some(user.into()) }
    }
}

/// A request to enter a group was made or answered: to who may answer it and who wants to enter.
#[derive(Debug, SimpleObject)]
pub(crate) struct GroupRequestChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// The id of the group.
    group_id: ID,
    /// The group.
    group: Option<Group>,
    /// The id of who wants to enter.
    user_id: ID,
    /// Who wants to enter.
    user: Option<User>,
}

impl GroupRequestChanged {
    pub(super) fn new(cursor: EventCursor, group: &GroupId, user: &UserId) -> Self {
        Self { cursor, group_id: id(group), group: Some(group.into()), user_id: id(user), user: Some(user.into()) }
    }
}

/// The data of one of the viewer's groups changed, or the group was dismissed.
#[derive(Debug, SimpleObject)]
pub(crate) struct GroupChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// The id of the group.
    group_id: ID,
    /// The group as it is now.
    group: Option<Group>,
}

impl GroupChanged {
    pub(super) fn new(cursor: EventCursor, group: &GroupId) -> Self {
        Self { cursor, group_id: id(group), group: Some(group.into()) }
    }
}

/// Members of one of the viewer's groups entered, left or changed.
#[derive(Debug, SimpleObject)]
pub(crate) struct GroupMembersChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// The id of the group.
    group_id: ID,
    /// The group as it is now.
    group: Option<Group>,
    /// The ids of the members, the first 100.
    user_ids: Vec<ID>,
    /// The same users.
    users: Vec<Option<User>>,
}

impl GroupMembersChanged {
    pub(super) fn new(cursor: EventCursor, group: &GroupId, user_ids: &[UserId]) -> Self {
        Self {
            cursor,
            group_id: id(group),
            group: Some(group.into()),
            user_ids: user_ids.iter().map(id).collect(),
            users: user_ids.iter().map(|user| Some(user.into())).collect(),
        }
    }
}

/// The viewer entered or left a group.
#[derive(Debug, SimpleObject)]
pub(crate) struct JoinedGroupsChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// The id of the group.
    group_id: ID,
    /// The group as it is now.
    group: Option<Group>,
}

impl JoinedGroupsChanged {
    pub(super) fn new(cursor: EventCursor, group: &GroupId) -> Self {
        Self { cursor, group_id: id(group), group: Some(group.into()) }
    }
}

/// A notification in OpenIM's form. What it tells of has mostly an event of its own, too.
#[derive(Debug, SimpleObject)]
pub(crate) struct NotificationReceived {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// OpenIM's content type, such as 1509 for an invitation.
    content_type: i32,
    /// The id of in whose name it was given.
    sender_id: ID,
    /// In whose name it was given.
    sender: Option<User>,
    /// The id of the user it is for; null when it is for a group.
    receiver_id: Option<ID>,
    /// The id of the group it is for; null when it is for a user.
    group_id: Option<ID>,
    /// The group it is for.
    group: Option<Group>,
    /// The notification stream it belongs to.
    conversation_id: ID,
    /// Its place in the stream; 0 when it is not stored.
    seq: Long,
    /// The stored message; null when it is not stored.
    message: Option<Message>,
    /// What it says: the tips object of the content type, with OpenIM's names.
    content: Value,
    /// When it was given.
    sent_at: DateTime,
}

impl NotificationReceived {
    pub(super) fn new(cursor: EventCursor, notification: &Notification) -> Self {
        let Notification { content_type, conversation_id, sender, receiver, group, seq, sent_at, .. } = notification;
        Self {
            cursor,
            content_type: *content_type,
            sender_id: id(sender),
            sender: Some(sender.into()),
            receiver_id: receiver.as_ref().map(id),
            group_id: group.as_ref().map(id),
            group: group.as_ref().map(Group::from),
            conversation_id: id(conversation_id),
            seq: Long(*seq),
            message: (*seq > 0).then(|| Message::new(conversation_id, *seq)),
            content: tips(&notification.content),
            sent_at: DateTime(*sent_at),
        }
    }
}

/// While the stream did not hear, these were told to have changed: look again, with the versions one has.
#[derive(Debug, SimpleObject)]
pub(crate) struct ListsChanged {
    /// The place after this event; hand the newest one back as `after`.
    pub(super) cursor: EventCursor,
    /// Which of the viewer's lists.
    lists: Vec<ChangedList>,
    /// The groups whose data or members changed, at most 1,000.
    groups: Vec<Option<Group>>,
    /// OpenIM's content types of the notifications that were missed and are not kept.
    content_types: Vec<i32>,
}

impl ListsChanged {
    pub(super) fn new(cursor: EventCursor, missed: MissedNews) -> Self {
        let groups = missed.groups.iter().map(|group| Some(group.into())).collect();
        Self { cursor, lists: missed.lists, groups, content_types: missed.content_types }
    }
}

/// Reads the tips object out of a notification's content, `{"detail": "<JSON text>"}`.
pub(super) fn tips(content: &str) -> Value {
    let content: Value = serde_json::from_str(content).unwrap_or_default();
    let detail = content.get("detail").and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok());
    detail.unwrap_or(content)
}
