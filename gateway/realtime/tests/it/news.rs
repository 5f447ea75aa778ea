//! Friends, groups and notifications: what is told live, what is made good, and what can only be said to have changed.

use std::sync::Arc;
use std::time::Duration;

use openim_contracts::{Audience, Envelope, MessageData, SignalKind};
use openim_core::{ClientMessageId, ConversationId, GroupId, Timestamp};

use crate::support::{Node, audience, chat, user};

const MINUTE: Duration = Duration::from_secs(60);

fn group() -> GroupId {
    GroupId::parse("g1").unwrap()
}

fn notification(content_type: i32, conversation: &ConversationId, seq: i64) -> SignalKind {
    let of_group = conversation.as_str() == "n_g1";
    let envelope = Envelope {
        sender: user("bob"),
        receiver: (!of_group).then(|| user("ann")),
        group: of_group.then(group),
        content_type,
        content: r#"{"detail":"{\"userID\":\"bob\",\"ids\":[1,2]}"}"#.into(),
        ..envelope()
    };
    let message = MessageData { conversation_id: conversation.clone(), seq, envelope: Arc::new(envelope), operation_id: String::new() };
    SignalKind::Notified { message: Arc::new(message) }
}

pub(crate) fn envelope() -> Envelope {
    Envelope {
        server_id: "s".into(),
        client_id: ClientMessageId::parse("c").unwrap(),
        sender: user("bob"),
        receiver: None,
        group: None,
        platform: 0,
        nickname: String::new(),
        face_url: String::new(),
        session_type: 1,
        source: 200,
        content_type: 0,
        content: String::new(),
        sent_at: Timestamp(1),
        created_at: Timestamp(1),
        at_user_ids: Vec::new(),
        attached_info: String::new(),
        ex: String::new(),
        options: Vec::new(),
        offline_push: None,
    }
}

/// One signal of each kind that this module is about.
pub(crate) fn every_kind() -> Vec<SignalKind> {
    let (ann, bob) = (user("ann"), user("bob"));
    vec![
        SignalKind::FriendRequestChanged { from: bob.clone(), to: ann.clone() },
        SignalKind::FriendsChanged { owner: ann.clone(), user_ids: vec![bob.clone(), user("cid")] },
        SignalKind::BlacklistChanged { owner: ann.clone(), user_id: bob.clone() },
        SignalKind::GroupRequestChanged { group_id: group(), user_id: bob.clone() },
        SignalKind::GroupChanged { group_id: group() },
        SignalKind::GroupMembersChanged { group_id: group(), user_ids: vec![bob] },
        SignalKind::JoinedGroupsChanged { owner: ann, group_id: group() },
        notification(1203, &chat("ann", "bob").notification_twin(), 0),
        notification(1510, &ConversationId::group(&group()).notification_twin(), 0),
        SignalKind::MessagesChanged { conversation_id: chat("ann", "bob"), seqs: vec![2] },
        crate::passing::passed_on(101, r#"{"content":"x"}"#),
        crate::passing::passed_on(110, "no JSON"),
    ]
}

#[tokio::test]
async fn every_change_of_friends_and_groups_is_told() {
    let node = Node::new();
    let mut ann = node.online("ann").await;
    for kind in every_kind() {
        node.voice.signal(audience(&["ann"]), kind);
    }
    ann.expect(&["request bob ann", "friends bob,cid", "black bob", "group request g1 bob", "group g1", "members g1 bob", "joined g1"])
        .await;
    ann.expect(&["notification 1203 n_ann_bob 0", "notification 1510 n_g1 0"]).await;
}

#[tokio::test]
async fn changes_of_one_list_that_wait_are_told_as_one() {
    let node = Node::new();
    let mut ann = node.online("ann").await;
    let names: Vec<String> = (0..150).map(|number| format!("u{number}")).collect();
    for pair in names.chunks(2) {
        let user_ids = pair.iter().map(|name| user(name)).collect();
        node.voice.signal(audience(&["ann"]), SignalKind::GroupMembersChanged { group_id: group(), user_ids });
        node.voice.signal(audience(&["ann"]), SignalKind::GroupChanged { group_id: group() });
    }
    node.voice.signal(audience(&["ann"]), SignalKind::GroupMembersChanged { group_id: GroupId::parse("g2").unwrap(), user_ids: vec![] });
    node.settle().await;
    ann.expect(&[&format!("members g1 {}", names[..100].join(",")), "group g1", "members g2 "]).await;
}

#[tokio::test]
async fn who_was_removed_hears_of_it_once_and_others_of_the_group_as_ever() {
    let node = Node::new();
    let id = ConversationId::group(&group());
    node.voice.row(&["ann", "bob"], &id, true);
    let (mut ann, mut bob, mut gone) = (node.online("ann").await, node.online("bob").await, node.online("gone").await);
    let removed = vec![user("gone"), user("ann"), user("gone")];
    node.voice.signal(Audience::ConversationAnd(id.clone(), removed), notification(1508, &id.notification_twin(), 0));
    node.voice.mark(&["ann", "bob", "gone"]);
    for client in [&mut ann, &mut bob, &mut gone] {
        client.expect(&["notification 1508 n_g1 0", "user mark"]).await;
    }
}

#[tokio::test]
async fn stored_notifications_are_told_in_order_and_once_and_a_gap_is_asked_for() {
    let node = Node::new();
    let id = chat("ann", "bob").notification_twin();
    node.voice.row(&["ann"], &id, true);
    let mut ann = node.online("ann").await;
    node.voice.store(&id, 5);
    let told = |seq| notification(2102, &id, seq);
    node.voice.signal(audience(&["ann"]), told(1));
    node.voice.signal(audience(&["ann"]), told(1));
    // The signals of 2 to 4 were lost; 3 is gone from the log.
    node.voice.signal(audience(&["ann"]), told(5));
    node.voice.signal(audience(&["ann"]), told(4));
    // Whoever finds a tail that nobody told of says so as for any log.
    node.voice.say(&["ann"], &id, 6, 7);
    node.voice.mark(&["ann"]);
    ann.expect(&["notification 2102 n_ann_bob 1", "notification 2101 n_ann_bob 2", "notification 2101 n_ann_bob 4"]).await;
    ann.expect(&["notification 2102 n_ann_bob 5", "notification 2101 n_ann_bob 7", "user mark"]).await;
}

#[tokio::test]
async fn a_resume_repeats_stored_notifications_and_says_which_lists_to_look_at() {
    let node = Node::new();
    let (id, stream) = (chat("ann", "bob"), chat("ann", "bob").notification_twin());
    let (club, talk) = (ConversationId::group(&group()), ConversationId::group(&group()).notification_twin());
    for row in [&id, &stream, &talk] {
        node.voice.row(&["ann"], row, true);
    }
    node.voice.announce("ann", 1207, None);
    node.advance(MINUTE);
    let cursor = node.online("ann").await.cursor;
    node.advance(MINUTE);
    node.voice.store(&id, 1);
    node.voice.store(&stream, 250);
    for (content_type, group) in [(1203, None), (1210, None), (1203, None), (1509, Some("g1")), (1502, Some("g2")), (2001, None)] {
        node.voice.announce("ann", content_type, group);
    }
    node.voice.announce("eve", 1207, None);
    node.voice.row(&["ann"], &club, true);
    let mut ann = node.resume("ann", &cursor);
    ann.expect(&["ready 253", "changed sg_g1"]).await;
    for seq in (1..=250).filter(|seq| seq % 3 != 0) {
        ann.expect(&[&format!("notification 2101 n_ann_bob {seq}")]).await;
    }
    ann.expect(&["message si_ann_bob 1"]).await;
    let lists = "lists FRIENDS,FRIEND_REQUESTS,JOINED_GROUPS groups g1,g2 types [1203,1210,1502,1509,2001]";
    ann.expect(&[lists]).await;
    node.voice.mark(&["ann"]);
    ann.expect(&["user mark"]).await;
    node.advance(MINUTE);
    node.voice.mark(&["ann"]);
    ann.expect(&["user mark"]).await;
    node.resume("ann", &ann.cursor).expect(&["ready 0"]).await;
}

#[tokio::test]
async fn a_loss_is_made_good_for_notifications_and_lists_too() {
    let node = Node::new();
    let stream = chat("ann", "bob").notification_twin();
    node.voice.row(&["ann"], &stream, true);
    node.advance(MINUTE);
    let mut ann = node.online("ann").await;
    node.advance(MINUTE);
    node.voice.mark(&["ann"]);
    ann.expect(&["user mark"]).await;
    node.advance(MINUTE);
    node.voice.store(&stream, 2);
    // A group that was entered during the loss: what was said in it before is no news.
    let club = ConversationId::group(&group());
    node.voice.row(&["ann"], &club, true);
    node.voice.row(&["ann"], &club.notification_twin(), true);
    node.voice.store(&club, 9);
    node.voice.store(&club.notification_twin(), 9);
    node.voice.announce("ann", 1208, None);
    node.voice.lost();
    ann.expect(&["changed n_g1", "changed sg_g1", "notification 2101 n_ann_bob 1", "notification 2101 n_ann_bob 2"]).await;
    ann.expect(&["lists BLACKLIST,JOINED_GROUPS groups  types [1208]"]).await;
    node.voice.signal(Audience::Conversation(club.clone()), notification(1502, &club.notification_twin(), 10));
    ann.expect(&["notification 1502 n_g1 10"]).await;
}

#[tokio::test]
async fn the_notifications_of_a_group_are_news_from_entering_on() {
    let node = Node::new();
    let club = ConversationId::group(&group());
    let mut ann = node.online("ann").await;
    node.voice.store(&club.notification_twin(), 40);
    node.voice.row(&["ann"], &club, true);
    node.voice.row(&["ann"], &club.notification_twin(), true);
    node.voice.signal(audience(&["ann"]), SignalKind::ConversationChanged { conversation_id: club.clone() });
    ann.expect(&["changed sg_g1"]).await;
    node.voice.store(&club.notification_twin(), 41);
    node.voice.signal(Audience::Conversation(club.clone()), notification(1502, &club.notification_twin(), 41));
    ann.expect(&["notification 1502 n_g1 41"]).await;
}
