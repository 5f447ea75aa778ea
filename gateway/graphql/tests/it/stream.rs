//! Server-sent events and multipart subscriptions.

use std::time::Duration;

use openim_core::ErrorCode;
use reqwest::Response;
use serde_json::json;

use crate::support::{Server, answer, code, read_until, soon};

const TICKS: &str = "subscription($after: String) { ticks(after: $after) { cursor number after user } }";
const MULTIPART: &str = "multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0,application/json";

async fn open(server: &Server, accept: &str, token: Option<&str>) -> Response {
    let mut request = server.post(&json!({ "query": TICKS })).header("accept", accept);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = soon(request.send()).await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    server.probe.open(1).await;
    response
}

#[tokio::test]
async fn events_are_framed_with_their_cursor_as_id() {
    let server = Server::start().await;
    let token = server.login("alice");
    let mut response = open(&server, "text/event-stream", Some(&token)).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    assert_eq!(response.headers()["cache-control"], "no-store");
    for number in [1, 2, -1] {
        server.probe.feed.send(number).unwrap();
    }
    let mut text = String::new();
    read_until(&mut response, &mut text, None).await;
    let event = |number: i32| {
        format!(
            "event: next\nid: c{number}\ndata: {{\"data\":{{\"ticks\":{{\"cursor\":\"c{number}\",\"number\":{number},\"after\":null,\"user\":\"alice\"}}}}}}\n\n"
        )
    };
    let wanted = format!("{}{}event: complete\ndata:\n\n", event(1), event(2));
    assert_eq!(text.trim_start_matches(":\n\n"), wanted);
    server.probe.open(0).await;
}

#[tokio::test]
async fn a_browser_resumes_behind_the_last_event_id() {
    let server = Server::start().await;
    let get = format!("/graphql?query={}", TICKS.replace('$', "%24").replace(' ', "%20").replace('{', "%7B").replace('}', "%7D"));
    let request = server.get(&get).header("accept", "text/event-stream").header("last-event-id", "c41");
    let mut response = soon(request.send()).await.unwrap();
    server.probe.open(1).await;
    server.probe.feed.send(42).unwrap();
    let mut text = String::new();
    read_until(&mut response, &mut text, Some("\"after\":\"c41\"")).await;
    let long = server.get(&get).header("accept", "text/event-stream").header("last-event-id", "c".repeat(600));
    assert_eq!(answer(long).await.0, 400);
}

#[tokio::test]
async fn a_stream_path_needs_no_accept() {
    let server = Server::start().await;
    let response = server.get("/graphql/stream?query=%7Bme%7D").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    let text = response.text().await.unwrap();
    assert!(text.ends_with("event: next\ndata: {\"data\":{\"me\":\"nobody\"}}\n\nevent: complete\ndata:\n\n"), "{text}");
}

#[tokio::test]
async fn an_idle_stream_shows_that_it_lives() {
    let server = Server::with(|settings| settings.heartbeat = Duration::from_millis(20)).await;
    let mut text = String::new();
    read_until(&mut open(&server, "text/event-stream", None).await, &mut text, Some(":\n\n:\n\n:\n\n")).await;
    server.probe.open(0).await;
    let mut text = String::new();
    let beat = "\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql";
    read_until(&mut open(&server, MULTIPART, None).await, &mut text, Some(&beat.repeat(2))).await;
    assert!(text.starts_with("--graphql\r\n"), "{text}");
}

#[tokio::test]
async fn multipart_answers_are_wrapped_and_delimited_at_once() {
    let server = Server::start().await;
    let mut response = open(&server, MULTIPART, None).await;
    assert_eq!(response.headers()["content-type"], "multipart/mixed; boundary=\"graphql\"; subscriptionSpec=1.0");
    server.probe.feed.send(7).unwrap();
    let payload = r#"{"payload":{"data":{"ticks":{"cursor":"c7","number":7,"after":null,"user":"nobody"}}}}"#;
    let mut text = String::new();
    read_until(&mut response, &mut text, Some(&format!("\r\n\r\n{payload}\r\n--graphql"))).await;
    server.probe.feed.send(-1).unwrap();
    read_until(&mut response, &mut text, None).await;
    assert!(text.ends_with("\r\n--graphql--\r\n"), "{text}");
}

#[tokio::test]
async fn a_query_with_a_multipart_accept_is_answered_as_json() {
    let server = Server::start().await;
    let request = server.post(&json!({ "query": "{ me }" })).header("accept", MULTIPART);
    assert_eq!(answer(request).await, (200, json!({ "data": { "me": "nobody" } })));
}

#[tokio::test]
async fn streams_end_with_their_token() {
    let server = Server::start().await;
    let token = server.login("alice");
    let mut events = open(&server, "text/event-stream", Some(&token)).await;
    server.refuse(&token, ErrorCode::TokenKicked);
    server.signal_revoked("alice").await;
    let mut text = String::new();
    read_until(&mut events, &mut text, None).await;
    assert!(text.contains("\"code\":\"TOKEN_KICKED\"") && text.ends_with("event: complete\ndata:\n\n"), "{text}");
    server.probe.open(0).await;

    let token = server.login("bob");
    let mut parts = open(&server, MULTIPART, Some(&token)).await;
    server.clock.advance(Duration::from_secs(3600));
    let mut text = String::new();
    read_until(&mut parts, &mut text, None).await;
    assert!(text.contains("{\"payload\":null,\"errors\":[") && text.contains("\"code\":\"TOKEN_EXPIRED\""), "{text}");
}

#[tokio::test]
async fn shutdown_ends_streams_without_completing_them() {
    let server = Server::start().await;
    let mut response = open(&server, "text/event-stream", None).await;
    server.shutdown.cancel();
    let mut text = String::new();
    read_until(&mut response, &mut text, None).await;
    assert!(text.contains("server is shutting down") && !text.contains("event: complete"), "{text}");
    server.tasks.close();
    soon(server.tasks.wait()).await;
}

#[tokio::test]
async fn a_stream_whose_client_left_or_sleeps_is_dropped() {
    let server = Server::with(|settings| settings.slow_timeout = Duration::from_millis(100)).await;
    drop(open(&server, "text/event-stream", None).await);
    server.probe.open(0).await;
    let flood = server.post(&json!({ "query": "subscription { flood }" })).header("accept", "text/event-stream");
    let response = soon(flood.send()).await.unwrap();
    let flooded = || server.probe.flooded.load(std::sync::atomic::Ordering::SeqCst);
    soon(async {
        while flooded() == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.probe.open(0).await;
    assert!(flooded() < 4000, "{} frames of 16 KiB were made for a sleeping client", flooded());
    drop(response);
}

#[tokio::test]
async fn there_is_a_most_of_streams() {
    let server = Server::with(|settings| settings.max_streams = 1).await;
    let _first = open(&server, "text/event-stream", None).await;
    let (status, body) = answer(server.post(&json!({ "query": TICKS })).header("accept", "text/event-stream")).await;
    assert_eq!((status, code(&body)), (503, "CONNECTION_LIMIT"));
}
