//! The list of processes of a deployment: all are on it, and one that dies is seen to.

use serde_json::{Value, json};

use crate::harness::{Client, Cluster};

const NODES: &str = "{ admin { nodes { roles metricsAddress healthy } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_is_unhealthy_and_no_target_any_more() {
    let Some(mut cluster) = Cluster::start().await else { return };
    let door = Client::new(cluster.doors()[0]);
    let admin = door.admin().await.graph();
    let healthy = async || {
        let nodes = admin.data(NODES, json!({})).await["admin"]["nodes"].clone();
        let nodes = nodes.as_array().cloned().unwrap_or_default();
        let living = nodes.iter().filter(|node| node["healthy"] == true).count();
        (nodes, living)
    };
    openim_testing::eventually("all processes are on the list", async || (healthy().await.1 == 9).then_some(())).await;
    for (service, count) in [("api", 2), ("msg_gateway", 2), ("user", 1), ("msg", 1), ("msg_transfer", 1), ("third", 1)] {
        let targets = openim_testing::eventually(service, async || {
            let list: Value = door.get(&format!("/prometheus_discovery/{service}")).await.json().await.expect("a list");
            list[0]["targets"].as_array().filter(|targets| targets.len() == count).cloned()
        })
        .await;
        for target in targets {
            let address = target.as_str().and_then(|target| target.parse().ok()).expect("an address");
            let metrics = Client::new(address).get("/metrics").await;
            assert_eq!(metrics.status(), 200, "{service} at {address}");
            assert!(metrics.text().await.expect("text").contains("msg_insert_mongo_failed_total 0"), "{service} at {address}");
        }
    }

    cluster.kill("worker").await;
    openim_testing::eventually("the dead one is seen, and no other", async || {
        let (nodes, living) = healthy().await;
        let dead: Vec<_> = nodes.iter().filter(|node| node["healthy"] == false).map(|node| &node["roles"]).collect();
        (living == 8 && dead == [&json!(["WORKER"])]).then_some(())
    })
    .await;
    let list: Value = door.get("/prometheus_discovery/msg_transfer").await.json().await.expect("a list");
    assert_eq!(list, json!([]));
    cluster.stop().await;
}
