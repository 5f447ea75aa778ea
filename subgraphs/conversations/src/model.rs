//! One user's view of a conversation, and the arithmetic of being read.

use openim_contracts::ConversationHead;
use openim_core::{ConversationId, ConversationKind, GroupId, Timestamp, UserId};

/// One user's view of one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub(crate) owner: UserId,
    pub(crate) id: ConversationId,
    pub(crate) kind: ConversationKind,
    pub(crate) peer: Option<UserId>,
    pub(crate) group: Option<GroupId>,
    pub(crate) receive_option: i32,
    pub(crate) pinned: bool,
    pub(crate) private_chat: bool,
    pub(crate) burn_duration: i32,
    pub(crate) group_at_type: i32,
    pub(crate) attached_info: String,
    pub(crate) ex: String,
    pub(crate) read_seq: i64,
    pub(crate) min_seq: i64,
    pub(crate) max_seq: i64,
    pub(crate) destructing: bool,
    pub(crate) destruct_after: i64,
    pub(crate) last_destructed_at: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) read_at: Timestamp,
}

/// A row that is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewRow {
    pub(crate) owner: UserId,
    pub(crate) id: ConversationId,
    pub(crate) peer: Option<UserId>,
    pub(crate) group: Option<GroupId>,
    pub(crate) read_seq: i64,
    pub(crate) at: Timestamp,
}

impl NewRow {
    /// Makes an unread row; who the peer is comes from the participants, or from the id when they are not known.
    pub(crate) fn of(owner: UserId, id: ConversationId, participants: &[UserId], at: Timestamp) -> Self {
        let (peer, group) = match id.kind() {
            ConversationKind::Group => (None, id.as_str().split_once('_').and_then(|(_, group)| GroupId::parse(group).ok())),
            _ => (peer_among(participants, &owner).or_else(|| peer_in(&id, &owner)), None),
        };
        Self { owner, id, peer, group, read_seq: 0, at }
    }
}

/// Marks a conversation as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkRead {
    pub(crate) owner: UserId,
    pub(crate) id: ConversationId,
    pub(crate) read_seq: i64,
    pub(crate) seqs: Vec<i64>,
}

/// A conversation with the end of its log, when it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) row: Conversation,
    pub(crate) head: Option<ConversationHead>,
}

impl Listed {
    /// Returns when something last happened: the newest message, else the row's making.
    pub(crate) fn activity(&self) -> Timestamp {
        self.head.as_ref().filter(|head| head.max_seq > 0).map_or(self.row.created_at, |head| head.last_time)
    }

    /// Returns how many messages the owner has not read.
    pub(crate) fn unread(&self) -> i64 {
        self.head.as_ref().map_or(0, |head| unread(&self.row, head))
    }
}

/// A page of a user's conversations.
#[derive(Debug, Clone)]
pub(crate) struct ListPage {
    pub(crate) items: Vec<(String, Listed)>,
    pub(crate) total: usize,
    pub(crate) total_unread: i64,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// The end of one of a user's logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogEnd {
    pub(crate) id: ConversationId,
    pub(crate) max_seq: i64,
    pub(crate) live: bool,
}

/// How far a user has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) id: ConversationId,
    pub(crate) read_seq: i64,
    pub(crate) max_seq: i64,
    pub(crate) max_seq_at: Option<Timestamp>,
    pub(crate) pinned: bool,
}

/// Somebody's read position that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) reader: UserId,
    pub(crate) read_seq: i64,
}

/// What happened in one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) id: ConversationId,
    pub(crate) max_seq: i64,
    pub(crate) row_changed: bool,
    pub(crate) reads: Vec<Read>,
}

/// What happened since a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) conversations: Vec<Change>,
    pub(crate) truncated: bool,
}

/// Returns the last seq the owner can see.
pub(crate) fn visible_max(row: &Conversation, head: &ConversationHead) -> i64 {
    if row.max_seq > 0 { head.max_seq.min(row.max_seq) } else { head.max_seq }
}

/// Returns how far the owner has read: whoever wrote the newest message has read everything before it, although the
/// stored position follows only a moment later.
pub(crate) fn read_position(row: &Conversation, head: Option<&ConversationHead>) -> i64 {
    match head {
        Some(head) if head.last_sender.as_ref() == Some(&row.owner) => row.read_seq.max(visible_max(row, head)),
        _ => row.read_seq,
    }
}

/// Returns how many visible messages lie after the read position. What was cleared or cleaned away is not unread.
pub(crate) fn unread(row: &Conversation, head: &ConversationHead) -> i64 {
    let floor = read_position(row, Some(head)).max(row.min_seq - 1).max(head.min_seq - 1);
    (visible_max(row, head) - floor).max(0)
}

fn peer_among(participants: &[UserId], owner: &UserId) -> Option<UserId> {
    if !participants.contains(owner) {
        return None;
    }
    participants.iter().find(|user| *user != owner).or_else(|| participants.first()).cloned()
}

/// Reads the other one of two people out of the conversation's id.
fn peer_in(id: &ConversationId, owner: &UserId) -> Option<UserId> {
    let (_, pair) = id.as_str().split_once('_')?;
    let before = pair.strip_suffix(owner.as_str()).and_then(|rest| rest.strip_suffix('_'));
    let after = pair.strip_prefix(owner.as_str()).and_then(|rest| rest.strip_prefix('_'));
    [before, after].into_iter().flatten().filter_map(|text| UserId::parse(text).ok()).find(|peer| {
        let pair = ConversationId::single(owner, peer);
        pair.notification_twin() == id.notification_twin()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str) -> UserId {
        UserId::parse(id).unwrap()
    }

    fn row() -> Conversation {
        let (owner, peer) = (user("ann"), user("bob"));
        Conversation {
            id: ConversationId::single(&owner, &peer),
            owner,
            kind: ConversationKind::Single,
            peer: Some(peer),
            group: None,
            receive_option: 0,
            pinned: false,
            private_chat: false,
            burn_duration: 0,
            group_at_type: 0,
            attached_info: String::new(),
            ex: String::new(),
            read_seq: 4,
            min_seq: 0,
            max_seq: 0,
            destructing: false,
            destruct_after: 0,
            last_destructed_at: Timestamp(0),
            created_at: Timestamp(1),
            updated_at: Timestamp(1),
            read_at: Timestamp(0),
        }
    }

    fn head(max_seq: i64, last_sender: &str) -> ConversationHead {
        ConversationHead {
            conversation_id: row().id,
            kind: ConversationKind::Single,
            participants: vec![user("ann"), user("bob")],
            max_seq,
            min_seq: 1,
            last_time: Timestamp(9),
            last_stored_at: Timestamp(9),
            last_sender: Some(user(last_sender)),
        }
    }

    #[test]
    fn unread_counts_what_follows_the_position() {
        assert_eq!(unread(&row(), &head(10, "bob")), 6);
        assert_eq!(unread(&row(), &head(4, "bob")), 0);
        assert_eq!(unread(&row(), &head(3, "bob")), 0);
    }

    #[test]
    fn limits_and_cleaning_hide_messages_from_the_count() {
        assert_eq!(unread(&Conversation { max_seq: 7, ..row() }, &head(10, "bob")), 3);
        assert_eq!(unread(&Conversation { min_seq: 9, ..row() }, &head(10, "bob")), 2);
        assert_eq!(unread(&row(), &ConversationHead { min_seq: 10, ..head(10, "bob") }), 1);
    }

    #[test]
    fn who_wrote_last_has_read_everything() {
        assert_eq!(unread(&row(), &head(10, "ann")), 0);
        assert_eq!(read_position(&row(), Some(&head(10, "ann"))), 10);
        assert_eq!(read_position(&row(), None), 4);
    }

    #[test]
    fn the_peer_is_found_in_the_id_on_either_side() {
        for (owner, peer) in [("ann", "bob"), ("bob", "ann"), ("a_b", "a"), ("a", "a_b"), ("a", "a")] {
            let (owner, peer) = (user(owner), user(peer));
            let id = ConversationId::single(&owner, &peer);
            assert_eq!(NewRow::of(owner.clone(), id, &[], Timestamp(0)).peer, Some(peer.clone()));
            let id = ConversationId::system(&owner, &peer);
            assert_eq!(NewRow::of(owner, id, &[], Timestamp(0)).peer, Some(peer));
        }
        let id = ConversationId::single(&user("ann"), &user("bob"));
        assert_eq!(NewRow::of(user("eve"), id, &[], Timestamp(0)).peer, None);
    }
}
