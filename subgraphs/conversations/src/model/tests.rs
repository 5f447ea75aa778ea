//! The arithmetic of being read.

use openim_contracts::ConversationHead;
use openim_core::{ConversationId, ConversationKind, Timestamp, UserId};

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
    let preferences = Preferences { group_at_type: at_type::ME, ..Preferences::default() };
    let named = Conversation { preferences, group_at_at: Timestamp(5), ..row() };
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

#[test]
fn what_was_deleted_is_not_unread_and_returns_with_something_new() {
    let deleted = Conversation { deleted: true, deleted_seq: 10, ..row() };
    assert!(!grown(&deleted, &head(10, "bob")));
    assert!(grown(&deleted, &head(11, "bob")));
    assert!(!grown(&Conversation { max_seq: 9, ..deleted.clone() }, &head(11, "bob")), "nothing new to see for who has left");
    assert!(!grown(&Conversation { deleted_seq: REFUSED, ..deleted.clone() }, &head(i64::MAX, "bob")));
    assert_eq!(unread(&Conversation { deleted: false, ..deleted }, &head(12, "bob")), 2);
}
