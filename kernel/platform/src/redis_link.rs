//! One multiplexed connection to Redis: it pipelines what concurrent tasks ask, reconnects by itself, and never makes
//! anybody wait longer than a bound.

use std::future::Future;
use std::time::Duration;

use openim_core::{Error, ErrorCode, Result};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};

/// How long one request may take, reconnecting included.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// A connection and the prefix of this deployment's keys.
#[derive(Clone)]
pub(crate) struct RedisLink {
    manager: ConnectionManager,
    prefix: String,
}

impl RedisLink {
    /// Connects.
    ///
    /// # Errors
    /// `ARGS_ERROR` for an address that is none, `UNAVAILABLE` when nobody answers there.
    pub(crate) async fn connect(url: &str, prefix: &str) -> Result<Self> {
        let client = Client::open(url)
            .map_err(|error| Error::new(ErrorCode::Args, "the redis address must look like redis://host:port/db").with_source(error))?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(1)))
            .set_response_timeout(Some(Duration::from_secs(1)))
            .set_min_delay(Duration::from_millis(50))
            .set_max_delay(Duration::from_millis(500))
            .set_number_of_retries(3);
        let manager = bounded(ConnectionManager::new_with_config(client, config)).await?;
        Ok(Self { manager, prefix: prefix.to_owned() })
    }

    /// Returns the key under which this deployment keeps something.
    pub(crate) fn key(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{name}", self.prefix)
    }

    /// Returns a handle for one request.
    pub(crate) fn manager(&self) -> ConnectionManager {
        self.manager.clone()
    }

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// `UNAVAILABLE` when none comes.
    pub(crate) async fn ping(&self) -> Result<()> {
        let mut manager = self.manager();
        let ping = redis::cmd("PING");
        bounded::<String>(ping.query_async(&mut manager)).await.map(|_| ())
    }
}

/// Waits for an answer, but not for ever.
pub(crate) async fn bounded<T>(request: impl Future<Output = RedisResult<T>>) -> Result<T> {
    match tokio::time::timeout(TIME_LIMIT, request).await {
        Ok(answer) => answer.map_err(Error::unavailable),
        Err(elapsed) => Err(Error::unavailable(elapsed)),
    }
}

/// Returns a time to live as Redis wants it: whole milliseconds, at least one.
pub(crate) fn milliseconds(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).clamp(1, 1 << 52)
}
