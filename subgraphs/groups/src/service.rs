//! The use cases: authorise, begin, write, tell, commit.

mod changing;
mod creating;
mod dismissing;
mod entering;
mod inviting;
mod joining;
mod leaving;
mod memberships;
mod muting;
mod reading;
mod requests;
mod syncing;
mod transferring;

use std::sync::Arc;

use openim_contracts::{GroupUpdated, MessageLogReader, UserReader};
use openim_core::{ConversationId, Ctx, GroupId, Result, UserId};
use openim_platform::config::Live;
use openim_platform::store::{Store, Tx};
use openim_platform::versions::{self, Change, Version, VersionedList};
use openim_platform::webhooks::Webhooks;
use sea_orm::ConnectionTrait;

use crate::Settings;
use crate::caches::Caches;
use crate::error::GroupError;
use crate::model::Group;
use crate::people::People;
use crate::policy::Standing;
use crate::repository::{groups, members};

/// What callers may do with groups.
pub(crate) struct Service {
    settings: Live<Settings>,
    store: Store,
    users: Arc<dyn UserReader>,
    logs: Arc<dyn MessageLogReader>,
    webhooks: Webhooks,
    caches: Caches,
}

impl Service {
    /// Works on `store`; reads names from `users` and the ends of logs from `logs`.
    pub(crate) fn new(
        settings: Live<Settings>,
        store: Store,
        users: Arc<dyn UserReader>,
        logs: Arc<dyn MessageLogReader>,
        webhooks: Webhooks,
        caches: Caches,
    ) -> Self {
        Self { settings, store, users, logs, webhooks, caches }
    }

    /// Returns what the service works by.
    pub(crate) fn settings(&self) -> Live<Settings> {
        self.settings.clone()
    }

    /// Returns how the caller stands to a group.
    async fn standing(&self, db: &impl ConnectionTrait, ctx: &Ctx, group: &GroupId) -> Result<Standing> {
        let user = ctx.principal()?.user_id.clone();
        let member = members::find_one(db, group, &user).await?;
        Ok(Standing { user, app_admin: ctx.is_admin(), member })
    }

    /// Returns a group that must exist; dismissed ones do.
    async fn existing(&self, id: &GroupId) -> Result<Group> {
        Ok(groups::find_one(self.store.read(), id).await?.ok_or(GroupError::NoGroup)?)
    }

    /// Returns a group that must exist and not be dismissed.
    async fn living(&self, id: &GroupId) -> Result<Group> {
        alive(self.existing(id).await?)
    }

    /// Refuses a group that was dismissed, to everybody alike: its members are gone, so that no role tells who may know. A
    /// missing group passes.
    async fn refuse_dismissed(&self, id: &GroupId) -> Result<()> {
        groups::find_one(self.store.read(), id).await?.map_or(Ok(()), |group| alive(group).map(|_| ()))
    }

    /// Returns the profiles of the registered users among `ids`.
    async fn people(&self, ids: impl IntoIterator<Item = UserId>) -> Result<People> {
        People::load(&*self.users, ids).await
    }

    /// Returns the end of a group's log. Asked before a transaction, because it takes another connection.
    async fn log_end(&self, group: &GroupId) -> Result<i64> {
        let heads = self.logs.heads(&[ConversationId::group(group)]).await?;
        Ok(heads.first().map_or(0, |head| head.max_seq))
    }
}

/// Passes a group that was not dismissed.
fn alive(group: Group) -> Result<Group> {
    if group.is_dismissed() { Err(GroupError::Dismissed.into()) } else { Ok(group) }
}

/// Locks a group and returns it as it is now.
async fn lock(tx: &Tx, id: &GroupId) -> Result<Group> {
    Ok(groups::find_and_lock(tx.connection(), id).await?.ok_or(GroupError::NoGroup)?)
}

/// Records changes of a group's members as one version.
async fn record(ctx: &Ctx, tx: &Tx, group: &GroupId, changes: &[Change<'_>]) -> Result<Version> {
    versions::record(tx.connection(), ctx, VersionedList::GroupMembers, group.as_str(), changes).await
}

/// Writes a group's changed data and what other domains must know of it.
async fn write_group(ctx: &Ctx, tx: &Tx, group: &Group, announcement_changed: bool) -> Result<Version> {
    groups::update(tx.connection(), group).await?;
    let version = record(ctx, tx, &group.id, &[Change::Owner]).await?;
    tx.append(ctx, &GroupUpdated { group_id: group.id.clone(), user_ids: Vec::new(), announcement_changed }).await?;
    crate::notifications::group_changed(tx, &group.id);
    Ok(version)
}
