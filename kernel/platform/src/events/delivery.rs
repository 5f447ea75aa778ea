//! One event at one handler: the inbox and the handler's work in one transaction, a failure counted, the hopeless buried.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use openim_core::{Causes, Ctx, Error, Result, Runtime};
use openim_entities::platform::outbox;

use super::{EventHandler, RetryPolicy, outbox as table};
use crate::store::{Store, Tx};

/// What became of one delivery.
#[derive(Debug)]
pub enum Outcome {
    /// The handler did its work.
    Handled,
    /// It had done so before.
    Repeated,
    /// It failed; the work is undone.
    Failed(Error),
}

/// Delivers rows to handlers.
#[derive(Clone)]
pub(super) struct Delivery {
    pub(super) store: Store,
    pub(super) runtime: Runtime,
    pub(super) policy: RetryPolicy,
}

impl Delivery {
    /// Hands an event to its handler. `position` is the row that the same transaction removes, if it lies in the outbox.
    pub(super) async fn deliver(&self, handler: &dyn EventHandler, row: &outbox::Model, position: Option<i64>) -> Outcome {
        let consumer = handler.name();
        let outcome = match self.attempt(handler, row, position).await {
            Ok(true) => Outcome::Handled,
            Ok(false) => Outcome::Repeated,
            Err(error) => Outcome::Failed(error),
        };
        let word = match &outcome {
            Outcome::Handled => "handled",
            Outcome::Repeated => "repeated",
            Outcome::Failed(_) => "failed",
        };
        metrics::counter!("openim_events_total", "consumer" => consumer, "outcome" => word).increment(1);
        outcome
    }

    async fn attempt(&self, handler: &dyn EventHandler, row: &outbox::Model, position: Option<i64>) -> Result<bool> {
        let event = table::read(row)?;
        let ctx = Ctx::system(&self.runtime, event.operation_id.clone());
        let prepared = self.guarded(handler.prepare(&ctx, &event)).await?;
        let tx = self.store.begin().await?;
        if !table::enter(tx.connection(), handler.name(), &event.id, ctx.now()).await? {
            self.remove(&tx, position).await?;
            tx.commit().await?;
            return Ok(false);
        }
        match self.guarded(handler.handle_prepared(&ctx, &tx, &event, prepared)).await {
            Ok(()) => {
                self.remove(&tx, position).await?;
                tx.commit().await?;
                Ok(true)
            }
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Waits for a handler's work; a panic and an endless wait are errors.
    async fn guarded<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        match tokio::time::timeout(self.policy.time_limit, AssertUnwindSafe(work).catch_unwind()).await {
            Ok(Ok(worked)) => worked,
            Ok(Err(_panic)) => Err(Error::internal("the handler panicked")),
            Err(elapsed) => Err(Error::internal(elapsed)),
        }
    }

    /// Counts a failure: the event comes again later, or goes to the dead letters.
    pub(super) async fn fail(&self, consumer: &'static str, row: &outbox::Model, position: Option<i64>, error: &Error) -> Result<()> {
        let attempts = row.attempts.saturating_add(1);
        let now = self.runtime.clock.now();
        let tx = self.store.begin().await?;
        self.remove(&tx, position).await?;
        // An event that cannot be read will not become readable.
        let hopeless = attempts >= self.policy.max_attempts || table::read(row).is_err();
        let (id, topic) = (&row.event_id, &row.topic);
        if hopeless {
            let counted = outbox::Model { attempts, ..row.clone() };
            table::bury(tx.connection(), &counted, consumer, &describe(error), now).await?;
            metrics::counter!("openim_dead_letters_total", "consumer" => consumer).increment(1);
            tracing::error!(
                consumer,
                event.id = id,
                event.topic = topic,
                attempts,
                error = error as &dyn std::error::Error,
                "an event went to the dead letters"
            );
        } else {
            let at = now.plus(self.policy.delay(attempts));
            table::try_later(tx.connection(), row, consumer, attempts, at).await?;
            tracing::warn!(
                consumer,
                event.id = id,
                event.topic = topic,
                attempts,
                error = error as &dyn std::error::Error,
                "an event will be handled again"
            );
        }
        tx.commit().await
    }

    async fn remove(&self, tx: &Tx, position: Option<i64>) -> Result<()> {
        if let Some(position) = position {
            table::take(tx.connection(), vec![position]).await?;
        }
        Ok(())
    }
}

/// Returns an error with its causes, for whoever reads the dead letters.
pub(super) fn describe(error: &Error) -> String {
    format!("{}: {}", error.code().word(), Causes(error))
}
