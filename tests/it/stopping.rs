//! A stopping server finishes what it has begun, says goodbye, and is gone within ten seconds.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Binary, Client, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_are_closed_with_a_reason_and_nothing_is_cut_off() -> anyhow::Result<()> {
    let mut server = Server::start().await?;
    let ann = server.user("ann", "Ann").await;
    let mut socket = ann.socket().await;
    socket.subscribe("1", "subscription { events { cursor __typename } }", json!({})).await;
    let began = Instant::now();
    server.stop();
    let closed = loop {
        match socket.message().await {
            Ok(_) => {}
            Err(closed) => break closed,
        }
    };
    assert_ne!(closed.code, 1006, "{closed:?}");
    assert!(!closed.reason.is_empty(), "{closed:?}");
    drop(socket);
    assert!(server.finished().await, "something was cut off");
    assert!(began.elapsed() < Duration::from_secs(10));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_stops_the_process_and_a_restart_finds_everything() {
    let binary = Binary::new();
    let mut first = binary.serve(&[]).await;
    assert!(first.output.iter().any(|line| line.contains("is ready after")), "{:?}", first.output);
    let token = binary.run(&["token", "--user", "imAdmin"], &[]).await;
    assert_eq!(token.status.code(), Some(0), "{}", String::from_utf8_lossy(&token.stderr));
    let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
    let admin = |address| Client::new(address).with_token(&token);
    let register = "mutation { registerUsers(input: {users: [{id: \"ann\", nickname: \"Ann\"}]}) { users { id } } }";
    admin(first.address).data(register, json!({})).await;
    first.signal("TERM").await;
    assert_eq!(first.ended().await, Some(0));

    let mut second = binary.serve(&[]).await;
    let found = admin(second.address).data("{ user(id: \"ann\") { nickname } }", json!({})).await;
    assert_eq!(found["user"]["nickname"], "Ann");
    second.signal("INT").await;
    assert_eq!(second.ended().await, Some(0));
}
