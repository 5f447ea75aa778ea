//! OpenIM's 22 configuration files: which fields they have, and which of our settings stands for each.
//!
//! The table is data (`data/openim_files.json`): file, field path, type, and our key with how its value is told there. A field
//! without a key has no equivalent here; it has its zero value, and nobody can set it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use openim_core::{Error, ErrorCode, Result};
use openim_platform::config::Setting;
use serde_json::{Map, Value as Json};

use super::openim_hooks::{self, Part};

const TABLE: &str = include_str!("../../data/openim_files.json");

/// Seconds of a day.
const DAY: i64 = 86_400;

static FILES: LazyLock<Vec<OpenImFile>> = LazyLock::new(|| {
    // The table is compiled in and looked at by a test.
    let table: Map<String, Json> = serde_json::from_str(TABLE).unwrap_or_default();
    table.iter().map(|(name, fields)| OpenImFile { name: name.clone(), fields: fields_of(fields) }).collect()
});

/// One file.
#[derive(Debug)]
pub(crate) struct OpenImFile {
    pub(crate) name: String,
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    /// Where it lies in the JSON, such as `Api.Ports`.
    path: String,
    kind: String,
    /// Our key, and how its value is told there.
    key: Option<(String, Unit)>,
}

/// How one of our values is told there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Unit {
    /// As it is.
    Same,
    /// Whole days instead of seconds.
    Days,
    /// Whether our word is this one.
    Is(String),
    /// The host of the first address.
    Host,
    /// The ports of all addresses.
    Ports,
    /// One hook's part of our lists.
    Hook(String, Part),
}

/// Our settings by key.
pub(crate) type Settings = BTreeMap<&'static str, Setting>;

/// Returns all files in OpenIM's order.
pub(crate) fn all() -> &'static [OpenImFile] {
    &FILES
}

/// Finds a file by its name.
///
/// # Errors
/// `ARGS_ERROR` when there is none.
pub(crate) fn find(name: &str) -> Result<&'static OpenImFile> {
    FILES.iter().find(|file| file.name == name).ok_or_else(|| refused("there is no configuration file of this name"))
}

impl OpenImFile {
    /// Writes the file as OpenIM's API shows it.
    pub(crate) fn content(&self, settings: &Settings) -> Json {
        let mut root = Map::new();
        for field in &self.fields {
            put(&mut root, &field.path, field.value(settings));
        }
        Json::Object(root)
    }

    /// Returns what has to become of our settings so that the file is as `wanted`. Fields that are left out stay as they are.
    ///
    /// # Errors
    /// `ARGS_ERROR` that names a field which does not exist, has no equivalent here or a wrong type, or cannot be changed.
    pub(crate) fn changes(&self, wanted: &Json, settings: &Settings) -> Result<Vec<(String, Json)>> {
        self.check_names(wanted, "")?;
        let mut changes: BTreeMap<String, Json> = BTreeMap::new();
        for field in &self.fields {
            let Some(wanted) = at(wanted, &field.path) else { continue };
            let before = field.value(settings);
            if same(wanted, &before) {
                continue;
            }
            if !field.fits(wanted) {
                return Err(refused(format!("{}: {} must be of type {}", self.name, field.path, field.kind)));
            }
            let Some((key, unit)) = &field.key else {
                return Err(refused(format!("{}: {} has no equivalent here and cannot be changed", self.name, field.path)));
            };
            let setting = settings.get(key.as_str());
            let now = changes.get(key).cloned().or_else(|| setting.map(|setting| setting.value.clone())).unwrap_or(Json::Null);
            if let Some(reason) = setting.and_then(|setting| setting.locked.as_deref()) {
                return Err(refused(format!("{}: {} ({key}) cannot be changed here: {reason}", self.name, field.path)));
            }
            let value = unit.taken_back(wanted, &now).map_err(|why| refused(format!("{}: {} {why}", self.name, field.path)))?;
            changes.insert(key.clone(), value);
        }
        Ok(changes.into_iter().collect())
    }

    fn check_names(&self, wanted: &Json, prefix: &str) -> Result<()> {
        let Json::Object(object) = wanted else {
            return Err(refused(format!("{}: {} must be an object", self.name, if prefix.is_empty() { "data" } else { prefix })));
        };
        for (name, inner) in object {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            if self.fields.iter().any(|field| field.path == path) {
                continue;
            }
            if !self.fields.iter().any(|field| field.path.strip_prefix(&path).is_some_and(|rest| rest.starts_with('.'))) {
                let path: String = path.chars().take(100).collect();
                return Err(refused(format!("{}: there is no field {path}", self.name)));
            }
            // Go writes an absent structure as null.
            if !inner.is_null() {
                self.check_names(inner, &path)?;
            }
        }
        Ok(())
    }
}

impl Field {
    fn value(&self, settings: &Settings) -> Json {
        let known = self.key.as_ref().and_then(|(key, unit)| Some(unit.told(settings, &settings.get(key.as_str())?.value)));
        known.unwrap_or_else(|| self.zero())
    }

    fn zero(&self) -> Json {
        match self.kind.as_str() {
            "bool" => Json::Bool(false),
            "string" => Json::from(""),
            "int" | "duration" | "float" => Json::from(0),
            _ => Json::Null,
        }
    }

    fn fits(&self, value: &Json) -> bool {
        match self.kind.as_str() {
            "bool" => value.is_boolean(),
            "string" => value.is_string(),
            "int" | "duration" => value.is_i64(),
            "float" => value.is_number(),
            "list" => value.is_array() || value.is_null(),
            _ => true,
        }
    }
}

impl Unit {
    /// Tells our value in OpenIM's way.
    fn told(&self, settings: &Settings, ours: &Json) -> Json {
        match self {
            Self::Same => ours.clone(),
            Self::Days => Json::from(ours.as_i64().unwrap_or(0) / DAY),
            Self::Is(word) => Json::Bool(ours == word),
            Self::Host => addresses(ours).next().map_or(Json::from(""), |(host, _)| Json::from(host)),
            Self::Ports => addresses(ours).filter_map(|(_, port)| port.parse::<i64>().ok()).collect(),
            Self::Hook(hook, part) => part.told(hook, ours, settings.get("webhooks.timeout_seconds").map(|setting| &setting.value)),
        }
    }

    /// Makes our value of OpenIM's.
    fn taken_back(&self, theirs: &Json, ours: &Json) -> Result<Json, String> {
        match self {
            Self::Same if theirs.is_null() => Ok(Json::Array(Vec::new())),
            Self::Same => Ok(theirs.clone()),
            Self::Days => {
                let seconds = theirs.as_i64().and_then(|days| days.checked_mul(DAY));
                seconds.map(Json::from).ok_or_else(|| "is no number of days".to_owned())
            }
            Self::Hook(hook, part) => part.taken_back(hook, theirs, ours),
            Self::Is(_) | Self::Host | Self::Ports => Err("cannot be changed here".to_owned()),
        }
    }
}

fn fields_of(fields: &Json) -> Vec<Field> {
    let field = |(path, row): (&String, &Json)| {
        let text = |at: usize| row.get(at).and_then(Json::as_str);
        let unit = match text(2) {
            None => Unit::Same,
            Some("days") => Unit::Days,
            Some("host") => Unit::Host,
            Some("ports") => Unit::Ports,
            Some("hook") => {
                let (hook, part) = openim_hooks::parse(path)?;
                Unit::Hook(hook, part)
            }
            Some(word) => Unit::Is(word.strip_prefix("is ")?.to_owned()),
        };
        Some(Field { path: path.clone(), kind: text(0)?.to_owned(), key: text(1).map(|key| (key.to_owned(), unit)) })
    };
    fields.as_object().map(|fields| fields.iter().filter_map(field).collect()).unwrap_or_default()
}

fn addresses(list: &Json) -> impl Iterator<Item = (&str, &str)> {
    list.as_array().into_iter().flatten().filter_map(|address| address.as_str()?.rsplit_once(':'))
}

fn put(root: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => drop(root.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            if let Json::Object(inner) = root.entry(first).or_insert_with(|| Json::Object(Map::new())) {
                put(inner, rest, value);
            }
        }
    }
}

fn at<'a>(root: &'a Json, path: &str) -> Option<&'a Json> {
    path.split('.').try_fold(root, |value, name| value.get(name))
}

/// Compares as Go would write: an empty list is null.
fn same(left: &Json, right: &Json) -> bool {
    let empty = |value: &Json| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    left == right || (empty(left) && empty(right)) || (left.is_number() && left.as_f64() == right.as_f64())
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(ErrorCode::Args, message.into())
}

#[cfg(test)]
mod tests {
    use openim_platform::config::setting_keys;
    use openim_platform::webhooks::commands;

    use super::*;

    #[test]
    fn every_field_is_read_and_every_key_and_hook_exists() {
        let table: Map<String, Json> = serde_json::from_str(TABLE).unwrap();
        assert_eq!((table.len(), all().len()), (22, 22));
        for file in all() {
            assert_eq!(file.fields.len(), table[&file.name].as_object().unwrap().len(), "{}", file.name);
            for field in &file.fields {
                let Some((key, unit)) = &field.key else { continue };
                assert!(setting_keys().any(|known| known == key), "{}: {}: {key}", file.name, field.path);
                if let Unit::Hook(hook, _) = unit {
                    assert!(commands::by_name(hook).is_some(), "{}: {hook}", field.path);
                }
            }
        }
    }
}
