//! Streams while all is well, and while signals come late, twice or not at all.

use std::time::Duration;

use openim_contracts::SignalKind;
use openim_core::Platform;
use openim_realtime::Settings;

use crate::support::{Node, audience, chat, user};

const PAIR: &[&str] = &["ann", "bob"];

#[tokio::test]
async fn messages_come_in_order_to_both_people_and_to_nobody_else() {
    let node = Node::new();
    let (mut ann, mut bob, mut eve) = (node.online("ann").await, node.online("bob").await, node.online("eve").await);
    let id = chat("ann", "bob");
    node.voice.say(PAIR, &id, 1, 1);
    node.voice.say(PAIR, &id, 2, 4);
    for client in [&mut ann, &mut bob] {
        client.expect(&["message si_ann_bob 1", "message si_ann_bob 2", "message si_ann_bob 3", "message si_ann_bob 4"]).await;
    }
    node.voice.mark(&["eve"]);
    eve.expect(&["user mark"]).await;
}

#[tokio::test]
async fn every_stream_of_a_user_gets_everything() {
    let node = Node::new();
    let mut phone = node.open("ann", Platform::parse(1).unwrap(), None);
    phone.expect(&["ready 0"]).await;
    let mut web = node.online("ann").await;
    node.voice.say(PAIR, &chat("ann", "bob"), 1, 2);
    for client in [&mut phone, &mut web] {
        client.expect(&["message si_ann_bob 1", "message si_ann_bob 2"]).await;
    }
}

#[tokio::test]
async fn a_missed_signal_is_healed_by_the_next_one() {
    let node = Node::new();
    let mut ann = node.online("ann").await;
    let id = chat("ann", "bob");
    node.voice.say(PAIR, &id, 1, 1);
    node.voice.say(PAIR, &id, 4, 5);
    ann.expect(&["message si_ann_bob 1", "message si_ann_bob 2", "message si_ann_bob 3", "message si_ann_bob 4", "message si_ann_bob 5"])
        .await;
}

#[tokio::test]
async fn a_gap_at_the_very_beginning_is_healed_too() {
    let node = Node::new();
    let (old, new) = (chat("ann", "bob"), chat("ann", "cid"));
    node.voice.row(PAIR, &old, true);
    node.voice.store(&old, 7);
    let mut ann = node.online("ann").await;
    node.voice.say(PAIR, &old, 9, 9);
    node.voice.say(&["ann", "cid"], &new, 2, 2);
    ann.expect(&["message si_ann_bob 8", "message si_ann_bob 9", "message si_ann_cid 1", "message si_ann_cid 2"]).await;
}

#[tokio::test]
async fn repeated_and_overtaken_signals_tell_nothing_twice() {
    let node = Node::new();
    let mut ann = node.online("ann").await;
    let id = chat("ann", "bob");
    node.voice.say(PAIR, &id, 1, 3);
    node.voice.say(PAIR, &id, 1, 3);
    node.voice.say(PAIR, &id, 2, 2);
    node.voice.say(PAIR, &id, 3, 4);
    node.voice.mark(&["ann"]);
    ann.expect(&["message si_ann_bob 1", "message si_ann_bob 2", "message si_ann_bob 3", "message si_ann_bob 4", "user mark"]).await;
}

#[tokio::test]
async fn a_gap_beyond_the_bound_is_a_reset_and_the_stream_goes_on() {
    let node = Node::with(Settings { max_missed: 10, ..Settings::default() });
    let mut ann = node.online("ann").await;
    let id = chat("ann", "bob");
    node.voice.say(PAIR, &id, 1, 1);
    node.voice.say(PAIR, &id, 12, 12);
    ann.expect(&["message si_ann_bob 1", "reset TOO_MUCH_MISSED"]).await;
    node.voice.say(PAIR, &id, 13, 13);
    ann.expect(&["message si_ann_bob 13"]).await;
}

#[tokio::test]
async fn reads_rows_and_profiles_are_told() {
    let node = Node::new();
    let mut ann = node.online("ann").await;
    let conversation_id = chat("ann", "bob");
    node.voice.signal(audience(PAIR), SignalKind::ConversationChanged { conversation_id: conversation_id.clone() });
    node.voice.signal(audience(PAIR), SignalKind::ConversationRead { conversation_id, reader: user("bob"), read_seq: 3 });
    node.voice.signal(audience(PAIR), SignalKind::UserChanged { user_id: user("bob") });
    ann.expect(&["changed si_ann_bob", "read si_ann_bob bob 3", "user bob"]).await;
}

#[tokio::test]
async fn after_a_loss_every_stream_catches_up_from_the_graph() {
    let node = Node::new();
    let (known, new) = (chat("ann", "bob"), chat("ann", "cid"));
    node.voice.row(PAIR, &known, true);
    node.voice.store(&known, 2);
    node.advance(Duration::from_secs(60));
    let (mut ann, mut bob) = (node.online("ann").await, node.online("bob").await);
    node.advance(Duration::from_secs(60));
    node.voice.mark(&["ann"]);
    ann.expect(&["user mark"]).await;

    // Signals of all this never arrive.
    node.advance(Duration::from_secs(60));
    node.voice.store(&known, 4);
    node.voice.row(&["ann", "cid"], &new, true);
    node.voice.store(&new, 1);
    node.voice.read(&known, "bob", 3);
    node.voice.lost();
    ann.expect(&["changed si_ann_cid", "message si_ann_bob 3", "message si_ann_bob 4", "message si_ann_cid 1", "read si_ann_bob bob 3"])
        .await;
    bob.expect(&["message si_ann_bob 3", "message si_ann_bob 4", "read si_ann_bob bob 3"]).await;

    node.voice.say(PAIR, &known, 4, 5);
    ann.expect(&["message si_ann_bob 5"]).await;
}

#[tokio::test]
async fn a_loss_of_too_much_is_a_reset() {
    let node = Node::with(Settings { max_missed: 3, ..Settings::default() });
    let id = chat("ann", "bob");
    node.voice.row(PAIR, &id, true);
    let mut ann = node.online("ann").await;
    node.voice.store(&id, 4);
    node.voice.lost();
    ann.expect(&["reset TOO_MUCH_MISSED"]).await;
    node.voice.say(PAIR, &id, 5, 5);
    ann.expect(&["message si_ann_bob 5"]).await;
}
