//! What an impatient or hostile stranger meets.

use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Client, SECRET, Server, soon};

const LOG_IN: &str = "mutation($secret: String!) { createAdminToken(input: {secret: $secret, userId: \"imAdmin\"}) { token } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_has_one_allowance_at_all_doors() -> anyhow::Result<()> {
    let server = Server::start_with(&[("limits.user_per_minute", "3")]).await?;
    let ann = server.user("ann", "Ann").await;
    for _ in 0..2 {
        ann.data("{ serverTime }", json!({})).await;
    }
    let body = json!({ "userIDs": ["ann"] }).to_string();
    let call = async |client: &Client| client.rest().post("/user/get_users_info", body.clone()).await;
    assert_eq!(call(&ann).await.status(), 200);
    let refused = call(&ann).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.json::<Value>().await?["errCode"], 429);
    assert_eq!(ann.code("{ serverTime }", json!({})).await, "TOO_MANY_REQUESTS");
    server.client().data("{ eventLimits { maxMissed } }", json!({})).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secret_cannot_be_guessed_at_any_door() -> anyhow::Result<()> {
    let server = Server::start_with(&[("limits.wrong_secrets_per_address", "3")]).await?;
    let client = server.client();
    for _ in 0..20 {
        client.data(LOG_IN, json!({ "secret": SECRET })).await;
    }
    assert_eq!(client.code(LOG_IN, json!({ "secret": "open sesame" })).await, "NO_PERMISSION");
    let wrong = json!({ "secret": "open sesame", "userID": "imAdmin" }).to_string();
    for _ in 0..2 {
        let answer: Value = client.rest().post("/auth/get_admin_token", wrong.clone()).await.json().await?;
        assert_eq!(answer["errCode"], 1002, "{answer}");
    }
    let right = json!({ "secret": SECRET, "userID": "imAdmin" }).to_string();
    let refused = client.rest().post("/auth/get_admin_token", right).await;
    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after").is_some()), (429, true));
    assert_eq!(client.code(LOG_IN, json!({ "secret": SECRET })).await, "TOO_MANY_REQUESTS");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_never_finishes_its_request_is_closed() -> anyhow::Result<()> {
    // Longer than a machine stands still: who asks in time is not closed.
    let server = Server::start_with(&[("server.header_seconds", "10")]).await?;
    let beginnings = ["", "PRI * HT", "POST /graphql HTTP/1.1\r\nhost: x\r\n", "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /hea"];
    let closed = beginnings.map(async |beginning| {
        let mut stream = TcpStream::connect(server.address()).await?;
        stream.write_all(beginning.as_bytes()).await?;
        let mut answer = Vec::new();
        // The end may come as a reset: what counts is that it comes.
        let _ = soon("the server closes the connection", stream.read_to_end(&mut answer)).await;
        anyhow::Ok(())
    });
    try_join_all(closed).await?;
    server.client().data("{ eventLimits { maxMissed } }", json!({})).await;
    Ok(())
}
