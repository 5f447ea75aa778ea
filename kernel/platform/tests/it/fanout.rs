//! The fan-out port: one suite for both adapters, and what an outage of the broker means.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{IdSource, ManualClock, RandomIds, Runtime, UserId};
use openim_platform::fanout::{Fanout, Fate, MemoryFanout, RabbitFanout, Receipt, Received};
use openim_testing::{PATIENCE, PrivateServices, START, eventually};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

fn signal(number: usize) -> Signal {
    let user_id = UserId::parse(format!("u{number}")).unwrap();
    Signal { audience: Audience::Users(vec![user_id.clone()]), kind: SignalKind::UserChanged { user_id } }
}

fn number(signal: &Signal) -> usize {
    let SignalKind::UserChanged { user_id } = &signal.kind else { panic!("{signal:?}") };
    user_id.as_str()[1..].parse().unwrap()
}

async fn next(stream: &mut BoxStream<'static, Received>) -> Received {
    tokio::time::timeout(PATIENCE, stream.next()).await.expect("something comes").expect("the stream lives")
}

/// Reads `count` signals; a loss in between is skipped.
async fn numbers(stream: &mut BoxStream<'static, Received>, count: usize) -> Vec<usize> {
    let mut found = Vec::new();
    while found.len() < count {
        if let Received::Signals(signals) = next(stream).await {
            found.extend(signals.iter().map(number));
        }
    }
    found
}

async fn settled(receipt: &Receipt) -> Fate {
    tokio::time::timeout(PATIENCE, receipt.settled()).await.expect("every publication has a fate")
}

struct Node {
    fanout: RabbitFanout,
    tasks: TaskTracker,
    stop: CancellationToken,
}

async fn node(url: &str, prefix: &str) -> Node {
    node_at(url, prefix, &Runtime::system()).await
}

async fn node_at(url: &str, prefix: &str, runtime: &Runtime) -> Node {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let fanout = RabbitFanout::connect(url, prefix, "node", runtime, &tasks, &stop).await.unwrap();
    tasks.close();
    Node { fanout, tasks, stop }
}

async fn reaches_every_subscriber_in_order(from: &dyn Fanout, to: &[&dyn Fanout]) {
    let mut streams: Vec<_> = to.iter().map(|fanout| fanout.subscribe()).collect();
    let mut receipts = vec![from.publish(vec![]).await];
    for start in (0..1000).step_by(4) {
        receipts.push(from.publish((start..start + 4).map(signal).collect()).await);
    }
    for stream in &mut streams {
        assert_eq!(numbers(stream, 1000).await, (0..1000).collect::<Vec<_>>());
    }
    for receipt in receipts {
        assert_eq!((settled(&receipt).await, receipt.fate()), (Fate::Accepted, Some(Fate::Accepted)));
    }
    from.ping().await.unwrap();
}

#[tokio::test]
async fn signals_reach_every_subscriber_once_and_in_order() {
    let memory = MemoryFanout::new();
    reaches_every_subscriber_in_order(&memory, &[&memory, &memory]).await;
    let Some(url) = openim_testing::amqp_url() else { return };
    let prefix = RandomIds.hex32();
    let (first, second, third) = (node(&url, &prefix).await, node(&url, &prefix).await, node(&url, &prefix).await);
    let stranger = node(&url, &RandomIds.hex32()).await;
    let mut elsewhere = stranger.fanout.subscribe();
    reaches_every_subscriber_in_order(&first.fanout, &[&first.fanout, &second.fanout, &third.fanout]).await;
    stranger.fanout.publish(vec![signal(7)]).await;
    assert_eq!(numbers(&mut elsewhere, 1).await, [7], "other deployments are not heard");
}

#[tokio::test]
async fn a_subscriber_that_lags_is_told() {
    let fanout = MemoryFanout::with_capacity(4);
    let mut slow = fanout.subscribe();
    for start in 0..10 {
        fanout.publish(vec![signal(start)]).await;
    }
    assert!(matches!(next(&mut slow).await, Received::Lost));
    assert_eq!(numbers(&mut slow, 4).await, [6, 7, 8, 9]);
}

#[tokio::test]
async fn what_waits_is_sent_before_the_node_ends() {
    let Some(url) = openim_testing::amqp_url() else { return };
    let prefix = RandomIds.hex32();
    let (first, second) = (node(&url, &prefix).await, node(&url, &prefix).await);
    let mut stream = second.fanout.subscribe();
    let mut receipts = Vec::new();
    for start in 0..2000 {
        receipts.push(first.fanout.publish(vec![signal(start)]).await);
    }
    first.stop.cancel();
    tokio::time::timeout(PATIENCE, first.tasks.wait()).await.unwrap();
    assert!(receipts.iter().all(|receipt| receipt.fate() == Some(Fate::Accepted)));
    assert_eq!(first.fanout.publish(vec![signal(2000)]).await.fate(), Some(Fate::Lost), "nobody sends any more");
    assert_eq!(numbers(&mut stream, 2000).await, (0..2000).collect::<Vec<_>>());
}

#[tokio::test]
async fn nodes_are_told_of_a_loss_when_the_broker_was_away() {
    let Some(services) = PrivateServices::start(&["rabbitmq"]).await else { return };
    let url = services.address("OPENIM_TEST_AMQP_URL").await;
    let (first, second) = (node(&url, "test").await, node(&url, "test").await);
    let ending = node(&url, "test").await;
    let (mut own, mut other) = (first.fanout.subscribe(), second.fanout.subscribe());
    let receipt = first.fanout.publish(vec![signal(1)]).await;
    assert_eq!((numbers(&mut own, 1).await, numbers(&mut other, 1).await), (vec![1], vec![1]));
    assert_eq!(settled(&receipt).await, Fate::Accepted);

    services.control("kill", "rabbitmq").await;
    eventually("the outage is noticed", async || first.fanout.ping().await.is_err().then_some(())).await;
    let receipt = first.fanout.publish(vec![signal(2)]).await;
    assert_eq!(numbers(&mut own, 1).await, [2], "one's own subscribers need no broker");
    assert_eq!(receipt.fate(), None, "it waits");
    eventually("the outage is noticed", async || ending.fanout.ping().await.is_err().then_some(())).await;
    let mut receipts = Vec::new();
    for _ in 0..10_000 {
        receipts.push(ending.fanout.publish(vec![signal(0)]).await);
    }
    let lost = receipts.iter().filter(|receipt| receipt.fate() == Some(Fate::Lost)).count();
    assert!((1..5_000).contains(&lost), "what finds no room is lost, the rest waits: {lost}");
    ending.stop.cancel();
    tokio::time::timeout(PATIENCE, ending.tasks.wait()).await.unwrap();
    assert!(receipts.iter().all(|receipt| receipt.fate() == Some(Fate::Lost)), "nobody sends any more");
    services.control("start", "rabbitmq").await;
    assert!(matches!(next(&mut own).await, Received::Lost));
    assert!(matches!(next(&mut other).await, Received::Lost));
    for node in [&first, &second] {
        eventually("both are back", async || node.fanout.ping().await.ok()).await;
    }
    settled(&receipt).await;
    let receipt = first.fanout.publish(vec![signal(3)]).await;
    assert_eq!(numbers(&mut own, 1).await, [3]);
    assert_eq!(settled(&receipt).await, Fate::Accepted);
    // Number 2 comes late or was lost with the broker; number 3 comes.
    let last = async { while numbers(&mut other, 1).await != [3] {} };
    tokio::time::timeout(PATIENCE, last).await.expect("signals travel again");
}

#[tokio::test]
async fn a_broker_that_is_not_there_is_an_error_at_start_up() {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let runtime = Runtime::system();
    let connect = RabbitFanout::connect("amqp://127.0.0.1:1/%2f", "test", "node", &runtime, &tasks, &stop);
    let refused = tokio::time::timeout(Duration::from_secs(20), connect).await.unwrap();
    assert!(refused.is_err());
    stop.cancel();
}

#[tokio::test]
async fn a_node_that_starts_late_is_not_told_of_a_loss_by_everybody_who_was_there() {
    let Some(url) = openim_testing::amqp_url() else { return };
    let prefix = RandomIds.hex32();
    let clock = Arc::new(ManualClock::new(START));
    let runtime = Runtime { clock: clock.clone(), ids: Arc::new(RandomIds) };
    let first = node_at(&url, &prefix, &runtime).await;
    let mut own = first.fanout.subscribe();
    for start in 0..10 {
        first.fanout.publish(vec![signal(start)]).await;
    }
    numbers(&mut own, 10).await;
    clock.advance(Duration::from_secs(60));
    let late = node_at(&url, &prefix, &runtime).await;
    let mut heard = late.fanout.subscribe();
    first.fanout.publish(vec![signal(10)]).await;
    assert!(matches!(next(&mut heard).await, Received::Signals(signals) if number(&signals[0]) == 10));
    // Neither does its own beginning look like a loss to the others.
    late.fanout.publish(vec![signal(11)]).await;
    let next_own = async {
        loop {
            match next(&mut own).await {
                Received::Lost => panic!("a node that starts is no loss"),
                Received::Signals(signals) if number(&signals[0]) == 11 => return,
                Received::Signals(_) => {}
            }
        }
    };
    next_own.await;
}
