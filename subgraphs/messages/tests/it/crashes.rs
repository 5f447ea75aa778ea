//! What a crash between commit and publishing leaves behind is found and published.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use openim_contracts::{Signal, SignalKind};
use openim_entities::messages::unpublished;
use openim_messages::MessagesSettings;
use openim_platform::fanout::{Fanout, Outcome, Receipt, Received};
use openim_platform::store::Store;
use openim_testing::{eventually, for_each_database};
use parking_lot::Mutex;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;
use tokio::sync::Notify;

use crate::stage::{Stage, settings};
use crate::transactions::give_a_line;

/// A fan-out in which the process dies: what is published there is heard by nobody, and the publisher never comes back.
struct Grave(Arc<Notify>);

#[async_trait]
impl Fanout for Grave {
    async fn publish(&self, _signals: Vec<Signal>) -> Receipt {
        self.0.notify_one();
        std::future::pending().await
    }

    fn subscribe(&self) -> BoxStream<'static, Received> {
        stream::pending().boxed()
    }
}

/// A fan-out whose broker takes nothing until the test says so.
#[derive(Default)]
struct Blocked(Mutex<Vec<Outcome>>);

impl Blocked {
    /// Waits for the only publication that is on its way.
    async fn publication(&self) -> Outcome {
        let outcome = eventually("something is on its way", async || self.0.lock().pop()).await;
        assert!(self.0.lock().is_empty(), "nothing is published twice");
        outcome
    }
}

#[async_trait]
impl Fanout for Blocked {
    async fn publish(&self, _signals: Vec<Signal>) -> Receipt {
        let (receipt, outcome) = Receipt::on_its_way();
        self.0.lock().push(outcome);
        receipt
    }

    fn subscribe(&self) -> BoxStream<'static, Received> {
        stream::pending().boxed()
    }
}

/// Counts the notes of what is to be published.
async fn notes(store: &Store) -> u64 {
    unpublished::Entity::find().count(store.read()).await.expect("a count")
}

/// A stage that is not stopped follows no log: its last transaction would hold up the end of the test.
fn doomed_settings() -> MessagesSettings {
    MessagesSettings { search: false, ..settings() }
}

#[tokio::test]
async fn the_sweeper_publishes_what_a_crash_left() {
    for_each_database(async |world| {
        let dying = Arc::new(Notify::new());
        let store = world.store();
        let grave = Store::connect(&world.database(), Arc::new(Grave(dying.clone()))).await.expect("a second store");
        let doomed = Stage::on(world, grave, MessagesSettings { writers: Some(1), ..doomed_settings() });
        let sent = doomed.text(world.user("a"), "b", "1", "acknowledged, then the process dies").await;
        assert_eq!(sent["message"]["seq"], json!(1));
        dying.notified().await;
        assert!(world.take_signals().is_empty());

        let survivor = Stage::start(world);
        // An hour that the clock is set forward makes nothing old.
        world.advance(Duration::from_secs(3600));
        assert_eq!(survivor.messages.sweep().await.expect("a sweep"), 0, "what is fresh may still be under way");
        assert_eq!(survivor.messages.sweep().await.expect("a sweep"), 1);
        let signal = world.take_signals().pop().expect("a signal");
        assert!(matches!(signal.kind, SignalKind::MessagesAppended { first_seq: 1, last_seq: 1, .. }), "{signal:?}");
        assert_eq!(unpublished::Entity::find().count(store.read()).await.expect("a count"), 0);
        assert_eq!(survivor.messages.sweep().await.expect("a sweep"), 0, "once is enough");
        survivor.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_published_leaves_no_note() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for number in 0..3 {
            stage.text(world.user("a"), "b", &format!("{number}"), "hi").await;
        }
        eventually("no note", async || {
            stage.messages.flush().await;
            (unpublished::Entity::find().count(world.store().read()).await.expect("a count") == 0).then_some(())
        })
        .await;
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn what_another_process_still_owes_is_published_once() {
    for_each_database(async |world| {
        let dying = Arc::new(Notify::new());
        let grave = Store::connect(&world.database(), Arc::new(Grave(dying.clone()))).await.expect("a second store");
        let doomed = Stage::on(world, grave, doomed_settings());
        doomed.text(world.user("a"), "b", "1", "never published").await;
        dying.notified().await;
        let survivor = Stage::start(world);
        survivor.text(world.user("a"), "b", "2", "published").await;
        eventually("the signal", async || world.take_signals().pop()).await;
        survivor.messages.flush().await;
        assert_eq!(survivor.messages.sweep().await.expect("a sweep"), 0, "what is fresh may still be under way");
        assert_eq!(survivor.messages.sweep().await.expect("a sweep"), 1);
        let signal = world.take_signals().pop().expect("a signal");
        assert!(matches!(signal.kind, SignalKind::MessagesAppended { first_seq: 1, last_seq: 1, .. }), "{signal:?}");
        assert_eq!(survivor.messages.sweep().await.expect("a sweep"), 0);
        survivor.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_long_outage_of_the_fan_out_is_swept_up_in_one_go() {
    for_each_database(async |world| {
        let dying = Arc::new(Notify::new());
        let grave = Store::connect(&world.database(), Arc::new(Grave(dying.clone()))).await.expect("a second store");
        let doomed = Stage::on(world, grave, doomed_settings());
        for number in 0..50 {
            doomed.text(world.user("a"), "b", &format!("{number}"), "never published").await;
        }
        let survivor = Stage::start(world);
        assert_eq!(survivor.messages.sweep().await.expect("a sweep"), 0, "what is fresh may still be under way");
        survivor.messages.sweep().await.expect("a sweep");
        let mut told = std::collections::BTreeSet::new();
        for signal in world.take_signals() {
            if let SignalKind::MessagesAppended { first_seq, last_seq, .. } = signal.kind {
                told.extend(first_seq..=last_seq);
            }
        }
        assert_eq!(told, (1..=50).collect());
        assert_eq!(unpublished::Entity::find().count(world.store().read()).await.expect("a count"), 0);
        survivor.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_note_stays_until_the_broker_has_taken_its_signals() {
    for_each_database(async |world| {
        let blocked = Arc::new(Blocked::default());
        let store = Store::connect(&world.database(), blocked.clone()).await.expect("a second store");
        let stage = Stage::on(world, store.clone(), doomed_settings());
        let sweep = async || stage.messages.sweep().await.expect("a sweep");

        stage.text(world.user("a"), "b", "1", "queued").await;
        let sent = blocked.publication().await;
        let (ctx, tx) = (world.system(), store.begin().await.expect("a transaction"));
        give_a_line(&stage, &ctx, &tx, "queued").await;
        tx.commit().await.expect("a commit");
        let given = blocked.publication().await;
        stage.messages.flush().await;
        assert_eq!((sweep().await, sweep().await, notes(&store).await), (0, 0, 2), "they are on their way, and no more than that");
        assert!(blocked.0.lock().is_empty());
        sent.accept();
        stage.messages.flush().await;
        assert_eq!(notes(&store).await, 1);
        given.accept();
        stage.messages.flush().await;
        assert_eq!(notes(&store).await, 0);

        // What was lost is published again by the same process.
        stage.text(world.user("a"), "b", "2", "lost").await;
        drop(blocked.publication().await);
        stage.messages.flush().await;
        assert_eq!((sweep().await, sweep().await), (0, 1));
        blocked.publication().await.accept();
        stage.messages.flush().await;
        assert_eq!(notes(&store).await, 0);

        // What waits when the process dies is published by another.
        stage.text(world.user("a"), "b", "3", "the process dies").await;
        let waiting = blocked.publication().await;
        let survivor = Stage::start(world);
        world.take_signals();
        assert_eq!((survivor.messages.sweep().await.expect("a sweep"), survivor.messages.sweep().await.expect("a sweep")), (0, 1));
        let signal = world.take_signals().pop().expect("a signal");
        assert!(matches!(signal.kind, SignalKind::MessagesAppended { first_seq: 4, last_seq: 4, .. }), "{signal:?}");
        assert_eq!(notes(&store).await, 0);
        drop(waiting);
        survivor.stop().await;
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_fan_out_that_hangs_holds_up_no_sender() {
    for_each_database(async |world| {
        let dying = Arc::new(Notify::new());
        let grave = Store::connect(&world.database(), Arc::new(Grave(dying.clone()))).await.expect("a second store");
        let stage = Stage::on(world, grave, doomed_settings());
        for number in 0..5 {
            let sent = stage.text(world.user("a"), "b", &format!("{number}"), "hi").await;
            assert_eq!(sent["message"]["seq"], json!(number + 1));
        }
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_full_queue_is_an_error_that_may_be_retried() {
    let world = openim_testing::TestWorld::sqlite().await;
    // Somebody else holds the only writer of the database.
    let stage = Stage::on(&world, world.store().clone(), MessagesSettings { queue: 1, ..settings() });
    let held = world.store().begin().await.expect("a transaction");
    let input =
        |number: usize| json!({"recipient": {"userId": "b"}, "clientMessageId": format!("{number}"), "content": {"text": {"text": "hi"}}});
    let contexts: Vec<_> = (0..6).map(|_| world.user("a")).collect();
    world.advance(Duration::from_millis(29_900));
    let sends = contexts.into_iter().enumerate().map(|(number, ctx)| stage.refused(ctx, input(number)));
    for (code, message) in futures_util::future::join_all(sends).await {
        assert_eq!(code, "UNAVAILABLE", "{message}");
    }
    held.rollback().await;
    // Those that were in time for the queue are either stored or forgotten; the same client ids find out.
    for number in 0..6 {
        let sent = stage.send(world.user("a"), input(number)).await;
        assert!(sent["message"]["seq"].as_i64().is_some_and(|seq| seq <= 6));
    }
    stage.stop().await;
    world.take_events().await;
}
