//! Opens the database with the settings that were measured: SQLite with one writer and several readers, PostgreSQL with a
//! bounded pool and server-side time limits.

use std::time::Duration;

use openim_core::{Error, ErrorCode, Result};
use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use super::{DatabaseKind, db_error};

/// How many rows an SQLite connection's thread reads ahead. With fewer, thread and task wake each other up again and again
/// within one page of results.
const ROW_BUFFER: usize = 1_000;

/// How long a single connection may take that is to say why there is none.
const KNOCK: Duration = Duration::from_secs(2);

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite:<file>` or `postgres://user:password@host/name`.
    pub url: String,
    /// The most connections: PostgreSQL's pool, SQLite's readers.
    pub max_connections: u32,
    /// How long a caller waits for a free connection.
    pub acquire_timeout: Duration,
    /// How long PostgreSQL works on one statement before it gives up.
    pub statement_timeout: Duration,
}

impl DatabaseSettings {
    /// Takes an address and leaves everything else as it was measured to be good.
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        let max_connections = if is_sqlite(&url) { 4 } else { 16 };
        Self { url, max_connections, acquire_timeout: Duration::from_secs(10), statement_timeout: Duration::from_secs(30) }
    }

    /// Tells which database the address names.
    ///
    /// # Errors
    /// `ARGS_ERROR` for any other scheme, and for SQLite in memory, which two pools cannot share.
    pub fn kind(&self) -> Result<DatabaseKind> {
        if is_sqlite(&self.url) {
            if self.url.contains(":memory:") || self.url.contains("mode=memory") {
                return Err(Error::new(
                    ErrorCode::Args,
                    "sqlite needs a file: a database in memory cannot be shared by its writer and readers",
                ));
            }
            return Ok(DatabaseKind::Sqlite);
        }
        if self.url.starts_with("postgres://") {
            return Ok(DatabaseKind::Postgres);
        }
        Err(Error::new(ErrorCode::Args, "the database address must start with sqlite: or postgres://"))
    }
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// The two pools of a database; on PostgreSQL both are the same.
pub(super) struct Pools {
    pub(super) kind: DatabaseKind,
    pub(super) read: DatabaseConnection,
    pub(super) write: DatabaseConnection,
}

pub(super) async fn connect(settings: &DatabaseSettings) -> Result<Pools> {
    let kind = settings.kind()?;
    let (read, write) = match kind {
        DatabaseKind::Sqlite => {
            // The writer first: it makes the file and its WAL, without which a read-only connection cannot open it.
            let write = open(sqlite(settings, false)).await?;
            (open(sqlite(settings, true)).await?, write)
        }
        DatabaseKind::Postgres => {
            let pool = match open(postgres(settings)).await {
                Ok(pool) => pool,
                Err(error) => return Err(cause(settings).await.unwrap_or(error)),
            };
            (pool.clone(), pool)
        }
    };
    Ok(Pools { kind, read, write })
}

/// A pool tries until its time is over and says no more than that. One connection says why there is none.
async fn cause(settings: &DatabaseSettings) -> Option<Error> {
    let options = settings.url.parse::<PgConnectOptions>().ok()?;
    let refused = tokio::time::timeout(KNOCK, options.connect()).await.ok()?.err()?;
    let place = format!("{}:{}", options.get_host(), options.get_port());
    Some(Error::new(ErrorCode::Unavailable, format!("PostgreSQL at {place} takes no connection")).with_source(refused))
}

async fn open(options: ConnectOptions) -> Result<DatabaseConnection> {
    Database::connect(options).await.map_err(db_error)
}

fn common(settings: &DatabaseSettings) -> ConnectOptions {
    let mut options = ConnectOptions::new(settings.url.as_str());
    options.acquire_timeout(settings.acquire_timeout).connect_timeout(settings.acquire_timeout).sqlx_logging(false);
    options
}

fn sqlite(settings: &DatabaseSettings, read_only: bool) -> ConnectOptions {
    let mut options = common(settings);
    // An idle connection costs nothing and closing the last writer would empty the WAL.
    options.idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    if read_only {
        options.min_connections(1).max_connections(settings.max_connections.max(1));
    } else {
        options.min_connections(1).max_connections(1);
    }
    let busy = settings.acquire_timeout;
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .busy_timeout(busy)
            .row_buffer_size(ROW_BUFFER)
            .foreign_keys(true)
            .pragma("cache_size", "-16384")
            .pragma("temp_store", "MEMORY");
        if read_only { sqlite.read_only(true).pragma("mmap_size", "268435456") } else { writer(sqlite) }
    });
    options
}

fn writer(sqlite: SqliteConnectOptions) -> SqliteConnectOptions {
    sqlite
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: an acknowledged commit survives the machine, not only the process.
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", "4000")
        .pragma("journal_size_limit", "67108864")
        .pragma("cache_size", "-65536")
}

fn postgres(settings: &DatabaseSettings) -> ConnectOptions {
    let mut options = common(settings);
    options
        .min_connections(1)
        .max_connections(settings.max_connections.max(2))
        .idle_timeout(Duration::from_secs(600))
        // A ping before each use would double the round trips; one after a quiet time finds what a restart has closed.
        .test_before_acquire_if_idle_for(Duration::from_secs(5))
        .set_application_name("openim");
    let statement_ms = settings.statement_timeout.as_millis().to_string();
    options.map_sqlx_postgres_opts(move |postgres| {
        postgres.options([
            ("statement_timeout", statement_ms.as_str()),
            ("idle_in_transaction_session_timeout", "60000"),
            // The plan of a prepared statement is kept. One that was made while its table was small must not scan the
            // table when it has grown; where there is no index, tables are still scanned. Compiling plans never pays here.
            ("enable_seqscan", "off"),
            ("jit", "off"),
        ])
    });
    options
}
