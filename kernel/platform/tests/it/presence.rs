//! The presence port: one suite for both adapters, and what happens to the word of a dead node.

use std::time::Duration;

use openim_core::{IdSource, Platform, RandomIds, UserId};
use openim_platform::presence::{Connection, Lease, MemoryPresence, Presence, PresenceChange, RedisPresence};
use openim_testing::{PrivateServices, eventually};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Nobody dies of a machine that stands still for a while.
const STEADY: Lease = Lease { ttl: Duration::from_secs(60), heartbeat: Duration::from_millis(100) };
/// For who is to die.
const BRIEF: Lease = Lease { ttl: Duration::from_millis(600), heartbeat: Duration::from_millis(100) };

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
    node_with(url, prefix, STEADY).await
}

async fn node_with(url: &str, prefix: &str, lease: Lease) -> Node {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let presence = RedisPresence::connect(url, prefix, "node", &RandomIds, lease, &tasks, &stop).await.unwrap();
    tasks.close();
    Node { presence, tasks, stop }
}

async fn online(presence: &dyn Presence, id: &str) -> Vec<i32> {
    presence.online(&[user(id)]).await.unwrap().remove(0).into_iter().map(Platform::number).collect()
}

/// Returns a change as short text: who, the platforms before and after.
fn told(change: &PresenceChange) -> String {
    let numbers = |platforms: &[Platform]| platforms.iter().map(|platform| platform.number().to_string()).collect::<Vec<_>>().join(",");
    format!("{} {}>{}", change.user_id, numbers(&change.before), numbers(&change.platforms))
}

async fn comes(presence: &dyn Presence, id: &str, number: i32, connection: &str) -> Option<String> {
    presence.connect(&user(id), platform(number), connection).await.unwrap().as_ref().map(told)
}

async fn goes(presence: &dyn Presence, id: &str, connection: &str) -> Vec<String> {
    presence.disconnect(&user(id), connection).await.unwrap();
    presence.settle(&[user(id)]).await.unwrap().iter().map(told).collect()
}

async fn tells_each_change_of_platforms_once(presence: &dyn Presence) {
    assert_eq!(comes(presence, "eve", 5, "c1").await.unwrap(), "eve >5");
    assert_eq!(comes(presence, "eve", 5, "c1").await, None, "known already");
    assert_eq!(comes(presence, "eve", 5, "c2").await, None, "a second one on the web");
    assert_eq!(comes(presence, "eve", 1, "c3").await.unwrap(), "eve 5>1,5");
    assert!(goes(presence, "eve", "c1").await.is_empty());
    assert_eq!(goes(presence, "eve", "c2").await, ["eve 1,5>1"]);
    assert!(presence.settle(&[user("eve"), user("nobody")]).await.unwrap().is_empty(), "told already");

    // Who comes back before anybody has looked was never away; those who have asked meanwhile hear of it.
    presence.disconnect(&user("eve"), "c3").await.unwrap();
    assert!(online(presence, "eve").await.is_empty(), "that is the truth nevertheless");
    assert_eq!(comes(presence, "eve", 1, "c4").await.unwrap(), "eve 1>1");
    assert!(presence.settle(&[user("eve")]).await.unwrap().is_empty());

    let mut versions = Vec::new();
    for connection in ["c5", "c6", "c7"] {
        presence.disconnect(&user("eve"), "c4").await.unwrap();
        versions.extend(presence.settle(&[user("eve")]).await.unwrap().iter().map(|change| change.version));
        versions.push(presence.connect(&user("eve"), platform(2), connection).await.unwrap().unwrap().version);
        presence.disconnect(&user("eve"), connection).await.unwrap();
        versions.extend(presence.settle(&[user("eve")]).await.unwrap().iter().map(|change| change.version));
    }
    assert!(versions.is_sorted_by(|one, next| one < next), "{versions:?}");
    assert!(presence.settle_overdue().await.unwrap().changes.is_empty());
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

    // Whatever was opened before on this deployment is gone and settled.
    presence.settle(&[user("ann")]).await.unwrap();
    assert_eq!(presence.everybody(10).await.unwrap(), [user("bob")]);
    let crowd: Vec<_> = (0..1_200).map(|number| user(&format!("v{number:04}"))).collect();
    for one in &crowd {
        presence.connect(one, platform(1), "c").await.unwrap();
    }
    let everybody = presence.everybody(10_000).await.unwrap();
    assert_eq!((everybody.len(), &everybody[0], &everybody[1..]), (1_201, &user("bob"), &crowd[..]));
    assert_eq!(presence.everybody(3).await.unwrap(), [user("bob"), crowd[0].clone(), crowd[1].clone()]);
}

#[tokio::test]
async fn a_user_is_online_while_a_connection_is_open() {
    let memory = MemoryPresence::default();
    shows_who_is_connected(&memory).await;
    tells_each_change_of_platforms_once(&memory).await;
    if let Some(url) = openim_testing::redis_url() {
        let node = node(&url, &RandomIds.hex32()).await;
        shows_who_is_connected(&node.presence).await;
        tells_each_change_of_platforms_once(&node.presence).await;
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
    let there = runtime.spawn(async move { node_with(&there_url, &there_prefix, BRIEF).await });
    let there = there.await.unwrap();
    leaving.presence.connect(&user("ann"), platform(1), "a").await.unwrap();
    let dying = there.presence.clone();
    runtime.spawn(async move { dying.connect(&user("bob"), platform(2), "b").await.unwrap() }).await.unwrap();
    assert_eq!(online(&here.presence, "ann").await, [1]);
    // Whose lease has run out although it lives takes another.
    eventually("the other node's user is seen", async || (online(&here.presence, "bob").await == [2]).then_some(())).await;
    eventually("of all nodes", async || (here.presence.everybody(10).await.unwrap() == [user("ann"), user("bob")]).then_some(())).await;

    leaving.stop.cancel();
    leaving.tasks.wait().await;
    assert!(online(&here.presence, "ann").await.is_empty(), "at once");
    runtime.shutdown_background();
    eventually("the lease runs out", async || online(&here.presence, "bob").await.is_empty().then_some(())).await;
    assert!(here.presence.everybody(10).await.unwrap().is_empty());
}

/// Settles what is overdue at nodes until nothing is left at any of them for a while; returns who told what.
async fn overdue(nodes: &[&Node]) -> Vec<String> {
    let mut all = Vec::new();
    for node in nodes {
        loop {
            let overdue = node.presence.settle_overdue().await.unwrap();
            all.extend(overdue.changes.iter().map(told));
            if !overdue.more {
                break;
            }
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn of_several_nodes_one_tells_a_change_and_survivors_tell_of_the_dead() {
    let Some(url) = openim_testing::redis_url() else { return };
    let prefix = RandomIds.hex32();
    let (here, there, dying) = (node(&url, &prefix).await, node(&url, &prefix).await, node(&url, &prefix).await);
    assert_eq!(comes(&here.presence, "ann", 5, "a").await.unwrap(), "ann >5");
    assert_eq!(comes(&dying.presence, "ann", 5, "b").await, None, "another node has told that ann is on the web");
    assert_eq!(comes(&dying.presence, "ann", 1, "c").await.unwrap(), "ann 5>1,5");
    let many: Vec<String> = (0..1_200).map(|number| format!("u{number:04}")).collect();
    for id in &many {
        comes(&dying.presence, id, 2, "d").await;
    }
    assert!(overdue(&[&here, &there]).await.is_empty());

    // Its heart stops without a word; the users that came meanwhile are not touched.
    dying.stop.cancel();
    dying.tasks.wait().await;
    assert_eq!(comes(&there.presence, "u0007", 2, "e").await.unwrap(), "u0007 2>2", "the next node has the user before anybody has looked");
    let expected: Vec<_> =
        ["ann 1,5>5".to_owned()].into_iter().chain(many.iter().filter(|id| *id != "u0007").map(|id| format!("{id} 2>"))).collect();
    let (first, second) = ([&here], [&there]);
    let (one, other) = tokio::join!(overdue(&first), overdue(&second));
    let mut told = [one, other].concat();
    told.sort();
    assert_eq!(told, expected);
    assert!(overdue(&[&here, &there]).await.is_empty());
}

#[tokio::test]
async fn presence_is_told_again_when_redis_has_lost_it() {
    let Some(services) = PrivateServices::start(&["redis"]).await else { return };
    let node = node(&services.address("OPENIM_TEST_REDIS_URL").await, "test").await;
    node.presence.connect(&user("ann"), platform(3), "c").await.unwrap();
    services.control("restart", "redis").await;
    let ann = [user("ann")];
    eventually("it is told once more, because nobody knows who has heard what", async || {
        let overdue = node.presence.settle_overdue().await.ok()?;
        overdue.changes.iter().any(|change| told(change).ends_with(">3")).then_some(())
    })
    .await;
    eventually("the heartbeat told it again", async || {
        node.presence.online(&ann).await.is_ok_and(|found| found == [[platform(3)]]).then_some(())
    })
    .await;
}
