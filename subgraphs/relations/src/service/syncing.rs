//! How clients keep a copy of the list of friends and of the black list.

use openim_core::{Ctx, Result, UserId};
use openim_platform::versions::{self, Version, VersionedList};

use super::Service;
use super::changing::in_order;
use crate::model::{BlockDelta, FriendDelta, IdsAt};
use crate::policy;
use crate::repository::{blocks, friends};

/// The most ids of one list that are told. A list beyond it is told from its beginning.
const MAX_IDS: u64 = 100_000;

impl Service {
    /// Returns the ids of all friends in the order of the list, and where the list stands.
    pub(crate) async fn friend_ids(&self, ctx: &Ctx, owner: &UserId) -> Result<IdsAt> {
        policy::may_use(ctx, owner)?;
        // The version first: ids that are newer than it only make the client ask for changes that it has already.
        let version = versions::current(&self.store, ctx, VersionedList::Friends, owner.as_str()).await?;
        let ids = friends::ids(self.store.read(), owner, MAX_IDS).await?;
        Ok(IdsAt { version, hash: versions::id_hash(&ids)?, ids })
    }

    /// Returns what changed in the list of friends since a version.
    pub(crate) async fn friend_changes(&self, ctx: &Ctx, owner: &UserId, known: &Version) -> Result<FriendDelta> {
        policy::may_use(ctx, owner)?;
        let delta = versions::delta(&self.store, ctx, VersionedList::Friends, owner.as_str(), known).await?;
        let (inserted, updated) = (ids(delta.inserted)?, ids(delta.updated)?);
        let rows = friends::find(self.store.read(), owner, &[inserted.as_slice(), &updated].concat()).await?;
        Ok(FriendDelta {
            version: delta.version,
            full: delta.full,
            inserted: in_order(&inserted, rows.clone()),
            updated: in_order(&updated, rows),
            deleted: delta.deleted,
            sort_version: delta.sort_version,
        })
    }

    /// Returns what changed in the black list since a version.
    pub(crate) async fn block_changes(&self, ctx: &Ctx, owner: &UserId, known: &Version) -> Result<BlockDelta> {
        policy::may_use(ctx, owner)?;
        let delta = versions::delta(&self.store, ctx, VersionedList::Blacks, owner.as_str(), known).await?;
        let inserted = blocks::find(self.store.read(), owner, &ids(delta.inserted)?).await?;
        let updated = blocks::find(self.store.read(), owner, &ids(delta.updated)?).await?;
        Ok(BlockDelta { version: delta.version, full: delta.full, inserted, updated, deleted: delta.deleted })
    }
}

fn ids(texts: Vec<String>) -> Result<Vec<UserId>> {
    texts.into_iter().map(UserId::parse).collect()
}
