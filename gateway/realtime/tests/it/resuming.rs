//! Coming back with a cursor.

use std::time::Duration;

use openim_contracts::SignalKind;
use openim_core::ConversationId;
use openim_realtime::Settings;

use crate::support::{Node, audience, chat};

const PAIR: &[&str] = &["ann", "bob"];
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn exactly_the_missed_is_told_then_the_live() {
    let node = Node::new();
    let (known, quiet, new) = (chat("ann", "bob"), chat("ann", "cid"), chat("ann", "dan"));
    node.voice.row(PAIR, &known, true);
    node.voice.row(&["ann"], &quiet, true);
    node.voice.store(&quiet, 5);
    node.advance(MINUTE);
    let mut ann = node.online("ann").await;
    node.voice.say(PAIR, &known, 1, 2);
    ann.expect(&["message si_ann_bob 1", "message si_ann_bob 2"]).await;
    let cursor = ann.cursor.clone();
    drop(ann);

    node.advance(MINUTE);
    node.voice.say(PAIR, &known, 3, 4);
    node.voice.read(&known, "bob", 4);
    node.voice.row(&["ann"], &new, true);
    node.voice.store(&new, 1);
    let mut ann = node.resume("ann", &cursor);
    ann.expect(&["ready 5", "changed si_ann_dan", "message si_ann_bob 3", "message si_ann_bob 4", "message si_ann_dan 1"]).await;
    ann.expect(&["read si_ann_bob bob 4"]).await;
    node.voice.say(PAIR, &known, 5, 5);
    ann.expect(&["message si_ann_bob 5"]).await;
}

#[tokio::test]
async fn a_first_message_is_told_though_its_conversation_appears_after_the_stream_began() {
    let node = Node::new();
    let (new, empty) = (chat("ann", "bob"), chat("ann", "cid"));
    let cursor = node.online("ann").await.cursor;
    // Stored and signalled while nobody listened; the conversation's row comes when the stream has begun.
    node.voice.store(&new, 2);
    let mut ann = node.resume("ann", &cursor);
    ann.expect(&["ready 0"]).await;
    let changed = |id: &ConversationId| SignalKind::ConversationChanged { conversation_id: id.clone() };
    for id in [&new, &empty] {
        node.voice.row(&["ann"], id, true);
        node.voice.signal(audience(&["ann"]), changed(id));
    }
    ann.expect(&["changed si_ann_bob", "message si_ann_bob 1", "message si_ann_bob 2", "changed si_ann_cid"]).await;
    // A signal of them that was late repeats nothing, nor does another change.
    node.voice.appended(audience(PAIR), &new, 1, 2);
    node.voice.signal(audience(&["ann"]), changed(&new));
    node.voice.say(PAIR, &new, 3, 3);
    node.voice.say(&["ann", "cid"], &empty, 1, 1);
    ann.expect(&["message si_ann_bob 3", "changed si_ann_bob", "message si_ann_cid 1"]).await;
}

#[tokio::test]
async fn nothing_is_missed_or_repeated_when_nothing_happened() {
    let node = Node::new();
    let id = chat("ann", "bob");
    node.voice.row(PAIR, &id, true);
    node.advance(MINUTE);
    node.voice.store(&id, 3);
    node.advance(Duration::from_secs(5));
    // What was stored within the margin before the stream began is known to a client that loads after `Ready`.
    let ann = node.online("ann").await;
    let mut ann = node.resume("ann", &ann.cursor);
    node.voice.mark(&["ann"]);
    ann.expect(&["ready 0", "user mark"]).await;
}

#[tokio::test]
async fn a_break_in_the_middle_of_what_was_missed_loses_and_repeats_no_message() {
    let node = Node::new();
    let (one, two) = (chat("ann", "bob"), chat("ann", "cid"));
    node.voice.row(&["ann"], &one, true);
    node.voice.row(&["ann"], &two, true);
    node.advance(MINUTE);
    let mut cursor = node.online("ann").await.cursor;
    node.advance(MINUTE);
    node.voice.store(&one, 3);
    node.advance(MINUTE);
    node.voice.store(&two, 3);
    // One event a connection, an hour apart.
    for place in 1..=6 {
        let mut ann = node.resume("ann", &cursor);
        assert_eq!(ann.next().await, format!("ready {}", 7 - place));
        let (name, seq) = if place <= 3 { ("si_ann_bob", place) } else { ("si_ann_cid", place - 3) };
        assert_eq!(ann.next().await, format!("message {name} {seq}"));
        cursor = ann.cursor.clone();
        node.advance(Duration::from_secs(3600));
    }
    assert_eq!(node.resume("ann", &cursor).next().await, "ready 0");
}

#[tokio::test]
async fn what_is_stored_while_the_stream_resumes_is_told_once() {
    let node = Node::new();
    let id = chat("ann", "bob");
    node.voice.row(PAIR, &id, true);
    node.advance(MINUTE);
    let cursor = node.online("ann").await.cursor;
    node.advance(MINUTE);
    node.voice.store(&id, 2);
    let (voice, late) = (node.voice.clone(), id.clone());
    *node.graph.meanwhile.lock() = Some(Box::new(move || {
        voice.say(PAIR, &late, 2, 2);
        voice.say(PAIR, &late, 3, 3);
    }));
    let mut ann = node.resume("ann", &cursor);
    ann.expect(&["ready 2", "message si_ann_bob 1", "message si_ann_bob 2", "message si_ann_bob 3"]).await;
    node.voice.mark(&["ann"]);
    ann.expect(&["user mark"]).await;
}

#[tokio::test]
async fn a_signal_that_was_slower_than_the_cursor_is_within_the_margin() {
    let node = Node::new();
    let (slow, fast) = (chat("ann", "bob"), chat("ann", "cid"));
    node.voice.row(&["ann"], &slow, true);
    node.voice.row(&["ann"], &fast, true);
    node.advance(MINUTE);
    let mut ann = node.online("ann").await;
    node.voice.store(&slow, 1);
    node.advance(Duration::from_secs(9));
    node.voice.say(&["ann"], &fast, 1, 1);
    ann.expect(&["message si_ann_cid 1"]).await;
    let mut ann = node.resume("ann", &ann.cursor);
    ann.expect(&["ready 1", "message si_ann_bob 1"]).await;
}

#[tokio::test]
async fn where_the_cursor_knows_the_place_no_signal_is_too_late() {
    let node = Node::new();
    let (slow, fast) = (chat("ann", "bob"), chat("ann", "cid"));
    node.voice.row(&["ann"], &slow, true);
    node.voice.row(&["ann"], &fast, true);
    node.advance(MINUTE);
    let mut ann = node.online("ann").await;
    node.voice.say(&["ann"], &slow, 1, 1);
    ann.expect(&["message si_ann_bob 1"]).await;
    node.voice.store(&slow, 2);
    node.advance(Duration::from_secs(15));
    node.voice.say(&["ann"], &fast, 1, 1);
    ann.expect(&["message si_ann_cid 1"]).await;
    let mut ann = node.resume("ann", &ann.cursor);
    ann.expect(&["ready 1", "message si_ann_bob 2"]).await;
    node.voice.appended(audience(&["ann"]), &slow, 2, 2);
    node.voice.mark(&["ann"]);
    ann.expect(&["user mark"]).await;
}

#[tokio::test]
async fn cursors_that_cannot_be_resumed_from_reset_and_the_stream_goes_on() {
    let node = Node::new();
    let id = chat("ann", "bob");
    node.voice.row(PAIR, &id, true);
    let own = node.online("ann").await.cursor;
    let foreign = node.online("bob").await.cursor;
    node.advance(Duration::from_secs(8 * 24 * 3600));
    let future = node.online("ann").await.cursor;
    for (cursor, reason) in
        [(own.as_str(), "EXPIRED_CURSOR"), (&foreign, "FOREIGN_CURSOR"), ("nonsense", "FOREIGN_CURSOR"), ("", "FOREIGN_CURSOR")]
    {
        let mut ann = node.resume("ann", cursor);
        ann.expect(&["ready 0", &format!("reset {reason}")]).await;
        node.voice.mark(&["ann"]);
        ann.expect(&["user mark"]).await;
    }
    let younger = Node::new();
    younger.resume("ann", &future).expect(&["ready 0", "reset FOREIGN_CURSOR"]).await;
}

#[tokio::test]
async fn too_much_missed_is_a_reset() {
    let node = Node::with(Settings { max_missed: 5, ..Settings::default() });
    let id = chat("ann", "bob");
    node.voice.row(PAIR, &id, true);
    node.advance(MINUTE);
    let cursor = node.online("ann").await.cursor;
    node.advance(MINUTE);
    node.voice.store(&id, 6);
    let mut ann = node.resume("ann", &cursor);
    ann.expect(&["ready 0", "reset TOO_MUCH_MISSED"]).await;
    node.voice.say(PAIR, &id, 7, 7);
    ann.expect(&["message si_ann_bob 7"]).await;
}

#[tokio::test]
async fn a_log_whose_new_part_was_cut_is_a_reset_unless_the_cursor_knows_where_to_go_on() {
    let node = Node::new();
    let id = chat("ann", "bob");
    node.voice.row(PAIR, &id, true);
    node.advance(MINUTE);
    let mut ann = node.online("ann").await;
    let unknowing = ann.cursor.clone();
    node.voice.say(PAIR, &id, 1, 1);
    ann.expect(&["message si_ann_bob 1"]).await;
    node.advance(MINUTE);
    node.voice.store(&id, 1_501);
    node.resume("ann", &unknowing).expect(&["ready 0", "reset TOO_MUCH_MISSED"]).await;
    node.resume("ann", &ann.cursor).expect(&["ready 1500", "message si_ann_bob 2"]).await;
}

#[tokio::test]
async fn more_busy_conversations_than_a_cursor_holds_lose_nothing() {
    let node = Node::new();
    let chats: Vec<_> = (0..300).map(|number| chat("ann", &format!("u{number}"))).collect();
    for id in &chats {
        node.voice.row(&["ann"], id, true);
    }
    node.advance(MINUTE);
    let mut ann = node.online("ann").await;
    for id in &chats {
        node.voice.say(&["ann"], id, 1, 1);
    }
    for _ in &chats {
        assert!(ann.next().await.starts_with("message"));
    }
    let cursor = ann.cursor.clone();
    node.voice.say(&["ann"], &chats[0], 2, 2);
    node.settle().await;
    let mut again = node.resume("ann", &cursor);
    let ready = again.next().await;
    let missed: usize = ready.strip_prefix("ready ").unwrap().parse().unwrap();
    assert!((1..=300).contains(&missed), "{ready}");
    let mut told = Vec::new();
    for _ in 0..missed {
        told.push(again.next().await);
    }
    assert!(told.contains(&format!("message {} 2", chats[0])));
}
