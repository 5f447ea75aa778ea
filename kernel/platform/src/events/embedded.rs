//! The embedded bus: fresh events get a copy for each consumer, and each consumer works through its copies at its own
//! pace, so that a slow one holds up nobody else.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openim_core::{Result, Runtime};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::delivery::{Delivery, Outcome};
use super::{EventBus, EventHandler, EventPlan, RetryPolicy, outbox};
use crate::nodes::Backlog;
use crate::store::Store;

/// How many rows are read at once.
const BATCH: u64 = 200;

/// How often is looked for jobs that became due, and for what another process committed.
const POLL: Duration = Duration::from_millis(500);

/// How long to wait when the database does not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Carries events inside one process.
#[derive(Clone)]
pub struct EmbeddedEvents {
    delivery: Delivery,
}

/// What one pass over everything due has done.
#[derive(Debug, Default)]
pub struct Drained {
    /// How many deliveries were handled.
    pub handled: usize,
    /// How many had been handled before.
    pub repeated: usize,
    /// Which failed, by consumer.
    pub failed: Vec<(&'static str, openim_core::Error)>,
}

impl EmbeddedEvents {
    /// Makes a bus over the store's outbox.
    pub fn new(store: Store, runtime: Runtime, policy: RetryPolicy) -> Self {
        Self { delivery: Delivery { store, runtime, policy } }
    }

    /// Handles everything that is due now, and what that brings about, and returns. For tests: nothing else may run.
    ///
    /// # Errors
    /// As any statement.
    pub async fn run_due(&self, plan: &EventPlan) -> Result<Drained> {
        let mut drained = Drained::default();
        loop {
            let mut worked = self.address_all(plan).await? > 0;
            for handler in plan.handlers() {
                for outcome in self.consume_batch(&**handler, None).await? {
                    worked = true;
                    match outcome {
                        Outcome::Handled => drained.handled += 1,
                        Outcome::Repeated => drained.repeated += 1,
                        Outcome::Failed(error) => drained.failed.push((handler.name(), error)),
                    }
                }
            }
            if !worked {
                return Ok(drained);
            }
        }
    }

    async fn address_all(&self, plan: &EventPlan) -> Result<usize> {
        let store = &self.delivery.store;
        let mut total = 0;
        loop {
            let now = self.delivery.runtime.clock.now();
            let fresh = outbox::due(store.read(), "", now, BATCH).await?;
            if fresh.is_empty() {
                return Ok(total);
            }
            total += fresh.len();
            let tx = store.begin().await?;
            let taken = outbox::take(tx.connection(), fresh.iter().map(|row| row.position).collect()).await?;
            outbox::address(tx.connection(), plan, &taken).await?;
            tx.commit().await?;
        }
    }

    async fn consume_batch(&self, handler: &dyn EventHandler, stop: Option<&CancellationToken>) -> Result<Vec<Outcome>> {
        let now = self.delivery.runtime.clock.now();
        let rows = outbox::due(self.delivery.store.read(), handler.name(), now, BATCH).await?;
        let mut outcomes = Vec::with_capacity(rows.len());
        for row in rows {
            if stop.is_some_and(CancellationToken::is_cancelled) {
                break;
            }
            let position = Some(row.position);
            let outcome = self.delivery.deliver(handler, &row, position).await;
            if let Outcome::Failed(error) = &outcome {
                self.delivery.fail(handler.name(), &row, position, error).await?;
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    async fn relay(self, plan: EventPlan, wakes: Vec<Arc<Notify>>, stop: CancellationToken) {
        let wake = self.delivery.store.wake();
        while !stop.is_cancelled() {
            match self.address_all(&plan).await {
                Ok(0) => wait(&wake, POLL, &stop).await,
                Ok(_) => wakes.iter().for_each(|consumer| consumer.notify_one()),
                Err(error) => pause("the outbox cannot be read", &error, &stop).await,
            }
        }
    }

    async fn consume(self, handler: Arc<dyn EventHandler>, wake: Arc<Notify>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.consume_batch(&*handler, Some(&stop)).await {
                Ok(outcomes) if outcomes.is_empty() => wait(&wake, POLL, &stop).await,
                Ok(_) => {}
                Err(error) => pause("events cannot be handled", &error, &stop).await,
            }
        }
    }
}

#[async_trait]
impl EventBus for EmbeddedEvents {
    fn start(&self, plan: EventPlan, tasks: &TaskTracker, stop: &CancellationToken) {
        let mut wakes = Vec::new();
        for handler in plan.handlers() {
            let wake = Arc::new(Notify::new());
            wakes.push(wake.clone());
            tasks.spawn(self.clone().consume(handler.clone(), wake, stop.clone()));
        }
        tasks.spawn(self.clone().relay(plan, wakes, stop.clone()));
    }

    async fn ping(&self) -> Result<()> {
        self.delivery.store.ping().await
    }

    async fn backlog(&self) -> Result<Backlog> {
        let (db, now) = (self.delivery.store.read(), self.delivery.runtime.clock.now());
        let mut waiting = outbox::waiting(db, now).await?;
        let all = waiting.values().sum();
        // What is nobody's yet waits for the relay, the rest for its consumer.
        waiting.remove("");
        Ok(Backlog { waiting: all, lag: outbox::lag(db, now).await?, queues: Some(waiting) })
    }
}

/// Waits for news, for at most `at_most`.
pub(super) async fn wait(wake: &Notify, at_most: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = wake.notified() => {}
        () = tokio::time::sleep(at_most) => {}
        () = stop.cancelled() => {}
    }
}

/// Logs a failure and waits before the next attempt.
pub(super) async fn pause(what: &str, error: &openim_core::Error, stop: &CancellationToken) {
    tracing::warn!(error = error as &dyn std::error::Error, "{what}; trying again in a second");
    tokio::select! {
        () = tokio::time::sleep(PAUSE) => {}
        () = stop.cancelled() => {}
    }
}
