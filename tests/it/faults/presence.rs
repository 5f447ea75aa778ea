//! A gateway that is killed takes nobody with it: its users are offline when its lease has run out, and watchers hear so.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::{Client, Cluster};
use crate::presence::{login, next_of, stream};

/// The lease of the deployment: longer than a machine stands still, for then those who live would seem dead. Together with
/// what noticing its end may take it is shorter than the usual one.
const LEASE: Duration = Duration::from_secs(12);
const NOTICING: Duration = Duration::from_secs(16);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn presence_heals_after_a_gateway_was_killed() {
    let lease = LEASE.as_secs().to_string();
    let Some(mut cluster) = Cluster::start_with(&[("PRESENCE__LEASE_SECONDS", &lease)]).await else { return };
    let doors: Vec<Client> = cluster.doors().into_iter().map(Client::new).collect();
    let (dying, living) = (&doors[0], &doors[1]);
    let admin = living.admin().await;
    let tokens = admin.users(&[("ann", "Ann"), ("bob", "Bob"), ("cid", "Cid")]).await;
    let phone = login(&admin, "ann", 2).await;

    let mut watcher = stream(&living.with_token(&tokens[1]), &["ann", "cid"], None).await;
    next_of(&mut watcher, "ann", json!([])).await;
    next_of(&mut watcher, "cid", json!([])).await;
    let _there = (stream(&dying.with_token(&tokens[0]), &[], None).await, stream(&dying.with_token(&tokens[2]), &[], None).await);
    next_of(&mut watcher, "ann", json!(["WEB"])).await;
    let _here = stream(&phone, &[], None).await;
    next_of(&mut watcher, "ann", json!(["ANDROID", "WEB"])).await;

    let killed = Instant::now();
    let noticed = async {
        next_of(&mut watcher, "ann", json!(["ANDROID"])).await;
        killed.elapsed()
    };
    let ((), took) = tokio::join!(cluster.crash("gateway-1"), noticed);
    assert!(took < LEASE + NOTICING, "{took:?}");
    // Both doors agree; who has come back is online again.
    let _back = stream(&doors[0].with_token(&tokens[2]), &[], None).await;
    for door in &doors {
        let rest = door.with_token(&tokens[1]).rest();
        openim_testing::eventually("the status routes agree", async || {
            let status = rest.call("/user/get_users_status", json!({ "userID": "bob", "userIDs": ["ann", "cid", "bob"] })).await;
            let platforms: Vec<_> = status["statusList"].as_array()?.iter().map(|one| one["platformIDs"].clone()).collect();
            (platforms == [json!([2]), json!([5]), json!([5])]).then_some(())
        })
        .await;
    }
    cluster.stop().await;
}
