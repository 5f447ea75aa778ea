//! Many at once: what strangers may hold, so that users get in.

use openim_core::ErrorCode;
use serde_json::{Value, json};

use crate::support::{Frame, Server, Socket, answer, code};

const WS: &str = "graphql-transport-ws";

/// Opens a socket that says who it is.
async fn told(server: &Server, payload: Value) -> Socket {
    let mut socket = server.socket(WS).await;
    socket.say(json!({ "type": "connection_init", "payload": payload })).await;
    socket
}

fn acknowledged() -> Frame {
    Frame::Json(json!({ "type": "connection_ack" }))
}

fn full() -> Frame {
    Frame::Close(1013, "CONNECTION_LIMIT".to_owned())
}

#[tokio::test]
async fn strangers_leave_room_for_users() {
    let server = Server::with(|settings| settings.max_streams = 50).await;
    let mut strangers = Vec::new();
    for number in 0..50 {
        let mut stranger = told(&server, json!({})).await;
        let wanted = if number == 0 { acknowledged() } else { full() };
        assert_eq!(stranger.frame().await, wanted, "stranger {number}");
        strangers.push(stranger);
    }
    let events = server.post(&json!({ "query": "subscription { ticks { number } }" })).header("accept", "text/event-stream");
    let (status, body) = answer(events).await;
    assert_eq!((status, code(&body)), (503, "CONNECTION_LIMIT"), "event streams count with the sockets");

    let token = server.login("admin");
    assert_eq!(told(&server, json!({ "token": token })).await.frame().await, acknowledged());
    let mut by_header = Socket::open(server.address, WS, &[("token", &token)]).await.unwrap();
    by_header.say(json!({ "type": "connection_init" })).await;
    assert_eq!(by_header.frame().await, acknowledged());

    let mut first = strangers.remove(0);
    first.say(json!({ "type": "dance" })).await;
    assert_eq!(first.closed().await.0, 4400);
    assert_eq!(told(&server, json!({})).await.frame().await, acknowledged(), "a place that was left is free");
}

#[tokio::test]
async fn silent_sockets_make_room_for_those_that_come() {
    let server = Server::with(|settings| settings.max_streams = 50).await;
    let mut silent = Vec::new();
    for _ in 0..101 {
        silent.push(server.socket(WS).await);
    }
    assert_eq!(silent[0].closed().await, (1013, "too many sockets wait for connection_init".to_owned()));
    let token = server.login("alice");
    assert_eq!(told(&server, json!({ "token": token })).await.frame().await, acknowledged());
    assert_eq!(silent[1].closed().await.0, 1013);
    silent[2].say(json!({ "type": "connection_init" })).await;
    assert_eq!(silent[2].frame().await, acknowledged(), "the others wait on");
}

#[tokio::test]
async fn a_socket_takes_one_place() {
    let server = Server::with(|settings| settings.max_streams = 1).await;
    let (alice, bob) = (server.login("alice"), server.login("bob"));
    let mut first = Socket::open(server.address, WS, &[("token", &alice)]).await.unwrap();
    first.say(json!({ "type": "connection_init" })).await;
    assert_eq!(first.frame().await, acknowledged());
    assert_eq!(told(&server, json!({ "token": bob })).await.frame().await, full());
}

#[tokio::test]
async fn a_token_that_is_revoked_before_the_first_message_is_seen() {
    let server = Server::start().await;
    let token = server.login("alice");
    let mut open = server.ready_socket(json!({ "token": token })).await;
    let mut waiting = Socket::open(server.address, WS, &[("token", &token)]).await.unwrap();
    server.refuse(&token, ErrorCode::TokenKicked);
    server.signal_revoked("alice").await;
    assert_eq!(open.closed().await, (4403, "TOKEN_KICKED".to_owned()));
    waiting.say(json!({ "type": "connection_init" })).await;
    assert_eq!(waiting.closed().await, (4403, "TOKEN_KICKED".to_owned()));
}
