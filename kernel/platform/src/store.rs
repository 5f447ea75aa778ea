//! The database port and the unit of work.
//!
//! A use case does `let tx = store.begin().await?`, writes through repositories, appends its domain events with
//! [`Tx::append`], notes its signals with [`Tx::signal`], and calls [`Tx::commit`]. Events are rows of the same
//! transaction; the dispatcher is woken and the signals are published only after the commit.

mod connect;
mod errors;
mod tx;

use std::sync::Arc;

use openim_core::{Error, Result, Timestamp};
use openim_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

pub use connect::DatabaseSettings;
pub use errors::{db_error, is_conflict, is_duplicate};
pub use tx::Tx;

use crate::fanout::Fanout;

/// The lock that lets one process migrate a PostgreSQL database while the others wait; any constant will do.
const MIGRATION_LOCK: i64 = 0x6f70_656e_696d;

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
    /// Beginnings and ends of transactions that are under way.
    carried: TaskTracker,
}

impl Store {
    /// Puts a store together from open connections. `write` has one connection on SQLite.
    pub fn new(kind: DatabaseKind, read: DatabaseConnection, write: DatabaseConnection, fanout: Arc<dyn Fanout>) -> Self {
        Self { kind, read, write, fanout, wake: Arc::new(Notify::new()), carried: TaskTracker::new() }
    }

    /// Opens the database. Its schema is not touched: see [`Store::migrate`].
    ///
    /// # Errors
    /// `ARGS_ERROR` for an address of no known kind, `UNAVAILABLE` when it cannot be reached.
    pub async fn connect(settings: &DatabaseSettings, fanout: Arc<dyn Fanout>) -> Result<Self> {
        let pools = connect::connect(settings).await?;
        Ok(Self::new(pools.kind, pools.read, pools.write, fanout))
    }

    /// Brings the schema up to date; processes that start together do it one after the other.
    ///
    /// # Errors
    /// As any statement. What was applied before stays applied.
    pub async fn migrate(&self) -> Result<()> {
        match self.kind {
            DatabaseKind::Sqlite => Migrator::up(&self.write, None).await.map_err(db_error),
            DatabaseKind::Postgres => {
                // The lock lives as long as this transaction; the migrations run on another connection of the pool.
                let lock = self.write.begin().await.map_err(db_error)?;
                lock.execute_unprepared(&format!("SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                    .await
                    .map_err(db_error)?;
                let migrated = Migrator::up(&self.write, None).await.map_err(db_error);
                lock.commit().await.map_err(db_error)?;
                migrated
            }
        }
    }

    /// Returns the names of migrations that are not applied yet; reads only.
    ///
    /// # Errors
    /// As any statement.
    pub async fn pending_migrations(&self) -> Result<Vec<String>> {
        let pending = Migrator::get_pending_migrations_read_only(&self.read).await.map_err(db_error)?;
        Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
    }

    /// Returns which database this is.
    pub fn kind(&self) -> DatabaseKind {
        self.kind
    }

    /// Returns the connections for reading outside a transaction. On SQLite they refuse to write.
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
        let sqlite_transaction_mode = match self.kind {
            DatabaseKind::Sqlite => Some(SqliteTransactionMode::Immediate),
            DatabaseKind::Postgres => None,
        };
        let options = TransactionOptions { isolation_level: None, access_mode: None, sqlite_transaction_mode };
        let write = self.write.clone();
        let connection = self.carry(async move { write.begin_with_options(options).await.map_err(db_error) }).await?;
        Ok(Tx::new(connection, self.clone()))
    }

    /// Does something to its end, whoever stops waiting for it. Between `BEGIN` or `COMMIT` and its answer nobody knows whether
    /// the connection is in a transaction: one that is given back then says so to PostgreSQL (a warning), or is in a
    /// transaction for whoever gets it next.
    async fn carry<T: Send + 'static>(&self, work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
        self.carried.spawn(work.in_current_span()).await.map_err(Error::internal)?
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// `UNAVAILABLE` when it gives none.
    pub async fn ping(&self) -> Result<()> {
        self.read.execute_unprepared("SELECT 1").await.map_err(Error::unavailable)?;
        Ok(())
    }

    /// Returns what time it is on PostgreSQL's machine; SQLite has no clock of its own.
    ///
    /// # Errors
    /// As any statement.
    pub async fn clock(&self) -> Result<Option<Timestamp>> {
        if self.kind == DatabaseKind::Sqlite {
            return Ok(None);
        }
        let statement = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now";
        let row = self.read.query_one_raw(Statement::from_string(self.read.get_database_backend(), statement)).await.map_err(db_error)?;
        row.map(|row| row.try_get("", "now").map(Timestamp)).transpose().map_err(db_error)
    }

    /// Closes all connections once they are returned.
    pub async fn close(&self) {
        self.carried.close();
        self.carried.wait().await;
        for pool in [&self.read, &self.write] {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "a database pool did not close cleanly");
            }
        }
    }
}
