//! The small entries that a user's devices share, such as favourites.

use openim_core::{Ctx, Result, UserId};
use openim_platform::store::{Store, Tx};

use crate::error::{MAX_COMMANDS, UserError};
use crate::model::{AddCommand, CommandKey, UpdateCommand, UserCommand};
use crate::notifications::{CommandChange, command_changed};
use crate::policy;
use crate::repository::{commands, users};

/// The use cases about shared entries: for their owner and app administrators.
#[derive(Clone)]
pub(crate) struct Commands {
    store: Store,
}

impl Commands {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    /// Adds an entry. The client's key makes it repeatable: what is there already is written over, and if nothing is
    /// different nothing is announced.
    pub(crate) async fn add(&self, ctx: &Ctx, command: AddCommand) -> Result<UserCommand> {
        let user_id = policy::owner(ctx, command.user_id.as_deref())?;
        policy::check_add_command(&command)?;
        let tx = self.begin(&user_id).await?;
        let AddCommand { kind, uuid, value, ex, .. } = command;
        let key = CommandKey { user_id, kind, uuid };
        let before = commands::find(tx.connection(), &key).await?;
        let created_at = before.as_ref().map_or(ctx.now(), |before| before.created_at);
        let after = UserCommand { key, value, ex, created_at };
        match before {
            Some(before) if before == after => return Ok(before),
            Some(_) => commands::update(tx.connection(), &after).await?,
            None if commands::count(tx.connection(), &after.key.user_id).await? >= MAX_COMMANDS => {
                return Err(UserError::TooManyCommands.into());
            }
            None => commands::insert(tx.connection(), &after).await?,
        }
        command_changed(ctx, &tx, CommandChange::Added, &after.key.user_id).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Changes an entry. A change that changes nothing announces nothing.
    pub(crate) async fn update(&self, ctx: &Ctx, command: UpdateCommand) -> Result<UserCommand> {
        let user_id = policy::owner(ctx, command.user_id.as_deref())?;
        policy::check_update_command(&command)?;
        let tx = self.begin(&user_id).await?;
        let key = CommandKey { user_id, kind: command.kind, uuid: command.uuid.clone() };
        let before = commands::find(tx.connection(), &key).await?.ok_or(UserError::CommandNotFound)?;
        let after = command.apply(&before);
        if after == before {
            return Ok(before);
        }
        commands::update(tx.connection(), &after).await?;
        command_changed(ctx, &tx, CommandChange::Updated, &key.user_id).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Removes an entry and returns what it was.
    pub(crate) async fn remove(&self, ctx: &Ctx, user_id: Option<&str>, kind: i32, uuid: String) -> Result<UserCommand> {
        let user_id = policy::owner(ctx, user_id)?;
        policy::check_command_key(kind, &uuid)?;
        let key = CommandKey { user_id, kind, uuid };
        let tx = self.begin(&key.user_id).await?;
        let removed = commands::find(tx.connection(), &key).await?.ok_or(UserError::CommandNotFound)?;
        commands::delete(tx.connection(), &key).await?;
        command_changed(ctx, &tx, CommandChange::Removed, &key.user_id).await?;
        tx.commit().await?;
        Ok(removed)
    }

    /// Returns a user's entries in the order in which they were added, of one kind or of all.
    pub(crate) async fn of_user(&self, ctx: &Ctx, user_id: &UserId, kind: Option<i32>) -> Result<Vec<UserCommand>> {
        ctx.require_self_or_admin(user_id)?;
        kind.map_or(Ok(()), policy::check_command_type)?;
        commands::of_user(self.store.read(), user_id, kind, MAX_COMMANDS).await
    }

    /// Opens a transaction in which nobody else changes the user's entries.
    async fn begin(&self, user_id: &UserId) -> Result<Tx> {
        let tx = self.store.begin().await?;
        users::find_and_lock(tx.connection(), user_id).await?.ok_or(UserError::NotFound)?;
        Ok(tx)
    }
}
