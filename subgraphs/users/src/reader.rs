//! What other domains learn from this one: the facts of users, and who a token belongs to.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{Authenticator, UserReader, UserSummary};
use openim_core::{Principal, Result, Runtime, Timestamp, UserId};
use openim_platform::store::Store;

use crate::cache::Summaries;
use crate::model::User;
use crate::repository::users;
use crate::service::Sessions;
use crate::settings::Rules;
use crate::token;

/// The most users of one step through everybody.
const MAX_STEP: u64 = 1_000;

/// Reads users for other domains, through the summaries of this process.
pub(crate) struct SummaryReader {
    store: Store,
    summaries: Summaries,
}

impl SummaryReader {
    pub(crate) fn new(store: Store, summaries: Summaries) -> Self {
        Self { store, summaries }
    }
}

#[async_trait]
impl UserReader for SummaryReader {
    async fn users(&self, ids: &[UserId]) -> Result<Vec<UserSummary>> {
        let mut known = HashMap::with_capacity(ids.len());
        let mut missing = Vec::new();
        for id in ids {
            match self.summaries.get(id).await {
                Some(summary) => drop(known.insert(id.clone(), summary)),
                None => missing.push(id.clone()),
            }
        }
        if !missing.is_empty() {
            for user in users::find(self.store.read(), &missing).await? {
                let summary = summary_of(user);
                self.summaries.put(summary.clone()).await;
                known.insert(summary.user_id.clone(), summary);
            }
        }
        Ok(ids.iter().filter_map(|id| known.remove(id)).collect())
    }

    async fn fresh(&self, ids: &[UserId]) -> Result<Vec<UserSummary>> {
        for id in ids {
            self.summaries.forget(id).await;
        }
        self.users(ids).await
    }

    async fn page(&self, after: Option<&UserId>, limit: u64) -> Result<Vec<UserSummary>> {
        let users = users::page_by_id(self.store.read(), after, limit.clamp(1, MAX_STEP)).await?;
        Ok(users.into_iter().map(summary_of).collect())
    }
}

fn summary_of(user: User) -> UserSummary {
    UserSummary {
        user_id: user.id,
        nickname: user.profile.nickname,
        face_url: user.profile.face_url,
        level: user.level.number(),
        global_receive_option: user.receive_option,
    }
}

/// Turns tokens into principals for all doors: the signature, then one look into the cache.
pub(crate) struct TokenAuthenticator {
    sessions: Sessions,
    rules: Arc<Rules>,
    runtime: Runtime,
}

impl TokenAuthenticator {
    pub(crate) fn new(sessions: Sessions, rules: Arc<Rules>, runtime: Runtime) -> Self {
        Self { sessions, rules, runtime }
    }
}

#[async_trait]
impl Authenticator for TokenAuthenticator {
    async fn authenticate(&self, token: &str) -> Result<(Principal, Timestamp)> {
        let facts = self.sessions.token_facts(self.runtime.clock.now(), token).await?;
        let app_admin = self.rules.admins.contains_key(&facts.user_id);
        let principal = Principal::new(facts.user_id, facts.platform, app_admin).with_token_hash(token::hash(token));
        Ok((principal, facts.expires_at.unwrap_or(Timestamp(i64::MAX))))
    }
}
