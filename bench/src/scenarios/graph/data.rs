//! What both forms of the small chat say: made from numbers, so that nothing but GraphQL is measured.

/// How many messages there are.
pub(super) const MESSAGES: u32 = 1_000;

pub(super) fn name(user: u32) -> String {
    format!("user number {user}")
}

pub(super) fn face(user: u32) -> String {
    format!("https://faces.example/{user}.png")
}

pub(super) fn time(user: u32) -> i64 {
    1_700_000_000_000 + i64::from(user)
}

pub(super) fn unread(user: u32) -> u32 {
    user % 7
}

pub(super) fn group(group: u32) -> String {
    format!("group number {group}")
}

pub(super) fn text(seq: u32) -> String {
    format!("this is what message {seq} says")
}

pub(super) fn sender(group: u32, seq: u32) -> u32 {
    group + seq % 5
}
