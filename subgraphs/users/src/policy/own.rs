//! Whose entries somebody may touch, and what entries and configured values may hold.

use openim_core::{Ctx, Result, UserId};

use super::{check_batch, check_text, has_repeated};
use crate::error::UserError;
use crate::model::{AddCommand, ConfigValue, UpdateCommand};

const MAX_UUID_BYTES: usize = 255;
const MAX_VALUE_BYTES: usize = 16 * 1024;
const MAX_KEY_BYTES: usize = 128;

/// Returns whose things are meant: the caller's own, or those of the named user for the user or an app administrator.
///
/// # Errors
/// `UNAUTHENTICATED` without a token, `NO_PERMISSION` for a stranger, `ARGS_ERROR` for what is no user id.
pub(crate) fn owner(ctx: &Ctx, named: Option<&str>) -> Result<UserId> {
    let Some(named) = named else { return Ok(ctx.principal()?.user_id.clone()) };
    let user_id = UserId::parse(named)?;
    ctx.require_self_or_admin(&user_id)?;
    Ok(user_id)
}

/// Checks what names an entry.
///
/// # Errors
/// `ARGS_ERROR` for the type 0 or an illegal key.
pub(crate) fn check_command_key(kind: i32, uuid: &str) -> Result<()> {
    check_command_type(kind)?;
    check_name("uuid", uuid, MAX_UUID_BYTES)
}

/// Checks a new entry.
///
/// # Errors
/// `ARGS_ERROR` when a part does not fit.
pub(crate) fn check_add_command(command: &AddCommand) -> Result<()> {
    check_command_key(command.kind, &command.uuid)?;
    check_text("value", &command.value, MAX_VALUE_BYTES)?;
    check_text("ex", &command.ex, MAX_VALUE_BYTES)
}

/// Checks a change of an entry.
///
/// # Errors
/// `ARGS_ERROR` when a part does not fit.
pub(crate) fn check_update_command(command: &UpdateCommand) -> Result<()> {
    check_command_key(command.kind, &command.uuid)?;
    check_text("value", command.value.as_deref().unwrap_or_default(), MAX_VALUE_BYTES)?;
    check_text("ex", command.ex.as_deref().unwrap_or_default(), MAX_VALUE_BYTES)
}

/// Passes every type but 0, which stands for "all" in OpenIM.
///
/// # Errors
/// `ARGS_ERROR` for 0.
pub(crate) fn check_command_type(kind: i32) -> Result<()> {
    if kind == 0 { Err(UserError::CommandType.into()) } else { Ok(()) }
}

/// Checks values to configure.
///
/// # Errors
/// `ARGS_ERROR` for too many, a repeated or illegal key, a value that is too long.
pub(crate) fn check_values(values: &[ConfigValue]) -> Result<()> {
    check_batch(values.len())?;
    if has_repeated(values.iter().map(|value| value.key.as_str())) {
        return Err(UserError::RepeatedKey.into());
    }
    values.iter().try_for_each(|value| {
        check_name("key", &value.key, MAX_KEY_BYTES)?;
        check_text("value", &value.value, MAX_VALUE_BYTES)
    })
}

/// Checks names of configured values.
///
/// # Errors
/// `ARGS_ERROR` for too many or an illegal one.
pub(crate) fn check_keys<'a>(keys: impl ExactSizeIterator<Item = &'a str>) -> Result<()> {
    check_batch(keys.len())?;
    keys.into_iter().try_for_each(|key| check_name("key", key, MAX_KEY_BYTES))
}

fn check_name(what: &'static str, text: &str, max: usize) -> Result<()> {
    if text.is_empty() { Err(UserError::Missing(what).into()) } else { check_text(what, text, max) }
}
