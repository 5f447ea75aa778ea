//! What a stream tells.

use std::sync::Arc;

use async_graphql::Enum;
use openim_contracts::MessageData;
use openim_core::{ConversationId, GroupId, Platform, Timestamp, UserId};

/// One event of a stream, with the place to resume after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) cursor: String,
    pub(crate) what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happened {
    /// The stream is open; this many missed events follow.
    Ready { missed: i64 },
    /// A message is in the log.
    MessageAdded { conversation_id: ConversationId, seq: i64 },
    /// A reader's position moved.
    ConversationRead { conversation_id: ConversationId, reader: UserId, read_seq: i64 },
    /// The viewer's row was made or changed.
    ConversationChanged { conversation_id: ConversationId },
    /// A profile changed.
    UserChanged { user_id: UserId },
    /// A friend request was made or answered.
    FriendRequestChanged { from: UserId, to: UserId },
    /// The viewer's list of friends changed.
    FriendsChanged { user_ids: Vec<UserId> },
    /// The viewer's black list changed.
    BlacklistChanged { user_id: UserId },
    /// A request to enter a group was made or answered.
    GroupRequestChanged { group_id: GroupId, user_id: UserId },
    /// The data of a group changed.
    GroupChanged { group_id: GroupId },
    /// Members of a group changed.
    GroupMembersChanged { group_id: GroupId, user_ids: Vec<UserId> },
    /// The viewer entered or left a group.
    JoinedGroupsChanged { group_id: GroupId },
    /// A notification came.
    NotificationReceived { notification: Box<Notification> },
    /// Lists changed while the stream did not hear.
    ListsChanged { missed: Box<MissedNews> },
    /// Somebody who is watched is now online on these platforms.
    PresenceChanged { user_id: UserId, platforms: Vec<Platform> },
    /// A stored message looks different now.
    MessageChanged { conversation_id: ConversationId, seq: i64 },
    /// A message was passed on that is not stored.
    TransientMessageReceived { message: Arc<MessageData> },
    /// Something may have been missed.
    Reset { reason: ResetReason },
}

/// What was told while a stream did not hear and is not kept: where to look again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MissedNews {
    /// The lists, each once.
    pub(crate) lists: Vec<ChangedList>,
    /// The groups whose data or members changed, each once.
    pub(crate) groups: Vec<GroupId>,
    /// OpenIM's content types of the notifications, each once.
    pub(crate) content_types: Vec<i32>,
}

/// A list of the viewer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Enum)]
pub(crate) enum ChangedList {
    /// The friends.
    Friends,
    /// The friend requests made and received.
    FriendRequests,
    /// The black list.
    Blacklist,
    /// The groups the viewer is in.
    JoinedGroups,
    /// The requests to enter groups, made and received.
    GroupRequests,
    /// The own profile, settings and entries.
    OwnData,
}

/// The most groups that are named.
const MOST_GROUPS: usize = 1_000;

impl MissedNews {
    /// Notes a notification of a kind that was given to the viewer, or to a group.
    pub(crate) fn note(&mut self, content_type: i32, group: Option<GroupId>) {
        use ChangedList::{Blacklist, FriendRequests, Friends, GroupRequests, JoinedGroups, OwnData};
        let lists: &[ChangedList] = match content_type {
            1201 => &[Friends, FriendRequests],
            1202 | 1203 => &[FriendRequests],
            1204..=1206 | 1209 | 1210 => &[Friends],
            1207 | 1208 => &[Blacklist],
            1303 | 1305..=1307 => &[OwnData],
            1503 | 1505 | 1506 => &[GroupRequests],
            1501 | 1504 | 1508..=1511 => &[JoinedGroups],
            _ => &[],
        };
        lists.iter().for_each(|list| add(&mut self.lists, *list));
        add(&mut self.content_types, content_type);
        if let Some(group) = group
            && self.groups.len() < MOST_GROUPS
        {
            add(&mut self.groups, group);
        }
    }

    /// Notes that the viewer entered or left a group.
    pub(crate) fn joined_groups(&mut self) {
        add(&mut self.lists, ChangedList::JoinedGroups);
    }

    /// Tells whether there is nothing to look at.
    pub(crate) fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.groups.is_empty() && self.content_types.is_empty()
    }
}

/// Adds to a sorted list what it does not have yet.
fn add<T: Ord>(list: &mut Vec<T>, item: T) {
    if let Err(place) = list.binary_search(&item) {
        list.insert(place, item);
    }
}

/// Why a client must load again what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ResetReason {
    /// The cursor is not one of this viewer's.
    ForeignCursor,
    /// The cursor is older than the server looks back, see `eventLimits`.
    ExpiredCursor,
    /// More was missed than the server repeats, see `eventLimits`.
    TooMuchMissed,
    /// The client read too slowly; the stream ends now and can be resumed from the last cursor.
    TooSlow,
}

/// A notification on its way to devices, stored or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notification {
    /// OpenIM's content type.
    pub(crate) content_type: i32,
    /// The notification stream it belongs to, `n_…`.
    pub(crate) conversation_id: ConversationId,
    /// In whose name.
    pub(crate) sender: UserId,
    /// To which user, when it is for one.
    pub(crate) receiver: Option<UserId>,
    /// To which group, when it is for all of it.
    pub(crate) group: Option<GroupId>,
    /// The place in the notification stream; 0 when it is not stored.
    pub(crate) seq: i64,
    /// The content's text, `{"detail": "..."}`.
    pub(crate) content: String,
    /// When it was sent.
    pub(crate) sent_at: Timestamp,
}

impl From<&MessageData> for Notification {
    fn from(data: &MessageData) -> Self {
        let envelope = &*data.envelope;
        Self {
            content_type: envelope.content_type,
            conversation_id: data.conversation_id.clone(),
            sender: envelope.sender.clone(),
            receiver: envelope.receiver.clone(),
            group: envelope.group.clone(),
            seq: data.seq,
            content: envelope.content.clone(),
            sent_at: envelope.sent_at,
        }
    }
}
