//! What is kept in front of the database: the state of tokens (shared by all processes, through the cache port) and the
//! summaries of users (in each process, for some seconds).

use std::sync::Arc;
use std::time::Duration;

use openim_contracts::UserSummary;
use openim_core::{Platform, Result, Timestamp, UserId};
use openim_platform::cache::Cache;
use openim_platform::store::Store;
use serde::{Deserialize, Serialize};

use crate::model::{StoredToken, TokenStatus};
use crate::repository::tokens;

/// How long a token's state may be older than the database if its invalidation is lost with the cache's connection.
const TOKEN_TTL: Duration = Duration::from_secs(60);
/// How long another process may show an old profile to its peers' policies. The own process knows at once.
const SUMMARY_TTL: Duration = Duration::from_secs(5);
const SUMMARY_CAPACITY: u64 = 100_000;

/// What the authenticator needs to know of a stored token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TokenState {
    pub(crate) user_id: UserId,
    pub(crate) platform: Platform,
    pub(crate) kicked: bool,
    pub(crate) expires_at: Option<Timestamp>,
}

impl From<StoredToken> for TokenState {
    fn from(token: StoredToken) -> Self {
        let StoredToken { user_id, platform, status, expires_at, .. } = token;
        Self { user_id, platform, kicked: status == TokenStatus::Kicked, expires_at }
    }
}

/// The state of tokens by their hash. The database has the truth; a lost cache logs nobody out.
#[derive(Clone)]
pub(crate) struct TokenStates {
    cache: Arc<dyn Cache>,
    store: Store,
}

impl TokenStates {
    pub(crate) fn new(cache: Arc<dyn Cache>, store: Store) -> Self {
        Self { cache, store }
    }

    /// Returns the state of a token, `None` when none is stored.
    pub(crate) async fn get(&self, hash: &str) -> Result<Option<TokenState>> {
        let key = key(hash);
        match self.cache.get(&key).await {
            Ok(Some(bytes)) => {
                if let Ok(state) = serde_json::from_slice(&bytes) {
                    return Ok(Some(state));
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "the token cache cannot be read; asking the database"),
        }
        self.fill(&key, hash).await
    }

    /// Forgets states that changed. A failure is only logged: the handler of the change's event does it again.
    pub(crate) async fn forget(&self, hashes: &[String]) {
        if let Err(error) = self.try_forget(hashes).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the token cache cannot be cleared now; its event will do it");
        }
    }

    /// Forgets states that changed.
    pub(crate) async fn try_forget(&self, hashes: &[String]) -> Result<()> {
        if hashes.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = hashes.iter().map(|hash| key(hash)).collect();
        self.cache.delete(&keys).await
    }

    async fn fill(&self, key: &str, hash: &str) -> Result<Option<TokenState>> {
        let Some(state) = self.load(hash).await? else { return Ok(None) };
        let Ok(bytes) = serde_json::to_vec(&state) else { return Ok(Some(state)) };
        if self.cache.set(key, &bytes, TOKEN_TTL).await.is_err() {
            return Ok(Some(state));
        }
        // A revocation between reading and writing deleted the key before it was written. Reading once more finds it:
        // a later one deletes what was written.
        let again = self.load(hash).await?;
        if again.as_ref() != Some(&state) {
            self.forget(&[hash.to_owned()]).await;
        }
        Ok(again)
    }

    async fn load(&self, hash: &str) -> Result<Option<TokenState>> {
        Ok(tokens::find(self.store.read(), hash).await?.map(TokenState::from))
    }
}

fn key(hash: &str) -> String {
    format!("users:token:{hash}")
}

/// Summaries of users that other domains decide by. Unknown users are not remembered: a registration counts at once.
#[derive(Clone)]
pub(crate) struct Summaries(moka::future::Cache<UserId, UserSummary>);

impl Summaries {
    pub(crate) fn new() -> Self {
        Self(moka::future::Cache::builder().max_capacity(SUMMARY_CAPACITY).time_to_live(SUMMARY_TTL).build())
    }

    pub(crate) async fn get(&self, id: &UserId) -> Option<UserSummary> {
        self.0.get(id).await
    }

    pub(crate) async fn put(&self, summary: UserSummary) {
        self.0.insert(summary.user_id.clone(), summary).await;
    }

    pub(crate) async fn forget(&self, id: &UserId) {
        self.0.invalidate(id).await;
    }
}
