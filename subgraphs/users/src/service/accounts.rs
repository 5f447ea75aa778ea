//! Accounts that only send notifications, and how many users there are: for app administrators.

use openim_contracts::UserRegistered;
use openim_core::{Ctx, Error, IdSource, Result, Timestamp, UserId};
use openim_platform::store::Tx;

use super::profiles::{Profiles, write_change};
use crate::error::UserError;
use crate::model::{AddAccount, Exact, Levels, Profile, RegistrationStatistics, UpdateAccount, UpdateUser, User, UserFilter, UserLevel};
use crate::notifications::profile_updated;
use crate::policy;
use crate::repository::users::{self, Insert};

/// How many ids are tried for an account that came without one.
const ID_TRIES: usize = 20;

impl Profiles {
    /// Adds an account that sends notifications and cannot log in.
    pub(crate) async fn add_account(&self, ctx: &Ctx, command: AddAccount) -> Result<User> {
        ctx.require_admin()?;
        policy::check_new_account(&command)?;
        let wanted = command.id.as_deref().map(UserId::parse).transpose()?;
        let tx = self.store.begin().await?;
        let profile = Profile { nickname: command.nickname, face_url: command.face_url, ex: String::new() };
        let account = |id| User { id, profile: profile.clone(), level: command.level, receive_option: 0, created_at: ctx.now() };
        let added = match wanted {
            Some(id) => add(&tx, account(id)).await?.ok_or(UserError::AccountExists)?,
            None => add_with_fresh_id(ctx, &tx, account).await?,
        };
        tx.append(ctx, &UserRegistered { user_ids: vec![added.id.clone()] }).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Changes the name or the picture of an account. As in OpenIM any user will do; who can log in hears of it.
    pub(crate) async fn update_account(&self, ctx: &Ctx, command: UpdateAccount) -> Result<User> {
        ctx.require_admin()?;
        policy::check_account_update(&command)?;
        let id = UserId::parse(command.id.as_str())?;
        let tx = self.store.begin().await?;
        let before = users::find_and_lock(tx.connection(), &id).await?.ok_or(UserError::UnknownAccount)?;
        let UpdateAccount { id: named, nickname, face_url } = command;
        let after = UpdateUser { id: named, nickname, face_url, empty_keeps: true, ..UpdateUser::default() }.apply(&before);
        if after == before {
            return Ok(before);
        }
        write_change(ctx, &tx, &before, &after).await?;
        if after.level.may_log_in() {
            profile_updated(ctx, &tx, &id).await?;
        }
        tx.commit().await?;
        self.summaries.forget(&id).await;
        Ok(after)
    }

    /// Returns what shows the accounts a keyword means: the one with this id or else those with this name; without a
    /// keyword all. Configured administrators are no such accounts.
    pub(crate) async fn account_filter(&self, ctx: &Ctx, keyword: Option<String>, level: Option<UserLevel>) -> Result<UserFilter> {
        ctx.require_admin()?;
        let levels = level.map_or(Levels::Notification, Levels::NotificationOnly);
        let all = UserFilter { levels, without: self.rules.admins.keys().cloned().collect(), ..UserFilter::default() };
        let Some(keyword) = keyword else { return Ok(all) };
        policy::check_search(&keyword)?;
        let by_id = UserFilter { exact: Some(Exact::Id(keyword.clone())), ..all.clone() };
        if users::count(self.store.read(), &by_id).await? > 0 {
            return Ok(by_id);
        }
        Ok(UserFilter { exact: Some(Exact::Nickname(keyword)), ..all })
    }

    /// Counts users and registrations from `from` on and before `to`.
    pub(crate) async fn registration_statistics(&self, ctx: &Ctx, from: Timestamp, to: Timestamp) -> Result<RegistrationStatistics> {
        ctx.require_admin()?;
        if from > to {
            return Err(UserError::RangeReversed.into());
        }
        let db = self.store.read();
        Ok(RegistrationStatistics {
            total: users::count(db, &UserFilter::default()).await?,
            before: users::count_before(db, from).await?,
            days: users::count_by_day(db, from, to).await?,
        })
    }
}

async fn add(tx: &Tx, account: User) -> Result<Option<User>> {
    Ok((users::insert_if_free(tx.connection(), &account).await? == Insert::Done).then_some(account))
}

async fn add_with_fresh_id(ctx: &Ctx, tx: &Tx, account: impl Fn(UserId) -> User) -> Result<User> {
    for _ in 0..ID_TRIES {
        if let Some(added) = add(tx, account(fresh_id(ctx.ids())?)).await? {
            return Ok(added);
        }
    }
    Err(Error::internal("no free id was found for an account"))
}

/// Makes an id of ten digits, the first of which is not 0.
fn fresh_id(ids: &dyn IdSource) -> Result<UserId> {
    let mut bytes = [0_u8; 8];
    ids.fill(&mut bytes);
    UserId::parse((u64::from_be_bytes(bytes) % 9_000_000_000 + 1_000_000_000).to_string())
}
