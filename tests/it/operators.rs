//! What operators ask a running server.

use serde_json::Value;

use crate::harness::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_started_server_is_alive_and_ready_and_says_what_it_has() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let client = server.client();
    assert_eq!(client.get("/healthz").await.json::<Value>().await?["status"], "ok");

    let ready = client.get("/readyz").await;
    assert_eq!(ready.status(), 200);
    let ready: Value = ready.json().await?;
    assert_eq!(ready["missing"], Value::Array(vec![]), "{ready}");
    assert_eq!(ready["parts"]["database"], "ok", "{ready}");

    let metrics = client.get("/metrics").await;
    assert_eq!(metrics.status(), 200);
    assert!(metrics.headers()["content-type"].to_str()?.starts_with("text/plain"));

    let index: Value = client.get("/").await.json().await?;
    for place in ["/graphql", "/docs/rest", "/healthz", "/readyz", "/metrics"] {
        assert!(index["places"].get(place).is_some(), "{place} is not in {index}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_carries_the_operation_id_of_its_caller_or_a_new_one() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let own = server.client().get_with("/healthz", "operationID", "mine-1").await;
    assert_eq!(own.headers()["x-operation-id"], "mine-1");
    let made = server.client().get("/healthz").await;
    assert_eq!(made.headers()["x-operation-id"].len(), 32);
    Ok(())
}
