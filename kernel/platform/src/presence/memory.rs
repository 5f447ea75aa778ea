//! The embedded presence: a table of this process, which is the only node.

use std::collections::HashMap;

use async_trait::async_trait;
use openim_core::{Platform, Result, UserId};
use parking_lot::RwLock;

use super::{Connection, Presence, sorted};

/// The connections of one node by user.
#[derive(Debug, Default)]
pub struct MemoryPresence {
    users: RwLock<HashMap<UserId, HashMap<String, Platform>>>,
}

impl MemoryPresence {
    /// Copies everything that is noted.
    pub(super) fn all(&self) -> Vec<(UserId, Vec<(String, Platform)>)> {
        let users = self.users.read();
        users.iter().map(|(user, open)| (user.clone(), open.iter().map(|(id, platform)| (id.clone(), *platform)).collect())).collect()
    }
}

#[async_trait]
impl Presence for MemoryPresence {
    async fn connect(&self, user: &UserId, platform: Platform, connection: &str) -> Result<()> {
        self.users.write().entry(user.clone()).or_default().insert(connection.to_owned(), platform);
        Ok(())
    }

    async fn disconnect(&self, user: &UserId, connection: &str) -> Result<()> {
        let mut users = self.users.write();
        if let Some(open) = users.get_mut(user) {
            open.remove(connection);
            if open.is_empty() {
                users.remove(user);
            }
        }
        Ok(())
    }

    async fn connections(&self, users: &[UserId]) -> Result<Vec<Vec<Connection>>> {
        let table = self.users.read();
        let open = |user: &UserId| {
            let connections = table.get(user).into_iter().flatten();
            sorted(connections.map(|(id, platform)| Connection { platform: *platform, id: id.clone() }).collect())
        };
        Ok(users.iter().map(open).collect())
    }
}
