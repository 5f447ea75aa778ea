//! WebSockets: handshake, operations, what is refused.

use std::time::Duration;

use openim_core::ErrorCode;
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{Frame, Server, Socket, soon};

const WS: &str = "graphql-transport-ws";
const TICKS: &str = "subscription { ticks { number user operation } }";

#[tokio::test]
async fn two_subscriptions_share_a_socket() {
    let server = Server::start().await;
    let token = server.login("alice");
    let mut socket = server.ready_socket(json!({ "token": token })).await;
    socket.subscribe("a", TICKS).await;
    socket.subscribe("b", TICKS).await;
    server.probe.open(2).await;
    server.probe.feed.send(1).unwrap();
    let mut heard = [socket.hear().await, socket.hear().await];
    heard.sort_by_key(|message| message["id"].to_string());
    for (message, id) in heard.iter().zip(["a", "b"]) {
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)));
        assert_eq!(message["payload"]["data"]["ticks"]["user"], "alice");
    }
    let operations: Vec<_> = heard.iter().map(|message| message["payload"]["data"]["ticks"]["operation"].to_string()).collect();
    assert_ne!(operations[0], operations[1], "each operation has a context of its own");

    socket.say(json!({ "id": "a", "type": "complete" })).await;
    server.probe.open(1).await;
    server.probe.feed.send(-1).unwrap();
    assert_eq!(socket.hear().await, json!({ "id": "b", "type": "complete" }));
}

#[tokio::test]
async fn queries_and_mutations_run_on_sockets_too() {
    let server = Server::start().await;
    let token = server.login("alice");
    let mut socket = server.ready_socket(json!({ "Authorization": format!("Bearer {token}") })).await;
    socket
        .say(json!({ "id": "1", "type": "subscribe", "payload": { "query": "{ me operation }", "extensions": { "operationID": "op-9" } } }))
        .await;
    assert_eq!(socket.hear().await, json!({ "id": "1", "type": "next", "payload": { "data": { "me": "alice", "operation": "op-9" } } }));
    assert_eq!(socket.hear().await, json!({ "id": "1", "type": "complete" }));
    socket.subscribe("1", "mutation { bump }").await;
    assert_eq!(socket.hear().await["payload"]["data"]["bump"], 1);
}

#[tokio::test]
async fn every_operation_of_a_socket_may_say_why() {
    let server = Server::start().await;
    let mut socket = server.ready_socket(json!({})).await;
    let say = |reason: serde_json::Value| json!({ "id": "1", "type": "subscribe", "payload": { "query": "{ why }", "extensions": { "auditReason": reason } } });
    for (reason, why) in [
        (json!(" spam 张三 "), json!("spam 张三")),
        (json!("100%25 sure"), json!("100%25 sure")),
        (json!("x".repeat(300)), json!("x".repeat(300))),
        (json!("  "), json!(null)),
        (json!(null), json!(null)),
    ] {
        socket.say(say(reason)).await;
        assert_eq!(socket.hear().await["payload"]["data"], json!({ "why": why }));
        assert_eq!(socket.hear().await["type"], "complete");
    }
    for reason in [json!("x".repeat(301)), json!("two\nlines"), json!(7), json!(["spam"])] {
        socket.say(say(reason)).await;
        let message = socket.hear().await;
        assert_eq!((&message["type"], &message["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("ARGS_ERROR")));
    }
}

#[tokio::test]
async fn the_token_may_come_in_a_header_and_may_be_missing() {
    let server = Server::start().await;
    let token = server.login("alice");
    let mut socket = Socket::open(server.address, WS, &[("token", &token)]).await.unwrap();
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
    socket.subscribe("1", "{ me }").await;
    assert_eq!(socket.hear().await["payload"]["data"]["me"], "alice");
    let mut nobody = server.ready_socket(json!({})).await;
    nobody.subscribe("1", "{ me }").await;
    assert_eq!(nobody.hear().await["payload"]["data"]["me"], "nobody");
}

#[tokio::test]
async fn what_does_not_run_is_an_error_message() {
    let server = Server::with(|settings| settings.socket.operations = 2).await;
    let mut socket = server.ready_socket(json!(null)).await;
    for (query, code) in [
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("", "ARGS_ERROR"),
        ("{", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        socket.subscribe("1", query).await;
        let message = socket.hear().await;
        assert_eq!((&message["type"], &message["payload"][0]["extensions"]["code"]), (&json!("error"), &json!(code)), "{query}");
    }
    socket.subscribe("1", "subscription { refused }").await;
    let message = socket.hear().await;
    assert!(message.to_string().contains("NO_PERMISSION") && !message.to_string().contains("secret"), "{message}");

    let mut socket = server.ready_socket(json!(null)).await;
    socket.subscribe("1", TICKS).await;
    socket.subscribe("2", TICKS).await;
    socket.subscribe("3", TICKS).await;
    let message = socket.hear().await;
    assert_eq!((&message["id"], &message["payload"][0]["extensions"]["code"]), (&json!("3"), &json!("LIMIT_EXCEEDED")));
}

#[tokio::test]
async fn bad_tokens_are_closed_with_their_word() {
    let server = Server::start().await;
    server.refuse("old", ErrorCode::TokenExpired);
    for (payload, reason) in [
        (json!({ "token": "old" }), "TOKEN_EXPIRED"),
        (json!({ "token": "unknown" }), "TOKEN_NOT_EXIST"),
        (json!({ "token": 5 }), "TOKEN_MALFORMED"),
        (json!({ "authorization": "Basic x" }), "TOKEN_MALFORMED"),
    ] {
        let mut socket = server.socket(WS).await;
        socket.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.closed().await, (4403, reason.to_owned()));
    }
}

#[tokio::test]
async fn messages_out_of_order_or_shape_close_the_socket() {
    let server = Server::with(|settings| settings.socket.frame_limit = 1000).await;
    let init = json!({ "type": "connection_init" });
    let start = json!({ "id": "1", "type": "subscribe", "payload": { "query": TICKS } });
    for (messages, code) in [
        (vec![start.clone()], 4401),
        (vec![init.clone(), init.clone()], 4429),
        (vec![init.clone(), start.clone(), start], 4409),
        (vec![json!("hello")], 4400),
        (vec![json!({ "type": "dance" })], 4400),
        (vec![json!({ "type": "connection_init", "payload": 5 })], 4400),
        (vec![init.clone(), json!({ "id": "1", "type": "subscribe", "payload": { "query": 5 } })], 4400),
        (vec![init, json!({ "id": "1", "type": "subscribe", "payload": { "query": "x".repeat(2000) } })], 1009),
    ] {
        let mut socket = server.socket(WS).await;
        let said = json!(messages).to_string();
        for message in messages {
            socket.say(message).await;
        }
        assert_eq!(socket.closed().await.0, code, "{said}");
    }
    let mut socket = server.socket(WS).await;
    socket.say_raw(Message::binary(vec![1, 2])).await;
    assert_eq!(socket.closed().await.0, 4400);
}

#[tokio::test]
async fn a_client_that_says_nothing_is_closed() {
    let server = Server::with(|settings| settings.socket.init_timeout = Duration::from_millis(50)).await;
    let mut socket = server.socket(WS).await;
    assert_eq!(socket.closed().await, (4408, "connection initialisation timeout".to_owned()));
}

#[tokio::test]
async fn pings_are_answered_and_sent() {
    // Longer than a machine stands still between a ping and its answer.
    let server = Server::with(|settings| settings.socket.keepalive = Duration::from_secs(6)).await;
    let mut socket = server.ready_socket(json!({})).await;
    socket.say(json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong", "payload": { "a": 1 } }));
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong" }));
    for _ in 0..2 {
        assert_eq!(socket.frame().await, Frame::Ping, "a client that answers pings stays");
    }
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_dropped() {
    let server = Server::with(|settings| settings.socket.keepalive = Duration::from_secs(1)).await;
    let mut socket = server.ready_socket(json!({})).await;
    socket.subscribe("1", TICKS).await;
    server.probe.open(1).await;
    server.probe.open(0).await;
    assert_eq!(socket.closed().await, (4408, "no answer to ping".to_owned()));
}

#[tokio::test]
async fn only_known_subprotocols_and_origins_connect() {
    let server = Server::with(|settings| settings.allowed_origins = vec!["https://chat.example.com".into()]).await;
    let own = format!("http://{}", server.address);
    for origin in ["https://chat.example.com", &own] {
        assert!(Socket::open(server.address, WS, &[("origin", origin)]).await.is_ok(), "{origin}");
    }
    for (protocol, headers, status) in [
        (WS, vec![("origin", "https://evil.example.com")], 403),
        (WS, vec![("origin", "null")], 403),
        ("mqtt", vec![], 400),
        ("", vec![], 400),
        (WS, vec![("authorization", "Basic x")], 401),
        (WS, vec![("token", "unknown")], 401),
    ] {
        match Socket::open(server.address, protocol, &headers).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), status),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("{protocol} {headers:?} was let in"),
        }
    }
}

#[tokio::test]
async fn the_older_subprotocol_works() {
    let server = Server::start().await;
    let mut socket = server.socket("graphql-ws").await;
    socket.say(json!({ "type": "connection_init", "payload": {} })).await;
    assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
    socket.say(json!({ "id": "1", "type": "start", "payload": { "query": "subscription { ticks { number } }" } })).await;
    server.probe.open(1).await;
    server.probe.feed.send(3).unwrap();
    assert_eq!(socket.hear().await, json!({ "id": "1", "type": "data", "payload": { "data": { "ticks": { "number": 3 } } } }));
    socket.say(json!({ "id": "1", "type": "stop" })).await;
    assert_eq!(socket.hear().await, json!({ "id": "1", "type": "complete" }));
    socket.say(json!({ "id": "2", "type": "start", "payload": { "query": "{ nothing }" } })).await;
    let refused = socket.hear().await;
    assert_eq!((&refused["type"], &refused["payload"]["extensions"]["code"]), (&json!("error"), &json!("GRAPHQL_VALIDATION_FAILED")));
    socket.say(json!({ "type": "connection_terminate" })).await;
    assert_eq!(socket.closed().await.0, 1000);

    let mut refused = server.socket("graphql-ws").await;
    refused.say(json!({ "type": "connection_init", "payload": { "token": "unknown" } })).await;
    let message = soon(refused.hear()).await;
    assert_eq!((&message["type"], &message["payload"]["extensions"]["code"]), (&json!("connection_error"), &json!("TOKEN_NOT_EXIST")));
    assert_eq!(refused.closed().await.0, 4403);
}
