//! What this domain adds to users.

use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object, Result};
use openim_core::UserId;
use openim_graphql::{Page, caller, loader_error, viewer_id};

use super::block::BlockConnection;
use super::friendship::{Friendship, FriendshipConnection};
use super::loaders::{Blocks, Friends};
use super::request::FriendRequest;
use super::service;

pub(crate) struct User(pub(crate) UserId);

/// A user, as the relations domain sees one: lists are open to that user and to app administrators, and what lies between
/// two users is seen from the caller's side.
#[Object]
impl User {
    /// The user's id (OpenIM `userID`).
    async fn id(&self) -> ID {
        super::id(&self.0)
    }

    /// The entry about this user in somebody's list of friends; null when there is none.
    async fn friendship(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose list; the caller's when left out, anybody's for app administrators.")] with: Option<ID>,
    ) -> Result<Option<Friendship>> {
        let owner = viewer_id(caller(ctx)?, with)?;
        let found = ctx.data::<DataLoader<Friends>>()?.load_one((owner, self.0.clone())).await.map_err(loader_error)?;
        Ok(found.map(Friendship))
    }

    /// Whether this user is on somebody's black list.
    async fn blocked(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose list; the caller's when left out, anybody's for app administrators.")] by: Option<ID>,
    ) -> Result<Option<bool>> {
        let owner = viewer_id(caller(ctx)?, by)?;
        let found = ctx.data::<DataLoader<Blocks>>()?.load_one((owner, self.0.clone())).await.map_err(loader_error)?;
        Ok(Some(found.is_some()))
    }

    /// The friend requests between this user and another, both directions: at most two, that of the other one first.
    async fn friend_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The other one; the caller when left out, anybody for app administrators.")] with: Option<ID>,
    ) -> Result<Option<Vec<FriendRequest>>> {
        let other = viewer_id(caller(ctx)?, with)?;
        let found = service(ctx)?.requests_between(caller(ctx)?, &other, &self.0).await?;
        Ok(Some(found.into_iter().map(FriendRequest).collect()))
    }

    /// The user's friends, pinned ones first, then by age; for that user and app administrators.
    async fn friends(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Text in the id, the remark or the shown name, whatever its case, at most 255 bytes.")] search: Option<String>,
    ) -> Result<Option<FriendshipConnection>> {
        FriendshipConnection::load(ctx, &self.0, Page::new(first, after, offset)?, search).await.map(Some)
    }

    /// The users whom this one has blocked, the oldest entries first; for that user and app administrators.
    async fn blacks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
    ) -> Result<Option<BlockConnection>> {
        BlockConnection::load(ctx, &self.0, Page::new(first, after, offset)?).await.map(Some)
    }
}
