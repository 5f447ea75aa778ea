//! The embedded presence: a table of this process, which is the only node.

use std::collections::HashMap;

use async_trait::async_trait;
use openim_core::{Platform, Result, UserId};
use parking_lot::Mutex;

use super::table::Table;
use super::{Connection, Presence, PresenceChange, distinct};

/// Knows who is connected to this process.
#[derive(Debug, Default)]
pub struct MemoryPresence {
    open: Table,
    told: Mutex<Told>,
}

/// What was told last, of whom it was more than nothing.
#[derive(Debug, Default)]
struct Told {
    platforms: HashMap<UserId, Vec<Platform>>,
    version: i64,
}

impl MemoryPresence {
    /// Notes that this is told now, and returns it when it is a change or must be told again.
    fn change(&self, user: &UserId, again: bool) -> Option<PresenceChange> {
        // Looked at under the lock: of two changes at once the one that is told last is the newer one.
        let mut told = self.told.lock();
        let platforms = distinct(&self.open.of(user));
        let before = match platforms.is_empty() {
            true => told.platforms.remove(user),
            false => told.platforms.insert(user.clone(), platforms.clone()),
        };
        let before = before.unwrap_or_default();
        if before == platforms && !again {
            return None;
        }
        told.version += 1;
        Some(PresenceChange { user_id: user.clone(), before, platforms, version: told.version })
    }
}

#[async_trait]
impl Presence for MemoryPresence {
    async fn connect(&self, user: &UserId, platform: Platform, connection: &str) -> Result<Option<PresenceChange>> {
        // Who was gone for a moment is told of again: somebody may have looked in between.
        let came = self.open.of(user).iter().all(|open| open.platform != platform);
        self.open.add(user, platform, connection);
        Ok(self.change(user, came))
    }

    async fn disconnect(&self, user: &UserId, connection: &str) -> Result<()> {
        self.open.remove(user, connection);
        Ok(())
    }

    async fn settle(&self, users: &[UserId]) -> Result<Vec<PresenceChange>> {
        Ok(users.iter().filter_map(|user| self.change(user, false)).collect())
    }

    fn here(&self) -> usize {
        self.open.len()
    }

    async fn everybody(&self, most: usize) -> Result<Vec<UserId>> {
        let mut users = self.open.users();
        users.sort_unstable();
        users.truncate(most);
        Ok(users)
    }

    async fn connections(&self, users: &[UserId]) -> Result<Vec<Vec<Connection>>> {
        Ok(users.iter().map(|user| self.open.of(user)).collect())
    }
}
