//! Why sockets end: kicks, the end of the token, silence, slowness, the end of the server.

use std::sync::Arc;
use std::time::Duration;

use openim_protocol::client::{ClientError, Options, Received, SdkClient};
use openim_protocol::sdkws::{GetMaxSeqReq, GetMaxSeqResp};
use openim_testing::{PATIENCE, eventually};
use serde_json::json;
use tokio::sync::Notify;

use crate::support::{NOW, Node, end, message, refusal};

#[tokio::test]
async fn a_revoked_token_is_kicked_and_no_other() {
    let node = Node::start().await;
    let mut kicked = node.connect("ann", 1).await;
    node.allow("another", "ann", 1, NOW.plus(Duration::from_secs(3600)));
    let mut other = node.open(&Options { token: "another".into(), ..node.native("ann", 1) }).await;
    node.revoke("ann", 1, "token-of-ann-1");
    let (before, code, reason) = end(&mut kicked).await;
    let [kick] = before.as_slice() else { panic!("{before:?}") };
    assert_eq!((kick.req_identifier, kick.err_code, kick.data.len(), kick.msg_incr.as_str()), (2002, 0, 0, ""));
    assert_eq!((code, reason.as_str()), (4403, "TOKEN_KICKED"));
    node.append(vec![message("bob", "ann", 1, &[])], true);
    assert_eq!(other.next_message().await.unwrap().1.seq, 1);
    // The news may come between the check of a token and the socket's place: whoever is late is refused.
    assert_eq!(refusal(&node.native("ann", 1)).await.err_code, 1506);
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let node = Node::with(|plan| plan.door.read_deadline = Duration::from_secs(60)).await;
    node.allow("short", "ann", 1, NOW.plus(Duration::from_millis(200)));
    let mut client = node.open(&Options { token: "short".into(), ..node.native("ann", 1) }).await;
    node.clock.advance(Duration::from_secs(1));
    let (before, code, reason) = end(&mut client).await;
    assert_eq!((before.len(), code, reason.as_str()), (0, 4403, "TOKEN_EXPIRED"));
}

#[tokio::test]
async fn browsers_are_pinged_and_others_ping() {
    // The deadline is longer than a machine stands still.
    let node = Node::with(|plan| {
        plan.door.ping_interval = Duration::from_secs(1);
        plan.door.read_deadline = Duration::from_secs(7);
    })
    .await;
    let token = node.login("ann", 5);
    let mut browser = node.open(&Options::wasm(format!("ws://{}", node.address), "ann", &token)).await;
    let mut native = node.connect("ann", 7).await;
    // The browser answers pings by itself and is kept; nobody pings the native client, who says nothing.
    let pinged = async {
        for _ in 0..8 {
            assert!(matches!(browser.receive().await.unwrap(), Received::Ping(payload) if payload.is_empty()));
        }
    };
    let ((before, code, _), ()) = tokio::join!(end(&mut native), pinged);
    assert_eq!((before.len(), code), (0, 4408));
    let answer = browser.ask::<GetMaxSeqResp>(1001, &GetMaxSeqReq::default()).await;
    assert!(answer.is_ok(), "{answer:?}");
}

#[tokio::test]
async fn requests_of_a_socket_are_answered_one_after_the_other() {
    let node = Node::start().await;
    let mut client = node.connect("ann", 1).await;
    let gate = Arc::new(Notify::new());
    *node.graph.gate.lock() = Some(gate.clone());
    let (first, second) = (client.request(1001, &GetMaxSeqReq::default()), client.request(1001, &GetMaxSeqReq::default()));
    client.send(&first).await.unwrap();
    client.send(&second).await.unwrap();
    // A push does not wait for them.
    node.append(vec![message("bob", "ann", 1, &[])], true);
    assert_eq!(client.next_message().await.unwrap().1.seq, 1);
    eventually("the graph is asked", async || (node.graph.asked().len() == 1).then_some(())).await;
    gate.notify_one();
    assert_eq!(client.answer_to(&first.msg_incr).await.unwrap().err_code, 0);
    gate.notify_one();
    assert_eq!(client.answer_to(&second.msg_incr).await.unwrap().err_code, 0);
    assert_eq!(node.graph.asked().len(), 1);
}

#[tokio::test]
async fn a_stopping_server_answers_what_it_has_begun_and_says_goodbye() {
    let node = Node::start().await;
    let (mut busy, mut idle) = (node.connect("ann", 1).await, node.connect("bob", 1).await);
    let gate = Arc::new(Notify::new());
    *node.graph.gate.lock() = Some(gate.clone());
    let request = busy.request(1001, &GetMaxSeqReq::default());
    busy.send(&request).await.unwrap();
    eventually("the graph is asked", async || (node.graph.asked().len() == 1).then_some(())).await;
    node.stop.cancel();
    let (_, code, reason) = end(&mut idle).await;
    assert_eq!((code, reason.as_str()), (1001, "server is shutting down"));
    gate.notify_one();
    let (before, code, _) = end(&mut busy).await;
    assert_eq!((before.len(), before[0].msg_incr.as_str(), code), (1, request.msg_incr.as_str(), 1001));
    node.tasks.close();
    tokio::time::timeout(PATIENCE, node.tasks.wait()).await.expect("all sockets are done");
    assert_eq!(node.hub.sessions(), 0);
}

#[tokio::test]
async fn who_does_not_read_is_bounded_and_closed() {
    let node = Node::with(|plan| plan.hub.session_frames = 16).await;
    // Without compression, so that what is said has its weight.
    let encoding = openim_protocol::Encoding::default();
    let mut slow = node.open(&Options { encoding, ..node.native("ann", 1) }).await;
    let mut quick = node.connect("ann", 2).await;
    // The sockets' buffers hold some of it; then the door's; then it is too much.
    let mut seq = 0;
    while node.hub.sessions() == 2 && seq < 20_000 {
        seq += 1;
        let mut big = message("bob", "ann", seq, &[]);
        Arc::get_mut(&mut big.envelope).unwrap().content = "x".repeat(20_000);
        node.append(vec![big], true);
        assert_eq!(quick.next_message().await.unwrap().1.seq, seq);
    }
    assert_eq!(node.hub.sessions(), 1, "the slow one has no place any more");
    let reason = loop {
        match slow.receive().await {
            Ok(_) => {}
            Err(ClientError::Ended(reason)) => break reason,
            Err(_) => break None,
        }
    };
    assert!(reason.is_none_or(|(code, _)| code == 1013));
}

#[tokio::test]
async fn a_graph_that_cannot_tell_the_groups_ends_the_connection_and_it_comes_again() {
    let node = Node::start().await;
    node.graph.fails("EventHeads", openim_core::ErrorCode::Unavailable);
    let mut client = SdkClient::connect(&node.native("ann", 1)).await.unwrap();
    assert_eq!(end(&mut client).await.1, 1011);
    node.graph.answers("EventHeads", json!({"viewer": {"heads": []}}));
    node.connect("ann", 1).await;
}
