//! How sockets end: with their token, with a slow reader, with the server.

use std::sync::atomic::Ordering;
use std::time::Duration;

use openim_core::ErrorCode;
use serde_json::json;

use crate::support::{FANOUT, Server, Socket, soon};

const TICKS: &str = "subscription { ticks { number } }";

async fn listening(server: &Server, user: &str, open: usize) -> (Socket, String) {
    let token = server.login(user);
    let mut socket = server.ready_socket(json!({ "token": token })).await;
    socket.subscribe("1", TICKS).await;
    server.probe.open(open).await;
    (socket, token)
}

#[tokio::test]
async fn a_revoked_token_closes_its_sockets_and_no_others() {
    let server = Server::start().await;
    let (mut alice, token) = listening(&server, "alice", 1).await;
    let (mut bob, _) = listening(&server, "bob", 2).await;
    server.refuse(&token, ErrorCode::TokenKicked);
    server.signal_revoked("alice").await;
    assert_eq!(alice.closed().await, (4403, "TOKEN_KICKED".to_owned()));
    server.probe.open(1).await;
    server.probe.feed.send(5).unwrap();
    assert_eq!(bob.hear().await["payload"]["data"]["ticks"]["number"], 5);
}

#[tokio::test]
async fn a_signal_for_another_token_of_the_user_closes_nothing() {
    let server = Server::start().await;
    let (mut alice, _) = listening(&server, "alice", 1).await;
    server.signal_revoked("alice").await;
    server.probe.feed.send(6).unwrap();
    assert_eq!(alice.hear().await["payload"]["data"]["ticks"]["number"], 6);
}

#[tokio::test]
async fn a_revocation_that_is_late_in_the_cache_is_seen_at_the_second_look() {
    let server = Server::start().await;
    let (mut alice, token) = listening(&server, "alice", 1).await;
    server.refuse_late(&token, ErrorCode::TokenKicked);
    server.signal_revoked("alice").await;
    assert_eq!(alice.closed().await, (4403, "TOKEN_KICKED".to_owned()));
}

#[tokio::test]
async fn a_lost_revocation_is_found_because_losses_are_told() {
    let server = Server::start().await;
    let (mut alice, token) = listening(&server, "alice", 1).await;
    server.refuse(&token, ErrorCode::TokenKicked);
    server.signal_revoked("alice").await;
    for _ in 0..2 * FANOUT {
        server.signal_revoked("nobody").await;
    }
    assert_eq!(alice.closed().await, (4403, "TOKEN_KICKED".to_owned()));
}

#[tokio::test]
async fn an_expired_token_closes_its_sockets() {
    let server = Server::start().await;
    let (mut alice, _) = listening(&server, "alice", 1).await;
    server.clock.advance(Duration::from_secs(3599));
    server.probe.feed.send(1).unwrap();
    assert_eq!(alice.hear().await["type"], "next");
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(alice.closed().await, (4403, "TOKEN_EXPIRED".to_owned()));
}

#[tokio::test]
async fn a_slow_reader_is_bounded_and_then_closed() {
    let server = Server::with(|settings| {
        settings.slow_timeout = Duration::from_millis(200);
        settings.socket.queue_frames = 16;
    })
    .await;
    let mut socket = server.ready_socket(json!({})).await;
    socket.subscribe("1", "subscription { flood }").await;
    server.probe.open(1).await;
    server.probe.open(0).await;
    let made = server.probe.flooded.load(Ordering::SeqCst);
    assert!(made < 4000, "{made} frames of 16 KiB were made for a reader that took none");
    assert_eq!(socket.closed().await, (1013, "the client reads too slowly".to_owned()));
}

#[tokio::test]
async fn a_fast_reader_gets_more_than_the_queue_holds() {
    let server = Server::with(|settings| settings.socket.queue_frames = 4).await;
    let mut socket = server.ready_socket(json!({})).await;
    socket.subscribe("1", "subscription { flood }").await;
    for _ in 0..500 {
        assert_eq!(socket.hear().await["type"], "next");
    }
    socket.say(json!({ "id": "1", "type": "complete" })).await;
    server.probe.open(0).await;
}

#[tokio::test]
async fn shutdown_lets_operations_finish_and_says_so() {
    let server = Server::start().await;
    let mut socket = server.ready_socket(json!({})).await;
    socket.subscribe("watch", TICKS).await;
    server.probe.open(1).await;
    socket.subscribe("write", "mutation { slowBump }").await;
    server.probe.open(2).await;
    let mut waiting = server.socket("graphql-transport-ws").await;

    server.shutdown.cancel();
    assert_eq!(waiting.closed().await, (1001, "server is shutting down".to_owned()));
    server.probe.open(1).await;
    socket.subscribe("late", "{ me }").await;
    let late = socket.hear().await;
    assert_eq!((&late["id"], &late["payload"][0]["extensions"]["code"]), (&json!("late"), &json!("UNAVAILABLE")));
    server.probe.gate.add_permits(1);
    assert_eq!(socket.hear().await["payload"]["data"]["slowBump"], 1);
    assert_eq!(socket.hear().await, json!({ "type": "complete", "id": "write" }));
    assert_eq!(socket.closed().await, (1001, "server is shutting down".to_owned()));
    drop((socket, waiting));
    server.tasks.close();
    soon(server.tasks.wait()).await;
}

#[tokio::test]
async fn a_client_that_leaves_leaves_nothing_behind() {
    let server = Server::start().await;
    let (socket, _) = listening(&server, "alice", 1).await;
    drop(socket);
    server.probe.open(0).await;
}
