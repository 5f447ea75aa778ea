//! Black lists as the graph shows them.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::UserId;
use openim_graphql::{DateTime, Long, Page, PageInfo, Place, Version, caller};

use super::user::User;
use super::{id, long, page_info, service, slice};
use crate::model::{self, BlockPlace, Listed};

#[derive(Debug, Clone)]
pub(crate) struct BlockEntry(pub(crate) model::BlockEntry);

/// One user on another's black list; visible to the owner of the list and to app administrators. Whoever is on it cannot
/// write to the owner.
#[Object]
impl BlockEntry {
    /// Whose list.
    async fn owner_id(&self) -> ID {
        id(&self.0.owner)
    }

    /// The id of the blocked user.
    async fn blocked_id(&self) -> ID {
        id(&self.0.blocked)
    }

    /// The blocked user; null when the user is not registered.
    async fn user(&self) -> Option<User> {
        Some(User(self.0.blocked.clone()))
    }

    /// Since when.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Who put the user on the list: the owner or an administrator.
    async fn operator_id(&self) -> ID {
        id(&self.0.operator)
    }

    /// Whatever the application keeps with it.
    async fn ex(&self) -> &str {
        &self.0.ex
    }
}

pub(crate) struct BlockConnection {
    owner: UserId,
    page: Listed<model::BlockEntry>,
}

impl BlockConnection {
    pub(super) async fn load(ctx: &Context<'_>, owner: &UserId, page: Page) -> Result<Self> {
        let page = service(ctx)?.blocks(caller(ctx)?, owner, &slice(page, place)?).await?;
        Ok(Self { owner: owner.clone(), page })
    }
}

/// A page of a black list, the oldest entries first.
#[Object]
impl BlockConnection {
    /// The entries of this page.
    async fn edges(&self) -> Vec<BlockEdge> {
        self.page.items.iter().map(|item| BlockEdge { cursor: cursor(item), node: BlockEntry(item.clone()) }).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        page_info(&self.page, cursor)
    }

    /// How many entries the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(long(service(ctx)?.count_blocks(caller(ctx)?, &self.owner).await?)?)
    }
}

/// An entry's place in a black list.
#[derive(SimpleObject)]
pub(crate) struct BlockEdge {
    /// The place, for `after`.
    cursor: String,
    /// The entry.
    node: BlockEntry,
}

/// What changed in a black list since a version.
#[derive(SimpleObject)]
pub(crate) struct BlockDelta {
    /// Where the list stands now; name it next time.
    version: Version,
    /// Whether everything must be loaded anew; nothing else is told then.
    full: bool,
    /// Entries that are new.
    inserted: Vec<BlockEntry>,
    /// Entries that changed.
    updated: Vec<BlockEntry>,
    /// Ids of those who are not blocked any more.
    deleted_ids: Vec<ID>,
}

impl From<model::BlockDelta> for BlockDelta {
    fn from(delta: model::BlockDelta) -> Self {
        let shown = |rows: Vec<model::BlockEntry>| rows.into_iter().map(BlockEntry).collect();
        Self {
            version: Version { id: delta.version.id, number: Long(delta.version.number) },
            full: delta.full,
            inserted: shown(delta.inserted),
            updated: shown(delta.updated),
            deleted_ids: delta.deleted.into_iter().map(ID::from).collect(),
        }
    }
}

fn cursor(entry: &model::BlockEntry) -> String {
    Place { at: entry.created_at, id: entry.blocked.to_string() }.text()
}

fn place(text: &str) -> openim_core::Result<BlockPlace> {
    let Place { at, id } = Place::parse(text)?;
    Ok(BlockPlace { created_at: at, blocked: UserId::parse(id)? })
}
