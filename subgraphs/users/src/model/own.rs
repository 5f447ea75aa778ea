//! What belongs to a user besides the profile: small shared entries, configuration, presence.

use openim_core::{Platform, Timestamp, UserId};
use openim_platform::presence::Connection;

/// A small entry that a user's devices share, such as a favourite (OpenIM "user command").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserCommand {
    /// Which one.
    pub(crate) key: CommandKey,
    /// The content.
    pub(crate) value: String,
    /// Whatever the application keeps with it.
    pub(crate) ex: String,
    /// When it was first added.
    pub(crate) created_at: Timestamp,
}

/// Names an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandKey {
    /// Whose.
    pub(crate) user_id: UserId,
    /// What kind, as the application numbers them; never 0.
    pub(crate) kind: i32,
    /// The client's key in the kind.
    pub(crate) uuid: String,
}

/// Adds an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AddCommand {
    /// Whose, not checked yet; `None` for the caller.
    pub(crate) user_id: Option<String>,
    /// What kind.
    pub(crate) kind: i32,
    /// The client's key.
    pub(crate) uuid: String,
    /// The content.
    pub(crate) value: String,
    /// The application's data.
    pub(crate) ex: String,
}

/// Changes an entry. `None` keeps what is stored, an empty text clears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UpdateCommand {
    /// Whose, not checked yet; `None` for the caller.
    pub(crate) user_id: Option<String>,
    /// What kind.
    pub(crate) kind: i32,
    /// The client's key.
    pub(crate) uuid: String,
    /// The new content.
    pub(crate) value: Option<String>,
    /// The new application's data.
    pub(crate) ex: Option<String>,
}

impl UpdateCommand {
    /// Returns what `command` becomes.
    pub(crate) fn apply(self, command: &UserCommand) -> UserCommand {
        UserCommand {
            value: self.value.unwrap_or_else(|| command.value.clone()),
            ex: self.ex.unwrap_or_else(|| command.ex.clone()),
            ..command.clone()
        }
    }
}

/// A value that clients are configured with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigEntry {
    /// For whom; `None` for everybody.
    pub(crate) user_id: Option<UserId>,
    /// The name and the value.
    pub(crate) value: ConfigValue,
}

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigValue {
    /// The name.
    pub(crate) key: String,
    /// The value.
    pub(crate) value: String,
}

/// Sets values, for everybody or one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SetConfig {
    /// For whom, not checked yet; `None` for everybody.
    pub(crate) user_id: Option<String>,
    /// The values.
    pub(crate) values: Vec<ConfigValue>,
}

/// Removes values of everybody or one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemoveConfig {
    /// Whose, not checked yet; `None` for everybody's.
    pub(crate) user_id: Option<String>,
    /// The names.
    pub(crate) keys: Vec<String>,
}

/// Which values a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ConfigFilter {
    /// Only this user's own.
    pub(crate) user_id: Option<UserId>,
    /// Only of this name.
    pub(crate) key: Option<String>,
}

/// A place in the list of values, which is in order of user (everybody first) and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigPlace {
    /// The user; empty for everybody.
    pub(crate) user_id: String,
    /// The name.
    pub(crate) key: String,
}

/// One page of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigPage {
    /// The values.
    pub(crate) entries: Vec<ConfigEntry>,
    /// Whether more follow.
    pub(crate) has_next: bool,
    /// Whether some precede.
    pub(crate) has_previous: bool,
}

/// Where a user is connected, on any node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserPresence {
    /// The id as it was asked.
    pub(crate) user_id: String,
    /// The open connections by platform and id.
    pub(crate) connections: Vec<Connection>,
}

/// A page of who is online, in order of the ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OnlinePage {
    /// Who.
    pub(crate) user_ids: Vec<UserId>,
    /// How many the whole list has.
    pub(crate) total: u64,
    /// Whether more follow.
    pub(crate) has_next: bool,
    /// Whether others come before.
    pub(crate) has_previous: bool,
}

impl UserPresence {
    /// Returns the platforms in number order with the number of their connections.
    pub(crate) fn platforms(&self) -> Vec<(Platform, usize)> {
        let by_platform = self.connections.chunk_by(|a, b| a.platform == b.platform);
        by_platform.filter_map(|same| Some((same.first()?.platform, same.len()))).collect()
    }
}
