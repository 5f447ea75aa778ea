//! What operators ask a running server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::StatusCode;
use openim_testing::{PrivateServices, eventually};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{Binary, Client, SECRET, Server};

const PARTS: &str = "{ admin { nodes { parts { name ready } } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_started_server_is_alive_and_ready_and_says_what_it_has() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let client = server.client();
    assert_eq!(client.get("/healthz").await.json::<Value>().await?["status"], "ok");

    let ready = client.get("/readyz").await;
    assert_eq!(ready.status(), 200);
    let ready: Value = ready.json().await?;
    assert_eq!(ready["missing"], Value::Array(vec![]), "{ready}");
    let parts = json!({"database": "ok", "fanout": "ok", "cache": "ok", "events": "ok", "objects": "ok"});
    assert_eq!(ready["parts"], parts);

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

/// Waits until `/readyz`, the graph and the metrics agree on which parts are away.
async fn away(admin: &Client, wanted: &[&str]) {
    eventually("everybody tells what is away", async || {
        let answer = admin.get("/readyz").await;
        let status = if wanted.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let (answered, ready) = (answer.status(), answer.json::<Value>().await.expect("JSON"));
        let nodes = admin.data(PARTS, json!({})).await["admin"]["nodes"].take();
        let parts = nodes[0]["parts"].as_array().cloned().unwrap_or_default();
        let told = parts.iter().filter(|part| part["ready"] == false);
        let told: Vec<String> = told.map(|part| part["name"].as_str().expect("a name").to_ascii_lowercase()).collect();
        let mut metrics = true;
        for part in ["database", "fanout", "cache", "events", "objects"] {
            let value = admin.metric(&format!("openim_part_ready{{part=\"{part}\"}}")).await;
            metrics &= (value < 0.5) == wanted.contains(&part);
        }
        let same = |found: Vec<&str>| found.len() == wanted.len() && found.iter().all(|name| wanted.contains(name));
        let missing: Vec<&str> = ready["missing"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let agreed = answered == status && same(missing) && same(told.iter().map(String::as_str).collect()) && metrics;
        (agreed && parts.len() == 5).then_some(())
    })
    .await;
}

async fn administrator(address: std::net::SocketAddr) -> Client {
    Client::new(address).admin().await.graph()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_store_that_is_away_is_told_until_it_is_back() {
    let well = Arc::new(AtomicBool::new(true));
    let asked = well.clone();
    let store = Router::new().fallback(async move || match asked.load(Ordering::SeqCst) {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("objects.s3_endpoint=http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, store).await });
    let secret = format!("auth.secret={SECRET}");
    let given = [&*secret, &*endpoint, "objects.engine=s3", "objects.s3_bucket=b", "objects.s3_access_key=id", "objects.s3_secret_key=key"];
    let settings: Vec<&str> = given.into_iter().flat_map(|setting| ["--set", setting]).collect();
    let binary = Binary::new();
    let process = binary.serve(&settings).await;
    let admin = administrator(process.address).await;
    away(&admin, &[]).await;
    well.store(false, Ordering::SeqCst);
    away(&admin, &["objects"]).await;
    well.store(true, Ordering::SeqCst);
    away(&admin, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_away_is_told_until_it_is_back() {
    let Some(services) = PrivateServices::start(&["rabbitmq"]).await else { return };
    let broker = services.address("OPENIM_TEST_AMQP_URL").await;
    let binary = Binary::new();
    let environment = [("OPENIM__AUTH__SECRET", SECRET), ("OPENIM__AMQP__URL", broker.as_str())];
    let process = binary.serve_with(&["--listen", "127.0.0.1:0"], &environment).await;
    let admin = administrator(process.address).await;
    away(&admin, &[]).await;
    services.control("kill", "rabbitmq").await;
    away(&admin, &["fanout", "events"]).await;
    services.control("start", "rabbitmq").await;
    away(&admin, &[]).await;
}
