//! The use cases: authorise, begin, write, append events, commit.

mod access;
mod accounts;
mod client_config;
mod commands;
mod presences;
mod profiles;
mod sessions;

use crate::model::{ConfigPlace, UserCursor};

pub(crate) use client_config::ClientConfig;
pub(crate) use commands::Commands;
pub(crate) use presences::Presences;
pub(crate) use profiles::Profiles;
pub(crate) use sessions::Sessions;

/// All use cases.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) profiles: Profiles,
    pub(crate) sessions: Sessions,
    pub(crate) commands: Commands,
    pub(crate) client_config: ClientConfig,
    pub(crate) presences: Presences,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone)]
pub(crate) struct Range<Place> {
    /// The place after which it starts.
    pub(crate) after: Option<Place>,
    /// How many are skipped.
    pub(crate) offset: u64,
    /// How many are wanted.
    pub(crate) limit: u64,
}

/// A part of a list of users.
pub(crate) type UserRange = Range<UserCursor>;

/// A part of the list of configured values.
pub(crate) type ConfigRange = Range<ConfigPlace>;
