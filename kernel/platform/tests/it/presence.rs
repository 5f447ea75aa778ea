//! The presence port: one suite for both adapters, and what happens to the word of a dead node.

use std::time::Duration;

use openim_core::{IdSource, Platform, RandomIds, UserId};
use openim_platform::presence::{Connection, Lease, MemoryPresence, Presence, RedisPresence};
use openim_testing::{PrivateServices, eventually};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const QUICK: Lease = Lease { ttl: Duration::from_millis(600), heartbeat: Duration::from_millis(100) };

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn platform(number: i32) -> Platform {
    Platform::parse(number).unwrap()
}

struct Node {
    presence: RedisPresence,
    tasks: TaskTracker,
    stop: CancellationToken,
}

async fn node(url: &str, prefix: &str) -> Node {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let presence = RedisPresence::connect(url, prefix, "node", &RandomIds, QUICK, &tasks, &stop).await.unwrap();
    tasks.close();
    Node { presence, tasks, stop }
}

async fn online(presence: &dyn Presence, id: &str) -> Vec<i32> {
    presence.online(&[user(id)]).await.unwrap().remove(0).into_iter().map(Platform::number).collect()
}

async fn shows_who_is_connected(presence: &dyn Presence) {
    for (id, number, connection) in [("ann", 5, "c1"), ("ann", 1, "c2"), ("ann", 5, "c3"), ("bob", 2, "c4"), ("bob", 2, "c4")] {
        presence.connect(&user(id), platform(number), connection).await.unwrap();
    }
    assert_eq!(online(presence, "ann").await, [1, 5]);
    let open = presence.connections(&[user("ann"), user("nobody")]).await.unwrap();
    let connection = |number, id: &str| Connection { platform: platform(number), id: id.to_owned() };
    assert_eq!(open, [vec![connection(1, "c2"), connection(5, "c1"), connection(5, "c3")], vec![]]);
    presence.disconnect(&user("ann"), "c1").await.unwrap();
    assert_eq!(online(presence, "ann").await, [1, 5], "another one on the web is open");
    presence.disconnect(&user("ann"), "c3").await.unwrap();
    presence.disconnect(&user("ann"), "unknown").await.unwrap();
    assert_eq!(online(presence, "ann").await, [1]);
    presence.disconnect(&user("ann"), "c2").await.unwrap();

    let many: Vec<_> = (0..1200).map(|number| user(&format!("u{number}"))).chain([user("bob"), user("ann")]).collect();
    let found = presence.online(&many).await.unwrap();
    assert_eq!(found.len(), many.len());
    assert_eq!(found[1200], [platform(2)]);
    assert!(found.iter().enumerate().all(|(index, platforms)| index == 1200 || platforms.is_empty()));
    assert!(presence.online(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_user_is_online_while_a_connection_is_open() {
    shows_who_is_connected(&MemoryPresence::default()).await;
    if let Some(url) = openim_testing::redis_url() {
        let node = node(&url, &RandomIds.hex32()).await;
        shows_who_is_connected(&node.presence).await;
    }
}

#[tokio::test]
async fn nodes_see_each_other_until_one_leaves_or_dies() {
    let Some(url) = openim_testing::redis_url() else { return };
    let prefix = RandomIds.hex32();
    let (here, leaving) = (node(&url, &prefix).await, node(&url, &prefix).await);
    // A node that dies: its heart stops, and nobody cleans up.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (there_url, there_prefix) = (url.clone(), prefix.clone());
    let there = runtime.spawn(async move { node(&there_url, &there_prefix).await });
    let there = there.await.unwrap();
    leaving.presence.connect(&user("ann"), platform(1), "a").await.unwrap();
    let dying = there.presence.clone();
    runtime.spawn(async move { dying.connect(&user("bob"), platform(2), "b").await.unwrap() }).await.unwrap();
    assert_eq!((online(&here.presence, "ann").await, online(&here.presence, "bob").await), (vec![1], vec![2]));

    leaving.stop.cancel();
    leaving.tasks.wait().await;
    assert!(online(&here.presence, "ann").await.is_empty(), "at once");
    runtime.shutdown_background();
    eventually("the lease runs out", async || online(&here.presence, "bob").await.is_empty().then_some(())).await;
}

#[tokio::test]
async fn presence_is_told_again_when_redis_has_lost_it() {
    let Some(services) = PrivateServices::start(&["redis"]).await else { return };
    let node = node(&services.address("OPENIM_TEST_REDIS_URL").await, "test").await;
    node.presence.connect(&user("ann"), platform(3), "c").await.unwrap();
    services.control("restart", "redis").await;
    let ann = [user("ann")];
    eventually("the heartbeat told it again", async || {
        node.presence.online(&ann).await.is_ok_and(|found| found == [[platform(3)]]).then_some(())
    })
    .await;
}
