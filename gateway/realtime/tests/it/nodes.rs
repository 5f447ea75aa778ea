//! Administrators hear of the processes.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use openim_contracts::{Audience, Node as Process, NodeFigures, SignalKind};
use openim_core::{Actor, Ctx, OperationId, Platform, Principal, UserId};
use openim_testing::PATIENCE;
use serde_json::{Value, json};

use crate::support::Node;

const REPORTS: &str = "subscription { nodeReports { ended node { id healthy stopping figures { messagesStored } } } }";

fn ctx(node: &Node, admin: bool) -> Ctx {
    let principal = Principal::new(UserId::parse("imAdmin").unwrap(), Platform::ADMIN, admin);
    let deadline = node.runtime.clock.now().plus(Duration::from_secs(30));
    Ctx::new(node.runtime.clone(), Actor::User(principal), OperationId::parse("op").unwrap(), deadline)
}

fn beat(node: &Node, id: &str, stored: u64, ended: bool) {
    let now = node.runtime.clock.now();
    let process = Process {
        id: id.to_owned(),
        roles: vec!["messages".to_owned()],
        version: "1".to_owned(),
        host: "host".to_owned(),
        pid: 1,
        address: "127.0.0.1:1".to_owned(),
        metrics_address: None,
        started_at: now,
        seen_at: now,
        stopping: ended,
        figures: NodeFigures { messages_stored: stored, ..NodeFigures::default() },
    };
    node.voice.signal(Audience::Operators, SignalKind::NodeSeen { node: Arc::new(process), ended });
}

async fn next(stream: &mut BoxStream<'static, async_graphql::Response>) -> Value {
    let response = tokio::time::timeout(PATIENCE, stream.next()).await.unwrap().unwrap();
    serde_json::to_value(response).unwrap()
}

fn report(answer: &Value) -> (Value, Value, Value, Value) {
    let report = &answer["data"]["nodeReports"];
    let node = &report["node"];
    (node["id"].clone(), node["healthy"].clone(), node["figures"]["messagesStored"].clone(), report["ended"].clone())
}

#[tokio::test]
async fn administrators_hear_what_is_known_then_what_is_said_and_who_falls_silent() {
    let node = Node::new();
    beat(&node, "a", 1, false);
    node.settle().await;
    let mut stream = node.subgraph.subscribe(ctx(&node, true), Request::new(REPORTS));
    assert_eq!(report(&next(&mut stream).await), (json!("a"), json!(true), json!(1), json!(false)));
    beat(&node, "b", 5, false);
    assert_eq!(report(&next(&mut stream).await), (json!("b"), json!(true), json!(5), json!(false)));

    node.advance(Duration::from_secs(9));
    beat(&node, "b", 6, false);
    assert_eq!(report(&next(&mut stream).await), (json!("b"), json!(true), json!(6), json!(false)));
    node.advance(Duration::from_secs(2));
    assert_eq!(report(&next(&mut stream).await), (json!("a"), json!(false), json!(1), json!(false)), "it was silent for too long");
    beat(&node, "b", 6, true);
    assert_eq!(report(&next(&mut stream).await), (json!("b"), json!(false), json!(6), json!(true)));

    node.stop.cancel();
    assert_eq!(next(&mut stream).await["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn nobody_else_hears_of_processes() {
    let node = Node::new();
    let mut stream = node.subgraph.subscribe(ctx(&node, false), Request::new(REPORTS));
    assert_eq!(next(&mut stream).await["errors"][0]["extensions"]["code"], "NO_PERMISSION");
}
