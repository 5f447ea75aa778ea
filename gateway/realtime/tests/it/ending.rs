//! How streams end, and what stays behind.

use std::sync::atomic::Ordering;
use std::time::Duration;

use openim_contracts::SignalKind;
use openim_core::{Actor, Platform};
use openim_realtime::Settings;

use crate::support::{Node, audience, chat, user};

const PAIR: &[&str] = &["ann", "bob"];

#[tokio::test]
async fn a_slow_client_is_ended_with_bounded_memory_and_resumes_without_loss() {
    let node = Node::with(Settings { queue: 8, ..Settings::default() });
    let chats: Vec<_> = (1..=20).map(|number| chat("ann", &format!("u{number:02}"))).collect();
    for id in &chats {
        node.voice.row(&["ann"], id, true);
    }
    node.advance(Duration::from_secs(60));
    let mut ann = node.online("ann").await;
    node.voice.say(&["ann"], &chats[0], 1, 1);
    ann.expect(&["message si_ann_u01 1"]).await;
    for id in &chats[1..] {
        node.voice.say(&["ann"], id, 1, 1);
    }
    node.settle().await;
    ann.expect(&["reset TOO_SLOW", "error LIMIT_EXCEEDED", "end"]).await;

    let mut ann = node.resume("ann", &ann.cursor);
    ann.expect(&["ready 19"]).await;
    for id in &chats[1..] {
        assert_eq!(ann.next().await, format!("message {id} 1"));
    }
}

#[tokio::test]
async fn a_burst_of_news_of_few_things_is_no_slow_reading() {
    let node = Node::with(Settings { queue: 8, ..Settings::default() });
    let (busy, other) = (chat("ann", "bob"), chat("ann", "cid"));
    node.voice.row(PAIR, &busy, true);
    node.voice.row(&["ann"], &other, true);
    node.advance(Duration::from_secs(60));
    let mut ann = node.online("ann").await;
    // As after an outage of the broker: everything that had waited comes at once.
    for seq in 1..=600 {
        node.voice.say(PAIR, &busy, seq, seq);
        node.voice
            .signal(audience(PAIR), SignalKind::ConversationRead { conversation_id: busy.clone(), reader: user("bob"), read_seq: seq });
        node.advance(Duration::from_millis(100));
        if seq == 300 {
            node.voice.say(&["ann"], &other, 1, 1);
            node.voice.lost();
        }
        node.voice.mark(PAIR);
    }
    node.settle().await;
    let mut told = Vec::new();
    for _ in 0..603 {
        told.push(ann.next().await);
    }
    let messages: Vec<_> = told.iter().filter(|event| event.starts_with("message si_ann_bob")).cloned().collect();
    assert_eq!(messages, (1..=600).map(|seq| format!("message si_ann_bob {seq}")).collect::<Vec<_>>());
    let others: Vec<_> = told.iter().filter(|event| !event.starts_with("message si_ann_bob")).map(String::as_str).collect();
    assert_eq!(others, ["read si_ann_bob bob 600", "user mark", "message si_ann_cid 1"]);

    // The cursor says no more than what was told, though the newest signals were told early.
    let mut ann = node.resume("ann", &ann.cursor);
    ann.expect(&["ready 0"]).await;
    node.voice.say(PAIR, &busy, 601, 601);
    ann.expect(&["message si_ann_bob 601"]).await;
}

#[tokio::test]
async fn a_revoked_session_ends_the_streams_of_its_device_class_only() {
    let node = Node::new();
    let mut web = node.online("ann").await;
    let mut phone = node.open("ann", Platform::parse(2).unwrap(), None);
    phone.expect(&["ready 0"]).await;
    let mut bob = node.online("bob").await;
    node.voice.say(PAIR, &chat("ann", "bob"), 1, 1);
    let revoked = SignalKind::SessionsRevoked { user_id: user("ann"), platform: Platform::WEB, token_hashes: vec!["00".to_owned()] };
    node.voice.signal(audience(&["ann"]), revoked);
    node.settle().await;
    // What waited is not told any more.
    web.expect(&["error TOKEN_KICKED", "end"]).await;
    node.voice.mark(PAIR);
    phone.expect(&["message si_ann_bob 1", "user mark"]).await;
    bob.expect(&["message si_ann_bob 1", "user mark"]).await;
}

#[tokio::test]
async fn a_stopping_node_ends_its_streams_and_takes_no_more() {
    let node = Node::new();
    let mut ann = node.online("ann").await;
    node.stop.cancel();
    ann.expect(&["error UNAVAILABLE", "end"]).await;
    node.open("bob", Platform::WEB, None).expect(&["error UNAVAILABLE", "end"]).await;
}

#[tokio::test]
async fn a_graph_that_does_not_answer_ends_the_stream_with_a_retryable_error() {
    let node = Node::new();
    let mut ann = node.online("ann").await;
    node.graph.broken.store(true, Ordering::SeqCst);
    node.open("bob", Platform::WEB, None).expect(&["error UNAVAILABLE", "end"]).await;
    node.voice.lost();
    ann.expect(&["error UNAVAILABLE", "end"]).await;
    node.graph.broken.store(false, Ordering::SeqCst);
    let mut ann = node.resume("ann", &ann.cursor);
    ann.expect(&["ready 0"]).await;
}

#[tokio::test]
async fn nobody_listens_without_a_token() {
    let node = Node::new();
    node.open_as(Actor::Anonymous, None).expect(&["error UNAUTHENTICATED", "end"]).await;
    assert_eq!(node.hub.streams(), 0);
}

#[tokio::test]
async fn the_streams_of_one_user_are_bounded_and_a_closed_one_makes_room() {
    let node = Node::with(Settings { max_streams_per_user: 2, ..Settings::default() });
    let first = node.online("ann").await;
    let _second = node.online("ann").await;
    node.open("ann", Platform::WEB, None).expect(&["error CONNECTION_LIMIT", "end"]).await;
    assert_eq!(node.hub.streams(), 2);
    drop(first);
    assert_eq!(node.hub.streams(), 1);
    node.online("ann").await;
}

#[tokio::test]
async fn an_over_long_cursor_is_refused() {
    let node = Node::new();
    node.resume("ann", &"A".repeat(5_000)).expect(&["error ARGS_ERROR", "end"]).await;
    assert_eq!(node.hub.streams(), 0);
}
