//! The unit of work: rows, events, signals and what follows in memory, together or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use openim_contracts::{DomainEvent, Signal};
use openim_core::{Ctx, Error, Result, Timestamp};
use openim_entities::platform::outbox;
use parking_lot::Mutex;
use sea_orm::{ActiveValue, DatabaseTransaction, EntityTrait};
use serde::Serialize;
use tokio::sync::Notify;

use super::{Store, db_error};
use crate::fanout::Receipt;

/// Something that is done after a commit.
type Effect = Box<dyn FnOnce(&Receipt) + Send>;

/// An open transaction with its events and signals. Dropping it rolls everything back.
pub struct Tx {
    connection: DatabaseTransaction,
    store: Store,
    appended: AtomicBool,
    signals: Mutex<Vec<Signal>>,
    wakes: Mutex<Vec<Arc<Notify>>>,
    effects: Mutex<Vec<Effect>>,
}

impl Tx {
    pub(super) fn new(connection: DatabaseTransaction, store: Store) -> Self {
        Self {
            connection,
            store,
            appended: AtomicBool::new(false),
            signals: Mutex::default(),
            wakes: Mutex::default(),
            effects: Mutex::default(),
        }
    }

    /// Returns the connection for repositories.
    pub fn connection(&self) -> &DatabaseTransaction {
        &self.connection
    }

    /// Writes a domain event into the outbox of this transaction.
    ///
    /// # Errors
    /// As any statement.
    pub async fn append<E: DomainEvent>(&self, ctx: &Ctx, event: &E) -> Result<()> {
        self.write(ctx, E::TOPIC.to_owned(), event, Timestamp(0)).await
    }

    /// Writes a job into the outbox of this transaction: an event of topic `job.<queue>` that is handled once `run_at`
    /// has come, by whoever registered for that topic.
    ///
    /// # Errors
    /// As any statement.
    pub async fn append_job<P: Serialize + Sync>(&self, ctx: &Ctx, queue: &str, payload: &P, run_at: Timestamp) -> Result<()> {
        self.write(ctx, format!("job.{queue}"), payload, run_at).await
    }

    /// Notes a signal that is published after the commit; it may be lost.
    pub fn signal(&self, signal: Signal) {
        self.signals.lock().push(signal);
    }

    /// Notes who is woken after the commit, because there is work for it in this transaction.
    pub fn wake(&self, waiting: &Arc<Notify>) {
        let mut wakes = self.wakes.lock();
        if !wakes.iter().any(|known| Arc::ptr_eq(known, waiting)) {
            wakes.push(waiting.clone());
        }
    }

    /// Notes what is done in memory after the commit, and never without one. It is given the receipt of this transaction's
    /// signals.
    pub fn after_commit(&self, effect: impl FnOnce(&Receipt) + Send + 'static) {
        self.effects.lock().push(Box::new(effect));
    }

    /// Commits, wakes the dispatcher, publishes the signals and does what is to be done afterwards. A commit that has begun is
    /// carried to its end, also when nobody waits for it any more.
    ///
    /// # Errors
    /// As any statement; then nothing happened.
    pub async fn commit(self) -> Result<()> {
        let store = self.store.clone();
        store.carry(self.commit_and_tell()).await
    }

    async fn commit_and_tell(self) -> Result<()> {
        self.connection.commit().await.map_err(db_error)?;
        if self.appended.load(Ordering::Relaxed) {
            self.store.wake.notify_one();
        }
        self.wakes.into_inner().iter().for_each(|waiting| waiting.notify_one());
        let signals = self.signals.into_inner();
        let receipt = if signals.is_empty() { Receipt::accepted() } else { self.store.fanout.publish(signals).await };
        self.effects.into_inner().into_iter().for_each(|effect| effect(&receipt));
        Ok(())
    }

    /// Undoes everything. Dropping does the same; this waits until the connection is free again.
    pub async fn rollback(self) {
        if let Err(error) = self.connection.rollback().await {
            tracing::debug!(error = &error as &dyn std::error::Error, "a transaction ended before it was rolled back");
        }
    }

    async fn write<P: Serialize + Sync>(&self, ctx: &Ctx, topic: String, payload: &P, available_at: Timestamp) -> Result<()> {
        let at = ctx.now();
        let row = outbox::ActiveModel {
            position: ActiveValue::NotSet,
            event_id: ActiveValue::Set(event_id(ctx, at)),
            consumer: ActiveValue::Set(String::new()),
            topic: ActiveValue::Set(topic),
            operation_id: ActiveValue::Set(ctx.operation_id().to_string()),
            at: ActiveValue::Set(at.0),
            payload: ActiveValue::Set(serde_json::to_string(payload).map_err(Error::internal)?),
            attempts: ActiveValue::Set(0),
            available_at: ActiveValue::Set(available_at.0),
        };
        outbox::Entity::insert(row).exec_without_returning(&self.connection).await.map_err(db_error)?;
        self.appended.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Makes a UUID v7 of the context's time and randomness.
fn event_id(ctx: &Ctx, at: Timestamp) -> String {
    let mut random = [0_u8; 10];
    ctx.ids().fill(&mut random);
    let millis = u64::try_from(at.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}
