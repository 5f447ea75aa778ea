//! Who may do what. Pure functions: they see facts and answer.

use std::collections::HashSet;

use openim_contracts::{ConversationHead, GroupRole};
use openim_core::{ConversationKind, Ctx, Error, ErrorCode, Result, UserId};

use crate::error::argument;
use crate::model::{Conversation, PreferencesChange, at_type};

/// The most owners of one call.
const MAX_OWNERS: usize = 1_000;
/// The longest text of the client and of the app.
const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Ten years, the longest time after which messages vanish.
const MAX_SECONDS: i64 = 10 * 366 * 24 * 60 * 60;

/// Passes the owner of the rows and app administrators.
pub(crate) fn may_open(ctx: &Ctx, owner: &UserId) -> Result<()> {
    ctx.require_self_or_admin(owner)
}

/// Tells whether the log itself names the user as one of its two people; such a user may have a row at any time.
pub(crate) fn takes_part(head: &ConversationHead, user: &UserId) -> bool {
    head.kind != ConversationKind::Notification && head.participants.contains(user)
}

/// Passes who may clear a conversation for everybody: either of two people, the owner and the administrators of a group, app
/// administrators. `role` is the owner's in the group.
pub(crate) fn may_clear_for_everybody(ctx: &Ctx, row: &Conversation, head: &ConversationHead, role: Option<GroupRole>) -> Result<()> {
    let may = match row.kind {
        _ if ctx.is_admin() => true,
        ConversationKind::Group => role.is_some_and(|role| role >= GroupRole::Admin),
        _ => takes_part(head, &row.owner),
    };
    if may { Ok(()) } else { Err(Error::new(ErrorCode::NoPermission, "only the group's owner and administrators clear it for everybody")) }
}

/// Passes 1 to 1,000 different owners.
pub(crate) fn check_owners(owners: &[UserId]) -> Result<()> {
    if owners.is_empty() || owners.len() > MAX_OWNERS {
        return Err(argument("name 1 to 1000 owners"));
    }
    let distinct: HashSet<_> = owners.iter().collect();
    if distinct.len() < owners.len() { Err(argument("an owner is named twice")) } else { Ok(()) }
}

/// Passes settings that can be stored.
pub(crate) fn check_change(change: &PreferencesChange) -> Result<()> {
    let within = |value: Option<i64>, most: i64| value.is_none_or(|value| (0..=most).contains(&value));
    if !within(change.receive_option.map(i64::from), 2) {
        return Err(argument("receiveOption must be from 0 to 2"));
    }
    if !within(change.group_at_type.map(i64::from), i64::from(at_type::ANNOUNCEMENT)) {
        return Err(argument("groupAtType must be from 0 to 4"));
    }
    if !within(change.burn_duration.map(i64::from), MAX_SECONDS) || !within(change.destruct_after, MAX_SECONDS) {
        return Err(argument("a time must be from 0 seconds to 10 years"));
    }
    let text = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= MAX_TEXT_BYTES && !text.contains('\0'));
    if !text(&change.ex) || !text(&change.attached_info) {
        return Err(argument("ex and attachedInfo have at most 65536 bytes and no NUL"));
    }
    Ok(())
}
