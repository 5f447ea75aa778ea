//! How two users stand to each other, kept in front of the database for every message of a chat. The cache port is shared by
//! all processes: what one of them changes, the others know at once.

use std::sync::Arc;
use std::time::Duration;

use openim_contracts::Standing;
use openim_core::{Result, UserId};
use openim_platform::cache::Cache;
use openim_platform::store::Store;

use crate::model::Pair;
use crate::repository::{blocks, friends};

/// How long a standing may be older than the database if its invalidation is lost with the cache's connection.
const TTL: Duration = Duration::from_secs(60);

/// The standing of receivers to senders. The database has the truth; losing the cache costs time only.
#[derive(Clone)]
pub(crate) struct Standings {
    cache: Arc<dyn Cache>,
    store: Store,
}

impl Standings {
    pub(crate) fn new(cache: Arc<dyn Cache>, store: Store) -> Self {
        Self { cache, store }
    }

    /// Returns how a receiver stands to a sender.
    pub(crate) async fn get(&self, receiver: &UserId, sender: &UserId) -> Result<Standing> {
        let key = key(receiver, sender);
        match self.cache.get(&key).await {
            Ok(Some(bytes)) => {
                if let Ok(standing) = serde_json::from_slice(&bytes) {
                    return Ok(standing);
                }
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the relation cache cannot be read; asking the database")
            }
        }
        self.fill(&key, receiver, sender).await
    }

    /// Forgets both directions of pairs that changed. A failure is only logged: the handler of the change's event does it again.
    pub(crate) async fn forget(&self, owner: &UserId, others: &[UserId]) {
        if let Err(error) = self.try_forget(owner, others).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the relation cache cannot be cleared now; its event will do it");
        }
    }

    /// Forgets both directions of pairs that changed.
    pub(crate) async fn try_forget(&self, owner: &UserId, others: &[UserId]) -> Result<()> {
        let keys: Vec<String> = others.iter().flat_map(|other| [key(owner, other), key(other, owner)]).collect();
        if keys.is_empty() { Ok(()) } else { self.cache.delete(&keys).await }
    }

    async fn fill(&self, key: &str, receiver: &UserId, sender: &UserId) -> Result<Standing> {
        let standing = self.load(receiver, sender).await?;
        let Ok(bytes) = serde_json::to_vec(&standing) else { return Ok(standing) };
        if self.cache.set(key, &bytes, TTL).await.is_err() {
            return Ok(standing);
        }
        // A change between reading and writing deleted the key before it was written. Reading once more finds it: a later
        // one deletes what was written.
        let again = self.load(receiver, sender).await?;
        if again != standing {
            self.forget(receiver, std::slice::from_ref(sender)).await;
        }
        Ok(again)
    }

    async fn load(&self, receiver: &UserId, sender: &UserId) -> Result<Standing> {
        let pair: Pair = (receiver.clone(), sender.clone());
        let keys = std::slice::from_ref(&pair);
        let blocked = !blocks::find_pairs(self.store.read(), keys).await?.is_empty();
        let friend = !friends::find_pairs(self.store.read(), keys).await?.is_empty();
        Ok(Standing { blocked, friend })
    }
}

/// Ids have no colon.
fn key(receiver: &UserId, sender: &UserId) -> String {
    format!("relations:standing:{receiver}:{sender}")
}
