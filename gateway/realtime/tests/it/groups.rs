//! Signals for everybody who takes part in a conversation.

use openim_contracts::{Audience, SignalKind};
use openim_core::{ConversationId, GroupId};

use crate::support::{Node, audience};

fn group() -> ConversationId {
    ConversationId::group(&GroupId::parse("g1").unwrap())
}

#[tokio::test]
async fn members_hear_of_a_group_and_others_do_not() {
    let node = Node::new();
    node.voice.row(&["ann"], &group(), true);
    node.voice.row(&["gone"], &group(), false);
    node.voice.store(&group(), 40);
    let (mut ann, mut gone, mut eve) = (node.online("ann").await, node.online("gone").await, node.online("eve").await);
    node.voice.appended(Audience::Conversation(group()), &group(), 41, 42);
    node.voice.mark(&["ann", "gone", "eve"]);
    ann.expect(&["message sg_g1 41", "message sg_g1 42", "user mark"]).await;
    gone.expect(&["user mark"]).await;
    eve.expect(&["user mark"]).await;
}

#[tokio::test]
async fn who_enters_hears_from_then_on_and_who_leaves_no_more() {
    let node = Node::new();
    node.voice.store(&group(), 40);
    let mut ann = node.online("ann").await;
    node.voice.row(&["ann"], &group(), true);
    let changed = || SignalKind::ConversationChanged { conversation_id: group() };
    node.voice.signal(audience(&["ann"]), changed());
    ann.expect(&["changed sg_g1"]).await;
    node.voice.appended(Audience::Conversation(group()), &group(), 41, 41);
    ann.expect(&["message sg_g1 41"]).await;

    node.voice.row(&["ann"], &group(), false);
    node.voice.signal(audience(&["ann"]), changed());
    ann.expect(&["changed sg_g1"]).await;
    node.voice.appended(Audience::Conversation(group()), &group(), 42, 42);
    node.voice.mark(&["ann"]);
    ann.expect(&["user mark"]).await;
}

#[tokio::test]
async fn a_silent_group_is_heard_from_its_first_message() {
    let node = Node::new();
    node.voice.row(&["ann"], &group(), true);
    let mut ann = node.online("ann").await;
    node.voice.appended(Audience::Conversation(group()), &group(), 2, 2);
    ann.expect(&["message sg_g1 1", "message sg_g1 2"]).await;
}
