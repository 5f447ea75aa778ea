//! What only the production bus can get wrong: redelivery, outages of the broker, several relays, messages that are no
//! events.

use std::sync::Arc;

use futures_util::StreamExt;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicRejectOptions, ConfirmSelectOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Connection, ConnectionProperties};
use openim_entities::platform::inbox;
use openim_platform::events::{StoredEvent, dead_letters, pending_events};
use openim_testing::{PATIENCE, PrivateServices, TestWorld, eventually};
use sea_orm::{ActiveValue, EntityTrait};
use tokio::sync::Semaphore;

use super::suite::{Writer, effects, make_effect_table};
use super::{Bench, Broker};
use crate::support::{Recorder, append};

fn broker() -> Option<Broker> {
    openim_testing::amqp_url().as_deref().map(Broker::new)
}

async fn connect(url: &str) -> Connection {
    Connection::connect(url, ConnectionProperties::default()).await.unwrap()
}

/// Starts a bus for a moment, so that the queues exist.
async fn declare(bench: &Bench, recorder: &Arc<Recorder>) {
    let running = bench.start(vec![recorder.clone()]);
    eventually("the queues exist", async || running.bus.ping().await.ok()).await;
    running.stop().await;
}

/// Relays what is in the outbox without handling it.
async fn relay(bench: &Bench) {
    let running = bench.start(vec![]);
    let db = bench.world.store().read();
    eventually("everything is relayed", async || pending_events(db, 1).await.unwrap().is_empty().then_some(())).await;
    running.stop().await;
}

#[tokio::test]
async fn an_event_handled_but_not_acknowledged_has_no_second_effect() {
    let Some(broker) = broker() else { return };
    let (url, queue) = (broker.url.clone(), format!("{}.events.to.recorder", broker.prefix));
    let bench = Bench::new(TestWorld::sqlite().await, Some(broker));
    let recorder = Recorder::new("recorder", |_| Ok(()));
    declare(&bench, &recorder).await;
    append(bench.world.store(), &bench.world.user("ann"), 0..3).await;
    relay(&bench).await;

    // A process takes all three, commits its work on the first and dies before it can say so.
    let connection = connect(&url).await;
    let channel = connection.create_channel().await.unwrap();
    let mut taken =
        channel.basic_consume(queue.as_str().into(), "".into(), BasicConsumeOptions::default(), FieldTable::default()).await.unwrap();
    let first = taken.next().await.unwrap().unwrap();
    let event: StoredEvent = serde_json::from_slice(&first.data).unwrap();
    for _ in 0..2 {
        taken.next().await.unwrap().unwrap();
    }
    let handled = inbox::ActiveModel {
        consumer: ActiveValue::Set("recorder".to_owned()),
        event_id: ActiveValue::Set(event.id.clone()),
        handled_at: ActiveValue::Set(0),
    };
    let tx = bench.world.store().begin().await.unwrap();
    inbox::Entity::insert(handled).exec_without_returning(tx.connection()).await.unwrap();
    tx.commit().await.unwrap();
    connection.close(200, "gone".into()).await.unwrap();

    let running = bench.start(vec![recorder.clone()]);
    eventually("the other two are handled", async || (recorder.seen().len() >= 2).then_some(())).await;
    append(bench.world.store(), &bench.world.user("ann"), [3]).await;
    eventually("the next one, too", async || recorder.seen().contains(&3).then_some(())).await;
    running.stop().await;
    let mut seen = recorder.seen();
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3]);
}

#[tokio::test]
async fn a_message_that_is_no_event_dies_and_the_rest_goes_on() {
    let Some(broker) = broker() else { return };
    let (url, prefix) = (broker.url.clone(), broker.prefix.clone());
    let bench = Bench::new(TestWorld::sqlite().await, Some(broker));
    let recorder = Recorder::new("recorder", |_| Ok(()));
    declare(&bench, &recorder).await;
    let connection = connect(&url).await;
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    let exchange = format!("{prefix}.events");
    for body in [&b"no json \0"[..], b"{}", b"no json \0"] {
        let publish = channel.basic_publish(
            exchange.as_str().into(),
            "tests.counted".into(),
            BasicPublishOptions::default(),
            body,
            BasicProperties::default(),
        );
        publish.await.unwrap().await.unwrap();
    }
    append(bench.world.store(), &bench.world.user("ann"), [7]).await;
    let running = bench.start(vec![recorder.clone()]);
    eventually("the good one is handled", async || (recorder.seen() == [7]).then_some(())).await;
    let letters = dead_letters(bench.world.store().read(), 10).await.unwrap();
    assert_eq!(letters.len(), 2, "the repeated one once: {letters:?}");
    assert!(letters.iter().all(|letter| letter.topic == "tests.counted" && letter.error.starts_with("DATA_ERROR")), "{letters:?}");
    running.stop().await;
}

#[tokio::test]
async fn what_the_broker_gives_up_becomes_a_dead_letter() {
    let Some(broker) = broker() else { return };
    let (url, prefix) = (broker.url.clone(), broker.prefix.clone());
    let bench = Bench::new(TestWorld::sqlite().await, Some(broker));
    let recorder = Recorder::new("recorder", |_| Ok(()));
    declare(&bench, &recorder).await;
    append(bench.world.store(), &bench.world.user("ann"), [5]).await;
    relay(&bench).await;

    let connection = connect(&url).await;
    let channel = connection.create_channel().await.unwrap();
    let consume = async |queue: &str| {
        let queue = format!("{prefix}.{queue}");
        channel.basic_consume(queue.as_str().into(), "".into(), BasicConsumeOptions::default(), FieldTable::default()).await.unwrap()
    };
    let (mut taken, mut dead) = (consume("events.to.recorder").await, consume("events.dead").await);
    // It comes again and again to a process that never manages to answer, until it is among the dead.
    let mut deliveries = 0;
    let giving_up = async {
        loop {
            tokio::select! {
                message = taken.next() => {
                    deliveries += 1;
                    message.unwrap().unwrap().acker.reject(BasicRejectOptions { requeue: true }).await.unwrap();
                }
                _ = dead.next() => return,
            }
        }
    };
    tokio::time::timeout(PATIENCE, giving_up).await.expect("the broker gives up");
    assert!((20..=22).contains(&deliveries), "{deliveries}");
    // Nobody has answered for the dead one, either: it is there for the next.
    connection.close(200, "gone".into()).await.unwrap();

    let running = bench.start(vec![recorder.clone()]);
    let letters = eventually("the dead letter is kept", async || {
        let letters = dead_letters(bench.world.store().read(), 10).await.unwrap();
        (!letters.is_empty()).then_some(letters)
    })
    .await;
    assert_eq!((letters[0].consumer.as_str(), letters[0].topic.as_str()), ("recorder", "tests.counted"));
    assert_eq!(letters[0].payload, r#"{"number":5}"#);
    running.stop().await;
    assert!(recorder.seen().is_empty());
}

#[tokio::test]
async fn an_event_waits_for_a_consumer_that_is_elsewhere_and_not_running() {
    let Some(broker) = broker() else { return };
    let url = broker.url.clone();
    let queue = format!("{}.events.to.recorder", broker.prefix);
    let bench = Bench::new(TestWorld::sqlite().await, Some(broker));
    let recorder = Recorder::new("recorder", |_| Ok(()));
    declare(&bench, &recorder).await;
    append(bench.world.store(), &bench.world.user("ann"), [1]).await;
    relay(&bench).await;
    let connection = connect(&url).await;
    let channel = connection.create_channel().await.unwrap();
    let mut taken =
        channel.basic_consume(queue.as_str().into(), "".into(), BasicConsumeOptions::default(), FieldTable::default()).await.unwrap();
    let message = taken.next().await.unwrap().unwrap();
    assert_eq!(serde_json::from_slice::<StoredEvent>(&message.data).unwrap().payload["number"], 1);
    message.acker.ack(BasicAckOptions::default()).await.unwrap();
    connection.close(200, "done".into()).await.unwrap();
}

#[tokio::test]
async fn several_relays_share_the_outbox() {
    let (Some(broker), Some(world)) = (broker(), TestWorld::postgres().await) else { return };
    let bench = Bench::new(world, Some(broker));
    let recorder = Recorder::new("recorder", |_| Ok(()));
    append(bench.world.store(), &bench.world.user("ann"), 0..300).await;
    let relays: Vec<_> = (0..3).map(|_| bench.start(vec![recorder.clone()])).collect();
    append(bench.world.store(), &bench.world.user("ann"), 300..600).await;
    eventually("all are handled", async || (recorder.seen().len() >= 600).then_some(())).await;
    for relay in relays {
        relay.stop().await;
    }
    let mut seen = recorder.seen();
    seen.sort_unstable();
    assert_eq!(seen, (0..600).collect::<Vec<_>>());
    assert_eq!(recorder.calls(), 600);
}

/// Appends events while the broker goes through `outage`, and expects each effect once.
async fn survives(outage: impl AsyncFn(&PrivateServices)) {
    let Some(services) = PrivateServices::start(&["rabbitmq"]).await else { return };
    let world = match TestWorld::postgres().await {
        Some(world) => world,
        None => TestWorld::sqlite().await,
    };
    let bench = Bench::new(world, Some(Broker::new(&services.address("OPENIM_TEST_AMQP_URL").await)));
    make_effect_table(&bench).await;
    let writer = || Arc::new(Writer { hang: false, reached: Arc::new(Semaphore::new(0)) });
    let running = bench.start(vec![writer()]);
    append(bench.world.store(), &bench.world.user("ann"), 0..100).await;
    eventually("work has begun", async || (effects(&bench).await.len() > 10).then_some(())).await;

    let ctx = bench.world.user("ann");
    tokio::join!(outage(&services), append(bench.world.store(), &ctx, 100..300));
    append(bench.world.store(), &bench.world.user("ann"), 300..310).await;
    eventually("everything is handled", async || (effects(&bench).await.len() >= 310).then_some(())).await;
    eventually("the bus says that it works", async || running.bus.ping().await.ok()).await;
    running.stop().await;
    assert_eq!(effects(&bench).await, (0..310).collect::<Vec<_>>());
    assert!(dead_letters(bench.world.store().read(), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_restart_of_the_broker_loses_and_repeats_nothing() {
    survives(async |services| services.control("restart", "rabbitmq").await).await;
}

#[tokio::test]
async fn a_killed_broker_loses_and_repeats_nothing() {
    survives(async |services| {
        // RabbitMQ 3 keeps the register of its quorum queues in memory for some seconds: a queue that is younger than that
        // when the broker is killed gets no leader afterwards. Ours live as long as the deployment.
        services.control("restart", "rabbitmq").await;
        services.control("kill", "rabbitmq").await;
        services.control("start", "rabbitmq").await;
    })
    .await;
}

#[tokio::test]
async fn a_bus_without_a_broker_says_so_and_stops_when_told() {
    let bench = Bench::new(TestWorld::sqlite().await, Some(Broker::new("amqp://127.0.0.1:1/%2f")));
    let running = bench.start(vec![]);
    assert!(running.bus.ping().await.is_err());
    running.stop().await;
}
