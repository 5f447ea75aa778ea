//! What is told once and kept nowhere: presence, typing, and that messages look different.

use std::sync::Arc;
use std::time::Duration;

use openim_contracts::{Audience, Envelope, MessageData, SignalKind};
use openim_core::{Actor, Platform, Principal};
use openim_realtime::Settings;

use crate::news::envelope;
use crate::support::{Client, Node, audience, chat, user};

/// A message from bob to ann that is not stored.
pub(crate) fn passed_on(content_type: i32, content: &str) -> SignalKind {
    let envelope = Envelope {
        receiver: Some(user("ann")),
        content_type,
        content: content.into(),
        options: vec![("history".into(), false), ("senderSync".into(), false)],
        ..envelope()
    };
    let conversation_id = chat("ann", "bob");
    SignalKind::Transient {
        message: Arc::new(MessageData { conversation_id, seq: 0, envelope: Arc::new(envelope), operation_id: "op".into() }),
    }
}

fn typing() -> SignalKind {
    passed_on(113, r#"{"msgTips":"yes"}"#)
}

const TYPING: &str = r#"passed si_ann_bob bob 113 {"msgTips":"yes"}"#;
const PAIR: &[&str] = &["ann", "bob"];

fn watching(node: &Node, watched: &[&str], after: Option<&str>) -> Client {
    node.open_watching(Actor::User(Principal::new(user("ann"), Platform::WEB, false)), after, watched)
}

fn change(node: &Node, id: &str, platforms: &[i32], version: i64) {
    let platforms = platforms.iter().map(|number| Platform::parse(*number).unwrap()).collect();
    let kind = SignalKind::PresenceChanged { user_id: user(id), platforms, version };
    node.voice.signal(Audience::Watchers(user(id)), kind);
}

#[tokio::test]
async fn the_presence_of_those_who_are_watched_is_told_first_and_then_each_change() {
    let node = Node::new();
    node.graph.online.lock().insert("bob".into(), vec!["IOS", "WEB"]);
    let mut ann = watching(&node, &["cid", "bob", "bob"], None);
    let mut other = node.online("dan").await;
    ann.expect(&["ready 0", "presence bob IOS,WEB", "presence cid "]).await;
    change(&node, "bob", &[5], 7);
    change(&node, "dan", &[5], 8);
    change(&node, "cid", &[2, 11], 3);
    ann.expect(&["presence bob WEB", "presence cid ANDROID,HARMONY_OS"]).await;

    // What waits is told as it is now, and what another node tells late not at all.
    change(&node, "bob", &[], 10);
    change(&node, "bob", &[1], 9);
    change(&node, "bob", &[1], 8);
    node.voice.mark(&["ann", "dan"]);
    ann.expect(&["presence bob ", "user mark"]).await;
    other.expect(&["user mark"]).await;

    // A node that is not certain tells again what was heard: that is no news.
    change(&node, "bob", &[], 11);
    node.voice.mark(&["ann"]);
    ann.expect(&["user mark"]).await;

    // After a loss what is different is told, and after a return all of it.
    node.voice.lost();
    ann.expect(&["presence bob IOS,WEB", "presence cid "]).await;
    node.voice.lost();
    node.voice.mark(&["ann"]);
    ann.expect(&["user mark"]).await;
    let mut again = watching(&node, &["bob"], Some(&ann.cursor));
    again.expect(&["ready 0", "presence bob IOS,WEB"]).await;
    drop(ann);
    change(&node, "bob", &[], 12);
    again.expect(&["presence bob "]).await;
}

#[tokio::test]
async fn who_watches_too_many_or_nobody_that_can_be_is_refused() {
    let node = Node::with(Settings { max_watched: 2, ..Settings::default() });
    for watched in [&["a", "b", "c"][..], &["no:id"]] {
        watching(&node, watched, None).expect(&["error ARGS_ERROR", "end"]).await;
    }
    assert_eq!(node.hub.streams(), 0);
    watching(&node, &["a", "b"], None).expect(&["ready 0", "presence a ", "presence b "]).await;
}

#[tokio::test]
async fn typing_reaches_the_other_one_while_it_means_something() {
    let node = Node::with(Settings { queue: 4, ..Settings::default() });
    let (mut ann, mut bob) = (node.online("ann").await, node.online("bob").await);
    node.voice.signal(audience(PAIR), typing());
    ann.expect(&[TYPING]).await;

    // A slow reader hears of it once, however long it went on, and it never ends a stream.
    for number in 0..4 {
        node.voice.row(&["ann"], &chat("ann", &format!("u{number}")), true);
        node.voice.signal(audience(&["ann"]), SignalKind::ConversationChanged { conversation_id: chat("ann", &format!("u{number}")) });
    }
    for _ in 0..100 {
        node.voice.signal(audience(PAIR), typing());
    }
    node.settle().await;
    ann.expect(&["changed si_ann_u0", "changed si_ann_u1", "changed si_ann_u2", "changed si_ann_u3"]).await;
    for _ in 0..100 {
        node.voice.signal(audience(PAIR), typing());
    }
    node.voice.mark(&["ann"]);
    ann.expect(&[TYPING, "user mark"]).await;

    node.voice.signal(audience(PAIR), typing());
    node.settle().await;
    node.advance(Duration::from_secs(11));
    node.voice.mark(PAIR);
    ann.expect(&["user mark"]).await;
    // Its sender's own devices hear nothing of it.
    bob.expect(&["user mark"]).await;
}

#[tokio::test]
async fn each_message_that_is_only_passed_on_counts() {
    let node = Node::new();
    let mut ann = node.online("ann").await;
    for text in ["1", "2", "3"] {
        node.voice.signal(audience(PAIR), passed_on(110, text));
    }
    ann.expect(&["passed si_ann_bob bob 110 1", "passed si_ann_bob bob 110 2", "passed si_ann_bob bob 110 3"]).await;
}

#[tokio::test]
async fn messages_that_look_different_are_told_each_once() {
    let node = Node::with(Settings { queue: 4, ..Settings::default() });
    let mut ann = node.online("ann").await;
    let id = chat("ann", "bob");
    let changed = |seqs: &[i64]| {
        node.voice.signal(audience(PAIR), SignalKind::MessagesChanged { conversation_id: id.clone(), seqs: seqs.to_vec() });
    };
    changed(&[5, 6]);
    for _ in 0..10 {
        changed(&[3, 5]);
    }
    changed(&(101..=200).collect::<Vec<_>>());
    node.settle().await;
    ann.expect(&["looks si_ann_bob 3", "looks si_ann_bob 5", "looks si_ann_bob 6"]).await;
    for seq in 101..=200 {
        assert_eq!(ann.next().await, format!("looks si_ann_bob {seq}"));
    }
}
