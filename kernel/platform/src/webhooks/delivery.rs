//! The delivery of after-hooks: due rows are taken for a while, sent side by side, and what became of them is written
//! down. Nothing is held in a transaction while the receiver thinks; whoever dies in between leaves the row to be taken
//! again, with the same id.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use openim_core::{Ctx, Result};
use openim_entities::platform::webhook_delivery;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::log::{self, Attempt, DeliveryOutcome};
use super::sender::Request;
use super::{Engine, Started, Webhooks, commands, describe, excerpt, measure};
use crate::store::Tx;

/// How often is looked for deliveries that became due, and for what another process committed.
const POLL: Duration = Duration::from_millis(500);

/// How long to wait when the database does not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// How long after its timeout an attempt is given up for dead.
const LEASE: Duration = Duration::from_secs(10);

/// How long a delivery may take when its hook was switched off meanwhile.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How many failed before-hooks are logged by one transaction.
const LOG_ROWS: usize = 100;

/// A delivery and what an attempt came to.
type Done = (webhook_delivery::Model, Attempt);

impl Webhooks {
    /// Starts the logging of failed before-hooks (every process asks) and, in processes that `deliver`, the deliveries. All
    /// end after `stop`, having finished the attempts under way.
    pub fn start(&self, deliver: bool, tasks: &TaskTracker, stop: &CancellationToken) {
        let started = Started { deliver, tasks: tasks.clone(), stop: stop.clone() };
        *self.started.lock() = Some(started.clone());
        if let Some(engine) = self.engine() {
            engine.launch(&started);
        }
    }

    /// Makes one attempt for every delivery that is due, logs failed before-hooks, and returns how many attempts there were:
    /// for tests, where nothing else runs.
    ///
    /// # Errors
    /// As any statement.
    pub async fn deliver_due(&self) -> Result<usize> {
        let Some(engine) = self.engine() else { return Ok(0) };
        let queue = engine.unlogged_queue.lock().take();
        if let Some(mut queue) = queue {
            let mut rows = Vec::new();
            while let Ok(row) = queue.try_recv() {
                rows.push(row);
            }
            engine.log_failures(rows).await?;
            *engine.unlogged_queue.lock() = Some(queue);
        }
        let mut attempts = 0;
        loop {
            let rows = engine.claim(engine.settings.max_deliveries).await?;
            if rows.is_empty() {
                return Ok(attempts);
            }
            attempts += rows.len();
            let done = futures_util::future::join_all(rows.into_iter().map(|row| engine.clone().deliver(row))).await;
            engine.record(&done).await?;
        }
    }

    /// Forgets some of what is too old for the log, or too much; called until it returns 0.
    ///
    /// # Errors
    /// As any statement.
    pub async fn forget_some(&self, ctx: &Ctx, tx: &Tx) -> Result<u64> {
        let Some(engine) = self.engine() else { return Ok(0) };
        let before = ctx.now().minus(engine.settings.keep);
        log::forget(tx.connection(), before, engine.settings.keep_at_most).await
    }
}

impl Engine {
    /// Begins the background work, once.
    pub(super) fn launch(self: &Arc<Self>, started: &Started) {
        let Started { deliver, tasks, stop } = started;
        let stop = stop.child_token();
        if self.over.set(stop.clone()).is_err() {
            return;
        }
        if let Some(queue) = self.unlogged_queue.lock().take() {
            tasks.spawn(self.clone().write_log(queue, stop.clone()));
        }
        if *deliver {
            tasks.spawn(self.clone().run(stop));
        }
    }

    async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut under_way = FuturesUnordered::new();
        let most = self.settings.max_deliveries.max(1);
        // Whether more may be due than was taken.
        let mut more = true;
        loop {
            if more && under_way.len() < most && !stop.is_cancelled() {
                let free = most - under_way.len();
                match self.claim(free).await {
                    Ok(rows) => {
                        more = rows.len() == free;
                        under_way.extend(rows.into_iter().map(|row| self.clone().deliver(row)));
                    }
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "webhooks cannot be taken from the database");
                        more = false;
                        stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
                    }
                }
            }
            if stop.is_cancelled() && under_way.is_empty() {
                return;
            }
            tokio::select! {
                Some(first) = under_way.next() => {
                    let mut done = vec![first];
                    while let Some(Some(next)) = under_way.next().now_or_never() {
                        done.push(next);
                    }
                    self.keep_record(done).await;
                }
                () = self.work.notified(), if under_way.len() < most => more = true,
                () = tokio::time::sleep(POLL) => more = true,
                () = stop.cancelled(), if !stop.is_cancelled() => {}
            }
        }
    }

    async fn claim(&self, limit: usize) -> Result<Vec<webhook_delivery::Model>> {
        let now = self.runtime.clock.now();
        if !log::any_due(self.store.read(), now).await? {
            return Ok(Vec::new());
        }
        let longest = self.settings.hooks.iter().map(|hook| hook.timeout).max().unwrap_or(TIMEOUT);
        let tx = self.store.begin().await?;
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let rows = log::claim(tx.connection(), self.store.kind(), now, now.plus(longest + LEASE), limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn deliver(self: Arc<Self>, row: webhook_delivery::Model) -> Done {
        let span = tracing::info_span!("webhook", webhook.command = row.command, webhook.id = row.id, operation.id = row.operation_id);
        let attempt = self.attempt_delivery(&row).instrument(span).await;
        (row, attempt)
    }

    async fn attempt_delivery(&self, row: &webhook_delivery::Model) -> Attempt {
        let request = Request {
            id: &row.id,
            command: &row.command,
            operation_id: &row.operation_id,
            reply_key: &row.reply_key,
            body: &row.body,
            now: self.runtime.clock.now().seconds(),
            timeout: self.hooks.get(row.command.as_str()).map_or(TIMEOUT, |hook| hook.timeout),
        };
        let started = Instant::now();
        let sent = self.sender.send(request).await;
        let took = started.elapsed();
        let (status, answer, error) = match &sent {
            Ok(answer) if answer.is_success() => (Some(answer.status), excerpt(&answer.body), String::new()),
            Ok(answer) => (Some(answer.status), excerpt(&answer.body), format!("the receiver answered with status {}", answer.status)),
            Err(error) => (None, String::new(), describe(error)),
        };
        let failures = row.failures.saturating_add(1);
        let outcome = match (error.is_empty(), failures >= self.settings.retry.max_attempts) {
            (true, _) => DeliveryOutcome::Delivered,
            (false, true) => DeliveryOutcome::Failed,
            (false, false) => DeliveryOutcome::Pending,
        };
        if let Some(command) = commands::by_text(&row.command) {
            measure(command, if error.is_empty() { "delivered" } else { "failed" }, took);
        }
        match outcome {
            DeliveryOutcome::Delivered => tracing::debug!(duration_ms = took.as_millis(), "a webhook was delivered"),
            DeliveryOutcome::Pending => tracing::warn!(failures, error.cause = error, "a webhook will be sent again"),
            DeliveryOutcome::Failed => {
                metrics::counter!("openim_webhooks_given_up_total").increment(1);
                tracing::error!(failures, error.cause = error, "a webhook was given up; it can be delivered again by hand");
            }
        }
        let mut attempt = self.attempt(outcome, took, status, error, answer);
        attempt.due_at = attempt.ended_at.plus(self.settings.retry.delay(failures));
        attempt
    }

    /// Records; what cannot be written down is taken again after its lease, and sent twice.
    async fn keep_record(&self, done: Vec<Done>) {
        for last in [false, false, true] {
            match self.record(&done).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, last, "what became of webhooks cannot be written down");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn record(&self, done: &[Done]) -> Result<()> {
        let tx = self.store.begin().await?;
        for (row, attempt) in done {
            log::record(tx.connection(), row, attempt).await?;
        }
        tx.commit().await
    }

    async fn write_log(self: Arc<Self>, mut queue: mpsc::Receiver<webhook_delivery::ActiveModel>, stop: CancellationToken) {
        let mut rows = Vec::new();
        loop {
            let waiting = stop.run_until_cancelled(queue.recv_many(&mut rows, LOG_ROWS)).await;
            if waiting.is_none() {
                while let Ok(row) = queue.try_recv() {
                    rows.push(row);
                }
            }
            if let Err(error) = self.log_failures(std::mem::take(&mut rows)).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "failed webhooks cannot be logged");
            }
            if !matches!(waiting, Some(1..)) {
                return;
            }
        }
    }

    async fn log_failures(&self, rows: Vec<webhook_delivery::ActiveModel>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let tx = self.store.begin().await?;
        log::insert(tx.connection(), rows).await?;
        tx.commit().await
    }
}
