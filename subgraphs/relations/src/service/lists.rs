//! Pages of lists, and how long they are.

use std::collections::HashMap;

use openim_contracts::UserSummary;
use openim_core::{Ctx, Result, Timestamp, UserId};

use super::Service;
use crate::model::{BlockEntry, BlockPlace, FriendPlace, FriendRequest, Friendship, Listed, RequestFilter, RequestPlace, Slice};
use crate::policy;
use crate::repository::{blocks, friends, requests};

/// How many friends of one user a search looks through, in the order of the list.
const MAX_SEARCHED: u64 = 10_000;
/// How many users one question to the users domain names.
const USERS_STEP: usize = 1_000;

impl Service {
    /// Returns a page of an owner's friends: pinned ones first, then by age.
    pub(crate) async fn friends(
        &self,
        ctx: &Ctx,
        owner: &UserId,
        search: Option<&str>,
        slice: &Slice<FriendPlace>,
    ) -> Result<Listed<Friendship>> {
        policy::may_use(ctx, owner)?;
        let Some(search) = search else {
            return Ok(Listed::of(friends::page(self.store.read(), owner, slice).await?, slice));
        };
        let found = self.found(owner, search).await?;
        let order = |friend: &Friendship| (!friend.pinned, friend.created_at, friend.friend.clone());
        let after = slice.after.as_ref().map(|place| (!place.pinned, place.created_at, place.friend.clone()));
        let rest = found.into_iter().filter(|friend| after.as_ref().is_none_or(|after| order(friend) > *after));
        let skipped = usize::try_from(slice.offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(slice.limit).unwrap_or(usize::MAX).saturating_add(1);
        Ok(Listed::of(rest.skip(skipped).take(limit).collect(), slice))
    }

    /// Returns how many friends an owner has, or how many of them a search finds.
    pub(crate) async fn count_friends(&self, ctx: &Ctx, owner: &UserId, search: Option<&str>) -> Result<u64> {
        policy::may_use(ctx, owner)?;
        match search {
            None => friends::count(self.store.read(), owner).await,
            Some(search) => Ok(u64::try_from(self.found(owner, search).await?.len()).unwrap_or(u64::MAX)),
        }
    }

    /// Returns the friends whose id, remark or shown name has a text. Names belong to the users domain, so the list is
    /// looked through here.
    async fn found(&self, owner: &UserId, search: &str) -> Result<Vec<Friendship>> {
        policy::check_search(search)?;
        let mut all = friends::first(self.store.read(), owner, MAX_SEARCHED).await?;
        let ids: Vec<UserId> = all.iter().map(|friend| friend.friend.clone()).collect();
        let mut names: HashMap<UserId, String> = HashMap::with_capacity(ids.len());
        for step in ids.chunks(USERS_STEP) {
            let users = self.users.users(step).await?;
            names.extend(users.into_iter().map(|UserSummary { user_id, nickname, .. }| (user_id, nickname)));
        }
        all.retain(|friend| {
            let name = names.get(&friend.friend).map(String::as_str).unwrap_or_default();
            policy::is_found(search, [friend.friend.as_str(), &friend.remark, name])
        });
        // The order of the search's pages is compared here, not in the database, which may order ids differently.
        all.sort_by(|a, b| (!a.pinned, a.created_at, &a.friend).cmp(&(!b.pinned, b.created_at, &b.friend)));
        Ok(all)
    }

    /// Returns a page of an owner's black list, the oldest entries first.
    pub(crate) async fn blocks(&self, ctx: &Ctx, owner: &UserId, slice: &Slice<BlockPlace>) -> Result<Listed<BlockEntry>> {
        policy::may_use(ctx, owner)?;
        Ok(Listed::of(blocks::page(self.store.read(), owner, slice).await?, slice))
    }

    /// Returns how long an owner's black list is.
    pub(crate) async fn count_blocks(&self, ctx: &Ctx, owner: &UserId) -> Result<u64> {
        policy::may_use(ctx, owner)?;
        blocks::count(self.store.read(), owner).await
    }

    /// Returns a page of the requests that an owner got or made, the newest first.
    pub(crate) async fn requests(
        &self,
        ctx: &Ctx,
        owner: &UserId,
        filter: &RequestFilter,
        slice: &Slice<RequestPlace>,
    ) -> Result<Listed<FriendRequest>> {
        policy::may_use(ctx, owner)?;
        Ok(Listed::of(requests::page(self.store.read(), owner, filter, slice).await?, slice))
    }

    /// Returns how many requests a filter shows.
    pub(crate) async fn count_requests(&self, ctx: &Ctx, owner: &UserId, filter: &RequestFilter) -> Result<u64> {
        policy::may_use(ctx, owner)?;
        requests::count(self.store.read(), owner, filter).await
    }

    /// Returns how many requests to an owner wait for an answer that were made after a moment.
    pub(crate) async fn count_unhandled(&self, ctx: &Ctx, owner: &UserId, since: Option<Timestamp>) -> Result<u64> {
        policy::may_use(ctx, owner)?;
        requests::count_open(self.store.read(), owner, since).await
    }
}
