//! The list of processes, and where Prometheus finds them.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use openim_contracts::{Node, NodeFigures, NodePart};
use openim_core::{Ctx, Timestamp};
use openim_graphql::Subgraph;
use openim_platform::config::Network;
use openim_platform::nodes::keep;
use openim_testing::{TestWorld, ask, for_each_database};
use openim_third::{MonitoringSettings, Third, ThirdSettings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::ports;

const LIST: &str =
    "{ admin { nodes { id roles version host pid address metricsAddress startedAt lastSeenAt healthy stopping parts { name ready }
    figures { messagesStored messagesPerSecond deliveryLatency { p50 p99 } sockets { graphql sdk } onlineUsers
        outboxLag { waiting oldestSeconds } queueDepth webhookBacklog memoryBytes cpuSeconds } } } }";

async fn third(world: &TestWorld) -> (TempDir, Arc<dyn Subgraph>) {
    let (root, ports) = ports(world).await;
    let monitoring = MonitoringSettings {
        discovery_networks: vec![Network::parse("10.0.0.0/8").unwrap()],
        dashboard_url: "https://grafana.example.com/d/1".to_owned(),
    };
    let settings = ThirdSettings { monitoring, ..ThirdSettings::default() };
    (root, Third::new(settings, ports, world.runtime().clone()).subgraph())
}

async fn seen(world: &TestWorld, id: &str, roles: &[&str], at: Timestamp) {
    let node = Node {
        id: id.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        version: "1.2.3".to_owned(),
        host: "host".to_owned(),
        pid: 77,
        address: format!("{id}:10002"),
        metrics_address: (id != "silent").then(|| format!("{id}:10002")),
        started_at: world.now(),
        seen_at: at,
        stopping: id == "b",
        figures: NodeFigures {
            parts: [("database", true), ("objects", false), ("a part of tomorrow", true)]
                .map(|(name, ready)| NodePart { name: name.to_owned(), ready })
                .to_vec(),
            interval_ms: 2_000,
            messages_stored: 9,
            messages_lately: 3,
            delivery_p50_ms: Some(2),
            delivery_p99_ms: Some(5),
            outbox_waiting: Some(4),
            outbox_lag_ms: Some(1_500),
            ..NodeFigures::default()
        },
    };
    let tx = world.store().begin().await.unwrap();
    keep(tx.connection(), &node).await.unwrap();
    tx.commit().await.unwrap();
}

async fn targets(subgraph: &dyn Subgraph, ctx: Ctx, service: &str) -> Value {
    let query = format!("{{ scrapeTargets(service: {service}) {{ targets labels {{ namespace }} }} }}");
    ask(subgraph, ctx, &query, json!({})).await.data()["scrapeTargets"].clone()
}

fn from(ctx: Ctx, address: &str) -> Ctx {
    ctx.with_origin(Some(address.parse::<IpAddr>().unwrap()))
}

#[tokio::test]
async fn administrators_see_every_process_and_whether_it_lives() {
    for_each_database(async |world| {
        let (_root, subgraph) = third(world).await;
        seen(world, "a", &["gateway", "a role of tomorrow"], world.now()).await;
        seen(world, "b", &["worker"], world.now().minus(Duration::from_secs(11))).await;
        // A second sign of life takes the place of the first.
        seen(world, "a", &["gateway"], world.now()).await;
        let nodes = ask(&*subgraph, world.admin(), LIST, json!({})).await.data()["admin"]["nodes"].clone();
        let [a, b] = nodes.as_array().unwrap().as_slice() else { panic!("{nodes}") };
        assert_eq!((&a["id"], &a["roles"], &a["healthy"], &a["stopping"]), (&json!("a"), &json!(["GATEWAY"]), &json!(true), &json!(false)));
        assert_eq!((&b["id"], &b["healthy"], &b["stopping"]), (&json!("b"), &json!(false), &json!(true)));
        let figures = json!({"messagesStored": 9, "messagesPerSecond": 1.5, "deliveryLatency": {"p50": 2, "p99": 5},
            "sockets": {"graphql": 0, "sdk": 0}, "onlineUsers": 0, "outboxLag": {"waiting": 4, "oldestSeconds": 1.5},
            "queueDepth": null, "webhookBacklog": null, "memoryBytes": null, "cpuSeconds": null});
        assert_eq!(a["figures"], figures);
        assert_eq!(a["parts"], json!([{"name": "DATABASE", "ready": true}, {"name": "OBJECTS", "ready": false}]));
        assert_eq!(ask(&*subgraph, world.user("nosy"), LIST, json!({})).await.refused().0, "NO_PERMISSION");
    })
    .await;
}

#[tokio::test]
async fn prometheus_is_told_of_living_processes_from_networks_that_may_ask() {
    for_each_database(async |world| {
        let (_root, subgraph) = third(world).await;
        seen(world, "b", &["gateway", "users"], world.now()).await;
        seen(world, "a", &["gateway"], world.now()).await;
        seen(world, "silent", &["gateway"], world.now()).await;
        seen(world, "dead", &["gateway"], world.now().minus(Duration::from_secs(60))).await;
        let near = || from(world.anonymous(), "10.1.2.3");
        let both = json!([{"targets": ["a:10002", "b:10002"], "labels": {"namespace": "default"}}]);
        for service in ["API", "MSG_GATEWAY"] {
            assert_eq!(targets(&*subgraph, near(), service).await, both);
        }
        assert_eq!(targets(&*subgraph, near(), "AUTH").await[0]["targets"], json!(["b:10002"]));
        assert_eq!(targets(&*subgraph, near(), "PUSH").await, json!([]), "there is no worker");
        assert_eq!(targets(&*subgraph, from(world.admin(), "203.0.113.9"), "API").await, both);
        let query = "{ scrapeTargets(service: API) { targets } }";
        for stranger in [from(world.anonymous(), "203.0.113.9"), from(world.user("ann"), "203.0.113.9"), world.anonymous()] {
            assert_eq!(ask(&*subgraph, stranger, query, json!({})).await.refused().0, "NO_PERMISSION");
        }
        let url = ask(&*subgraph, world.anonymous(), "{ dashboardUrl }", json!({})).await.data()["dashboardUrl"].clone();
        assert_eq!(url, "https://grafana.example.com/d/1");
    })
    .await;
}
