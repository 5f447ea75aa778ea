//! The presence port: which users have a connection open, on which device classes, on any node, and which changes of that
//! are still to be told. Each change is handed to one node only, which tells it.
//!
//! Coming is told at once. Going is told when it has lasted: a node that lost a user's last connection of a device class
//! settles the user a moment later, so that a device that only reconnects does not flicker for whoever watches: they
//! hear once more that it is online. Whoever asks meanwhile gets the truth, and by that repetition hears of the return.

mod memory;
mod redis;
mod table;

use async_trait::async_trait;
use openim_core::{Ctx, Platform, Result, UserId};

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

/// What the ids of connections begin with whose app is in the background.
const BACKGROUND: &str = "background-";

/// Returns the id that a connection has while its app is in the background: nobody who watches presence sees a
/// difference, and whoever pushes to devices does.
pub fn background_id(id: &str) -> String {
    format!("{BACKGROUND}{id}")
}

impl Connection {
    /// Tells whether the app is in the background.
    pub fn is_in_background(&self) -> bool {
        self.id.starts_with(BACKGROUND)
    }
}

/// What is to be told of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceChange {
    /// Who.
    pub user_id: UserId,
    /// The platforms that were told last, in number order.
    pub before: Vec<Platform>,
    /// The platforms that are online now, in number order. The same as before when it is told once more.
    pub platforms: Vec<Platform>,
    /// Grows with each change of this user's.
    pub version: i64,
}

/// What others have left to be told.
#[derive(Debug, Default)]
pub struct Overdue {
    /// The changes to tell.
    pub changes: Vec<PresenceChange>,
    /// Whether there is more.
    pub more: bool,
}

/// Knows who is online. What a dead node has said is forgotten with its lease.
#[async_trait]
pub trait Presence: Send + Sync + 'static {
    /// Notes an open connection of this node; noting it again changes nothing. Returns what the caller is to tell. Fails
    /// only when the node cannot take more.
    ///
    /// # Errors
    /// `UNAVAILABLE` when other nodes cannot be told now; they are told as soon as possible.
    async fn connect(&self, user: &UserId, platform: Platform, connection: &str) -> Result<Option<PresenceChange>>;

    /// Forgets a connection of this node. What is to be told of it, [`settle`](Self::settle) returns.
    ///
    /// # Errors
    /// `UNAVAILABLE` when other nodes cannot be told now.
    async fn disconnect(&self, user: &UserId, connection: &str) -> Result<()>;

    /// Compares what was told of users with what is true, and returns what the caller is to tell.
    ///
    /// # Errors
    /// `UNAVAILABLE` when nothing could be learned; what could be learned is returned, and the rest is overdue.
    async fn settle(&self, users: &[UserId]) -> Result<Vec<PresenceChange>>;

    /// Settles users whom no other node will settle: those of nodes that died, and those of whom it is not certain what was
    /// told. A bounded number of them at a time.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the presence data cannot be reached.
    async fn settle_overdue(&self) -> Result<Overdue> {
        Ok(Overdue::default())
    }

    /// Returns how many users have a connection to this node.
    fn here(&self) -> usize {
        0
    }

    /// Returns who has a connection open on any node, in order of the ids, at most `most` of them. Who has just gone may still
    /// be among them until that is settled.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the presence data cannot be reached.
    async fn everybody(&self, most: usize) -> Result<Vec<UserId>>;

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

/// Is told of changes by the node that tells them.
#[async_trait]
pub trait PresenceListener: Send + Sync + 'static {
    /// Takes changes; they come again when it fails.
    ///
    /// # Errors
    /// When they cannot be taken now.
    async fn changed(&self, ctx: &Ctx, changes: &[PresenceChange]) -> Result<()>;
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
