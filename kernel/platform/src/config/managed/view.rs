//! The settings as an operator looks at them.

use openim_core::Timestamp;
use serde_json::Value as Json;

use super::super::keys::{KEYS, Key, Rule};
use super::super::layers::Layers;
use super::super::live_keys::is_live;
use super::super::problem::Origin;
use super::super::reference::meanings;
use super::super::stored::locked;
use super::super::values::masked;
use super::super::{DEFAULTS, Loaded};
use super::Configuration;

/// One setting as this process has it.
#[derive(Debug, Clone)]
pub struct Setting {
    /// `section.key`
    pub key: &'static str,
    /// What kind of value it is.
    pub kind: SettingKind,
    /// The value, without what is secret in it. After a change that needs a restart, the one that counts then.
    pub value: Json,
    /// The value without any layer.
    pub default: Json,
    /// Which layer the value comes from.
    pub source: SettingSource,
    /// The same for people: the file and its line, the variable, the flag.
    pub origin: String,
    /// Whether the value is never shown.
    pub secret: bool,
    /// What it means.
    pub description: String,
    /// What it may be.
    pub allowed: String,
    /// The words it may be, when there are few.
    pub choices: Vec<String>,
    /// Whether a change counts without a restart.
    pub live: bool,
    /// Why it cannot be changed here; `None` when it can.
    pub locked: Option<String>,
    /// Whether the running process still works with another value.
    pub restart_needed: bool,
    /// When the stored value was stored, and by whom.
    pub stored: Option<(Timestamp, String)>,
    /// Why the stored value is left out.
    pub problem: Option<String>,
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// true or false.
    Switch,
    /// A text.
    Text,
    /// A list of texts.
    List,
}

/// The layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingSource {
    /// Compiled in.
    Default,
    /// The file, or a file that it names.
    File,
    /// Stored beside the data.
    Stored,
    /// The environment.
    Environment,
    /// The command line.
    CommandLine,
}

impl From<&Origin> for SettingSource {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::Default => Self::Default,
            Origin::File { .. } => Self::File,
            Origin::Stored => Self::Stored,
            Origin::Environment(_) => Self::Environment,
            Origin::Flag(_) => Self::CommandLine,
            Origin::Content { named_by, .. } => Self::from(&**named_by),
        }
    }
}

impl Rule {
    fn kind(self) -> SettingKind {
        match self {
            Self::Integer(..) | Self::Choice(_) => SettingKind::Integer,
            Self::Number(..) => SettingKind::Number,
            Self::Switch => SettingKind::Switch,
            _ if self.is_list() => SettingKind::List,
            _ => SettingKind::Text,
        }
    }

    fn choices(self) -> Vec<String> {
        match self {
            Self::OneOf(words) => words.iter().map(ToString::to_string).collect(),
            Self::Choice(numbers) => numbers.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        }
    }
}

impl Configuration {
    /// Returns every setting, in the order of the reference.
    pub fn settings(&self) -> Vec<Setting> {
        let state = self.now();
        let mut defaults = Layers::default();
        defaults.add_toml(DEFAULTS, |_| Origin::Default);
        let mut meanings = meanings();
        let view = |key: &'static Key| {
            let Loaded { settings, .. } = &state.loaded;
            let setting = settings.get(key.name)?;
            let first = self.0.first.settings.get(key.name);
            let outranked = setting.origin.outranks_stored().then(|| format!("{} sets it, and wins over stored settings", setting.origin));
            Some(Setting {
                key: key.name,
                kind: key.rule.kind(),
                value: masked(key, &setting.value),
                default: defaults.settings.get(key.name).map_or(Json::Null, |setting| masked(key, &setting.value)),
                source: (&setting.origin).into(),
                origin: setting.origin.to_string(),
                secret: key.rule.hidden(),
                description: meanings.remove(key.name).unwrap_or_default(),
                allowed: key.rule.expected(),
                choices: key.rule.choices(),
                live: is_live(key.name),
                locked: locked(key).map(str::to_owned).or(outranked),
                restart_needed: !is_live(key.name) && first.is_some_and(|first| first.value != setting.value),
                stored: state.notes.get(key.name).cloned(),
                problem: state.ignored.iter().find(|problem| problem.key == key.name).map(|problem| problem.message.clone()),
            })
        };
        KEYS.iter().filter_map(view).collect()
    }

    /// Returns the problems with what is stored, each with its key.
    pub fn problems(&self) -> Vec<(String, String)> {
        self.now().ignored.iter().map(|problem| (problem.key.clone(), problem.message.clone())).collect()
    }
}
