//! The timetable: each job once an interval in the whole deployment, by whoever leads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use openim_core::{Ctx, Error, ErrorCode, Result};
use openim_platform::store::Tx;
use openim_platform::timers::{self, Job, Step, TimerOutcome, Timetable, Turn};
use openim_testing::{PATIENCE, TestWorld, eventually, for_each_database};
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(60);

/// Counts its runs, and fails when it is told to.
#[derive(Default)]
struct Counting {
    runs: AtomicU64,
    failing: AtomicU64,
    left: AtomicU64,
}

struct Counter(&'static str, Arc<Counting>);

#[async_trait]
impl Job for Counter {
    fn name(&self) -> &'static str {
        self.0
    }

    fn every(&self) -> Duration {
        EVERY
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        self.1.runs.fetch_add(1, Ordering::SeqCst);
        if self.1.failing.load(Ordering::SeqCst) > 0 {
            return Err(Error::new(ErrorCode::Unavailable, "not now"));
        }
        turn.repeat(self).await
    }
}

#[async_trait]
impl Step for Counter {
    async fn step(&self, _ctx: &Ctx, _tx: &Tx) -> Result<(u64, bool)> {
        let left = self.1.left.load(Ordering::SeqCst);
        self.1.left.store(left.saturating_sub(10), Ordering::SeqCst);
        Ok((left.min(10), left > 10))
    }
}

fn timetable(world: &TestWorld, node: &str, counted: &Arc<Counting>) -> Timetable {
    Timetable::new(world.store().clone(), world.runtime().clone(), node, vec![Arc::new(Counter("tests.counter", counted.clone()))])
}

async fn state(world: &TestWorld) -> timers::TimerState {
    timers::states(world.store().read()).await.unwrap().remove(0)
}

#[tokio::test]
async fn a_job_runs_once_an_interval_whoever_leads() {
    for_each_database(async |world| {
        let counted = Arc::new(Counting::default());
        let (one, other) = (timetable(world, "one", &counted), timetable(world, "other", &counted));
        assert_eq!(one.run_due().await.unwrap(), ["tests.counter"]);
        assert!(one.run_due().await.unwrap().is_empty() && other.run_due().await.unwrap().is_empty());
        // The first is silent; the second leads and knows what was done.
        world.advance(Duration::from_secs(20));
        assert!(other.run_due().await.unwrap().is_empty(), "not due yet");
        world.advance(Duration::from_secs(39));
        assert!(other.run_due().await.unwrap().is_empty());
        world.advance(Duration::from_secs(1));
        assert_eq!(other.run_due().await.unwrap(), ["tests.counter"]);
        assert!(one.run_due().await.unwrap().is_empty());
        assert_eq!(counted.runs.load(Ordering::SeqCst), 2);
    })
    .await;
}

#[tokio::test]
async fn how_a_job_went_is_written_down_and_a_failure_comes_again() {
    for_each_database(async |world| {
        let counted = Arc::new(Counting::default());
        counted.left.store(25, Ordering::SeqCst);
        let table = timetable(world, "one", &counted);
        table.run_due().await.unwrap();
        let went = state(world).await;
        assert_eq!((went.outcome, went.work, went.runs, went.started_at), (TimerOutcome::Done, 25, 1, world.now()));
        assert_eq!((went.ended_at, went.next_at), (Some(world.now()), world.now().plus(EVERY)));
        counted.failing.store(1, Ordering::SeqCst);
        world.advance(EVERY);
        table.run_due().await.unwrap();
        assert_eq!((state(world).await.outcome, state(world).await.runs), (TimerOutcome::Failed, 2));
        assert!(table.run_due().await.unwrap().is_empty(), "a failure waits for its time as well");
        counted.failing.store(0, Ordering::SeqCst);
        world.advance(EVERY);
        table.run_due().await.unwrap();
        assert_eq!(state(world).await.outcome, TimerOutcome::Done);
    })
    .await;
}

#[tokio::test]
async fn the_running_timetable_runs_what_is_due_and_gives_the_office_back() {
    for_each_database(async |world| {
        let counted = Arc::new(Counting::default());
        let stop = CancellationToken::new();
        let running = tokio::spawn(timetable(world, "one", &counted).run(stop.clone()));
        let runs = async |least| eventually("the job runs", async || (counted.runs.load(Ordering::SeqCst) >= least).then_some(())).await;
        runs(1).await;
        eventually("its end is noted", async || (state(world).await.outcome == TimerOutcome::Done).then_some(())).await;
        stop.cancel();
        tokio::time::timeout(PATIENCE, running).await.expect("it ends").unwrap();
        // Nobody has to wait for the lease.
        let stop = CancellationToken::new();
        world.advance(EVERY);
        let running = tokio::spawn(timetable(world, "other", &counted).run(stop.clone()));
        runs(2).await;
        stop.cancel();
        tokio::time::timeout(PATIENCE, running).await.expect("it ends").unwrap();
        assert_eq!(counted.runs.load(Ordering::SeqCst), 2);
    })
    .await;
}
