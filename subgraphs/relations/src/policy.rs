//! Who may do what, and what lists and texts may hold: pure functions.

use std::collections::HashSet;

use openim_core::{Actor, Ctx, Error, ErrorCode, Result, UserId};

use crate::error::{MAX_BATCH, RelationError};

const MAX_REMARK_BYTES: usize = 255;
const MAX_WORDS_BYTES: usize = 4 * 1024;
const MAX_EX_BYTES: usize = 64 * 1024;
const MAX_SEARCH_BYTES: usize = 255;

/// Passes the owner of a list and app administrators.
///
/// # Errors
/// `UNAUTHENTICATED` without a token, `NO_PERMISSION` for everybody else.
pub(crate) fn may_use(ctx: &Ctx, owner: &UserId) -> Result<()> {
    ctx.require_self_or_admin(owner)
}

/// Passes either of two users and app administrators.
///
/// # Errors
/// `UNAUTHENTICATED` without a token, `NO_PERMISSION` for everybody else.
pub(crate) fn may_see_between(ctx: &Ctx, one: &UserId, other: &UserId) -> Result<()> {
    ctx.require_self_or_admin(one).or_else(|_| ctx.require_self_or_admin(other))
}

/// Returns who acts, for what is recorded: the caller, or `owner` for the server's own work.
///
/// # Errors
/// `UNAUTHENTICATED` without a token.
pub(crate) fn operator(ctx: &Ctx, owner: &UserId) -> Result<UserId> {
    match ctx.actor() {
        Actor::User(principal) => Ok(principal.user_id.clone()),
        Actor::System => Ok(owner.clone()),
        Actor::Anonymous => Err(Error::new(ErrorCode::Unauthenticated, "a token is required")),
    }
}

/// Passes lists of at most [`MAX_BATCH`] ids.
///
/// # Errors
/// `ARGS_ERROR` otherwise.
pub(crate) fn check_batch(length: usize) -> Result<()> {
    if length > MAX_BATCH { Err(RelationError::TooMany.into()) } else { Ok(()) }
}

/// Passes lists in which every id comes once.
///
/// # Errors
/// `ARGS_ERROR` otherwise.
pub(crate) fn check_distinct<T: AsRef<str>>(ids: &[T]) -> Result<()> {
    let mut seen = HashSet::with_capacity(ids.len());
    if ids.iter().all(|id| seen.insert(id.as_ref())) { Ok(()) } else { Err(RelationError::RepeatedId.into()) }
}

/// Passes lists of 1 to [`MAX_BATCH`] ids in which every id comes once.
///
/// # Errors
/// `ARGS_ERROR` otherwise.
pub(crate) fn check_some<T: AsRef<str>>(ids: &[T]) -> Result<()> {
    if ids.is_empty() {
        return Err(RelationError::EmptyList.into());
    }
    check_batch(ids.len())?;
    check_distinct(ids)
}

/// Passes an owner's own name for a friend, also an empty one.
///
/// # Errors
/// `ARGS_ERROR` when it is too long or has a NUL.
pub(crate) fn check_remark(text: &str) -> Result<()> {
    check_text("remark", text, MAX_REMARK_BYTES)
}

/// Passes what somebody says with a request or an answer.
///
/// # Errors
/// `ARGS_ERROR` when it is too long or has a NUL.
pub(crate) fn check_words(text: &str) -> Result<()> {
    check_text("message", text, MAX_WORDS_BYTES)
}

/// Passes the application's data.
///
/// # Errors
/// `ARGS_ERROR` when it is too long or has a NUL.
pub(crate) fn check_ex(text: &str) -> Result<()> {
    check_text("ex", text, MAX_EX_BYTES)
}

/// Passes a search text.
///
/// # Errors
/// `ARGS_ERROR` when it is longer than any name.
pub(crate) fn check_search(text: &str) -> Result<()> {
    check_text("search text", text, MAX_SEARCH_BYTES)
}

fn check_text(what: &'static str, text: &str, max: usize) -> Result<()> {
    // PostgreSQL cannot store a NUL in a text.
    if text.len() > max || text.contains('\0') { Err(RelationError::BadText(what).into()) } else { Ok(()) }
}

/// Tells whether a text is found in any of some names, whatever its case.
pub(crate) fn is_found<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> bool {
    let wanted = fold(wanted);
    names.into_iter().any(|name| fold(name).contains(&wanted))
}

/// Folds case character by character: what a character becomes must not depend on its neighbours, which differ in a search text.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<()>) -> Option<ErrorCode> {
        result.err().map(|error| error.code())
    }

    #[test]
    fn lists_are_bounded_and_have_each_id_once() {
        assert_eq!(code(check_some(&["a", "b"])), None);
        assert_eq!(code(check_some::<&str>(&[])), Some(ErrorCode::Args));
        assert_eq!(code(check_some(&["a", "b", "a"])), Some(ErrorCode::Args));
        let many: Vec<String> = (0..=MAX_BATCH).map(|number| number.to_string()).collect();
        assert_eq!(code(check_some(&many[1..])), None);
        assert_eq!(code(check_some(&many)), Some(ErrorCode::Args));
    }

    #[test]
    fn texts_are_bounded_in_bytes_and_have_no_nul() {
        assert_eq!(code(check_remark(&"ü".repeat(127))), None);
        assert_eq!(code(check_remark(&"ü".repeat(128))), Some(ErrorCode::Args));
        assert_eq!(code(check_words("a\0")), Some(ErrorCode::Args));
    }

    #[test]
    fn a_name_is_found_whatever_its_case() {
        assert!(is_found("ÄN", ["Hans", "Länder"]));
        assert!(!is_found("x", ["Hans", ""]));
    }
}
