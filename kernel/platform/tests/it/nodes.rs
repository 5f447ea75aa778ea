//! Processes on the list: their signs of life, what they measure, how they leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use openim_contracts::{Node, SignalKind};
use openim_core::{Ctx, Error, OperationId};
use openim_platform::fanout::Received;
use openim_platform::nodes::{self, Duties, Heart, Identity, SocketKind};
use openim_platform::ports::{PortSettings, Ports};
use openim_platform::readiness::Readiness;
use openim_testing::{PATIENCE, TestWorld, for_each_database};
use tokio_util::sync::CancellationToken;

const WORKER: Duties = Duties { carries_events: true, delivers_webhooks: true };
const GATEWAY: Duties = Duties { carries_events: false, delivers_webhooks: false };

async fn ports(world: &TestWorld, name: &str) -> Arc<Ports> {
    Arc::new(Ports::connect(&PortSettings::new(world.database(), None, None, name), world.runtime()).await.unwrap())
}

fn heart(world: &TestWorld, ports: &Arc<Ports>, duties: Duties) -> Heart {
    heart_over(world, Readiness::new(ports.clone(), duties.carries_events), duties)
}

fn heart_over(world: &TestWorld, readiness: Readiness, duties: Duties) -> Heart {
    let identity = Identity {
        roles: vec!["worker".to_owned(), "users".to_owned()],
        version: "1.2.3".to_owned(),
        address: "127.0.0.1:10002".to_owned(),
        metrics_address: Some("127.0.0.1:10002".to_owned()),
    };
    Heart::new(Arc::new(readiness), identity, duties, world.runtime().clone())
}

async fn listed(world: &TestWorld) -> Vec<Node> {
    nodes::all(world.store().read()).await.unwrap()
}

#[tokio::test]
async fn a_sign_of_life_says_what_was_counted_since_the_last_one() {
    for_each_database(async |world| {
        let ports = ports(world, "one").await;
        let mut heart = heart(world, &ports, WORKER);
        heart.beat().await;
        ports.figures.stored(6);
        ports.figures.delivered(Duration::from_millis(4));
        let socket = ports.figures.open(SocketKind::Graphql, None);
        let tx = world.store().begin().await.unwrap();
        let ctx = Ctx::system(world.runtime(), OperationId::parse("op").unwrap());
        tx.append_job(&ctx, "some_day", &0, world.now()).await.unwrap();
        tx.append_job(&ctx, "some_day", &0, world.now().plus(Duration::from_secs(60))).await.unwrap();
        tx.commit().await.unwrap();
        world.advance(Duration::from_secs(3));
        heart.beat().await;
        drop(socket);

        let [node]: [Node; 1] = listed(world).await.try_into().unwrap();
        assert_eq!((node.id.as_str(), node.roles.len(), node.stopping), ("one", 2, false));
        assert_eq!(node.seen_at, world.now());
        assert!(nodes::is_healthy(&node, world.now()));
        let figures = node.figures;
        assert_eq!((figures.interval_ms, figures.messages_stored, figures.messages_lately), (3_000, 6, 6));
        assert_eq!((figures.deliveries_lately, figures.delivery_p50_ms), (1, Some(4)));
        assert_eq!((figures.graphql_sockets, figures.sdk_sockets), (1, 0));
        assert_eq!((figures.outbox_waiting, figures.outbox_lag_ms), (Some(1), Some(3_000)), "what is due later does not wait");
        assert_eq!((figures.queue_depth, figures.webhook_backlog), (Some(0), Some(0)));
        world.take_events().await;
        ports.close(Duration::from_secs(1)).await;
    })
    .await;
}

#[tokio::test]
async fn a_process_says_only_what_it_looks_after() {
    for_each_database(async |world| {
        let ports = ports(world, "door").await;
        heart(world, &ports, GATEWAY).beat().await;
        let [node]: [Node; 1] = listed(world).await.try_into().unwrap();
        let figures = node.figures;
        assert_eq!((figures.outbox_waiting, figures.queue_depth, figures.webhook_backlog), (None, None, None));
        ports.close(Duration::from_secs(1)).await;
    })
    .await;
}

#[tokio::test]
async fn a_sign_of_life_says_what_the_process_stands_on_and_what_is_away() {
    let world = TestWorld::sqlite().await;
    let ports = ports(&world, "one").await;
    let asked = AtomicU32::new(0);
    let readiness = Readiness::new(ports.clone(), false).and("store", move || match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Box::pin(std::future::pending()),
        1 => Box::pin(async { Err(Error::unavailable("nobody answers")) }),
        _ => Box::pin(async { Ok(()) }),
    });
    let mut heart = heart_over(&world, readiness, GATEWAY);
    for ready in [false, false, true] {
        heart.beat().await;
        let [node]: [Node; 1] = listed(&world).await.try_into().unwrap();
        let parts: Vec<_> = node.figures.parts.iter().map(|part| (part.name.as_str(), part.ready)).collect();
        assert_eq!(parts, [("database", true), ("fanout", true), ("cache", true), ("store", ready)]);
    }
    ports.close(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn who_stops_says_so_and_leaves_and_who_died_is_forgotten_later() {
    for_each_database(async |world| {
        let (dead, stopping) = (ports(world, "dead").await, ports(world, "stopping").await);
        heart(world, &dead, GATEWAY).beat().await;
        world.advance(nodes::SILENCE + Duration::from_secs(1));
        assert!(!nodes::is_healthy(&listed(world).await[0], world.now()));

        let mut heard = stopping.fanout.subscribe();
        let (stop, ended) = (CancellationToken::new(), CancellationToken::new());
        let running = tokio::spawn(heart(world, &stopping, GATEWAY).run(stop.clone(), ended.clone()));
        let mut said = async || loop {
            let received = tokio::time::timeout(PATIENCE, heard.next()).await.unwrap().unwrap();
            let Received::Signals(signals) = received else { continue };
            if let SignalKind::NodeSeen { node, ended } = &signals[0].kind {
                return (node.stopping, *ended);
            }
        };
        assert_eq!(said().await, (false, false));
        stop.cancel();
        while said().await != (true, false) {}
        ended.cancel();
        while said().await != (true, true) {}
        running.await.unwrap();
        assert_eq!(listed(world).await.iter().map(|node| node.id.as_str()).collect::<Vec<_>>(), ["dead"]);

        world.advance(nodes::REMEMBERED);
        heart(world, &stopping, GATEWAY).beat().await;
        assert_eq!(listed(world).await.iter().map(|node| node.id.as_str()).collect::<Vec<_>>(), ["stopping"]);
        for ports in [dead, stopping] {
            ports.close(Duration::from_secs(1)).await;
        }
    })
    .await;
}
