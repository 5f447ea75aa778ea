//! Asks services for a sign of life without opening any port: what `openim doctor` does.

use std::time::Duration;

use lapin::{Connection, ConnectionProperties};
use openim_core::{Error, Result};

use crate::redis_link::RedisLink;

/// How long a broker may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks Redis.
///
/// # Errors
/// `ARGS_ERROR` for a malformed address, `UNAVAILABLE` when nobody answers there.
pub async fn redis(url: &str) -> Result<()> {
    RedisLink::connect(url, "openim").await?.ping().await
}

/// Asks RabbitMQ.
///
/// # Errors
/// `UNAVAILABLE` when nobody answers there.
pub async fn amqp(url: &str) -> Result<()> {
    let properties = ConnectionProperties::default().with_connection_name("openim doctor".into());
    let connection = tokio::time::timeout(PATIENCE, Connection::connect(url, properties)).await.map_err(Error::unavailable)?;
    connection.map_err(Error::unavailable)?.close(200, "done".into()).await.map_err(Error::unavailable)
}
