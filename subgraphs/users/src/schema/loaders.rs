//! Loads the users, and their presence, of one request together.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, Loader};
use openim_core::{Ctx, Error, Result, UserId};
use openim_graphql::loader_error;

use super::types::{Presence, User};
use crate::model::UserPresence;
use crate::service::{Presences, Profiles};

/// Loads users by id.
pub(crate) struct UsersById {
    ctx: Ctx,
    profiles: Profiles,
}

/// Makes the loader of one request. It does not wait for more keys: the executor asks for all of a level at once.
pub(crate) fn users(ctx: Ctx, profiles: Profiles) -> DataLoader<UsersById> {
    DataLoader::new(UsersById { ctx, profiles }, tokio::spawn).delay(Duration::ZERO)
}

impl Loader<UserId> for UsersById {
    type Value = User;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[UserId]) -> Result<HashMap<UserId, User>, Self::Error> {
        let found = self.profiles.users_by_id(&self.ctx, keys).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(id, user)| (id, User(user))).collect())
    }
}

/// Returns one user; an id that nobody can have is nobody's.
pub(crate) async fn load_user(ctx: &Context<'_>, id: &str) -> async_graphql::Result<Option<User>> {
    let Ok(id) = UserId::parse(id) else { return Ok(None) };
    Ok(ctx.data::<DataLoader<UsersById>>()?.load_one(id).await.map_err(loader_error)?)
}

/// Loads where users are online.
pub(crate) struct PresenceByUser {
    ctx: Ctx,
    presences: Presences,
}

/// Makes the loader of one request.
pub(crate) fn presences(ctx: Ctx, presences: Presences) -> DataLoader<PresenceByUser> {
    DataLoader::new(PresenceByUser { ctx, presences }, tokio::spawn).delay(Duration::ZERO)
}

impl Loader<UserId> for PresenceByUser {
    type Value = UserPresence;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[UserId]) -> Result<HashMap<UserId, UserPresence>, Self::Error> {
        let found = self.presences.of_users(&self.ctx, keys).await.map_err(Arc::new)?;
        Ok(keys.iter().cloned().zip(found).collect())
    }
}

/// Returns where a user is online.
pub(crate) async fn load_presence(ctx: &Context<'_>, user: &UserId) -> async_graphql::Result<Option<Presence>> {
    let found = ctx.data::<DataLoader<PresenceByUser>>()?.load_one(user.clone()).await.map_err(loader_error)?;
    Ok(found.map(Presence))
}
