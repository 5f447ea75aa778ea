//! The production presence: a hash a user in Redis, and a lease a node. An entry counts while its node's lease lives, so
//! it is right without any cleaning up when a node dies. What has to be told of the users of a dead node is found by the
//! others: each node has a list of its users beside its lease. Each node also keeps its own entries, and writes them again
//! when Redis has lost them.

mod settling;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openim_core::{IdSource, Platform, Result, UserId};
use redis::AsyncCommands;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::settling::Settling;
use super::table::Table;
use super::{Connection, Overdue, Presence, PresenceChange, sorted};
use crate::redis_link::{RedisLink, bounded, milliseconds};

/// How many users one pipeline asks or tells about.
const CHUNK: usize = 500;

/// How many heartbeats lie between two rewrites of all entries, which also keep the hashes from expiring.
const REWRITE_EVERY: u32 = 360;

/// How long a node is believed to live without a sign.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    /// The node's entries count this long after its last heartbeat.
    pub ttl: Duration,
    /// The time between heartbeats.
    pub heartbeat: Duration,
}

impl Lease {
    /// Returns a lease that two heartbeats may miss.
    pub fn lasting(ttl: Duration) -> Self {
        Self { ttl, heartbeat: ttl / 3 }
    }
}

impl Default for Lease {
    fn default() -> Self {
        Self::lasting(Duration::from_secs(30))
    }
}

/// Tells all nodes who is connected here.
#[derive(Clone)]
pub struct RedisPresence {
    link: RedisLink,
    /// The node's name with the number of its incarnation: a restarted node inherits nothing.
    node: String,
    lease: Lease,
    own: Arc<Table>,
    settling: Arc<Settling>,
}

impl RedisPresence {
    /// Connects to a Redis of one's own; see [`Self::start`].
    ///
    /// # Errors
    /// As [`Self::start`], and `ARGS_ERROR` for an address that is none.
    pub async fn connect(
        url: &str,
        prefix: &str,
        node: &str,
        ids: &dyn IdSource,
        lease: Lease,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Self> {
        Self::start(RedisLink::connect(url, prefix).await?, node, ids, lease, tasks, stop).await
    }

    /// Takes a lease and keeps it until `stop`, then gives it back.
    ///
    /// # Errors
    /// `UNAVAILABLE` when Redis does not answer.
    pub(crate) async fn start(
        link: RedisLink,
        node: &str,
        ids: &dyn IdSource,
        lease: Lease,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Self> {
        let node = format!("{node}.{}", ids.hex32());
        let presence = Self { link, node, lease, own: Arc::default(), settling: Arc::default() };
        presence.renew().await?;
        tasks.spawn(presence.clone().beat(stop.clone()));
        Ok(presence)
    }

    async fn beat(self, stop: CancellationToken) {
        let (mut beats, mut lost) = (0_u32, false);
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.lease.heartbeat) => {}
                () = stop.cancelled() => break,
            }
            beats = beats.wrapping_add(1);
            if let Err(error) = self.beat_once(beats, &mut lost).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "presence cannot be told to other nodes");
            }
        }
        // Nobody is connected here any more; without an answer the lease runs out by itself.
        let _ = bounded::<()>(self.link.manager().del(self.lease_key(&self.node))).await;
    }

    /// Renews the lease, and writes everything again when the lease was gone, until that has succeeded.
    async fn beat_once(&self, beats: u32, lost: &mut bool) -> Result<()> {
        *lost |= !self.renew().await?;
        if *lost || beats.is_multiple_of(REWRITE_EVERY) {
            self.rewrite(*lost).await?;
            *lost = false;
        }
        Ok(())
    }

    /// Renews the lease; false when it was gone, and with it perhaps the entries.
    async fn renew(&self) -> Result<bool> {
        let mut pipe = redis::pipe();
        pipe.cmd("SET").arg(self.lease_key(&self.node)).arg(1).arg("PX").arg(milliseconds(self.lease.ttl)).arg("GET");
        pipe.sadd(self.nodes_key(), &self.node).ignore().pexpire(self.nodes_key(), self.keep()).ignore();
        let (before,): (Option<String>,) = bounded(pipe.query_async(&mut self.link.manager())).await?;
        Ok(before.is_some())
    }

    /// Writes all entries. What was told is then in doubt if they had been lost, or if others have taken this node for dead.
    async fn rewrite(&self, lost: bool) -> Result<()> {
        for chunk in self.own.all().chunks(CHUNK) {
            let mut pipe = redis::pipe();
            for (user, open) in chunk {
                let fields: Vec<_> = open.iter().map(|open| (self.field(&open.id), open.platform.number())).collect();
                let (key, list) = (self.user_key(user), self.list_key(&self.node));
                pipe.hset_multiple(&key, &fields).ignore().pexpire(&key, self.keep()).ignore();
                pipe.sadd(&list, user.as_str()).ignore().pexpire(&list, self.keep()).ignore();
            }
            bounded::<()>(pipe.query_async(&mut self.link.manager())).await?;
            if lost {
                self.doubt(chunk.iter().map(|(user, _)| user.clone()));
            }
        }
        Ok(())
    }

    /// Returns for how many milliseconds keys live that nobody writes: what all nodes left behind goes with them.
    fn keep(&self) -> i64 {
        i64::try_from(milliseconds(self.lease.heartbeat.saturating_mul(REWRITE_EVERY * 3))).unwrap_or(i64::MAX)
    }

    /// Returns which of the nodes live.
    async fn alive(&self, nodes: HashSet<&str>) -> Result<HashSet<String>> {
        let nodes: Vec<_> = nodes.into_iter().map(str::to_owned).collect();
        let mut alive = HashSet::new();
        for chunk in nodes.chunks(CHUNK) {
            let keys: Vec<_> = chunk.iter().map(|node| self.lease_key(node)).collect();
            let leases: Vec<Option<String>> = bounded(self.link.manager().mget(keys)).await?;
            alive.extend(chunk.iter().zip(leases).filter(|(_, lease)| lease.is_some()).map(|(node, _)| node.clone()));
        }
        Ok(alive)
    }

    /// Adds the users of a node to those that were found on others; of more than `most` together, the first ones stay.
    async fn gather(&self, node: &str, most: usize, found: &mut BTreeSet<UserId>) -> Result<()> {
        let mut at = 0_u64;
        loop {
            let mut scan = redis::cmd("SSCAN");
            scan.arg(self.list_key(node)).arg(at).arg("COUNT").arg(CHUNK);
            let (next, ids): (u64, Vec<String>) = bounded(scan.query_async(&mut self.link.manager())).await?;
            found.extend(ids.into_iter().filter_map(|id| UserId::parse(id).ok()));
            while found.len() > most {
                found.pop_last();
            }
            if next == 0 {
                return Ok(());
            }
            at = next;
        }
    }

    fn field(&self, connection: &str) -> String {
        format!("{}/{connection}", self.node)
    }

    fn user_key(&self, user: &UserId) -> String {
        self.link.key("presence", user.as_str())
    }

    fn lease_key(&self, node: &str) -> String {
        self.link.key("lease", node)
    }

    /// Returns where the users of a node are listed.
    fn list_key(&self, node: &str) -> String {
        self.link.key("residents", node)
    }

    /// Returns where the nodes are listed that may have users.
    fn nodes_key(&self) -> String {
        self.link.key("nodes", "present")
    }
}

#[async_trait]
impl Presence for RedisPresence {
    async fn connect(&self, user: &UserId, platform: Platform, connection: &str) -> Result<Option<PresenceChange>> {
        self.own.add(user, platform, connection);
        self.note(user, platform, self.field(connection)).await
    }

    async fn disconnect(&self, user: &UserId, connection: &str) -> Result<()> {
        self.own.remove(user, connection);
        bounded(self.link.manager().hdel(self.user_key(user), self.field(connection))).await
    }

    async fn settle(&self, users: &[UserId]) -> Result<Vec<PresenceChange>> {
        self.settle_own(users, false).await
    }

    async fn settle_overdue(&self) -> Result<Overdue> {
        self.overdue().await
    }

    fn here(&self) -> usize {
        self.own.len()
    }

    async fn everybody(&self, most: usize) -> Result<Vec<UserId>> {
        let nodes: Vec<String> = bounded(self.link.manager().smembers(self.nodes_key())).await?;
        let mut found = BTreeSet::new();
        for node in self.alive(nodes.iter().map(String::as_str).collect()).await? {
            self.gather(&node, most, &mut found).await?;
        }
        Ok(found.into_iter().collect())
    }

    async fn connections(&self, users: &[UserId]) -> Result<Vec<Vec<Connection>>> {
        let mut found: Vec<HashMap<String, String>> = Vec::with_capacity(users.len());
        for chunk in users.chunks(CHUNK) {
            let mut pipe = redis::pipe();
            for user in chunk {
                pipe.hgetall(self.user_key(user));
            }
            let entries: Vec<HashMap<String, String>> = bounded(pipe.query_async(&mut self.link.manager())).await?;
            found.extend(entries);
        }
        let nodes = found.iter().flat_map(HashMap::keys).filter_map(|field| node_of(field)).collect();
        let alive = self.alive(nodes).await?;
        let open = found.iter().map(|entries| {
            let living = entries.iter().filter_map(|(field, platform)| {
                let (node, id) = field.split_once('/')?;
                alive.contains(node).then_some(())?;
                Some(Connection { platform: Platform::parse(platform.parse().ok()?).ok()?, id: id.to_owned() })
            });
            sorted(living.collect())
        });
        Ok(open.collect())
    }
}

fn node_of(field: &str) -> Option<&str> {
    field.split_once('/').map(|(node, _)| node)
}
