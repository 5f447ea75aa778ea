//! Configuration: compiled-in defaults, then a file, then the environment, then flags.
//!
//! [`load`] is the only reader; it returns plain structs that are handed to whoever needs them. Nothing is kept in a
//! static. Every layer is checked by itself against the table of keys, then each section, then all together; whatever is
//! wrong is told at once, with the key, where its value came from and what would be right.

mod check;
mod keys;
mod layers;
mod live;
mod live_keys;
mod managed;
mod network;
mod objects;
mod problem;
mod push;
mod reference;
mod retention;
mod roles;
mod secret;
mod sections;
mod signing;
mod stored;
mod suggest;
#[cfg(test)]
mod tests;
mod values;
mod webhooks;

use std::ffi::OsString;
use std::path::PathBuf;

pub use live::Live;
pub use live_keys::{is_live, live_keys};
pub use managed::{Change, ChangePage, Configuration, Setting, SettingKind, SettingSource, State};
pub use network::Network;
pub use objects::{ObjectEngine, Objects};
pub use problem::{Origin, Problem, Problems};
pub use push::{Push, PushProvider};
pub use reference::reference;
pub use retention::{Audit, ClientLogs, Timers};
pub use roles::{Role, Roles};
pub use secret::{KeptSecret, Secret, ServiceUrl, kept_secret};
pub use sections::{
    Auth, Config, Database, Documents, Graphql, Internal, Limits, LogFormat, Messages, Notifications, Realtime, Rest, Server, Service,
    Subgraphs, Telemetry,
};
pub use signing::{Known, Previous, SigningSecrets};
pub use stored::Stored;
pub use values::MASK;
pub use webhooks::Webhooks;

use layers::{Layers, Settings};

/// The commented defaults: the lowest layer and the reference page.
pub const DEFAULTS: &str = include_str!("config/defaults.toml");

/// The file that is read when none is named.
pub const DEFAULT_FILE: &str = "openim.toml";

/// A setting given on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagSetting {
    /// The flag's name as the user wrote it, for messages.
    pub flag: String,
    /// The key, `section.key`.
    pub key: String,
    /// The value's text; list items are separated by commas.
    pub value: String,
}

/// What the layers above the defaults are made from.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// The file named by a flag or by `OPENIM_CONFIG`; `None` takes [`DEFAULT_FILE`] when it exists.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// The flags.
    pub flags: Vec<FlagSetting>,
}

impl Inputs {
    /// Takes the environment of this process, and the file it names when no flag does.
    pub fn from_process(file: Option<PathBuf>, flags: Vec<FlagSetting>) -> Self {
        let environment: Vec<_> = std::env::vars_os().collect();
        let named =
            || environment.iter().find(|(name, value)| name == "OPENIM_CONFIG" && !value.is_empty()).map(|(_, value)| PathBuf::from(value));
        Self { file: file.or_else(named), environment, flags }
    }
}

/// A good configuration and where each value of it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    settings: Settings,
}

impl Loaded {
    /// Says for people where a key's value comes from; `None` when there is no such key.
    pub fn origin(&self, key: &str) -> Option<String> {
        self.settings.get(key).map(|setting| setting.origin.to_string())
    }

    /// Goes on when the users of the settings found nothing `wrong`: keys, and why their values cannot be used.
    ///
    /// # Errors
    /// What they found.
    pub fn tried(self, wrong: Vec<(&str, String)>) -> Result<Self, Problems> {
        if wrong.is_empty() {
            return Ok(self);
        }
        let origin = |key: &str| self.settings.get(key).map_or(Origin::Default, |setting| setting.origin.clone());
        let problems = wrong.into_iter().map(|(key, message)| Problem { key: key.into(), message, origin: origin(key) });
        Err(Problems(problems.collect()))
    }

    /// Prints the settings in force as TOML, secrets hidden; what is not a default says where it comes from.
    pub fn print(&self) -> String {
        reference::in_force(&self.settings)
    }
}

/// Returns the name of every key.
pub fn setting_keys() -> impl Iterator<Item = &'static str> {
    keys::KEYS.iter().map(|key| key.name)
}

/// Reads, merges and checks all layers.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn load(inputs: &Inputs) -> Result<Loaded, Problems> {
    let mut layers = Layers::default();
    layers.add_toml(DEFAULTS, |_| Origin::Default);
    match &inputs.file {
        Some(path) => layers.add_file(path, true),
        None => layers.add_file(DEFAULT_FILE.as_ref(), false),
    }
    layers.add_environment(&inputs.environment);
    for FlagSetting { flag, key, value } in &inputs.flags {
        layers.add_text(key, value, Origin::Flag(flag.clone()));
    }
    layers.read_files();

    // A wrong value was left out, so the lower layer stands in for it and the rest can be checked in the same go.
    let config = match layers.collect::<Config>() {
        Ok(config) => config,
        Err(problem) => {
            layers.problems.push(problem);
            return Err(Problems(layers.problems));
        }
    };
    layers.problems.extend(check::check(&config, &layers.settings));
    if layers.problems.is_empty() { Ok(Loaded { config, settings: layers.settings }) } else { Err(Problems(layers.problems)) }
}
