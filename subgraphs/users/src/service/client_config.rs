//! The values that clients are configured with: everybody's, and those of single users above them.

use std::collections::BTreeMap;

use openim_core::{Ctx, Result, UserId};
use openim_platform::store::Store;

use super::ConfigRange;
use crate::error::{MAX_CONFIG_KEYS, UserError};
use crate::model::{ConfigEntry, ConfigFilter, ConfigPage, RemoveConfig, SetConfig};
use crate::policy;
use crate::repository::{client_config, users};

/// The use cases about configured values.
#[derive(Clone)]
pub(crate) struct ClientConfig {
    store: Store,
}

impl ClientConfig {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Returns the values for everybody, to everybody with a token, or those of a user: a value of the user's own hides
    /// everybody's of the same name. In order of the names.
    pub(crate) async fn effective(&self, ctx: &Ctx, user: Option<&str>) -> Result<Vec<ConfigEntry>> {
        policy::may_read_users(ctx)?;
        let user = user.map(|user| policy::owner(ctx, Some(user))).transpose()?;
        if let Some(user) = &user {
            self.must_exist(user).await?;
        }
        // Everybody's come first, so that a user's own replaces them.
        let entries = client_config::for_user(self.store.read(), user.as_ref(), 2 * MAX_CONFIG_KEYS).await?;
        let by_key: BTreeMap<String, ConfigEntry> = entries.into_iter().map(|entry| (entry.value.key.clone(), entry)).collect();
        Ok(by_key.into_values().collect())
    }

    /// Sets values for an app administrator, all or none, and returns them.
    pub(crate) async fn set(&self, ctx: &Ctx, command: SetConfig) -> Result<Vec<ConfigEntry>> {
        ctx.require_admin()?;
        policy::check_values(&command.values)?;
        let user_id = command.user_id.map(UserId::parse).transpose()?;
        let tx = self.store.begin().await?;
        if let Some(user_id) = &user_id {
            users::find_and_lock(tx.connection(), user_id).await?.ok_or(UserError::NotFound)?;
        }
        client_config::upsert(tx.connection(), user_id.as_ref(), &command.values).await?;
        if client_config::count_of(tx.connection(), user_id.as_ref()).await? > MAX_CONFIG_KEYS {
            return Err(UserError::TooManyKeys.into());
        }
        tx.commit().await?;
        Ok(command.values.into_iter().map(|value| ConfigEntry { user_id: user_id.clone(), value }).collect())
    }

    /// Removes values for an app administrator; returns how many there were. The user may be gone already.
    pub(crate) async fn remove(&self, ctx: &Ctx, command: RemoveConfig) -> Result<u64> {
        ctx.require_admin()?;
        policy::check_keys(command.keys.iter().map(String::as_str))?;
        let user_id = command.user_id.map(UserId::parse).transpose()?;
        let tx = self.store.begin().await?;
        let removed = client_config::delete(tx.connection(), user_id.as_ref(), &command.keys).await?;
        tx.commit().await?;
        Ok(removed)
    }

    /// Returns a page of all values, for app administrators.
    pub(crate) async fn page(&self, ctx: &Ctx, filter: &ConfigFilter, range: &ConfigRange) -> Result<ConfigPage> {
        check_filter(ctx, filter)?;
        let after = range.after.as_ref();
        // One more than asked tells whether more follow.
        let mut entries = client_config::page(self.store.read(), filter, after, range.offset, range.limit + 1).await?;
        let limit = usize::try_from(range.limit).unwrap_or(usize::MAX);
        let has_next = entries.len() > limit;
        entries.truncate(limit);
        Ok(ConfigPage { entries, has_next, has_previous: range.after.is_some() || range.offset > 0 })
    }

    /// Returns how many values a filter shows, for app administrators.
    pub(crate) async fn count(&self, ctx: &Ctx, filter: &ConfigFilter) -> Result<u64> {
        check_filter(ctx, filter)?;
        client_config::count(self.store.read(), filter).await
    }

    async fn must_exist(&self, user: &UserId) -> Result<()> {
        let found = users::find(self.store.read(), std::slice::from_ref(user)).await?;
        if found.is_empty() { Err(UserError::NotFound.into()) } else { Ok(()) }
    }
}

fn check_filter(ctx: &Ctx, filter: &ConfigFilter) -> Result<()> {
    ctx.require_admin()?;
    policy::check_keys(filter.key.iter().map(String::as_str).collect::<Vec<_>>().into_iter())
}
