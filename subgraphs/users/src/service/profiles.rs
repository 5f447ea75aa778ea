//! Registering, changing and finding users.

use std::collections::HashMap;
use std::sync::Arc;

use openim_contracts::{Audience, Signal, SignalKind, UserRegistered, UserUpdated};
use openim_core::{Ctx, Result, UserId};
use openim_platform::store::{Store, Tx};
use openim_platform::webhooks::Webhooks;

use super::UserRange;
use crate::cache::Summaries;
use crate::error::UserError;
use crate::hooks;
use crate::model::{AccountStatus, Levels, Profile, RegisterUsers, UpdateUser, User, UserFilter, UserIdPage, UserLevel, UserPage};
use crate::notifications::profile_updated;
use crate::policy;
use crate::repository::users::{self, Insert};
use crate::settings::Rules;

/// The use cases about profiles.
#[derive(Clone)]
pub(crate) struct Profiles {
    pub(super) store: Store,
    pub(super) rules: Arc<Rules>,
    pub(super) summaries: Summaries,
    webhooks: Webhooks,
}

impl Profiles {
    pub(crate) fn new(store: Store, rules: Arc<Rules>, summaries: Summaries, webhooks: Webhooks) -> Self {
        Self { store, rules, summaries, webhooks }
    }

    /// Registers users, all or none, for an app administrator. Returns them in the order given.
    pub(crate) async fn register(&self, ctx: &Ctx, command: RegisterUsers) -> Result<Vec<User>> {
        ctx.require_admin()?;
        let asked = policy::check_new_users(&command.users)?;
        if !users::find(self.store.read(), &asked).await?.is_empty() {
            return Err(UserError::AlreadyRegistered.into());
        }
        let users = hooks::before_register(&self.webhooks, ctx, command.users).await?;
        let user_ids = policy::check_new_users(&users)?;
        let created_at = ctx.now();
        let registered: Vec<User> = users
            .into_iter()
            .zip(&user_ids)
            .map(|(new, id)| User {
                id: id.clone(),
                profile: new.profile,
                level: new.level,
                receive_option: new.receive_option,
                created_at,
            })
            .collect();
        let tx = self.store.begin().await?;
        // Somebody may have taken an id since the look; the key decides.
        if users::insert(tx.connection(), &registered).await? == Insert::Taken {
            return Err(UserError::AlreadyRegistered.into());
        }
        tx.append(ctx, &UserRegistered { user_ids }).await?;
        hooks::after_register(&self.webhooks, ctx, &tx, &registered).await?;
        tx.commit().await?;
        metrics::counter!("user_register_total").increment(registered.len() as u64);
        Ok(registered)
    }

    /// Changes a profile, for the user or an app administrator. A change that changes nothing announces nothing.
    pub(crate) async fn update(&self, ctx: &Ctx, command: UpdateUser) -> Result<User> {
        let user_id = UserId::parse(command.id.as_str())?;
        ctx.require_self_or_admin(&user_id)?;
        policy::check_update(&command)?;
        let command = hooks::before_update(&self.webhooks, ctx, command).await?;
        policy::check_update(&command)?;
        let tx = self.store.begin().await?;
        let before = users::find_and_lock(tx.connection(), &user_id).await?.ok_or(UserError::NotFound)?;
        let after = command.apply(&before);
        if after == before {
            return Ok(before);
        }
        write_change(ctx, &tx, &before, &after).await?;
        profile_updated(ctx, &tx, &user_id).await?;
        hooks::after_update(&self.webhooks, ctx, &tx, &command).await?;
        tx.commit().await?;
        self.summaries.forget(&user_id).await;
        Ok(after)
    }

    /// Returns the users that exist among at most 1,000 ids, in the order asked, repeated ids once.
    pub(crate) async fn users(&self, ctx: &Ctx, ids: &[String]) -> Result<Vec<User>> {
        policy::may_read_users(ctx)?;
        policy::check_batch(ids.len())?;
        let ids: Vec<UserId> = ids.iter().filter_map(|id| UserId::parse(id.as_str()).ok()).collect();
        let mut found = self.users_by_id(ctx, &ids).await?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Returns the users that exist among `ids`.
    pub(crate) async fn users_by_id(&self, ctx: &Ctx, ids: &[UserId]) -> Result<HashMap<UserId, User>> {
        policy::may_read_users(ctx)?;
        let found = users::find(self.store.read(), ids).await?;
        Ok(found.into_iter().map(|user| (user.id.clone(), user)).collect())
    }

    /// Returns a page of ordinary users, for everybody with a token.
    pub(crate) async fn search(&self, ctx: &Ctx, filter: &UserFilter, page: &UserRange) -> Result<UserPage> {
        check_filter(ctx, filter)?;
        self.page(filter, page).await
    }

    /// Returns how many users a filter shows.
    pub(crate) async fn count(&self, ctx: &Ctx, filter: &UserFilter) -> Result<u64> {
        check_filter(ctx, filter)?;
        users::count(self.store.read(), filter).await
    }

    /// Returns a page of ids of all users, for everybody with a token as in OpenIM.
    pub(crate) async fn ids(&self, ctx: &Ctx, offset: u64, limit: u64) -> Result<UserIdPage> {
        policy::may_read_users(ctx)?;
        let ids = users::ids(self.store.read(), offset, limit).await?;
        let total = users::count(self.store.read(), &UserFilter::default()).await?;
        Ok(UserIdPage { ids, total })
    }

    /// Tells an app administrator which ids are registered, in the order asked.
    pub(crate) async fn account_status(&self, ctx: &Ctx, ids: Vec<String>) -> Result<Vec<AccountStatus>> {
        ctx.require_admin()?;
        policy::check_batch(ids.len())?;
        if policy::has_repeated(ids.iter().map(String::as_str)) {
            return Err(UserError::RepeatedId.into());
        }
        let known: Vec<UserId> = ids.iter().filter_map(|id| UserId::parse(id.as_str()).ok()).collect();
        let found = self.users_by_id(ctx, &known).await?;
        let registered = |id: &str| UserId::parse(id).is_ok_and(|id| found.contains_key(&id));
        Ok(ids.into_iter().map(|user_id| AccountStatus { registered: registered(&user_id), user_id }).collect())
    }

    /// Makes sure that every configured administrator exists and has the configured name. Runs at each start, in each
    /// process; who comes second finds the work done.
    pub(crate) async fn ensure_admins(&self, ctx: &Ctx) -> Result<()> {
        ctx.require_admin()?;
        let tx = self.store.begin().await?;
        let mut user_ids = Vec::new();
        for (id, nickname) in &self.rules.admins {
            let wanted = User {
                id: id.clone(),
                profile: Profile { nickname: nickname.clone(), ..Profile::default() },
                level: UserLevel::Admin,
                receive_option: 0,
                created_at: ctx.now(),
            };
            if users::insert_if_free(tx.connection(), &wanted).await? == Insert::Done {
                user_ids.push(id.clone());
                continue;
            }
            let stored = users::find_and_lock(tx.connection(), id).await?.ok_or(UserError::NotFound)?;
            if stored.profile.nickname != *nickname {
                let mut renamed = stored.clone();
                renamed.profile.nickname.clone_from(nickname);
                write_change(ctx, &tx, &stored, &renamed).await?;
            }
        }
        if !user_ids.is_empty() {
            tx.append(ctx, &UserRegistered { user_ids }).await?;
        }
        tx.commit().await
    }

    async fn page(&self, filter: &UserFilter, page: &UserRange) -> Result<UserPage> {
        // One more than asked tells whether more follow.
        let mut found = users::page(self.store.read(), filter, page.after.as_ref(), page.offset, page.limit + 1).await?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_next = found.len() > limit;
        found.truncate(limit);
        Ok(UserPage { users: found, has_next, has_previous: page.after.is_some() || page.offset > 0 })
    }
}

/// Passes lists of ordinary users for everybody with a token, of all users for app administrators.
fn check_filter(ctx: &Ctx, filter: &UserFilter) -> Result<()> {
    policy::may_read_users(ctx)?;
    if filter.levels != Levels::Ordinary {
        ctx.require_admin()?;
    }
    filter.id.iter().chain(&filter.nickname).try_for_each(|text| policy::check_search(text))
}

/// Writes a changed user and tells other domains and the user's streams.
pub(super) async fn write_change(ctx: &Ctx, tx: &Tx, before: &User, after: &User) -> Result<()> {
    users::update(tx.connection(), after).await?;
    let appearance_changed = before.profile.nickname != after.profile.nickname || before.profile.face_url != after.profile.face_url;
    let user_id = after.id.clone();
    tx.append(ctx, &UserUpdated { user_id: user_id.clone(), appearance_changed }).await?;
    tx.signal(Signal { audience: Audience::Users(vec![user_id.clone()]), kind: SignalKind::UserChanged { user_id } });
    Ok(())
}
