//! What can be read.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object, Result};
use openim_core::UserId;
use openim_graphql::{caller, loader_error, viewer_id};

use super::block::BlockEntry;
use super::contact::Mutuality;
use super::friendship::Friendship;
use super::loaders::{Blocks, Friends, Requests};
use super::request::FriendRequest;
use super::service;
use super::user::User;
use super::viewer::Viewer;
use crate::model::Pair;

pub(crate) struct Query;

/// What can be read.
#[Object]
impl Query {
    /// One's own things. An app administrator may look at another user's by `as`.
    #[graphql(shareable)]
    async fn viewer(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "as", desc = "Another user, for app administrators; oneself is allowed.")] as_user: Option<ID>,
    ) -> Result<Option<Viewer>> {
        Ok(Some(Viewer { owner: viewer_id(caller(ctx)?, as_user)? }))
    }

    /// Whether two users have each other as friends, for either of them and app administrators.
    async fn friendship_between(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One of them.")] user_id: ID,
        #[graphql(desc = "The other one.")] other_id: ID,
    ) -> Result<Mutuality> {
        let (user, other) = (UserId::parse(user_id.0)?, UserId::parse(other_id.0)?);
        Ok(service(ctx)?.mutuality(caller(ctx)?, &user, &other).await?.into())
    }

    /// The friend requests between two users, both directions, for either of them and app administrators: at most two,
    /// that of the first user first.
    async fn friend_requests_between(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One of them.")] user_id: ID,
        #[graphql(desc = "The other one.")] other_id: ID,
    ) -> Result<Vec<FriendRequest>> {
        let (user, other) = (UserId::parse(user_id.0)?, UserId::parse(other_id.0)?);
        let found = service(ctx)?.requests_between(caller(ctx)?, &user, &other).await?;
        Ok(found.into_iter().map(FriendRequest).collect())
    }

    /// Finds what this domain knows of a user; whether one is registered is for the users domain to say.
    #[graphql(entity)]
    async fn find_user_by_id(&self, id: ID) -> Option<User> {
        UserId::parse(id.0).ok().map(User)
    }

    /// Finds a friend in a list; one that the caller may not see is not there.
    #[graphql(entity)]
    async fn find_friendship(
        &self,
        ctx: &Context<'_>,
        #[graphql(key)] owner_id: ID,
        #[graphql(key)] friend_id: ID,
    ) -> Result<Option<Friendship>> {
        let Some(key) = pair(owner_id, friend_id) else { return Ok(None) };
        Ok(ctx.data::<DataLoader<Friends>>()?.load_one(key).await.map_err(loader_error)?.map(Friendship))
    }

    /// Finds an entry of a black list; one that the caller may not see is not there.
    #[graphql(entity)]
    async fn find_block_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(key)] owner_id: ID,
        #[graphql(key)] blocked_id: ID,
    ) -> Result<Option<BlockEntry>> {
        let Some(key) = pair(owner_id, blocked_id) else { return Ok(None) };
        Ok(ctx.data::<DataLoader<Blocks>>()?.load_one(key).await.map_err(loader_error)?.map(BlockEntry))
    }

    /// Finds a friend request; one that the caller may not see is not there.
    #[graphql(entity)]
    async fn find_friend_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(key)] from_id: ID,
        #[graphql(key)] to_id: ID,
    ) -> Result<Option<FriendRequest>> {
        let Some(key) = pair(from_id, to_id) else { return Ok(None) };
        Ok(ctx.data::<DataLoader<Requests>>()?.load_one(key).await.map_err(loader_error)?.map(FriendRequest))
    }
}

fn pair(one: ID, other: ID) -> Option<Pair> {
    Some((UserId::parse(one.0).ok()?, UserId::parse(other.0).ok()?))
}
