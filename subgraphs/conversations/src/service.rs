//! The use cases. Each first asks the policy, then the repository and the messages domain's reader.

mod changes;
mod listing;
mod marking;

use std::collections::HashMap;
use std::sync::Arc;

use openim_contracts::{ConversationHead, MessageLogReader};
use openim_core::{ConversationId, Ctx, Result, UserId};
use openim_platform::store::Store;

use crate::model::{Conversation, Listed};
use crate::{Settings, policy, repository};

/// What a caller may do with conversations.
pub(crate) struct Service {
    settings: Settings,
    store: Store,
    logs: Arc<dyn MessageLogReader>,
}

impl Service {
    /// Works on `store` and reads the ends of logs from `logs`.
    pub(crate) fn new(settings: Settings, store: Store, logs: Arc<dyn MessageLogReader>) -> Self {
        Self { settings, store, logs }
    }

    /// Returns one conversation of an owner.
    pub(crate) async fn conversation(&self, ctx: &Ctx, owner: &UserId, id: &ConversationId) -> Result<Option<Conversation>> {
        policy::may_open(ctx, owner)?;
        repository::find(self.store.read(), owner, id).await
    }

    /// Returns the conversations that exist among `ids`, in the order asked, repeated ids once.
    pub(crate) async fn by_ids(&self, ctx: &Ctx, owner: &UserId, ids: Vec<ConversationId>) -> Result<Vec<Conversation>> {
        policy::may_open(ctx, owner)?;
        let keys: Vec<_> = ids.into_iter().map(|id| (owner.clone(), id)).collect();
        let mut rows: HashMap<_, _> =
            repository::find_many(self.store.read(), &keys).await?.into_iter().map(|row| (row.id.clone(), row)).collect();
        Ok(keys.iter().filter_map(|(_, id)| rows.remove(id)).collect())
    }

    /// Returns the rows among the keys that the caller may see; a foreign or missing one is simply not there.
    pub(crate) async fn visible(&self, ctx: &Ctx, keys: &[(UserId, ConversationId)]) -> Result<Vec<Conversation>> {
        let allowed: Vec<_> = keys.iter().filter(|(owner, _)| policy::may_open(ctx, owner).is_ok()).cloned().collect();
        repository::find_many(self.store.read(), &allowed).await
    }

    /// Returns all conversations of an owner, the last touched first, up to the configured bound.
    pub(crate) async fn all(&self, ctx: &Ctx, owner: &UserId) -> Result<Vec<Conversation>> {
        policy::may_open(ctx, owner)?;
        repository::of_owner(self.store.read(), owner, self.settings.max_conversations).await
    }

    /// Returns the ends of logs by conversation. What a row of the caller names may be asked; nothing else calls it.
    pub(crate) async fn log_ends(&self, ids: &[ConversationId]) -> Result<HashMap<ConversationId, ConversationHead>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(self.logs.heads(ids).await?.into_iter().map(|head| (head.conversation_id.clone(), head)).collect())
    }

    async fn listed(&self, rows: Vec<Conversation>) -> Result<Vec<Listed>> {
        let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
        let mut heads = self.log_ends(&ids).await?;
        Ok(rows.into_iter().map(|row| Listed { head: heads.remove(&row.id), row }).collect())
    }
}
