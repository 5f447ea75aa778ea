//! One user's view of a conversation, and the arithmetic of being read.

mod commands;
mod lists;
mod preferences;

use openim_contracts::ConversationHead;
use openim_core::{ConversationId, ConversationKind, GroupId, Timestamp, UserId};

pub(crate) use commands::{Clear, Delete, Mark, MarkRead, Named, Update, Updated, Which};
pub(crate) use lists::{
    Change, Changes, IdSnapshot, Kept, ListDelta, ListItems, ListOrder, ListPage, ListQuery, Listed, LogEnd, Position, Read, ReaderPage,
    Tally, age,
};
pub(crate) use preferences::{Preferences, PreferencesChange};

/// One user's view of one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub(crate) owner: UserId,
    pub(crate) id: ConversationId,
    pub(crate) kind: ConversationKind,
    pub(crate) peer: Option<UserId>,
    pub(crate) group: Option<GroupId>,
    pub(crate) preferences: Preferences,
    pub(crate) group_at_at: Timestamp,
    pub(crate) read_seq: i64,
    pub(crate) min_seq: i64,
    pub(crate) max_seq: i64,
    pub(crate) last_destructed_at: Timestamp,
    pub(crate) destruct_due_at: Timestamp,
    /// The owner has deleted it: it is shown again once the log has grown beyond `deleted_seq`.
    pub(crate) deleted: bool,
    /// The end of the log when it was last deleted.
    pub(crate) deleted_seq: i64,
    /// When the owner last entered or left the group.
    pub(crate) membership_at: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) read_at: Timestamp,
}

impl Conversation {
    /// Tells whether it is there before the news that its owner has entered the group: its limits are not known yet.
    pub(crate) fn provisional(&self) -> bool {
        self.kind == ConversationKind::Group && self.membership_at == Timestamp(0)
    }
}

/// `deleted_seq` of a row that must not be made, because a webhook refused it: no message brings it back.
pub(crate) const REFUSED: i64 = i64::MAX;

/// A row that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewRow {
    pub(crate) owner: UserId,
    pub(crate) id: ConversationId,
    pub(crate) peer: Option<UserId>,
    pub(crate) group: Option<GroupId>,
    pub(crate) preferences: Preferences,
    pub(crate) read_seq: i64,
    pub(crate) min_seq: i64,
    pub(crate) max_seq: i64,
    /// It is not shown; what is known of its limits is kept.
    pub(crate) refused: bool,
    pub(crate) membership_at: Timestamp,
    pub(crate) at: Timestamp,
}

impl NewRow {
    /// Makes an unread row; who the peer is comes from the participants, or from the id when they are not known.
    pub(crate) fn of(owner: UserId, id: ConversationId, participants: &[UserId], at: Timestamp) -> Self {
        let (peer, group) = match id.kind() {
            ConversationKind::Group => (None, group_in(&id)),
            _ => (peer_among(participants, &owner).or_else(|| peer_in(&id, &owner)), None),
        };
        Self {
            owner,
            id,
            peer,
            group,
            preferences: Preferences::default(),
            read_seq: 0,
            min_seq: 0,
            max_seq: 0,
            refused: false,
            membership_at: Timestamp(0),
            at,
        }
    }

    /// Returns the view that the row will be.
    pub(crate) fn view(self) -> Conversation {
        Conversation {
            owner: self.owner,
            kind: self.id.kind(),
            id: self.id,
            peer: self.peer,
            group: self.group,
            preferences: self.preferences,
            group_at_at: self.at,
            read_seq: self.read_seq,
            min_seq: self.min_seq,
            max_seq: self.max_seq,
            last_destructed_at: Timestamp(0),
            destruct_due_at: Timestamp(0),
            deleted: self.refused,
            deleted_seq: if self.refused { REFUSED } else { 0 },
            membership_at: self.membership_at,
            created_at: self.at,
            updated_at: self.at,
            read_at: Timestamp(0),
        }
    }
}

/// What concerns everybody in a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GroupMark {
    pub(crate) everyone_at: Timestamp,
    pub(crate) everyone_by: String,
    pub(crate) announced_at: Timestamp,
    pub(crate) dismissed_at: Timestamp,
}

/// OpenIM's `groupAtType`.
pub(crate) mod at_type {
    pub(crate) const ME: i32 = 1;
    pub(crate) const ALL: i32 = 2;
    pub(crate) const ALL_AND_ME: i32 = 3;
    pub(crate) const ANNOUNCEMENT: i32 = 4;
}

/// Returns the last seq the owner can see.
pub(crate) fn visible_max(row: &Conversation, head: &ConversationHead) -> i64 {
    if row.max_seq > 0 { head.max_seq.min(row.max_seq) } else { head.max_seq }
}

/// Returns how far the owner has read, as the owner's devices count it: whoever wrote the newest message has read everything
/// before it, although the stored position follows only a moment later, and what was cleared, deleted or cleaned away is not
/// unread. Others are told the stored position alone.
pub(crate) fn read_position(row: &Conversation, head: Option<&ConversationHead>) -> i64 {
    let deleted = if row.deleted || row.deleted_seq == REFUSED { 0 } else { row.deleted_seq };
    let own = row.read_seq.max(row.min_seq - 1).max(deleted);
    let Some(head) = head else { return own };
    let wrote = if head.last_sender.as_ref() == Some(&row.owner) { visible_max(row, head) } else { 0 };
    own.max(head.min_seq - 1).max(wrote)
}

/// Returns how many visible messages lie after the read position.
pub(crate) fn unread(row: &Conversation, head: &ConversationHead) -> i64 {
    (visible_max(row, head) - read_position(row, Some(head))).max(0)
}

/// Tells whether a deleted row is to be shown again, because there is something new to see.
pub(crate) fn grown(row: &Conversation, head: &ConversationHead) -> bool {
    visible_max(row, head) > row.deleted_seq
}

/// Returns what the owner's view is marked with: the newest of what concerns the owner and what concerns everybody.
pub(crate) fn marked(row: &Conversation, mark: Option<&GroupMark>) -> i32 {
    let Some(mark) = mark.filter(|_| row.max_seq == 0) else { return row.preferences.group_at_type };
    let everyone = if mark.everyone_by == row.owner.as_str() { Timestamp(0) } else { mark.everyone_at };
    let newest = [(everyone, at_type::ALL), (mark.announced_at, at_type::ANNOUNCEMENT)];
    let start = (row.group_at_at, row.preferences.group_at_type);
    newest.into_iter().fold(start, |newest, other| if other.0 > newest.0 { other } else { newest }).1
}

/// Reads the group out of its conversation's id.
pub(crate) fn group_in(id: &ConversationId) -> Option<GroupId> {
    let (_, group) = id.as_str().split_once('_').filter(|_| id.kind() == ConversationKind::Group)?;
    GroupId::parse(group).ok()
}

fn peer_among(participants: &[UserId], owner: &UserId) -> Option<UserId> {
    if !participants.contains(owner) {
        return None;
    }
    participants.iter().find(|user| *user != owner).or_else(|| participants.first()).cloned()
}

/// Reads the other one of two people out of the conversation's id.
pub(crate) fn peer_in(id: &ConversationId, owner: &UserId) -> Option<UserId> {
    let (_, pair) = id.as_str().split_once('_')?;
    let before = pair.strip_suffix(owner.as_str()).and_then(|rest| rest.strip_suffix('_'));
    let after = pair.strip_prefix(owner.as_str()).and_then(|rest| rest.strip_prefix('_'));
    [before, after].into_iter().flatten().filter_map(|text| UserId::parse(text).ok()).find(|peer| {
        let pair = ConversationId::single(owner, peer);
        pair.notification_twin() == id.notification_twin()
    })
}

#[cfg(test)]
mod tests;
