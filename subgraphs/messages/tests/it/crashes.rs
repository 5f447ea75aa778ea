//! What a crash between commit and publishing leaves behind is found and published.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use openim_contracts::{Signal, SignalKind};
use openim_entities::messages::unpublished;
use openim_messages::MessagesSettings;
use openim_platform::fanout::{Fanout, Received};
use openim_platform::store::Store;
use openim_testing::for_each_database;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;
use tokio::sync::Notify;

use crate::stage::{Stage, settings};

/// A fan-out in which the process dies: what is published there is heard by nobody, and the publisher never comes back.
struct Grave(Arc<Notify>);

#[async_trait]
impl Fanout for Grave {
    async fn publish(&self, _signals: Vec<Signal>) {
        self.0.notify_one();
        std::future::pending::<()>().await;
    }

    fn subscribe(&self) -> BoxStream<'static, Received> {
        stream::pending().boxed()
    }
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
        openim_testing::eventually("no note", async || {
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
        openim_testing::eventually("the signal", async || world.take_signals().pop()).await;
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
