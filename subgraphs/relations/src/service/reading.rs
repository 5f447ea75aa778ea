//! Reading by id: what somebody has about certain users.

use std::collections::HashMap;

use openim_core::{Actor, Ctx, Result, UserId};

use super::Service;
use super::changing::in_order;
use crate::model::{BlockEntry, Contact, FriendRequest, Friendship, Mutuality, Pair};
use crate::policy;
use crate::repository::{blocks, friends, requests};

impl Service {
    /// Returns the friends among some ids, in the order asked; an id may come once.
    pub(crate) async fn friends_by_ids(&self, ctx: &Ctx, owner: &UserId, ids: &[String]) -> Result<Vec<Friendship>> {
        policy::may_use(ctx, owner)?;
        policy::check_batch(ids.len())?;
        policy::check_distinct(ids)?;
        let ids = possible(ids);
        Ok(in_order(&ids, friends::find(self.store.read(), owner, &ids).await?))
    }

    /// Returns the black list's entries of some ids, in the order asked; an id may come once.
    pub(crate) async fn blocks_by_ids(&self, ctx: &Ctx, owner: &UserId, ids: &[String]) -> Result<Vec<BlockEntry>> {
        policy::may_use(ctx, owner)?;
        policy::check_some(ids)?;
        let ids = possible(ids);
        let mut found = by_blocked(blocks::find(self.store.read(), owner, &ids).await?);
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Returns what an owner has about each existing user among some ids, in the order asked; an id may come once.
    pub(crate) async fn contacts(&self, ctx: &Ctx, owner: &UserId, ids: &[String]) -> Result<Vec<Contact>> {
        policy::may_use(ctx, owner)?;
        policy::check_some(ids)?;
        let ids = possible(ids);
        let users = self.users.users(&ids).await?;
        let rows = friends::find(self.store.read(), owner, &ids).await?;
        let mut friendships: HashMap<UserId, Friendship> = rows.into_iter().map(|row| (row.friend.clone(), row)).collect();
        let mut entries = by_blocked(blocks::find(self.store.read(), owner, &ids).await?);
        let contact = |user: UserId| Contact { friendship: friendships.remove(&user), block: entries.remove(&user), user };
        Ok(users.into_iter().map(|summary| summary.user_id).map(contact).collect())
    }

    /// Tells whether two users have each other in their lists, for either of them or an app administrator.
    pub(crate) async fn mutuality(&self, ctx: &Ctx, one: &UserId, other: &UserId) -> Result<Mutuality> {
        policy::may_see_between(ctx, one, other)?;
        let keys = [(one.clone(), other.clone()), (other.clone(), one.clone())];
        let rows = friends::find_pairs(self.store.read(), &keys).await?;
        let is_there = |(owner, friend): &Pair| rows.iter().any(|row| &row.owner == owner && &row.friend == friend);
        let [first, second] = &keys;
        Ok(Mutuality { in_first: is_there(first), in_second: is_there(second) })
    }

    /// Returns the requests between two users, for either of them or an app administrator; that of the first one first.
    pub(crate) async fn requests_between(&self, ctx: &Ctx, one: &UserId, other: &UserId) -> Result<Vec<FriendRequest>> {
        policy::may_see_between(ctx, one, other)?;
        requests::between(self.store.read(), one, other).await
    }

    /// Returns the friends that exist among (owner, friend) keys and that the caller may see.
    pub(crate) async fn visible_friends(&self, ctx: &Ctx, keys: &[Pair]) -> Result<Vec<Friendship>> {
        let keys = visible(ctx, keys, |caller, (owner, _)| caller == owner);
        friends::find_pairs(self.store.read(), &keys).await
    }

    /// Returns the entries that exist among (owner, blocked) keys and that the caller may see.
    pub(crate) async fn visible_blocks(&self, ctx: &Ctx, keys: &[Pair]) -> Result<Vec<BlockEntry>> {
        let keys = visible(ctx, keys, |caller, (owner, _)| caller == owner);
        blocks::find_pairs(self.store.read(), &keys).await
    }

    /// Returns the requests that exist among (from, to) keys and that the caller may see.
    pub(crate) async fn visible_requests(&self, ctx: &Ctx, keys: &[Pair]) -> Result<Vec<FriendRequest>> {
        let keys = visible(ctx, keys, |caller, (from, to)| caller == from || caller == to);
        requests::find_pairs(self.store.read(), &keys).await
    }
}

fn visible(ctx: &Ctx, keys: &[Pair], is_own: impl Fn(&UserId, &Pair) -> bool) -> Vec<Pair> {
    match ctx.actor() {
        _ if ctx.is_admin() => keys.to_vec(),
        Actor::User(caller) => keys.iter().filter(|key| is_own(&caller.user_id, key)).cloned().collect(),
        Actor::Anonymous | Actor::System => Vec::new(),
    }
}

/// Leaves out ids that nobody can have.
fn possible(ids: &[String]) -> Vec<UserId> {
    ids.iter().filter_map(|id| UserId::parse(id.as_str()).ok()).collect()
}

fn by_blocked(entries: Vec<BlockEntry>) -> HashMap<UserId, BlockEntry> {
    entries.into_iter().map(|entry| (entry.blocked.clone(), entry)).collect()
}
