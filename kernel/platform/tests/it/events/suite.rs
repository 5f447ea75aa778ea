//! The suite of every bus.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use openim_contracts::DomainEvent;
use openim_core::{Ctx, Result, Runtime};
use openim_entities::platform::outbox;
use openim_platform::events::{EventHandler, StoredEvent, dead_letters, pending_events};
use openim_platform::store::Tx;
use openim_testing::eventually;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Statement};
use tokio::sync::Semaphore;

use super::{Bench, on_every_bus};
use crate::support::{Counted, Recorder, append, failure};

async fn until_seen(recorder: &Recorder, count: usize) {
    eventually("events are handled", async || (recorder.seen().len() >= count).then_some(())).await;
}

async fn until_idle(bench: &Bench) {
    eventually("the outbox is empty", async || pending_events(bench.world.store().read(), 1).await.unwrap().is_empty().then_some(())).await;
}

#[tokio::test]
async fn each_consumer_gets_each_event_once_and_in_order() {
    on_every_bus(async |bench| {
        let (first, second) = (Recorder::new("first", |_| Ok(())), Recorder::new("second", |_| Ok(())));
        append(bench.world.store(), &bench.world.user("ann"), 0..20).await;
        let running = bench.start(vec![first.clone(), second.clone()]);
        append(bench.world.store(), &bench.world.user("ann"), 20..60).await;
        until_seen(&first, 60).await;
        until_seen(&second, 60).await;
        assert_eq!(first.seen(), (0..60).collect::<Vec<_>>());
        assert_eq!(second.seen(), first.seen());
        running.bus.ping().await.unwrap();
        running.stop().await;
        until_idle(bench).await;
    })
    .await;
}

#[tokio::test]
async fn a_failed_event_comes_again_and_the_others_do_not_wait() {
    on_every_bus(async |bench| {
        let broken = Arc::new(AtomicBool::new(true));
        let switch = broken.clone();
        let recorder = Recorder::new(
            "recorder",
            move |number| {
                if number == 1 && switch.swap(false, Ordering::SeqCst) { Err(failure()) } else { Ok(()) }
            },
        );
        append(bench.world.store(), &bench.world.user("ann"), 0..5).await;
        let running = bench.start(vec![recorder.clone()]);
        until_seen(&recorder, 5).await;
        assert_eq!(recorder.seen(), [0, 2, 3, 4, 1]);
        assert_eq!(recorder.calls(), 6);
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_poison_event_goes_to_the_dead_letters_and_the_rest_goes_on() {
    on_every_bus(async |bench| {
        let recorder = Recorder::new("recorder", |number| match number {
            1 => Err(failure()),
            2 => panic!("a bug"),
            _ => Ok(()),
        });
        append(bench.world.store(), &bench.world.user("ann"), 0..10).await;
        let running = bench.start(vec![recorder.clone()]);
        until_seen(&recorder, 8).await;
        let letters = eventually("both are dead", async || {
            let letters = dead_letters(bench.world.store().read(), 10).await.unwrap();
            (letters.len() == 2).then_some(letters)
        })
        .await;
        assert!(letters.iter().all(|letter| letter.attempts == 3 && letter.consumer == "recorder"), "{letters:?}");
        assert_eq!(recorder.calls(), 8 + 2 * 3);
        running.stop().await;
        until_idle(bench).await;
    })
    .await;
}

/// Waits for permission before it handles anything.
struct Slow(Arc<Semaphore>, Arc<Recorder>);

#[async_trait]
impl EventHandler for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[Counted::TOPIC]
    }

    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        let permit = self.0.acquire().await.unwrap();
        permit.forget();
        self.1.handle(ctx, tx, event).await
    }
}

#[tokio::test]
async fn a_slow_consumer_holds_up_no_other() {
    on_every_bus(async |bench| {
        if bench.world.kind() == openim_platform::store::DatabaseKind::Sqlite {
            return; // a handler holds the one writer while it works, whatever the bus
        }
        let gate = Arc::new(Semaphore::new(0));
        let (slow, quick) = (Recorder::new("slow", |_| Ok(())), Recorder::new("quick", |_| Ok(())));
        let running = bench.start(vec![Arc::new(Slow(gate.clone(), slow.clone())), quick.clone()]);
        append(bench.world.store(), &bench.world.user("ann"), 0..200).await;
        until_seen(&quick, 200).await;
        assert!(slow.seen().is_empty());
        gate.add_permits(200);
        until_seen(&slow, 200).await;
        running.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_event_has_no_second_effect() {
    on_every_bus(async |bench| {
        append(bench.world.store(), &bench.world.user("ann"), 0..3).await;
        let tx = bench.world.store().begin().await.unwrap();
        for row in outbox::Entity::find().all(tx.connection()).await.unwrap() {
            let mut again = row.into_active_model();
            again.position = sea_orm::ActiveValue::NotSet;
            again.insert(tx.connection()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let recorder = Recorder::new("recorder", |_| Ok(()));
        let running = bench.start(vec![recorder.clone()]);
        append(bench.world.store(), &bench.world.user("ann"), [3]).await;
        until_seen(&recorder, 4).await;
        running.stop().await;
        assert_eq!(recorder.seen(), [0, 1, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn a_job_waits_for_its_time_on_every_bus() {
    on_every_bus(async |bench| {
        let recorder = Recorder::new("recorder", |_| Ok(()));
        let running = bench.start(vec![recorder.clone()]);
        let now = Runtime::system().clock.now();
        let tx = bench.world.store().begin().await.unwrap();
        tx.append_job(&bench.world.system(), "counted", &Counted { number: 2 }, now.plus(Duration::from_millis(300))).await.unwrap();
        tx.append_job(&bench.world.system(), "counted", &Counted { number: 1 }, now).await.unwrap();
        tx.commit().await.unwrap();
        until_seen(&recorder, 2).await;
        assert_eq!(recorder.seen(), [1, 2]);
        assert!(Runtime::system().clock.now() >= now.plus(Duration::from_millis(300)));
        running.stop().await;
    })
    .await;
}

/// Leaves a row in the handler's own transaction, and may wait in the middle.
pub(crate) struct Writer {
    pub(crate) hang: bool,
    pub(crate) reached: Arc<Semaphore>,
}

#[async_trait]
impl EventHandler for Writer {
    fn name(&self) -> &'static str {
        "writer"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[Counted::TOPIC]
    }

    async fn handle(&self, _ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        let number = event.decode::<Counted>()?.number;
        let insert = format!("INSERT INTO effect (number) VALUES ({number})");
        tx.connection().execute_unprepared(&insert).await.map_err(openim_platform::store::db_error)?;
        self.reached.add_permits(1);
        if self.hang {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

pub(crate) async fn make_effect_table(bench: &Bench) {
    let tx = bench.world.store().begin().await.unwrap();
    tx.connection().execute_unprepared("CREATE TABLE effect (number INTEGER NOT NULL)").await.unwrap();
    tx.commit().await.unwrap();
}

pub(crate) async fn effects(bench: &Bench) -> Vec<i32> {
    let db = bench.world.store().read();
    let query = Statement::from_string(db.get_database_backend(), "SELECT number FROM effect ORDER BY number");
    let rows = db.query_all_raw(query).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<i32>(0).unwrap()).collect()
}

#[tokio::test]
async fn a_process_that_dies_in_the_middle_leaves_its_event_to_the_next() {
    on_every_bus(async |bench| {
        make_effect_table(bench).await;
        append(bench.world.store(), &bench.world.user("ann"), 0..3).await;
        let reached = Arc::new(Semaphore::new(0));
        let dying = bench.start_mortal(vec![Arc::new(Writer { hang: true, reached: reached.clone() })]).await;
        reached.acquire().await.unwrap().forget();
        assert!(effects(bench).await.is_empty());
        dying.crash();

        let running = bench.start(vec![Arc::new(Writer { hang: false, reached })]);
        eventually("the next process does the work", async || (effects(bench).await.len() >= 3).then_some(())).await;
        running.stop().await;
        assert_eq!(effects(bench).await, [0, 1, 2]);
        until_idle(bench).await;
    })
    .await;
}
