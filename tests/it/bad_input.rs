//! Whatever is wrong with a request has a clear code at each door, stores nothing and tells nothing.

use std::sync::Arc;

use openim_core::Runtime;
use serde_json::{Value, json};

use crate::harness::{Client, Server, WrongClock};

const SEND: &str = "mutation($to: ID!, $key: ID!) {
  sendMessage(input: {recipient: {userId: $to}, clientMessageId: $key, content: {text: {text: \"x\"}}}) { message { seq } }
}";

/// Asserts that nobody has a message.
async fn nothing_is_stored(user: &Client, id: &str) {
    let newest = user.rest().call("/msg/newest_seq", json!({ "userID": id })).await;
    assert!(newest["maxSeqs"].as_object().is_none_or(|seqs| seqs.is_empty()), "{newest}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_that_do_not_fit_the_schema_are_refused() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let ann = server.user("ann", "Ann").await;
    assert_eq!(ann.code("{ viewer { nonsense } }", json!({})).await, "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(ann.code("{ user(id: [1]) { id } }", json!({})).await, "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(ann.code(SEND, json!({ "to": ["bob"], "key": 1.5 })).await, "ARGS_ERROR");
    assert_eq!(ann.code("{ user(id: ", json!({})).await, "GRAPHQL_VALIDATION_FAILED");
    nothing_is_stored(&ann, "ann").await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_beyond_the_limits_are_refused() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let ann = server.user("ann", "Ann").await;
    let level = "conversations(first: 1) { edges { node { latestMessage { conversation { peer { id } } } } } }";
    let deep = (0..12).fold("id".to_owned(), |inner, _| format!("latestMessage {{ conversation {{ {inner} }} }}"));
    assert_eq!(
        ann.code(&format!("{{ viewer {{ conversations {{ edges {{ node {{ {deep} }} }} }} }} }}"), json!({})).await,
        "LIMIT_EXCEEDED",
        "depth"
    );
    let wide: String = (0..200).map(|number| format!("a{number}: {level} ")).collect();
    assert_eq!(ann.code(&format!("{{ viewer {{ {wide} }} }}"), json!({})).await, "LIMIT_EXCEEDED", "aliases");
    let costly: String = (0..40).map(|number| format!("a{number}: conversations(first: 100) {{ edges {{ node {{ messages(last: 100) {{ edges {{ node {{ seq sender {{ id }} }} }} }} }} }} }} ")).collect();
    assert_eq!(ann.code(&format!("{{ viewer {{ {costly} }} }}"), json!({})).await, "LIMIT_EXCEEDED", "cost");
    let long = format!("{{ viewer {{ {} }} }}", "id ".repeat(10_000));
    assert_eq!(ann.code(&long, json!({})).await, "LIMIT_EXCEEDED", "tokens");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_are_no_json_or_too_long_are_refused_at_both_doors() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let ann = server.user("ann", "Ann").await;
    let broken: Value = ann.post("/graphql", "{\"query\": ").await.json().await?;
    assert!(broken.pointer("/errors/0/extensions/code").is_some(), "{broken}");
    let envelope = ann.rest().answer("/user/get_users_info", "{\"userIDs\": [").await;
    assert_eq!(envelope["errCode"], 1001, "{envelope}");

    let two_mib = format!("{{\"query\": \"{{ serverTime }}\", \"padding\": \"{}\"}}", "x".repeat(2 << 20));
    let response = ann.post("/graphql", two_mib).await;
    assert_eq!(response.status(), 413);
    let long: Value = response.json().await?;
    assert!(long.pointer("/errors/0/extensions/code").is_some(), "{long}");
    let envelope = ann.rest().answer("/user/get_users_info", format!("{{\"userIDs\": [\"{}\"]}}", "x".repeat(2 << 20))).await;
    assert_eq!(envelope["errCode"], 1001, "{envelope}");
    nothing_is_stored(&ann, "ann").await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_expired_and_missing_tokens_have_their_codes() -> anyhow::Result<()> {
    let clock = Arc::new(WrongClock::default());
    let runtime = Runtime { clock: clock.clone(), ..Runtime::system() };
    let server = Server::start_on(runtime, &[("auth.token_lifetime_seconds", "3600")]).await?;
    let ann = server.user("ann", "Ann").await;
    let token = ann.token().expect("a token").to_owned();
    let viewer = "{ viewer { id } }";
    assert_eq!(server.client().code(viewer, json!({})).await, "UNAUTHENTICATED");
    assert_eq!(server.client().with_token("no token").code(viewer, json!({})).await, "TOKEN_MALFORMED");
    let (start, end) = token.split_at(token.len() - 5);
    let forged = format!("{start}{}{}", if end.starts_with('x') { 'y' } else { 'x' }, &end[1..]);
    assert_eq!(server.client().with_token(&forged).code(viewer, json!({})).await, "TOKEN_UNKNOWN");
    let rest = server.client().with_token(&forged).rest().answer("/user/get_users_info", "{\"userIDs\": [\"ann\"]}").await;
    assert_eq!(rest["errCode"], 1505, "{rest}");
    let rest = server.client().rest().answer("/user/get_users_info", "{\"userIDs\": [\"ann\"]}").await;
    assert_eq!(rest["errCode"], 1001, "{rest}");

    clock.set(1);
    assert_eq!(ann.code(viewer, json!({})).await, "TOKEN_EXPIRED");
    let rest = ann.rest().answer("/user/get_users_info", "{\"userIDs\": [\"ann\"]}").await;
    assert_eq!(rest["errCode"], 1501, "{rest}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_data_and_unknown_users_are_refused() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob, eve) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await, server.user("eve", "Eve").await);
    ann.data(SEND, json!({ "to": "bob", "key": "k1" })).await;

    assert_eq!(eve.code("{ viewer(as: \"ann\") { id } }", json!({})).await, "NO_PERMISSION");
    assert_eq!(eve.code("{ admin { users { totalCount } } }", json!({})).await, "NO_PERMISSION");
    let read =
        "mutation { markConversationRead(input: {conversationId: \"si_ann_bob\", readSeq: 1, ownerId: \"ann\"}) { conversation { id } } }";
    assert_eq!(eve.code(read, json!({})).await, "NO_PERMISSION");
    let message = eve.answer("{ message(conversationId: \"si_ann_bob\", seq: 1) { rawText } }", json!({})).await;
    assert!(message["data"]["message"].is_null(), "{message}");
    let pulled = eve
        .rest()
        .answer(
            "/msg/pull_msg_by_seq",
            json!({ "userID": "ann", "seqRanges": [{ "conversationID": "si_ann_bob", "begin": 1, "end": 1, "num": 1 }] }).to_string(),
        )
        .await;
    assert_eq!(pulled["errCode"], 1002, "{pulled}");

    assert_eq!(bob.code(SEND, json!({ "to": "nobody", "key": "k2" })).await, "RECORD_NOT_FOUND");
    nothing_is_stored(&eve, "eve").await;
    let admin = server.admin().await;
    let token = admin.answer("/auth/get_user_token", json!({ "userID": "nobody", "platformID": 1 }).to_string()).await;
    assert_eq!(token["errCode"], 1004, "{token}");
    let secret =
        server.client().rest().answer("/auth/get_admin_token", json!({ "secret": "wrong", "userID": "imAdmin" }).to_string()).await;
    assert_ne!(secret["errCode"], 0, "{secret}");
    Ok(())
}
