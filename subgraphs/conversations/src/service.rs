//! The use cases. Each first asks the policy, then the repository and the messages domain's reader.

mod changes;
mod clearing;
mod deleting;
mod destructing;
mod listing;
mod marking;
mod receipts;
mod settings;
mod syncing;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use openim_contracts::{ConversationHead, GroupReader, MessageLogReader, RelationReader, UserReader};
use openim_core::{ConversationId, ConversationKind, Ctx, Result, UserId};
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;

pub(crate) use receipts::Written;

use crate::events::{row_changed, rows_made};
use crate::model::{Conversation, GroupMark, Listed, NewRow, REFUSED, group_in, grown};
use crate::repository::{deleting as tombstones, marks};
use crate::{Ports, Settings, policy, repository};

/// Rows of one transaction: short enough for SQLite's one writer.
const STEP: usize = 500;

/// What a caller may do with conversations.
pub(crate) struct Service {
    settings: Settings,
    store: Store,
    logs: Arc<dyn MessageLogReader>,
    groups: Arc<dyn GroupReader>,
    users: Arc<dyn UserReader>,
    relations: Arc<dyn RelationReader>,
    webhooks: Webhooks,
}

impl Service {
    /// Puts the use cases on what they stand on.
    pub(crate) fn new(settings: Settings, ports: Ports) -> Self {
        let Ports { store, logs, groups, users, relations, webhooks } = ports;
        Self { settings, store, logs, groups, users, relations, webhooks }
    }

    /// Returns one conversation of an owner.
    pub(crate) async fn conversation(&self, ctx: &Ctx, owner: &UserId, id: &ConversationId) -> Result<Option<Conversation>> {
        Ok(self.views(ctx, owner, vec![id.clone()]).await?.pop())
    }

    /// Returns an owner's rows among `ids`, in the order asked, repeated ids once, so that something can be done to them. Rows that
    /// would follow a moment later are made now: what a client sees as a view can be acted upon.
    pub(crate) async fn by_ids(&self, ctx: &Ctx, owner: &UserId, ids: Vec<ConversationId>) -> Result<Vec<Conversation>> {
        policy::may_open(ctx, owner)?;
        let keys: Vec<_> = ids.into_iter().map(|id| (owner.clone(), id)).collect();
        let mut rows = repository::find_many(self.store.read(), &keys).await?;
        let coming = self.coming(without(&keys, &rows)).await?;
        for rows in coming.chunks(STEP) {
            let tx = self.store.begin().await?;
            let made = repository::insert_missing(tx.connection(), rows.to_vec()).await?;
            rows_made(ctx, &tx, &made).await?;
            for (owner, id) in made {
                tx.signal(row_changed(owner, id));
            }
            tx.commit().await?;
        }
        if !coming.is_empty() {
            rows = repository::find_many(self.store.read(), &keys).await?;
        }
        Ok(in_order(&keys, self.shown(ctx, rows).await?))
    }

    /// Returns an owner's views: the rows, and those that are there before their rows. A client that is told of a first message
    /// asks for its conversation at once.
    pub(crate) async fn views(&self, ctx: &Ctx, owner: &UserId, ids: Vec<ConversationId>) -> Result<Vec<Conversation>> {
        policy::may_open(ctx, owner)?;
        let keys: Vec<_> = ids.into_iter().map(|id| (owner.clone(), id)).collect();
        let rows = self.visible(ctx, &keys).await?;
        Ok(in_order(&keys, rows))
    }

    /// Returns the rows among the keys that the caller may see; a foreign or missing one is simply not there. Who takes
    /// part in a log already has a view although its row follows a moment later.
    pub(crate) async fn visible(&self, ctx: &Ctx, keys: &[(UserId, ConversationId)]) -> Result<Vec<Conversation>> {
        let allowed: Vec<_> = keys.iter().filter(|(owner, _)| policy::may_open(ctx, owner).is_ok()).cloned().collect();
        let rows = repository::find_many(self.store.read(), &allowed).await?;
        let missing = without(&allowed, &rows);
        let mut rows = self.shown(ctx, rows).await?;
        rows.extend(self.coming(missing).await?.into_iter().map(NewRow::view));
        Ok(rows)
    }

    /// Returns the rows that will follow where there are none yet: of logs in which their owners take part.
    async fn coming(&self, missing: Vec<(UserId, ConversationId)>) -> Result<Vec<NewRow>> {
        let ids: Vec<_> = missing.iter().map(|(_, id)| id.clone()).collect();
        let heads = self.log_ends(&ids).await?;
        let mut rows = Vec::new();
        for (owner, id) in missing {
            let Some(head) = heads.get(&id) else { continue };
            // Of a system conversation only the receiver has a view.
            let sent_it = head.kind == ConversationKind::System && head.last_sender.as_ref() == Some(&owner);
            if !sent_it && self.takes_part(head, &owner).await? {
                rows.push(NewRow::of(owner, id, &head.participants, head.last_stored_at));
            }
        }
        Ok(rows)
    }

    /// Returns rows without those that are deleted. A deleted one whose log has grown since is shown again: it enters the
    /// list now, once, whoever notices first.
    async fn shown(&self, ctx: &Ctx, rows: Vec<Conversation>) -> Result<Vec<Conversation>> {
        let (deleted, mut shown): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.deleted);
        let waiting: Vec<_> = deleted.into_iter().filter(|row| row.deleted_seq < REFUSED).collect();
        let heads = self.log_ends(&waiting.iter().map(|row| row.id.clone()).collect::<Vec<_>>()).await?;
        let returning = waiting.into_iter().filter(|row| heads.get(&row.id).is_some_and(|head| grown(row, head)));
        let returning: Vec<_> = returning.map(|row| (row.owner, row.id)).collect();
        if returning.is_empty() {
            return Ok(shown);
        }
        for chunk in returning.chunks(STEP) {
            let tx = self.store.begin().await?;
            let restored = tombstones::restore(tx.connection(), chunk, ctx.now()).await?;
            rows_made(ctx, &tx, &restored).await?;
            for (owner, id) in restored {
                tx.signal(row_changed(owner, id));
            }
            tx.commit().await?;
        }
        let rows = repository::find_many(self.store.read(), &returning).await?;
        shown.extend(rows.into_iter().filter(|row| !row.deleted));
        Ok(shown)
    }

    /// Shows again what the owner has deleted and where something new has come; returns what stays deleted.
    async fn awaken(&self, ctx: &Ctx, owner: &UserId) -> Result<Vec<Conversation>> {
        let deleted = tombstones::of_owner(self.store.read(), owner, self.settings.max_conversations).await?;
        if deleted.is_empty() {
            return Ok(deleted);
        }
        let awake: HashSet<_> = self.shown(ctx, deleted.clone()).await?.into_iter().map(|row| row.id).collect();
        Ok(deleted.into_iter().filter(|row| !awake.contains(&row.id)).collect())
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
        self.awaken(ctx, owner).await?;
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

/// Returns the keys that no row has, each once.
fn without(keys: &[(UserId, ConversationId)], rows: &[Conversation]) -> Vec<(UserId, ConversationId)> {
    let mut found: HashSet<_> = rows.iter().map(|row| (&row.owner, &row.id)).collect();
    keys.iter().filter(|(owner, id)| found.insert((owner, id))).cloned().collect()
}

fn in_order(keys: &[(UserId, ConversationId)], rows: Vec<Conversation>) -> Vec<Conversation> {
    let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    keys.iter().filter_map(|(_, id)| rows.remove(id)).collect()
}
