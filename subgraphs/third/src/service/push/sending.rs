//! Sending what was decided: due deliveries are taken for a while, handed to the provider side by side, the devices of a
//! message together, and what became of them is written down. Nothing is held in a transaction while the provider thinks;
//! who dies meanwhile leaves the rows to be taken again.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use openim_core::{Ctx, Result, Runtime, UserId};
use openim_platform::store::Tx;
use tokio_util::sync::CancellationToken;

use super::Pushes;
use super::calls::{Call, Done, TIMEOUT, calls};
use crate::repository::push::{queue, tokens};

/// How often is looked for deliveries that became due, and for what another process committed.
const POLL: Duration = Duration::from_millis(500);
/// How long to wait when the database does not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// How long deliveries are left to who took them; a call that could not begin in time is left to the next one.
const LEASE: Duration = Duration::from_secs(120);
/// The most deliveries that are taken at once.
const TAKEN: u64 = 256;

impl Pushes {
    /// Sends until `stop`, then finishes what is under way. Does nothing where nobody pushes.
    pub(crate) async fn run(self, runtime: Runtime, stop: CancellationToken) {
        let Some(sender) = self.0.ports.sender.clone() else { return };
        let (mut under_way, mut waiting) = (FuturesUnordered::new(), VecDeque::new());
        let most = self.0.settings.max_calls.max(1);
        // Whether more may be due than was taken.
        let mut more = true;
        loop {
            if more && waiting.is_empty() && under_way.len() < most && !stop.is_cancelled() {
                match self.take(&runtime).await {
                    Ok((calls, full)) => {
                        more = full;
                        waiting.extend(calls);
                    }
                    Err(error) => {
                        tracing::warn!(error = &error as &dyn std::error::Error, "pushes cannot be taken from the database");
                        more = false;
                        stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
                    }
                }
            }
            if stop.is_cancelled() {
                self.give_back(&runtime, &mut waiting).await;
            }
            while under_way.len() < most
                && let Some(call) = waiting.pop_front()
            {
                if call.taken.elapsed() + TIMEOUT < LEASE {
                    under_way.push(self.call(&*sender, &runtime, call.rows));
                }
            }
            if stop.is_cancelled() && under_way.is_empty() {
                return;
            }
            tokio::select! {
                Some(mut done) = under_way.next() => {
                    while let Some(Some(next)) = under_way.next().now_or_never() {
                        done.extend(next);
                    }
                    self.keep_record(&done).await;
                }
                () = self.0.work.notified(), if under_way.len() < most => more = true,
                () = tokio::time::sleep(POLL) => more = true,
                () = stop.cancelled(), if !stop.is_cancelled() => {}
            }
        }
    }

    /// Makes one attempt for every delivery that is due and returns how many there were: for tests, where nothing else runs.
    ///
    /// # Errors
    /// As any statement.
    pub(crate) async fn send_due(&self, runtime: &Runtime) -> Result<usize> {
        let Some(sender) = self.0.ports.sender.clone() else { return Ok(0) };
        let mut attempts = 0;
        loop {
            let (calls, _) = self.take(runtime).await?;
            if calls.is_empty() {
                return Ok(attempts);
            }
            let sent = futures_util::future::join_all(calls.into_iter().map(|call| self.call(&*sender, runtime, call.rows))).await;
            let done: Vec<Done> = sent.into_iter().flatten().collect();
            attempts += done.len();
            self.record(&done).await?;
        }
    }

    /// Takes what is due, by message, and tells whether there may be more.
    async fn take(&self, runtime: &Runtime) -> Result<(Vec<Call>, bool)> {
        let now = runtime.clock.now();
        if !queue::any_due(self.0.store.read(), now).await? {
            return Ok((Vec::new(), false));
        }
        let tx = self.0.store.begin().await?;
        let rows = queue::claim(tx.connection(), self.0.store.kind(), now, now.plus(LEASE), TAKEN).await?;
        tx.commit().await?;
        let full = rows.len() >= usize::try_from(TAKEN).unwrap_or(usize::MAX);
        Ok((calls(rows), full))
    }

    /// Leaves what was taken and not begun to others.
    async fn give_back(&self, runtime: &Runtime, waiting: &mut VecDeque<Call>) {
        let positions: Vec<i64> = waiting.drain(..).flat_map(|call| call.rows).map(|row| row.position).collect();
        if positions.is_empty() {
            return;
        }
        let given = async {
            let tx = self.0.store.begin().await?;
            queue::postpone(tx.connection(), &positions, runtime.clock.now()).await?;
            tx.commit().await
        };
        if let Err(error) = given.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "pushes that were not begun are left to their time");
        }
    }

    /// Records; what cannot be written down is taken again after its time, and pushed twice.
    async fn keep_record(&self, done: &[Done]) {
        for last in [false, false, true] {
            match self.record(done).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, last, "what became of pushes cannot be written down");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn record(&self, done: &[Done]) -> Result<()> {
        let tx = self.0.store.begin().await?;
        for (row, attempt) in done {
            queue::record(tx.connection(), row, attempt).await?;
            if let Some(token) = &attempt.dead_token {
                tokens::remove_dead(tx.connection(), &UserId::parse(row.user_id.as_str())?, &row.provider, token).await?;
            }
        }
        tx.commit().await
    }

    /// Forgets some of what is too old for the log, or too much, and tokens whose time is over; called until it returns 0.
    ///
    /// # Errors
    /// As any statement.
    pub(crate) async fn forget(&self, ctx: &Ctx, tx: &Tx) -> Result<u64> {
        let settings = &self.0.settings;
        tokens::forget_expired(tx.connection(), ctx.now()).await?;
        queue::forget(tx.connection(), ctx.now().minus(settings.keep), settings.keep_at_most).await
    }
}
