//! The connections of one node by user.

use std::collections::HashMap;

use openim_core::{Platform, UserId};
use parking_lot::RwLock;

use super::{Connection, sorted};

/// Who is connected here.
#[derive(Debug, Default)]
pub(super) struct Table {
    users: RwLock<HashMap<UserId, HashMap<String, Platform>>>,
}

impl Table {
    /// Notes a connection.
    pub(super) fn add(&self, user: &UserId, platform: Platform, connection: &str) {
        self.users.write().entry(user.clone()).or_default().insert(connection.to_owned(), platform);
    }

    /// Forgets a connection.
    pub(super) fn remove(&self, user: &UserId, connection: &str) {
        let mut users = self.users.write();
        if let Some(open) = users.get_mut(user) {
            open.remove(connection);
            if open.is_empty() {
                users.remove(user);
            }
        }
    }

    /// Returns a user's connections by platform and id.
    pub(super) fn of(&self, user: &UserId) -> Vec<Connection> {
        let users = self.users.read();
        let open = users.get(user).into_iter().flatten();
        sorted(open.map(|(id, platform)| Connection { platform: *platform, id: id.clone() }).collect())
    }

    /// Returns how many users are noted.
    pub(super) fn len(&self) -> usize {
        self.users.read().len()
    }

    /// Returns who is noted, in no order.
    pub(super) fn users(&self) -> Vec<UserId> {
        self.users.read().keys().cloned().collect()
    }

    /// Copies everything that is noted.
    pub(super) fn all(&self) -> Vec<(UserId, Vec<Connection>)> {
        self.users().into_iter().map(|user| (user.clone(), self.of(&user))).filter(|(_, open)| !open.is_empty()).collect()
    }
}
