//! Signals: what the fan-out port carries to every gateway node. They are hints that may be lost; a client finds a loss by
//! a gap in seqs or by its event cursor, and the log has the truth.

use std::sync::Arc;

use openim_core::{ConversationId, GroupId, Platform, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{MessageData, Node};

/// Who should hear of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// These users.
    Users(Vec<UserId>),
    /// Everybody who takes part in a conversation; each node knows which of its own online users do. One signal
    /// reaches a group of any size.
    Conversation(ConversationId),
    /// The same and some users beside them, such as those who have just been removed; nobody twice.
    ConversationAnd(ConversationId, Vec<UserId>),
    /// Whoever watches this user's presence.
    Watchers(UserId),
    /// Whoever watches the processes.
    Operators,
}

/// One hint for a set of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Who should hear of it.
    pub audience: Audience,
    /// What happened.
    pub kind: SignalKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignalKind {
    /// Messages `first_seq..=last_seq` are in the log of the conversation.
    MessagesAppended {
        /// The conversation.
        conversation_id: ConversationId,
        /// The first new seq.
        first_seq: i64,
        /// The last new seq.
        last_seq: i64,
        /// The messages themselves, all of them in order, or none when they are too big together: then they are read
        /// from the log.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        messages: Vec<Arc<MessageData>>,
        /// When the last of them was stored; 0 when they are told again.
        #[serde(default)]
        stored_at: Timestamp,
    },
    /// A message of the conversation that is not stored, such as typing.
    Transient {
        /// The message; its seq is 0.
        message: Arc<MessageData>,
    },
    /// Stored messages look different now: revoked, edited, emptied, reacted to, pinned.
    MessagesChanged {
        /// The conversation.
        conversation_id: ConversationId,
        /// Which, the first 100.
        seqs: Vec<i64>,
    },
    /// A reader's position moved.
    ConversationRead {
        /// The conversation.
        conversation_id: ConversationId,
        /// The reader.
        reader: UserId,
        /// Read up to here.
        read_seq: i64,
    },
    /// The viewer's own row in a conversation was made or changed.
    ConversationChanged {
        /// The conversation.
        conversation_id: ConversationId,
    },
    /// A profile changed.
    UserChanged {
        /// Whose.
        user_id: UserId,
    },
    /// Tokens were revoked: streams that were opened with them end.
    SessionsRevoked {
        /// Whose.
        user_id: UserId,
        /// On which platform.
        platform: Platform,
        /// The stored hashes of the tokens, hex.
        token_hashes: Vec<String>,
    },
    /// A friend request was made or answered.
    FriendRequestChanged {
        /// Who asked.
        from: UserId,
        /// Who was asked.
        to: UserId,
    },
    /// The viewer's list of friends changed.
    FriendsChanged {
        /// Whose list.
        owner: UserId,
        /// Who was added, changed or removed, the first 100.
        user_ids: Vec<UserId>,
    },
    /// The viewer's black list changed.
    BlacklistChanged {
        /// Whose list.
        owner: UserId,
        /// Who was blocked or unblocked.
        user_id: UserId,
    },
    /// A request to enter a group was made or answered.
    GroupRequestChanged {
        /// The group.
        group_id: GroupId,
        /// Who wants to enter.
        user_id: UserId,
    },
    /// The data of a group changed, or the group was dismissed.
    GroupChanged {
        /// The group.
        group_id: GroupId,
    },
    /// Members entered, left or changed.
    GroupMembersChanged {
        /// The group.
        group_id: GroupId,
        /// Who, the first 100.
        user_ids: Vec<UserId>,
    },
    /// A user entered or left a group.
    JoinedGroupsChanged {
        /// Whose groups.
        owner: UserId,
        /// Which group.
        group_id: GroupId,
    },
    /// A notification was written.
    Notified {
        /// The notification, of a stream `n_…`; its seq is 0 when it is not stored.
        message: Arc<MessageData>,
    },
    /// A user came online, went offline or uses other devices.
    PresenceChanged {
        /// Who.
        user_id: UserId,
        /// All platforms that are online now, in number order; none for offline.
        platforms: Vec<Platform>,
        /// Grows with every change of this user's: two nodes may tell of changes in the wrong order.
        #[serde(default)]
        version: i64,
    },
    /// Stored settings changed, or a restart was asked for: every process looks itself.
    ConfigurationChanged,
    /// A process gave a sign of life, or its last one.
    NodeSeen {
        /// The process.
        node: Arc<Node>,
        /// Whether it has ended.
        ended: bool,
    },
}
