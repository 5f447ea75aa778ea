//! How messages lie in their rows, for those who write rows that came from elsewhere: an import knows places, times and ids
//! already and must keep them.

use std::sync::Arc;

use openim_contracts::Envelope;
use openim_core::{Result, Timestamp, UserId};

use crate::model::{Revocation, State};
use crate::repository;

/// That a message was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Who did it.
    pub by: UserId,
    /// The role in the group, or the level of the account.
    pub role: i32,
    /// The name at that time.
    pub nickname: String,
    /// When.
    pub at: Timestamp,
}

/// Writes what goes into the `body` column.
///
/// # Errors
/// `INTERNAL` when it cannot be written as JSON.
pub fn body(envelope: &Envelope) -> Result<Vec<u8>> {
    repository::body(envelope)
}

/// Writes what goes into the `state` column of a message that was taken back.
///
/// # Errors
/// `INTERNAL` when it cannot be written as JSON.
pub fn state(withdrawn: &Withdrawn) -> Result<Vec<u8>> {
    let Withdrawn { by, role, nickname, at } = withdrawn.clone();
    let revoked = Revocation { by, role, app_admin: false, nickname, at };
    repository::state(&State { revoked: Some(Arc::new(revoked)), ..State::default() })
}
