//! Accounts that only send notifications, and how many users there are.

use crate::model::UserLevel;

/// Adds an account that cannot log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddAccount {
    /// The wanted id, not checked yet; `None` for one that is made.
    pub(crate) id: Option<String>,
    /// The shown name.
    pub(crate) nickname: String,
    /// The picture.
    pub(crate) face_url: String,
    /// The level.
    pub(crate) level: UserLevel,
}

/// Changes how an account looks. `None` and an empty text keep what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UpdateAccount {
    /// Which one, not checked yet.
    pub(crate) id: String,
    /// The new shown name.
    pub(crate) nickname: Option<String>,
    /// The new picture.
    pub(crate) face_url: Option<String>,
}

/// How many users there are and when they were registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegistrationStatistics {
    /// How many there are.
    pub(crate) total: u64,
    /// How many were registered before the range.
    pub(crate) before: u64,
    /// How many in the range on each day in UTC that has some, in order.
    pub(crate) days: Vec<DayCount>,
}

/// How many users were registered on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DayCount {
    /// The day: whole days since 1970-01-01 in UTC.
    pub(crate) day: i64,
    /// How many.
    pub(crate) count: i64,
}
