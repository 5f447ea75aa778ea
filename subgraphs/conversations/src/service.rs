//! The use cases. Each first asks the policy, then the repository and the messages domain's reader.

mod changes;
mod listing;
mod marking;
mod syncing;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use openim_contracts::{ConversationHead, GroupReader, MessageLogReader};
use openim_core::{ConversationId, ConversationKind, Ctx, Result, UserId};
use openim_platform::store::Store;

use crate::model::{Conversation, GroupMark, Listed, NewRow, group_in};
use crate::repository::marks;
use crate::{Settings, policy, repository};

/// What a caller may do with conversations.
pub(crate) struct Service {
    settings: Settings,
    store: Store,
    logs: Arc<dyn MessageLogReader>,
    groups: Arc<dyn GroupReader>,
}

impl Service {
    /// Works on `store`, reads the ends of logs from `logs` and members from `groups`.
    pub(crate) fn new(settings: Settings, store: Store, logs: Arc<dyn MessageLogReader>, groups: Arc<dyn GroupReader>) -> Self {
        Self { settings, store, logs, groups }
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

    /// Returns the rows among the keys that the caller may see; a foreign or missing one is simply not there. Who takes
    /// part in a log already has a view although its row follows a moment later.
    pub(crate) async fn visible(&self, ctx: &Ctx, keys: &[(UserId, ConversationId)]) -> Result<Vec<Conversation>> {
        let allowed: Vec<_> = keys.iter().filter(|(owner, _)| policy::may_open(ctx, owner).is_ok()).cloned().collect();
        let mut rows = repository::find_many(self.store.read(), &allowed).await?;
        if rows.len() == allowed.len() {
            return Ok(rows);
        }
        let found: HashSet<_> = rows.iter().map(|row| (row.owner.clone(), row.id.clone())).collect();
        let missing: Vec<_> = allowed.into_iter().filter(|key| !found.contains(key)).collect();
        let ids: Vec<_> = missing.iter().map(|(_, id)| id.clone()).collect();
        let heads = self.log_ends(&ids).await?;
        for (owner, id) in missing {
            let Some(head) = heads.get(&id) else { continue };
            // Of a system conversation only the receiver has a view.
            let sent_it = head.kind == ConversationKind::System && head.last_sender.as_ref() == Some(&owner);
            if !sent_it && self.takes_part(head, &owner).await? {
                rows.push(NewRow::of(owner, id, &head.participants, head.last_stored_at).view());
            }
        }
        Ok(rows)
    }

    /// Tells whether the user is one of the log's people or a member of its group.
    async fn takes_part(&self, head: &ConversationHead, user: &UserId) -> Result<bool> {
        match group_in(&head.conversation_id) {
            Some(group) => Ok(self.groups.member(&group, user).await?.is_some()),
            None => Ok(policy::takes_part(head, user)),
        }
    }

    /// Returns what is marked for all members, by conversation. What a row of the caller names may be asked.
    pub(crate) async fn marks(&self, ids: &[ConversationId]) -> Result<HashMap<ConversationId, GroupMark>> {
        marks::find(self.store.read(), ids).await
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
