//! The presence port: which users have a connection open, on which device classes, on any node.

mod memory;
mod redis;

use async_trait::async_trait;
use openim_core::{Platform, Result, UserId};

pub use self::redis::{Lease, RedisPresence};
pub use memory::MemoryPresence;

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

    /// Returns each user's platforms in number order, once each, in the order asked; none for who is offline.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the presence data cannot be reached.
    async fn online(&self, users: &[UserId]) -> Result<Vec<Vec<Platform>>>;
}

fn distinct(mut platforms: Vec<Platform>) -> Vec<Platform> {
    platforms.sort_unstable();
    platforms.dedup();
    platforms
}
