//! Who administers the server, and with which secret.

use openim_core::UserId;
use openim_platform::config::Secret;

/// Somebody who administers the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Administrator {
    pub(crate) user_id: UserId,
    /// Whether the configuration names the user; others only have the level.
    pub(crate) configured: bool,
    /// How many of the user's tokens for administration are good now.
    pub(crate) logins: usize,
}

/// Where the secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretPlace {
    /// Whether the server keeps it itself.
    pub(crate) kept: bool,
    /// The place, for people.
    pub(crate) origin: String,
    /// Why it cannot be exchanged; `None` when it can.
    pub(crate) fixed: Option<String>,
    /// How many older ones still have good tokens.
    pub(crate) previous: usize,
}

/// A secret that was just made.
#[derive(Debug, Clone)]
pub(crate) struct NewSecret {
    pub(crate) secret: Secret,
    /// The file that it is kept in.
    pub(crate) kept_in: String,
    /// How many logins ended.
    pub(crate) ended: u64,
}
