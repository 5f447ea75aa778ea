//! Incremental sync: what changed in an owner's list of conversations since a version (sync.md, sections 1 to 3).

use std::collections::HashMap;

use openim_core::{ConversationId, Ctx, Result, UserId};
use openim_platform::versions::{self, Version, VersionedList, id_hash};

use super::Service;
use crate::model::{Conversation, IdSnapshot, Kept, ListDelta};
use crate::policy;
use crate::repository;

impl Service {
    /// Returns the rows that were made, changed or removed since a version, or that everything is to be loaded.
    pub(crate) async fn changes(&self, ctx: &Ctx, owner: &UserId, known: &Version) -> Result<ListDelta> {
        policy::may_open(ctx, owner)?;
        self.awaken(ctx, owner).await?;
        let delta = versions::delta(&self.store, ctx, VersionedList::Conversations, owner.as_str(), known).await?;
        let keys = |ids: &[String]| {
            ids.iter().filter_map(|id| Some((owner.clone(), ConversationId::parse(id.as_str()).ok()?))).collect::<Vec<_>>()
        };
        let (inserted, updated) = (keys(&delta.inserted), keys(&delta.updated));
        let wanted: Vec<_> = inserted.iter().chain(&updated).cloned().collect();
        let rows = repository::find_many(self.store.read(), &wanted).await?;
        let shown = rows.into_iter().filter(|row| !row.deleted);
        let mut rows: HashMap<ConversationId, Conversation> = shown.map(|row| (row.id.clone(), row)).collect();
        // What is gone meanwhile is missing from the lists.
        let mut take = |keys: Vec<(UserId, ConversationId)>| keys.iter().filter_map(|(_, id)| rows.remove(id)).collect();
        Ok(ListDelta { version: delta.version, full: delta.full, inserted: take(inserted), updated: take(updated), deleted: delta.deleted })
    }

    /// Returns the ids of an owner's conversations, the oldest rows first, unless the client's hash tells that it has them.
    pub(crate) async fn ids(&self, ctx: &Ctx, owner: &UserId, known_hash: Option<u64>) -> Result<IdSnapshot> {
        policy::may_open(ctx, owner)?;
        self.awaken(ctx, owner).await?;
        // The version first: a change in between is then told again, never left out.
        let version = versions::current(&self.store, ctx, VersionedList::Conversations, owner.as_str()).await?;
        let ids = repository::ids_of_owner(self.store.read(), owner, Kept::All, self.settings.max_conversations).await?;
        let hash = id_hash(&ids)?;
        let equal = known_hash == Some(hash);
        Ok(IdSnapshot { version, hash, equal, ids: if equal { Vec::new() } else { ids } })
    }
}
