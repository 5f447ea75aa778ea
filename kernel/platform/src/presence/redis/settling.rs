//! What is to be told, on Redis: decided by one script per user, so that each difference is found by one node only.

use std::collections::BTreeSet;

use futures_util::StreamExt;
use futures_util::stream;
use openim_core::{Platform, Result, UserId};
use parking_lot::Mutex;
use redis::{AsyncCommands, Script};

use super::{CHUNK, RedisPresence};
use crate::presence::{Overdue, PresenceChange};
use crate::redis_link::bounded;

/// How many users are settled at the same time.
const AT_ONCE: usize = 64;

/// The script, and whom it has to look at again.
pub(super) struct Settling {
    script: Script,
    /// Users of this node of whom nobody knows whether it was told what they are now.
    uncertain: Mutex<BTreeSet<UserId>>,
}

impl Default for Settling {
    fn default() -> Self {
        Self { script: Script::new(include_str!("settle.lua")), uncertain: Mutex::default() }
    }
}

/// What a script call is about.
struct Look<'a> {
    user: &'a UserId,
    /// Whose list the user may be struck off.
    node: &'a str,
    /// Whether to tell also what was told.
    again: bool,
    note: Option<(String, Platform)>,
}

impl RedisPresence {
    /// Notes a connection and returns what is to be told of it.
    pub(super) async fn note(&self, user: &UserId, platform: Platform, field: String) -> Result<Option<PresenceChange>> {
        let look = Look { user, node: &self.node, again: false, note: Some((field, platform)) };
        let told = self.look(look).await;
        if told.is_err() {
            self.doubt([user.clone()]);
        }
        told
    }

    /// Settles users of this node.
    pub(super) async fn settle_own(&self, users: &[UserId], again: bool) -> Result<Vec<PresenceChange>> {
        let looked = self.look_at(&self.node, users, again).await;
        let mut failed = None;
        let mut changes = Vec::new();
        for (user, looked) in looked {
            match looked {
                Ok(change) => changes.extend(change),
                Err(error) => {
                    self.doubt([user]);
                    failed = Some(error);
                }
            }
        }
        match failed {
            Some(error) if changes.is_empty() => Err(error),
            _ => Ok(changes),
        }
    }

    /// Notes that it is not certain what was told of users.
    pub(super) fn doubt(&self, users: impl IntoIterator<Item = UserId>) {
        self.settling.uncertain.lock().extend(users);
    }

    /// Settles some users who are uncertain, or else some of a node that died.
    pub(super) async fn overdue(&self) -> Result<Overdue> {
        let own: Vec<UserId> = {
            let mut uncertain = self.settling.uncertain.lock();
            std::iter::from_fn(|| uncertain.pop_first()).take(CHUNK).collect()
        };
        if !own.is_empty() {
            return Ok(Overdue { changes: self.settle_own(&own, true).await?, more: true });
        }
        let Some(dead) = self.dead_node().await? else { return Ok(Overdue::default()) };
        // Survivors choose by chance, and so seldom the same ones; whoever was settled is struck off the list.
        let listed: Vec<String> =
            bounded(redis::cmd("SRANDMEMBER").arg(self.list_key(&dead)).arg(CHUNK).query_async(&mut self.link.manager())).await?;
        if listed.is_empty() {
            bounded::<()>(self.link.manager().srem(self.nodes_key(), &dead)).await?;
            return Ok(Overdue { changes: Vec::new(), more: true });
        }
        let users: Vec<UserId> = listed.into_iter().filter_map(|id| UserId::parse(id).ok()).collect();
        let looked = self.look_at(&dead, &users, false).await;
        let more = looked.iter().any(|(_, looked)| looked.is_ok());
        Ok(Overdue { changes: looked.into_iter().filter_map(|(_, looked)| looked.ok().flatten()).collect(), more })
    }

    /// Returns a node that had users and has no lease any more.
    async fn dead_node(&self) -> Result<Option<String>> {
        let nodes: Vec<String> = bounded(self.link.manager().smembers(self.nodes_key())).await?;
        let alive = self.alive(nodes.iter().map(String::as_str).collect()).await?;
        Ok(nodes.into_iter().find(|node| !alive.contains(node)))
    }

    async fn look_at(&self, node: &str, users: &[UserId], again: bool) -> Vec<(UserId, Result<Option<PresenceChange>>)> {
        let looks = stream::iter(users.to_vec()).map(|user| async move {
            let looked = self.look(Look { user: &user, node, again, note: None }).await;
            (user, looked)
        });
        looks.buffer_unordered(AT_ONCE).collect().await
    }

    async fn look(&self, Look { user, node, again, note }: Look<'_>) -> Result<Option<PresenceChange>> {
        let mut call = self.settling.script.key(self.user_key(user));
        call.key(self.list_key(node)).arg(self.lease_key("")).arg(&self.node).arg(node).arg(user.as_str());
        call.arg(self.keep()).arg(u8::from(again));
        if let Some((field, platform)) = note {
            call.arg(field).arg(platform.number());
        }
        let told: Option<(String, String, i64)> = bounded(call.invoke_async(&mut self.link.manager())).await?;
        let change = |(before, now, version): (String, String, i64)| PresenceChange {
            user_id: user.clone(),
            before: platforms(&before),
            platforms: platforms(&now),
            version,
        };
        Ok(told.map(change))
    }
}

fn platforms(text: &str) -> Vec<Platform> {
    text.split(',').filter_map(|number| Platform::parse(number.parse().ok()?).ok()).collect()
}
