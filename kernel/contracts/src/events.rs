//! Domain events: facts that other domains act on. They are written to the outbox in the transaction of the change and
//! handled at least once; a handler's inbox makes that exactly once.

use openim_core::{ConversationId, ConversationKind, GroupId, Platform, Timestamp, UserId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A fact with a topic. Topics are `<domain>.<event>`; a payload only ever gains optional fields.
pub trait DomainEvent: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The topic, also the routing key in RabbitMQ.
    const TOPIC: &'static str;
}

/// Users were registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRegistered {
    /// The new users.
    pub user_ids: Vec<UserId>,
}
impl DomainEvent for UserRegistered {
    const TOPIC: &'static str = "users.registered";
}

/// A profile changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserUpdated {
    /// Whose.
    pub user_id: UserId,
    /// Whether the shown name or the picture changed.
    pub appearance_changed: bool,
}
impl DomainEvent for UserUpdated {
    const TOPIC: &'static str = "users.updated";
}

/// Tokens of a user were revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsRevoked {
    /// Whose.
    pub user_id: UserId,
    /// On which platform.
    pub platform: Platform,
    /// The stored hashes of the tokens, hex.
    pub token_hashes: Vec<String>,
}
impl DomainEvent for SessionsRevoked {
    const TOPIC: &'static str = "users.sessions_revoked";
}

/// The first message of a conversation was stored: its participants need their rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationStarted {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What kind it is.
    pub kind: ConversationKind,
    /// Who gets a row now: both people of a chat, the receiver of a system message.
    pub owners: Vec<UserId>,
    /// The two people of a chat in id order.
    pub participants: Vec<UserId>,
    /// When.
    pub at: Timestamp,
}
impl DomainEvent for ConversationStarted {
    const TOPIC: &'static str = "messages.conversation_started";
}

/// One reader's position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadPosition {
    /// The reader.
    pub user_id: UserId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Read up to here; never lowers a stored position.
    pub seq: i64,
}

/// Readers' positions moved because they sent something themselves; many sends are collected into one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAdvanced {
    /// The positions.
    pub positions: Vec<ReadPosition>,
}
impl DomainEvent for ReadAdvanced {
    const TOPIC: &'static str = "messages.read_advanced";
}

/// A message named members of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersMentioned {
    /// The group.
    pub group_id: GroupId,
    /// The message's place in the group's log.
    pub seq: i64,
    /// Who named them.
    pub sender: UserId,
    /// Who was named, at most 1,000; not all of them need be members.
    pub user_ids: Vec<UserId>,
    /// Whether everybody was named.
    pub everybody: bool,
    /// When.
    pub at: Timestamp,
}
impl DomainEvent for MembersMentioned {
    const TOPIC: &'static str = "messages.members_mentioned";
}

/// Somebody who may has cleared a conversation for everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCleared {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Everything up to here is not shown to anybody any more.
    pub until: i64,
    /// When.
    pub at: Timestamp,
}
impl DomainEvent for LogCleared {
    const TOPIC: &'static str = "conversations.log_cleared";
}

/// Users entered a group; at most 1,000 an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMembersJoined {
    /// The group.
    pub group_id: GroupId,
    /// Who entered.
    pub user_ids: Vec<UserId>,
    /// The first message they may see; 0 for all (`enableHistoryForNewMembers`).
    pub visible_from: i64,
    /// When.
    pub at: Timestamp,
}
impl DomainEvent for GroupMembersJoined {
    const TOPIC: &'static str = "groups.members_joined";
}

/// Users left a group or were removed from it; at most 1,000 an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMembersLeft {
    /// The group.
    pub group_id: GroupId,
    /// Who left.
    pub user_ids: Vec<UserId>,
    /// The last message they may see: the end of the log when they left.
    pub visible_until: i64,
    /// When.
    pub at: Timestamp,
}
impl DomainEvent for GroupMembersLeft {
    const TOPIC: &'static str = "groups.members_left";
}

/// Something about a group or members in it changed: caches forget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupUpdated {
    /// The group.
    pub group_id: GroupId,
    /// Members whose row changed; empty when only the group itself did.
    pub user_ids: Vec<UserId>,
    /// Whether the announcement changed: conversations of members show it.
    pub announcement_changed: bool,
}
impl DomainEvent for GroupUpdated {
    const TOPIC: &'static str = "groups.updated";
}

/// A group was dismissed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupWasDismissed {
    /// The group.
    pub group_id: GroupId,
    /// When.
    pub at: Timestamp,
}
impl DomainEvent for GroupWasDismissed {
    const TOPIC: &'static str = "groups.dismissed";
}

/// A user's list of friends or black list changed: caches forget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationsUpdated {
    /// Whose list.
    pub owner: UserId,
    /// Who was added, changed or removed.
    pub user_ids: Vec<UserId>,
}
impl DomainEvent for RelationsUpdated {
    const TOPIC: &'static str = "relations.updated";
}
