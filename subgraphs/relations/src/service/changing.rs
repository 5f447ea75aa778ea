//! Changing a list of friends: importing, removing, pinning, naming.

use std::collections::HashMap;
use std::slice;

use openim_core::{Ctx, Result, UserId};
use openim_platform::versions::Change;

use super::{Service, befriend, note_friends};
use crate::error::RelationError;
use crate::model::{Changed, FriendSource, Friendship, ImportFriends, SetRemark, UpdateFriends};
use crate::repository::friends;
use crate::{hooks, notifications, policy};

impl Service {
    /// Makes users friends of one user without asking anybody, for app administrators. Those who are friends already stay
    /// as they are; the owner is told of each of them all the same.
    pub(crate) async fn import(&self, ctx: &Ctx, mut command: ImportFriends) -> Result<Vec<Friendship>> {
        ctx.require_admin()?;
        self.check_import(&command).await?;
        if let Some(friends) = hooks::before_import(&self.webhooks, ctx, &command).await? {
            command.friends = friends;
            self.check_import(&command).await?;
        }
        let operator = policy::operator(ctx, &command.owner)?;
        let ImportFriends { owner, friends } = &command;
        let tx = self.store.begin().await?;
        befriend(ctx, &tx, owner, friends, FriendSource::Import, &operator).await?;
        for friend in friends {
            notifications::imported(ctx, &tx, owner, friend).await?;
        }
        hooks::after_import(&self.webhooks, ctx, &tx, &command).await?;
        let rows = friends::find(tx.connection(), owner, friends).await?;
        tx.commit().await?;
        self.standings.forget(owner, friends).await;
        Ok(in_order(friends, rows))
    }

    /// Checks in OpenIM's order: existence, oneself, repetition.
    async fn check_import(&self, command: &ImportFriends) -> Result<()> {
        policy::check_batch(command.friends.len())?;
        self.require_users(slice::from_ref(&command.owner)).await?;
        self.require_users(&command.friends).await?;
        if command.friends.contains(&command.owner) {
            return Err(RelationError::Oneself.into());
        }
        policy::check_distinct(&command.friends)
    }

    /// Removes a friend from the owner's list; the other direction stays. A list without that friend stays as it is and
    /// nobody is told.
    pub(crate) async fn remove(&self, ctx: &Ctx, owner: UserId, friend: UserId) -> Result<Changed<UserId>> {
        policy::may_use(ctx, &owner)?;
        let tx = self.store.begin().await?;
        if !friends::delete(tx.connection(), &owner, &friend).await? {
            return Ok(Changed::Before(friend));
        }
        note_friends(ctx, &tx, &owner, slice::from_ref(&friend), &[Change::Deleted(friend.as_str())]).await?;
        notifications::deleted(ctx, &tx, &owner, &friend).await?;
        hooks::after_removal(&self.webhooks, ctx, &tx, &owner, &friend).await?;
        tx.commit().await?;
        self.standings.forget(&owner, slice::from_ref(&friend)).await;
        Ok(Changed::Now(friend))
    }

    /// Gives one friend another name in the owner's list.
    pub(crate) async fn set_remark(&self, ctx: &Ctx, command: SetRemark) -> Result<Friendship> {
        policy::may_use(ctx, &command.owner)?;
        policy::check_remark(&command.remark)?;
        let SetRemark { owner, friend, remark } = hooks::before_remark(&self.webhooks, ctx, command).await?;
        policy::check_remark(&remark)?;
        let change = UpdateFriends { owner, friends: vec![friend], pinned: None, remark: Some(remark), ex: None };
        let tx = self.store.begin().await?;
        let before = friends::find(tx.connection(), &change.owner, &change.friends).await?.pop().ok_or(RelationError::NoFriend)?;
        let after = change.apply(&before);
        if after == before {
            return Ok(before);
        }
        friends::update(tx.connection(), &[&after.friend], &change).await?;
        note_friends(ctx, &tx, &change.owner, &change.friends, &[Change::Updated(after.friend.as_str())]).await?;
        notifications::remark_set(ctx, &tx, &after.owner, &after.friend).await?;
        hooks::after_remark(&self.webhooks, ctx, &tx, &after).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Changes what the owner keeps about some friends and returns them in the order asked. Who is no friend is left out; a
    /// change that changes nothing tells nobody.
    pub(crate) async fn update(&self, ctx: &Ctx, change: UpdateFriends) -> Result<Vec<Friendship>> {
        policy::may_use(ctx, &change.owner)?;
        policy::check_some(&change.friends)?;
        policy::check_remark(change.remark.as_deref().unwrap_or_default())?;
        policy::check_ex(change.ex.as_deref().unwrap_or_default())?;
        let tx = self.store.begin().await?;
        let before = in_order(&change.friends, friends::find(tx.connection(), &change.owner, &change.friends).await?);
        let after: Vec<Friendship> = before.iter().map(|friend| change.apply(friend)).collect();
        let changed: Vec<UserId> = before.iter().zip(&after).filter(|(old, new)| old != new).map(|(old, _)| old.friend.clone()).collect();
        if changed.is_empty() {
            return Ok(after);
        }
        friends::update(tx.connection(), &changed.iter().collect::<Vec<_>>(), &change).await?;
        let mut changes: Vec<Change<'_>> = changed.iter().map(|friend| Change::Updated(friend.as_str())).collect();
        if before.iter().zip(&after).any(|(old, new)| old.pinned != new.pinned) {
            changes.push(Change::Sorted);
        }
        note_friends(ctx, &tx, &change.owner, &changed, &changes).await?;
        notifications::updated(ctx, &tx, &change.owner, &changed).await?;
        tx.commit().await?;
        Ok(after)
    }
}

/// Puts rows into the order of their ids.
pub(super) fn in_order(ids: &[UserId], rows: Vec<Friendship>) -> Vec<Friendship> {
    let mut found: HashMap<UserId, Friendship> = rows.into_iter().map(|row| (row.friend.clone(), row)).collect();
    ids.iter().filter_map(|id| found.remove(id)).collect()
}
