//! One user's view of a conversation, and the arithmetic of being read.

use openim_contracts::ConversationHead;
use openim_core::{ConversationId, ConversationKind, GroupId, Timestamp, UserId};
use openim_platform::versions::Version;

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
    pub(crate) group_at_at: Timestamp,
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
    pub(crate) min_seq: i64,
    pub(crate) max_seq: i64,
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
        Self { owner, id, peer, group, read_seq: 0, min_seq: 0, max_seq: 0, membership_at: Timestamp(0), at }
    }

    /// Returns the view that the row will be.
    pub(crate) fn view(self) -> Conversation {
        Conversation {
            owner: self.owner,
            kind: self.id.kind(),
            id: self.id,
            peer: self.peer,
            group: self.group,
            receive_option: 0,
            pinned: false,
            private_chat: false,
            burn_duration: 0,
            group_at_type: 0,
            group_at_at: self.at,
            attached_info: String::new(),
            ex: String::new(),
            read_seq: self.read_seq,
            min_seq: self.min_seq,
            max_seq: self.max_seq,
            destructing: false,
            destruct_after: 0,
            last_destructed_at: Timestamp(0),
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

/// What changed in an owner's list since a version.
#[derive(Debug, Clone)]
pub(crate) struct ListDelta {
    pub(crate) version: Version,
    pub(crate) full: bool,
    pub(crate) inserted: Vec<Conversation>,
    pub(crate) updated: Vec<Conversation>,
    pub(crate) deleted: Vec<String>,
}

/// All ids of an owner's list.
#[derive(Debug, Clone)]
pub(crate) struct IdSnapshot {
    pub(crate) version: Version,
    pub(crate) hash: u64,
    pub(crate) equal: bool,
    pub(crate) ids: Vec<String>,
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

/// Returns what the owner's view is marked with: the newest of what concerns the owner and what concerns everybody.
pub(crate) fn marked(row: &Conversation, mark: Option<&GroupMark>) -> i32 {
    let Some(mark) = mark.filter(|_| row.max_seq == 0) else { return row.group_at_type };
    let everyone = if mark.everyone_by == row.owner.as_str() { Timestamp(0) } else { mark.everyone_at };
    let newest = [(everyone, at_type::ALL), (mark.announced_at, at_type::ANNOUNCEMENT)];
    let start = (row.group_at_at, row.group_at_type);
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
        let id = ConversationId::single(&owner, &peer);
        NewRow { read_seq: 4, ..NewRow::of(owner.clone(), id, &[owner, peer], Timestamp(1)) }.view()
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

    #[test]
    fn the_newest_mark_counts_and_none_of_after_leaving() {
        let mark = |everyone: i64, announced: i64| GroupMark {
            everyone_at: Timestamp(everyone),
            everyone_by: "bob".into(),
            announced_at: Timestamp(announced),
            ..GroupMark::default()
        };
        let named = Conversation { group_at_type: at_type::ME, group_at_at: Timestamp(5), ..row() };
        for (mark, expected) in [
            (None, at_type::ME),
            (Some(mark(4, 0)), at_type::ME),
            (Some(mark(5, 5)), at_type::ME),
            (Some(mark(6, 0)), at_type::ALL),
            (Some(mark(6, 7)), at_type::ANNOUNCEMENT),
            (Some(mark(8, 7)), at_type::ALL),
        ] {
            assert_eq!(marked(&named, mark.as_ref()), expected, "{mark:?}");
        }
        assert_eq!(marked(&Conversation { max_seq: 3, ..named.clone() }, Some(&mark(6, 7))), at_type::ME);
        assert_eq!(marked(&Conversation { owner: user("bob"), ..named }, Some(&mark(6, 0))), at_type::ME, "who named everybody");
    }
}
