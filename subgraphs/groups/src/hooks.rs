//! The webhooks of this domain: what the receiver is asked and told, with OpenIM's keys (webhooks.json), and what its answers
//! change. What it changes is checked like what clients send. Before-hooks are called outside of transactions.

mod groups;
mod members;

use openim_core::{Error, ErrorCode, Result};
use serde::Serialize;

pub(crate) use groups::{after_create, after_dismiss, after_transfer, after_update, before_create, before_update};
pub(crate) use members::{
    after_change_member, after_join, after_leave, after_remove, before_change_member, before_enter, before_invite, before_join,
};

/// OpenIM's type of all groups.
const WORKING: i32 = 2;
/// The same as OpenIM writes it in some bodies: the character with that number.
const WORKING_CHARACTER: &str = "\u{2}";

/// A member with the role.
#[derive(Serialize)]
struct Ranked<'a> {
    #[serde(rename = "userID")]
    user_id: &'a str,
    #[serde(rename = "roleLevel")]
    role_level: i32,
}

/// Reads a number of the receiver's answer.
fn known<T>(number: Option<i32>, read: fn(i32) -> Option<T>) -> Result<Option<T>> {
    let unknown = || Error::new(ErrorCode::Data, "the webhook's receiver named a value that there is not");
    number.map(|number| read(number).ok_or_else(unknown)).transpose()
}

/// Empty lists are written as null.
fn listed<T>(items: Vec<T>) -> Option<Vec<T>> {
    Some(items).filter(|items| !items.is_empty())
}
