//! What the hub has for a user reaches the sockets: in order, to the right devices, made good after a loss.

use std::sync::Arc;

use openim_contracts::{Audience, SignalKind};
use openim_core::{ConversationId, ErrorCode, Platform, Timestamp};
use openim_protocol::client::{Options, SdkClient, pushed};
use openim_protocol::prost::Message as _;
use openim_protocol::sdkws::{SetAppBackgroundStatusReq, SetAppBackgroundStatusResp, SubUserOnlineStatus, SubUserOnlineStatusTips};
use serde_json::json;

use crate::support::{Node, end, message, user_id};

/// Waits for the next pushed message and returns its place.
async fn seq(client: &mut SdkClient) -> i64 {
    client.next_message().await.expect("a message").1.seq
}

#[tokio::test]
async fn a_message_reaches_every_device_of_both_in_every_encoding() {
    let node = Node::start().await;
    let (address, token) = (format!("ws://{}", node.address), node.login("bob", 5));
    let mut clients = vec![
        node.connect("ann", 1).await,
        node.connect("ann", 7).await,
        node.open(&Options::wasm(&address, "bob", &token)).await,
        node.open(&Options::js(&address, "bob", &token)).await,
    ];
    let mut stranger = node.connect("eve", 1).await;
    node.append(vec![message("ann", "bob", 1, &[]), message("ann", "bob", 2, &[])], true);
    for client in &mut clients {
        for seq in 1..=2 {
            let push = client.next_push().await.unwrap();
            assert_eq!((push.req_identifier, push.msg_incr.as_str(), push.err_code), (2001, "", 0));
            assert_eq!(push.operation_id, format!("op-{seq}"));
            let (conversation, message) = pushed(&push).unwrap().unwrap();
            assert_eq!((conversation.as_str(), message.seq, message.status), ("si_ann_bob", seq, 2));
            assert_eq!(&*message.content, format!("{{\"content\":\"{seq}\"}}").as_bytes());
        }
    }
    node.append(vec![message("eve", "ann", 1, &[])], true);
    assert_eq!(stranger.next_message().await.unwrap().0, "si_ann_eve", "nothing of the others before");
}

#[tokio::test]
async fn a_sender_who_does_not_want_it_back_hears_nothing_of_it() {
    let node = Node::start().await;
    let (mut ann, mut bob) = (node.connect("ann", 1).await, node.connect("bob", 1).await);
    node.append(vec![message("ann", "bob", 1, &[("senderSync", false)])], true);
    node.append(vec![message("ann", "bob", 2, &[])], true);
    assert_eq!((seq(&mut bob).await, seq(&mut bob).await, seq(&mut ann).await), (1, 2, 2));
}

#[tokio::test]
async fn a_phone_of_apple_in_the_background_hears_nothing() {
    let node = Node::start().await;
    let (mut phone, mut other) = (node.connect("bob", 1).await, node.connect("bob", 2).await);
    for (is_background, place) in [(true, 1), (false, 2)] {
        let status = SetAppBackgroundStatusReq { user_id: "bob".into(), is_background };
        for client in [&mut phone, &mut other] {
            client.ask::<SetAppBackgroundStatusResp>(2004, &status).await.unwrap();
        }
        node.append(vec![message("ann", "bob", place, &[])], true);
        assert_eq!(seq(&mut other).await, place);
    }
    assert_eq!(seq(&mut phone).await, 2);
}

#[tokio::test]
async fn notifications_and_what_is_only_passed_on_come_too() {
    let node = Node::start().await;
    let mut bob = node.connect("bob", 1).await;
    let mut notice = message("ann", "bob", 3, &[("isNotNotification", false)]);
    notice.conversation_id = ConversationId::parse("n_ann_bob").unwrap();
    let audience = || Audience::Users(vec![user_id("bob"), user_id("ann")]);
    node.signal(audience(), SignalKind::Notified { message: Arc::new(notice) });
    let mut typing = message("ann", "bob", 0, &[("history", false)]);
    typing.operation_id = "typing".into();
    node.signal(audience(), SignalKind::Transient { message: Arc::new(typing) });
    let push = bob.next_push().await.unwrap();
    let messages = openim_protocol::sdkws::PushMessages::decode(push.data).unwrap();
    assert!(messages.msgs.is_empty());
    assert_eq!(messages.notification_msgs["n_ann_bob"].msgs[0].seq, 3);
    let push = bob.next_push().await.unwrap();
    assert_eq!((push.operation_id.as_str(), pushed(&push).unwrap().unwrap().1.seq), ("typing", 0));
}

/// An answer of `PullRanges` with the messages of a chat of two.
fn log(seqs: impl IntoIterator<Item = i64>) -> serde_json::Value {
    let messages: Vec<_> = seqs
        .into_iter()
        .map(|seq| json!({"conversationID": "si_ann_bob", "serverMsgID": format!("s{seq}"), "seq": seq, "status": "SENT"}))
        .collect();
    json!({"viewer": {"msgs": [{"conversationID": "si_ann_bob", "Msgs": messages}]}})
}

#[tokio::test]
async fn what_a_signal_does_not_carry_is_read_from_the_log_in_its_place() {
    let node = Node::start().await;
    let mut bob = node.connect("bob", 1).await;
    node.graph.answers("PullRanges", log(1..=3));
    let swept = [1, 3].map(|seq| message("ann", "bob", seq, &[]));
    node.append(swept.to_vec(), false);
    node.append(vec![message("ann", "bob", 4, &[])], true);
    for expected in 1..=4 {
        assert_eq!(seq(&mut bob).await, expected);
    }
    let asked = node.graph.asked().into_iter().find(|asked| asked.operation == "PullRanges").unwrap();
    assert_eq!((asked.caller.as_str(), asked.variables["userID"].clone()), ("bob", json!("bob")));
    assert_eq!(asked.variables["ranges"], json!([{"conversationId": "si_ann_bob", "begin": 1, "end": 3}]));
}

#[tokio::test]
async fn after_a_loss_what_was_stored_meanwhile_is_pushed() {
    let node = Node::start().await;
    let mut bob = node.connect("bob", 1).await;
    let change = json!({"conversationId": "si_ann_bob", "maxSeq": 9, "rowChanged": false, "reads": []});
    node.graph.answers("EventChanges", json!({"viewer": {"changesSince": {"truncated": false, "conversations": [change]}}}));
    let stored = json!({"conversationId": "si_ann_bob", "firstSeq": 8, "lastSeq": 9});
    node.graph.answers("EventStored", json!({"viewer": {"storedSince": [stored]}}));
    node.graph.answers("PullRanges", log(8..=9));
    node.lose();
    assert_eq!((seq(&mut bob).await, seq(&mut bob).await), (8, 9));
    node.append(vec![message("ann", "bob", 10, &[])], true);
    assert_eq!(seq(&mut bob).await, 10);
}

#[tokio::test]
async fn a_token_that_was_revoked_during_a_loss_is_noticed() {
    let node = Node::start().await;
    let mut bob = node.connect("bob", 1).await;
    node.graph.answers("EventChanges", json!({"viewer": {"changesSince": {"truncated": false, "conversations": []}}}));
    node.refuse("token-of-bob-1", ErrorCode::TokenKicked);
    node.lose();
    let (before, code, reason) = end(&mut bob).await;
    assert_eq!(before.iter().map(|frame| frame.req_identifier).collect::<Vec<_>>(), [2002]);
    assert_eq!((code, reason.as_str()), (4403, "TOKEN_KICKED"));
}

#[tokio::test]
async fn presence_is_told_to_who_follows_it_with_all_platforms() {
    let node = Node::start().await;
    node.graph.answers("Presences", json!({"subscribers": [{"userID": "bob", "onlinePlatformIDs": []}]}));
    let mut ann = node.connect("ann", 1).await;
    let follow = SubUserOnlineStatus { subscribe_user_id: vec!["bob".into()], unsubscribe_user_id: Vec::new() };
    ann.ask::<SubUserOnlineStatusTips>(2005, &follow).await.unwrap();
    let change = |platforms: &[i32], version| {
        let platforms = platforms.iter().map(|number| Platform::parse(*number).unwrap()).collect();
        let kind = SignalKind::PresenceChanged { user_id: user_id("bob"), platforms, version };
        node.signal(Audience::Watchers(user_id("bob")), kind);
    };
    change(&[1, 5], 2);
    // Told by another node too late.
    change(&[1], 1);
    change(&[], 3);
    for expected in [vec![1, 5], vec![]] {
        let push = ann.next_push().await.unwrap();
        assert_eq!((push.req_identifier, push.msg_incr.as_str(), push.operation_id.as_str()), (2005, "", ""));
        let tips = SubUserOnlineStatusTips::decode(push.data).unwrap();
        let [bob] = tips.subscribers.as_slice() else { panic!("{tips:?}") };
        assert_eq!((bob.user_id.as_str(), &bob.online_platform_ids), ("bob", &expected));
    }
    let leave = SubUserOnlineStatus { subscribe_user_id: Vec::new(), unsubscribe_user_id: vec!["bob".into()] };
    ann.ask::<SubUserOnlineStatusTips>(2005, &leave).await.unwrap();
    change(&[5], 4);
    node.append(vec![message("bob", "ann", 1, &[])], true);
    assert_eq!(ann.next_push().await.unwrap().req_identifier, 2001);
}

#[tokio::test]
async fn a_first_message_comes_though_its_conversation_appears_after_the_connection() {
    let node = Node::start().await;
    let mut bob = node.connect("bob", 1).await;
    let changed = |id: &str| {
        let kind = SignalKind::ConversationChanged { conversation_id: ConversationId::parse(id).unwrap() };
        node.signal(Audience::Users(vec![user_id("bob")]), kind);
    };
    // Stored and signalled before bob came, while the conversation was still to be made.
    let stored = json!({"conversationId": "si_ann_bob", "firstSeq": 1, "lastSeq": 1});
    node.graph.answers("EventStored", json!({"viewer": {"storedSince": [stored]}}));
    let first = json!({"conversationID": "si_ann_bob", "serverMsgID": "s1", "seq": 1, "status": "SENT"});
    node.graph.answers("PullRanges", json!({"viewer": {"msgs": [{"conversationID": "si_ann_bob", "Msgs": [first]}]}}));
    changed("si_ann_bob");
    assert_eq!(bob.next_message().await.unwrap().0, "si_ann_bob");
    // What was told is not told again.
    changed("si_ann_bob");
    node.append(vec![message("eve", "bob", 1, &[])], true);
    changed("si_bob_eve");
    node.append(vec![message("eve", "bob", 2, &[])], true);
    for place in 1..=2 {
        let (conversation, message) = bob.next_message().await.unwrap();
        assert_eq!((conversation.as_str(), message.seq), ("si_bob_eve", place));
    }
}

#[tokio::test]
async fn members_hear_of_a_group_from_their_entry_to_their_leaving() {
    let node = Node::start().await;
    let group = ConversationId::parse("sg_g").unwrap();
    let head = |live: bool| json!({"viewer": {"heads": [{"conversationId": "sg_g", "maxSeq": 4, "live": live}]}});
    node.graph.answers("EventHeads", head(true));
    let (mut ann, mut bob) = (node.connect("ann", 1).await, node.connect("bob", 1).await);
    let say = |seq: i64| {
        let mut said = message("ann", "x", seq, &[]);
        said.conversation_id = group.clone();
        let kind = SignalKind::MessagesAppended {
            conversation_id: group.clone(),
            first_seq: seq,
            last_seq: seq,
            messages: vec![Arc::new(said)],
            stored_at: Timestamp::default(),
        };
        node.signal(Audience::Conversation(group.clone()), kind);
    };
    say(5);
    assert_eq!((seq(&mut ann).await, seq(&mut bob).await), (5, 5));

    node.graph.answers("EventHeads", head(false));
    node.signal(Audience::Users(vec![user_id("bob")]), SignalKind::ConversationChanged { conversation_id: group.clone() });
    // What bob hears next proves that the view was looked at.
    node.append(vec![message("ann", "bob", 1, &[])], true);
    assert_eq!((seq(&mut bob).await, seq(&mut ann).await), (1, 1));
    say(6);
    assert_eq!(seq(&mut ann).await, 6);

    // Back again: what was said a moment ago comes, and then what is said.
    node.graph.answers("EventHeads", head(true));
    let stored = json!({"conversationId": "sg_g", "firstSeq": 4, "lastSeq": 4});
    node.graph.answers("EventStored", json!({"viewer": {"storedSince": [stored]}}));
    let end = json!({"conversationID": "sg_g", "serverMsgID": "s4", "seq": 4, "status": "SENT"});
    node.graph.answers("PullRanges", json!({"viewer": {"msgs": [{"conversationID": "sg_g", "Msgs": [end]}]}}));
    node.signal(Audience::Users(vec![user_id("bob")]), SignalKind::ConversationChanged { conversation_id: group.clone() });
    assert_eq!(seq(&mut bob).await, 4);
    say(7);
    assert_eq!(seq(&mut bob).await, 7);
}
