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
    let id = chat("ann", "bob");
    node.voice.row(PAIR, &id, true);
    node.advance(Duration::from_secs(60));
    let mut ann = node.online("ann").await;
    node.voice.say(PAIR, &id, 1, 1);
    ann.expect(&["message si_ann_bob 1"]).await;
    for seq in 2..=20 {
        node.voice.say(PAIR, &id, seq, seq);
    }
    node.settle().await;
    ann.expect(&["reset TOO_SLOW", "error LIMIT_EXCEEDED", "end"]).await;

    let mut ann = node.resume("ann", &ann.cursor);
    ann.expect(&["ready 19"]).await;
    for seq in 2..=20 {
        assert_eq!(ann.next().await, format!("message si_ann_bob {seq}"));
    }
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
