//! The use cases: authorise, change, append events and signals, commit.

mod answering;
mod applying;
mod blocking;
mod changing;
mod lists;
mod reading;
mod syncing;

use std::sync::Arc;

use openim_contracts::{Audience, RelationsUpdated, Signal, SignalKind, UserReader};
use openim_core::{Ctx, Result, UserId};
use openim_platform::store::{Store, Tx};
use openim_platform::versions::{self, Change, VersionedList};
use openim_platform::webhooks::Webhooks;

use crate::cache::Standings;
use crate::error::RelationError;
use crate::model::{FriendSource, Friendship};
use crate::notifications::People;
use crate::repository::friends;

/// How many users a signal names; clients ask for the rest.
const NAMED: usize = 100;

/// The relations domain's use cases.
pub(crate) struct Service {
    store: Store,
    users: Arc<dyn UserReader>,
    standings: Standings,
    webhooks: Webhooks,
}

impl Service {
    pub(crate) fn new(store: Store, users: Arc<dyn UserReader>, standings: Standings, webhooks: Webhooks) -> Self {
        Self { store, users, standings, webhooks }
    }

    /// Passes when all users exist.
    async fn require_users(&self, ids: &[UserId]) -> Result<()> {
        let mut wanted: Vec<&UserId> = ids.iter().collect();
        wanted.sort_unstable();
        wanted.dedup();
        if self.users.users(ids).await?.len() < wanted.len() {
            return Err(RelationError::NoSuchUser.into());
        }
        Ok(())
    }

    /// Returns what two users show of themselves.
    async fn people(&self, from: &UserId, to: &UserId) -> Result<People> {
        let mut people = People::default();
        for summary in self.users.users(&[from.clone(), to.clone()]).await? {
            if &summary.user_id == from {
                people.from = Some(summary);
            } else {
                people.to = Some(summary);
            }
        }
        Ok(people)
    }
}

/// Puts `owner` and each of `others` into each other's lists where they are not yet, and tells those whose list changed.
async fn befriend(ctx: &Ctx, tx: &Tx, owner: &UserId, others: &[UserId], source: FriendSource, operator: &UserId) -> Result<()> {
    let row = |owner: &UserId, friend: &UserId| Friendship {
        owner: owner.clone(),
        friend: friend.clone(),
        remark: String::new(),
        created_at: ctx.now(),
        source,
        operator: operator.clone(),
        ex: String::new(),
        pinned: false,
    };
    let rows: Vec<Friendship> = others.iter().flat_map(|other| [row(owner, other), row(other, owner)]).collect();
    let inserted = friends::insert_missing(tx.connection(), &rows).await?;
    let (own, foreign): (Vec<_>, Vec<_>) = inserted.into_iter().partition(|(whose, _)| whose == owner);
    let new_friends: Vec<UserId> = own.into_iter().map(|(_, friend)| friend).collect();
    let mut new_owners: Vec<UserId> = foreign.into_iter().map(|(whose, _)| whose).collect();
    new_owners.sort_unstable();
    // Version logs are written in owner order, as everywhere: two writers then wait for each other instead of deadlocking.
    let (before, after) = new_owners.split_at(new_owners.partition_point(|other| other < owner));
    let added = Change::Inserted(owner.as_str());
    versions::record_for_each(tx.connection(), ctx, VersionedList::Friends, &texts(before), added).await?;
    if !new_friends.is_empty() {
        let changes: Vec<Change<'_>> = new_friends.iter().map(|friend| Change::Inserted(friend.as_str())).collect();
        versions::record(tx.connection(), ctx, VersionedList::Friends, owner.as_str(), &changes).await?;
    }
    versions::record_for_each(tx.connection(), ctx, VersionedList::Friends, &texts(after), added).await?;
    for other in &new_owners {
        tx.signal(friends_changed(other, std::slice::from_ref(owner)));
    }
    if !new_friends.is_empty() {
        tx.signal(friends_changed(owner, &new_friends));
    }
    if !new_friends.is_empty() || !new_owners.is_empty() {
        tx.append(ctx, &RelationsUpdated { owner: owner.clone(), user_ids: others.to_vec() }).await?;
    }
    Ok(())
}

/// Records a change of one list of friends and tells its owner.
async fn note_friends(ctx: &Ctx, tx: &Tx, owner: &UserId, ids: &[UserId], changes: &[Change<'_>]) -> Result<()> {
    versions::record(tx.connection(), ctx, VersionedList::Friends, owner.as_str(), changes).await?;
    tx.append(ctx, &RelationsUpdated { owner: owner.clone(), user_ids: ids.to_vec() }).await?;
    tx.signal(friends_changed(owner, ids));
    Ok(())
}

/// Makes the hint that a list of friends changed.
pub(crate) fn friends_changed(owner: &UserId, ids: &[UserId]) -> Signal {
    let user_ids = ids.iter().take(NAMED).cloned().collect();
    Signal { audience: Audience::Users(vec![owner.clone()]), kind: SignalKind::FriendsChanged { owner: owner.clone(), user_ids } }
}

/// Makes the hint that a friend request was made or answered.
fn request_changed(from: &UserId, to: &UserId) -> Signal {
    let kind = SignalKind::FriendRequestChanged { from: from.clone(), to: to.clone() };
    Signal { audience: Audience::Users(vec![from.clone(), to.clone()]), kind }
}

fn texts(ids: &[UserId]) -> Vec<&str> {
    ids.iter().map(UserId::as_str).collect()
}
