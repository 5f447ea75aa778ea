//! The presence port: which users have a connection open, on which device classes, on any node.

mod memory;
mod redis;

use async_trait::async_trait;
use openim_core::{Platform, Result, UserId};

pub use self::redis::{Lease, RedisPresence};
pub use memory::MemoryPresence;

/// An open connection of a user on some node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection {
    /// The device class of its token.
    pub platform: Platform,
    /// The id that its node gave it.
    pub id: String,
}

/// Knows who is online. What a dead node has said is forgotten with its lease.
#[async_trait]
pub trait Presence: Send + Sync + 'static {
    /// Notes an open connection of this node; noting it again changes nothing. Fails only when the node cannot take more.
    ///
    /// # Errors
    /// `UNAVAILABLE` when other nodes cannot be told now; they are told as soon as possible.
    async fn connect(&self, user: &UserId, platform: Platform, connection: &str) -> Result<()>;

    /// Forgets a connection of this node.
    ///
    /// # Errors
    /// `UNAVAILABLE` when other nodes cannot be told now.
    async fn disconnect(&self, user: &UserId, connection: &str) -> Result<()>;

    /// Returns each user's open connections by platform and id, in the order asked; none for who is offline.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the presence data cannot be reached.
    async fn connections(&self, users: &[UserId]) -> Result<Vec<Vec<Connection>>>;

    /// Returns each user's platforms in number order, once each, in the order asked; none for who is offline.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the presence data cannot be reached.
    async fn online(&self, users: &[UserId]) -> Result<Vec<Vec<Platform>>> {
        let open = self.connections(users).await?;
        Ok(open.into_iter().map(|connections| distinct(&connections)).collect())
    }
}

/// Returns the platforms of sorted connections.
fn distinct(connections: &[Connection]) -> Vec<Platform> {
    let mut platforms: Vec<_> = connections.iter().map(|connection| connection.platform).collect();
    platforms.dedup();
    platforms
}

fn sorted(mut connections: Vec<Connection>) -> Vec<Connection> {
    connections.sort_unstable();
    connections
}
