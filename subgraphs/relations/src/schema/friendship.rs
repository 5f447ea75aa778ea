//! Friends as the graph shows them.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use openim_core::UserId;
use openim_graphql::{DateTime, Long, Page, PageInfo, Place, Version, caller};

use super::user::User;
use super::{id, long, page_info, service, slice};
use crate::model::{self, FriendPlace, Listed};

/// How two users became friends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::FriendSource")]
pub(crate) enum FriendSource {
    /// An administrator imported it (OpenIM 1).
    Import,
    /// One asked and the other agreed (OpenIM 2).
    Request,
}

#[derive(Debug, Clone)]
pub(crate) struct Friendship(pub(crate) model::Friendship);

/// One friend in one user's list; visible to that user and to app administrators. The other direction is an entry of its
/// own and may be missing.
#[Object]
impl Friendship {
    /// Whose list.
    async fn owner_id(&self) -> ID {
        id(&self.0.owner)
    }

    /// The friend's id.
    async fn friend_id(&self) -> ID {
        id(&self.0.friend)
    }

    /// The friend; null when the user is not registered.
    async fn user(&self) -> Option<User> {
        Some(User(self.0.friend.clone()))
    }

    /// The owner's own name for the friend; may be empty.
    async fn remark(&self) -> &str {
        &self.0.remark
    }

    /// Whether the owner keeps the friend on top of the list.
    async fn pinned(&self) -> bool {
        self.0.pinned
    }

    /// When they became friends.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// How they became friends.
    async fn source(&self) -> FriendSource {
        self.0.source.into()
    }

    /// Who caused it: the one who asked, or the administrator who imported it.
    async fn operator_id(&self) -> ID {
        id(&self.0.operator)
    }

    /// Whatever the application keeps with it.
    async fn ex(&self) -> &str {
        &self.0.ex
    }
}

pub(crate) struct FriendshipConnection {
    owner: UserId,
    search: Option<String>,
    page: Listed<model::Friendship>,
}

impl FriendshipConnection {
    pub(super) async fn load(ctx: &Context<'_>, owner: &UserId, page: Page, search: Option<String>) -> Result<Self> {
        let search = search.filter(|text| !text.is_empty());
        let page = service(ctx)?.friends(caller(ctx)?, owner, search.as_deref(), &slice(page, place)?).await?;
        Ok(Self { owner: owner.clone(), search, page })
    }
}

/// A page of friends: pinned ones first, then by age.
#[Object]
impl FriendshipConnection {
    /// The friends of this page.
    async fn edges(&self) -> Vec<FriendshipEdge> {
        self.page.items.iter().map(|item| FriendshipEdge { cursor: cursor(item), node: Friendship(item.clone()) }).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        page_info(&self.page, cursor)
    }

    /// How many friends the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(long(service(ctx)?.count_friends(caller(ctx)?, &self.owner, self.search.as_deref()).await?)?)
    }
}

/// A friend's place in a list.
#[derive(SimpleObject)]
pub(crate) struct FriendshipEdge {
    /// The place, for `after`.
    cursor: String,
    /// The friend.
    node: Friendship,
}

/// What changed in a list of friends since a version.
#[derive(SimpleObject)]
pub(crate) struct FriendDelta {
    /// Where the list stands now; name it next time.
    version: Version,
    /// Whether everything must be loaded anew; nothing else is told then.
    full: bool,
    /// Friends that are new.
    inserted: Vec<Friendship>,
    /// Friends that changed: remark, data, pinning, shown name or picture.
    updated: Vec<Friendship>,
    /// Ids of those who are no friends any more.
    deleted_ids: Vec<ID>,
    /// The version that changed the order of the list; 0 when it is as it was.
    sort_version: Long,
}

impl From<model::FriendDelta> for FriendDelta {
    fn from(delta: model::FriendDelta) -> Self {
        let shown = |rows: Vec<model::Friendship>| rows.into_iter().map(Friendship).collect();
        Self {
            version: Version { id: delta.version.id, number: Long(delta.version.number) },
            full: delta.full,
            inserted: shown(delta.inserted),
            updated: shown(delta.updated),
            deleted_ids: delta.deleted.into_iter().map(ID::from).collect(),
            sort_version: Long(delta.sort_version),
        }
    }
}

/// The first character says which part of the list it is, because it decides before the time does.
fn cursor(friend: &model::Friendship) -> String {
    let part = if friend.pinned { 'p' } else { 'o' };
    Place { at: friend.created_at, id: format!("{part}{}", friend.friend) }.text()
}

fn place(text: &str) -> openim_core::Result<FriendPlace> {
    let Place { at, id } = Place::parse(text)?;
    let (pinned, friend) = match (id.strip_prefix('p'), id.strip_prefix('o')) {
        (Some(friend), _) => (true, friend),
        (None, Some(friend)) => (false, friend),
        (None, None) => (false, ""),
    };
    Ok(FriendPlace { pinned, created_at: at, friend: UserId::parse(friend)? })
}
