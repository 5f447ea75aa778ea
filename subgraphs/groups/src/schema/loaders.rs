//! Loads the groups and memberships of one request together.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::{Context, ID};
use openim_core::{Ctx, Error, GroupId, Result, UserId};
use openim_graphql::{caller, loader_error};

use super::group::Group;
use super::member::GroupMember;
use crate::service::Service;

/// Loads groups by id, dismissed ones too.
pub(crate) struct Groups {
    ctx: Ctx,
    service: Arc<Service>,
}

/// Loads the caller's own membership by group.
pub(crate) struct OwnMemberships {
    ctx: Ctx,
    service: Arc<Service>,
}

/// Makes the loaders of one request. They do not wait for more keys: the executor asks for all of a level at once.
pub(crate) fn loaders(ctx: &Ctx, service: &Arc<Service>) -> (DataLoader<Groups>, DataLoader<OwnMemberships>) {
    let groups = Groups { ctx: ctx.clone(), service: service.clone() };
    let own = OwnMemberships { ctx: ctx.clone(), service: service.clone() };
    (DataLoader::new(groups, tokio::spawn).delay(Duration::ZERO), DataLoader::new(own, tokio::spawn).delay(Duration::ZERO))
}

impl Loader<GroupId> for Groups {
    type Value = Group;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[GroupId]) -> Result<HashMap<GroupId, Group>, Self::Error> {
        let found = self.service.groups_by_id(&self.ctx, keys).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(id, group)| (id, Group(group))).collect())
    }
}

impl Loader<(GroupId, UserId)> for OwnMemberships {
    type Value = GroupMember;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[(GroupId, UserId)]) -> Result<HashMap<(GroupId, UserId), GroupMember>, Self::Error> {
        let found = self.service.own_memberships(&self.ctx, keys).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|view| ((view.member.group.clone(), view.member.user.clone()), GroupMember(view))).collect())
    }
}

/// Returns one group.
pub(super) async fn load_group(ctx: &Context<'_>, id: GroupId) -> async_graphql::Result<Option<Group>> {
    Ok(ctx.data::<DataLoader<Groups>>()?.load_one(id).await.map_err(loader_error)?)
}

/// Returns the group that a client named; an id that no group can have is nobody's.
pub(super) async fn load_named(ctx: &Context<'_>, id: &ID) -> async_graphql::Result<Option<Group>> {
    match GroupId::parse(id.as_str()) {
        Ok(id) => load_group(ctx, id).await,
        Err(_) => Ok(None),
    }
}

/// Returns the caller's membership in a group; callers that are no users have none.
pub(super) async fn load_own(ctx: &Context<'_>, group: &GroupId) -> async_graphql::Result<Option<GroupMember>> {
    let Ok(principal) = caller(ctx)?.principal() else { return Ok(None) };
    let key = (group.clone(), principal.user_id.clone());
    Ok(ctx.data::<DataLoader<OwnMemberships>>()?.load_one(key).await.map_err(loader_error)?)
}
