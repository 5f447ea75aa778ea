//! The embedded bus step by step, on a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use openim_core::Error;
use openim_platform::events::{EventHandler, dead_letters};
use openim_testing::for_each_database;

use crate::support::{Counted, Recorder, append, failure};

#[tokio::test]
async fn every_consumer_gets_every_event_once_and_in_order() {
    for_each_database(async |world| {
        let (first, second) = (Recorder::new("first", |_| Ok(())), Recorder::new("second", |_| Ok(())));
        world.register(first.clone());
        world.register(second.clone());
        append(world.store(), &world.user("ann"), 0..250).await;
        assert_eq!(world.drain_events().await.handled, 500);
        assert_eq!(first.seen(), (0..250).collect::<Vec<_>>());
        assert_eq!(first.seen(), second.seen());
        assert_eq!(world.drain_events().await.handled, 0);
    })
    .await;
}

#[tokio::test]
async fn an_event_nobody_wants_is_forgotten() {
    for_each_database(async |world| {
        append(world.store(), &world.user("ann"), 0..3).await;
        world.drain_events().await;
        assert!(world.take_events().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_job_waits_for_its_time() {
    for_each_database(async |world| {
        let recorder = Recorder::new("jobs", |_| Ok(()));
        world.register(recorder.clone());
        let tx = world.store().begin().await.unwrap();
        let run_at = world.now().plus(Duration::from_secs(60));
        tx.append_job(&world.system(), "counted", &Counted { number: 9 }, run_at).await.unwrap();
        tx.commit().await.unwrap();

        world.drain_events().await;
        assert!(recorder.seen().is_empty());
        world.advance(Duration::from_secs(60));
        world.drain_events().await;
        assert_eq!(recorder.seen(), [9]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_event_comes_again_later_and_the_others_do_not_wait() {
    for_each_database(async |world| {
        let broken = Arc::new(AtomicBool::new(true));
        let switch = broken.clone();
        let recorder =
            Recorder::new("recorder", move |number| if number == 1 && switch.load(Ordering::SeqCst) { Err(failure()) } else { Ok(()) });
        world.register(recorder.clone());
        append(world.store(), &world.user("ann"), 0..3).await;
        let drained = world.try_drain_events().await;
        assert_eq!((drained.handled, drained.failed.len()), (2, 1));
        assert_eq!(recorder.seen(), [0, 2]);

        broken.store(false, Ordering::SeqCst);
        world.drain_events().await;
        assert_eq!(recorder.seen(), [0, 2], "not before its time");
        world.advance(Duration::from_secs(1));
        world.drain_events().await;
        assert_eq!(recorder.seen(), [0, 2, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_poison_event_goes_to_the_dead_letters() {
    for_each_database(async |world| {
        let recorder = Recorder::new("recorder", |number| match number {
            1 => Err(failure()),
            2 => panic!("a bug"),
            _ => Ok(()),
        });
        let healthy = Recorder::new("healthy", |_| Ok(()));
        world.register(recorder.clone());
        world.register(healthy.clone());
        append(world.store(), &world.user("ann"), 0..4).await;
        for _ in 0..12 {
            world.try_drain_events().await;
            world.advance(Duration::from_secs(600));
        }
        assert_eq!(recorder.seen(), [0, 3]);
        assert_eq!(healthy.seen(), [0, 1, 2, 3]);
        assert_eq!(recorder.calls(), 2 + 2 * 10);
        let mut letters = dead_letters(world.store().read(), 10).await.unwrap();
        letters.sort_by(|a, b| a.payload.cmp(&b.payload));
        assert_eq!(letters.len(), 2);
        assert!(letters.iter().all(|letter| letter.consumer == "recorder" && letter.attempts == 10));
        assert!(letters[0].error.contains("refused by the test"), "{}", letters[0].error);
        assert_eq!(letters[0].payload, r#"{"number":1}"#);
        assert!(letters[1].error.contains("panicked"), "{}", letters[1].error);
    })
    .await;
}

#[tokio::test]
async fn a_payload_that_cannot_be_read_dies_after_its_attempts() {
    for_each_database(async |world| {
        let recorder = Recorder::new("recorder", |_| Ok(()));
        world.register(recorder.clone());
        let tx = world.store().begin().await.unwrap();
        tx.append_job(&world.system(), "counted", &"no number", world.now()).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..12 {
            world.try_drain_events().await;
            world.advance(Duration::from_secs(600));
        }
        let letters = dead_letters(world.store().read(), 10).await.unwrap();
        assert_eq!(letters.len(), 1);
        assert!(letters[0].error.starts_with("DATA_ERROR"), "{}", letters[0].error);
    })
    .await;
}

/// Appends a further event while it handles the first ones.
struct Chain;

#[async_trait::async_trait]
impl EventHandler for Chain {
    fn name(&self) -> &'static str {
        "chain"
    }

    fn topics(&self) -> &'static [&'static str] {
        &["tests.counted"]
    }

    async fn handle(
        &self,
        ctx: &openim_core::Ctx,
        tx: &openim_platform::store::Tx,
        event: &openim_platform::events::StoredEvent,
    ) -> Result<(), Error> {
        let Counted { number } = event.decode()?;
        if number > 0 {
            tx.append(ctx, &Counted { number: number - 1 }).await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_handler_may_bring_about_further_events() {
    for_each_database(async |world| {
        world.register(Arc::new(Chain));
        append(world.store(), &world.user("ann"), [3]).await;
        assert_eq!(world.drain_events().await.handled, 4);
    })
    .await;
}

#[tokio::test]
async fn a_world_notices_forgotten_events() {
    let forgetful = tokio::spawn(async {
        let world = openim_testing::TestWorld::sqlite().await;
        append(world.store(), &world.user("ann"), [1]).await;
    });
    let panic = forgetful.await.unwrap_err().into_panic();
    assert!(panic.downcast_ref::<String>().unwrap().contains("tests.counted"));
}
