//! How often a caller may come.

use std::time::Duration;

use openim_core::ErrorCode;
use openim_platform::limits::DoorQuotas;
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

use crate::support::{Server, Socket, answer, code};

const QUOTAS: DoorQuotas = DoorQuotas { user: 3, admin: 0, anonymous: 2 };

#[tokio::test]
async fn who_comes_too_often_is_told_when_to_come_again() {
    let server = Server::with_quotas(QUOTAS).await;
    let (alice, bob) = (server.login("alice"), server.login("bob"));
    let query = json!({ "query": "{ me }" });
    for _ in 0..3 {
        assert_eq!(answer(server.post(&query).bearer_auth(&alice)).await.0, 200);
    }
    for accept in ["application/json", "application/graphql-response+json", "text/event-stream"] {
        let refused = server.post(&query).bearer_auth(&alice).header("accept", accept).send().await.unwrap();
        assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "20"), "{accept}");
        let body: serde_json::Value = refused.json().await.unwrap();
        let extensions = &body["errors"][0]["extensions"];
        assert_eq!(code(&body), "TOO_MANY_REQUESTS");
        assert_eq!((&extensions["errCode"], &extensions["retryable"]), (&json!(429), &json!(true)));
        assert_eq!(extensions["retryAfterSeconds"], 20);
        assert!(body.get("data").is_none());
    }
    assert_eq!(answer(server.post(&query).bearer_auth(&bob)).await.0, 200, "callers do not share");
    server.clock.advance(Duration::from_secs(20));
    assert_eq!(answer(server.post(&query).bearer_auth(&alice)).await.0, 200);
}

#[tokio::test]
async fn each_operation_of_a_batch_counts() {
    let server = Server::with_quotas(QUOTAS).await;
    let alice = server.login("alice");
    let one = json!({ "query": "{ me }" });
    let (status, body) = answer(server.post(&json!([one, one, one, one])).bearer_auth(&alice)).await;
    assert_eq!(status, 200);
    let refused = body.as_array().unwrap().iter().filter(|one| one["errors"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS").count();
    assert_eq!(refused, 1, "{body}");
}

#[tokio::test]
async fn who_comes_too_often_is_refused_before_the_body_is_read() {
    let server = Server::with_quotas(QUOTAS).await;
    for _ in 0..2 {
        assert_eq!(answer(server.post_raw("application/json", "{")).await.0, 400, "what cannot be read counts too");
    }
    let batch = json!([{ "query": "{ me }" }, { "query": "{ me }" }]).to_string();
    for (content_type, body) in [
        ("application/json", "{".to_owned()),
        ("application/json", batch),
        ("application/json", "x".repeat(2 * 1024 * 1024)),
        ("text/plain", "x".to_owned()),
    ] {
        let (status, answer) = answer(server.post_raw(content_type, body)).await;
        assert_eq!((status, code(&answer)), (429, "TOO_MANY_REQUESTS"));
    }
    assert_eq!(answer(server.get("/graphql?query=")).await.0, 429);
}

/// Returns what a handshake is answered that does not succeed, and when to come again.
async fn refusal(server: &Server, headers: &[(&'static str, &str)]) -> (u16, bool) {
    match Socket::open(server.address, "graphql-transport-ws", headers).await {
        Err(Error::Http(response)) => (response.status().as_u16(), response.headers().contains_key("retry-after")),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{headers:?} was let in"),
    }
}

#[tokio::test]
async fn handshakes_count_for_whom_their_headers_name() {
    let server = Server::with_quotas(QUOTAS).await;
    let (alice, bob) = (server.login("alice"), server.login("bob"));
    let _open = [server.socket("graphql-transport-ws").await, server.ready_socket(json!({ "token": bob })).await];
    assert_eq!(refusal(&server, &[]).await, (429, true));
    assert_eq!(answer(server.post(&json!({ "query": "{ me }" }))).await.0, 429, "they count with all that nobody asks");
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(Socket::open(server.address, "graphql-transport-ws", &[("token", &alice)]).await.unwrap());
    }
    assert_eq!(refusal(&server, &[("token", &alice)]).await, (429, true));
    server.clock.advance(Duration::from_secs(60));
    assert!(Socket::open(server.address, "graphql-transport-ws", &[]).await.is_ok());
}

#[tokio::test]
async fn operations_on_sockets_count_with_the_others() {
    let server = Server::with_quotas(QUOTAS).await;
    let token = server.login("alice");
    let mut socket = server.ready_socket(json!({ "token": token })).await;
    assert_eq!(answer(server.post(&json!({ "query": "{ me }" })).bearer_auth(&token)).await.0, 200);
    for _ in 0..2 {
        socket.subscribe("a", "{ me }").await;
        assert_eq!(socket.hear().await["type"], "next");
        assert_eq!(socket.hear().await["type"], "complete");
    }
    for query in ["{ me }", "subscription { ticks { number } }"] {
        socket.subscribe("a", query).await;
        let refused = socket.hear().await;
        assert_eq!((&refused["type"], &refused["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("TOO_MANY_REQUESTS")));
    }
    server.clock.advance(Duration::from_secs(60));
    socket.subscribe("a", "{ me }").await;
    assert_eq!(socket.hear().await["payload"]["data"]["me"], "alice", "the socket stays");
}

#[tokio::test]
async fn tokens_cannot_be_guessed_without_end() {
    let server = Server::with_quotas(QUOTAS).await;
    let alice = server.login("alice");
    server.refuse("guess", ErrorCode::TokenUnknown);
    let query = json!({ "query": "{ me }" });
    for expected in [401, 401, 429, 429] {
        assert_eq!(answer(server.post(&query).bearer_auth("guess")).await.0, expected);
    }
    assert_eq!(answer(server.post(&query)).await.0, 429, "nobody and bad tokens count together");
    assert_eq!(refusal(&server, &[("token", "guess")]).await, (429, true));
    assert_eq!(answer(server.post(&query).bearer_auth(&alice)).await.0, 200);
}
