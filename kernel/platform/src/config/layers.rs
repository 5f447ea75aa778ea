//! The layers and how they become one: defaults, file, environment, flags. Every value keeps its origin.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Spanned, Table, Value};

use super::keys::{self, Key};
use super::problem::{Origin, Problem};
use super::suggest::nearest;

/// One value and where it came from.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// Every value by its key, `section.key`.
pub(super) type Settings = BTreeMap<String, Setting>;

/// Puts the layers on top of each other and collects what is wrong with each.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) settings: Settings,
    pub(super) problems: Vec<Problem>,
}

impl Layers {
    /// Adds a TOML text; `place` gives the origin of a line.
    pub(super) fn add_toml(&mut self, text: &str, place: impl Fn(usize) -> Origin) {
        let line = |span: Range<usize>| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count();
        let sections: BTreeMap<Spanned<String>, Spanned<Value>> = match toml::from_str(text) {
            Ok(sections) => sections,
            Err(error) => {
                let at = error.span().map_or(1, line);
                return self.problem("the file", format!("is not TOML: {}", error.message().replace('\n', ", ")), place(at));
            }
        };
        // A second reading knows the line of each value; it fails only when something stands outside of a section.
        let lines: BTreeMap<String, BTreeMap<String, Spanned<Value>>> = toml::from_str(text).unwrap_or_default();
        for (section, content) in sections {
            let Value::Table(table) = content.get_ref() else {
                let message = "stands outside of a section; write it below a line such as [server]";
                self.problem(section.get_ref(), message, place(line(section.span())));
                continue;
            };
            for (name, value) in table {
                let span = lines.get(section.get_ref()).and_then(|keys| keys.get(name)).map_or(section.span(), Spanned::span);
                self.add_value(&format!("{}.{name}", section.get_ref()), value.clone(), place(line(span)));
            }
        }
    }

    /// Adds the file at `path`. A missing one is a problem only when it was `asked` for.
    pub(super) fn add_file(&mut self, path: &Path, asked: bool) {
        match fs::read_to_string(path) {
            Ok(text) => self.add_toml(&text, |line| Origin::File { path: path.into(), line }),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !asked => {}
            Err(error) => self.problem(&path.display().to_string(), format!("cannot be read: {error}"), Origin::Default),
        }
    }

    /// Adds the variables `OPENIM__SECTION__KEY`; all others are none of ours.
    pub(super) fn add_environment(&mut self, variables: &[(OsString, OsString)]) {
        for (name, value) in variables {
            let Some(name) = name.to_str() else { continue };
            let Some(key) = name.strip_prefix("OPENIM__") else { continue };
            let origin = Origin::Environment(name.into());
            match value.to_str() {
                Some(text) => self.add_text(&key.to_lowercase().replace("__", "."), text, origin),
                None => self.problem(name, "is not UTF-8 text", origin),
            }
        }
    }

    /// Adds a text from the environment or a flag.
    pub(super) fn add_text(&mut self, name: &str, text: &str, origin: Origin) {
        let Some(key) = self.known(name, &origin) else { return };
        match key.rule.read(text) {
            Some(value) => self.set(key, value, origin),
            None => self.wrong(key, &Value::from(text), origin),
        }
    }

    fn add_value(&mut self, name: &str, value: Value, origin: Origin) {
        if let Some(key) = self.known(name, &origin) {
            self.set(key, value, origin);
        }
    }

    fn known(&mut self, name: &str, origin: &Origin) -> Option<&'static Key> {
        let key = keys::find(name);
        if key.is_none() {
            let message = match nearest(name) {
                Some(near) => format!("there is no such key; did you mean {near}?"),
                None => "there is no such key; `openim config example` lists all".into(),
            };
            self.problem(name, message, origin.clone());
        }
        key
    }

    fn set(&mut self, key: &'static Key, value: Value, origin: Origin) {
        if key.rule.accepts(&value) {
            self.settings.insert(key.name.into(), Setting { value, origin });
        } else {
            self.wrong(key, &value, origin);
        }
    }

    fn wrong(&mut self, key: &'static Key, value: &Value, origin: Origin) {
        let expected = key.rule.expected();
        let message =
            if key.rule.hidden() { format!("must be {expected}") } else { format!("must be {expected}, not {}", shown(key, value)) };
        self.problem(key.name, message, origin);
    }

    fn problem(&mut self, key: &str, message: impl Into<String>, origin: Origin) {
        self.problems.push(Problem { key: key.into(), message: message.into(), origin });
    }

    /// Reads the files that `_file` keys name into the keys they stand for.
    pub(super) fn read_files(&mut self) {
        for key in keys::KEYS {
            let Some(target) = key.name.strip_suffix("_file").and_then(keys::find) else { continue };
            let Some(Setting { value: Value::String(path), origin }) = self.settings.get(key.name).cloned() else { continue };
            if path.is_empty() {
                continue;
            }
            if let Some(direct) = self.settings.get(target.name).filter(|setting| setting.value.as_str() != Some("")) {
                let message = format!("{} is set too (by {}); give one of them", target.name, direct.origin);
                self.problem(key.name, message, origin);
                continue;
            }
            match fs::read_to_string(&path) {
                Ok(text) if text.trim().is_empty() => self.problem(key.name, format!("{path} is empty"), origin),
                Ok(text) => {
                    let origin = Origin::Content { path: PathBuf::from(path), named_by: Box::new(origin) };
                    self.set(target, Value::from(text.trim()), origin);
                }
                Err(error) => self.problem(key.name, format!("{path} cannot be read: {error}"), origin),
            }
        }
    }

    /// Puts the values together as a struct.
    pub(super) fn collect<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Problem> {
        let mut root = Table::new();
        for (name, setting) in &self.settings {
            let (section, key) = name.split_once('.').unwrap_or((name, ""));
            if let Value::Table(table) = root.entry(section).or_insert_with(|| Value::Table(Table::new())) {
                table.insert(key.into(), setting.value.clone());
            }
        }
        T::deserialize(Value::Table(root)).map_err(|error| Problem {
            key: "configuration".into(),
            message: error.message().into(),
            origin: Origin::Default,
        })
    }
}

/// Prints a value without what is secret in it.
pub(super) fn shown(key: &Key, value: &Value) -> String {
    match (key.rule, value) {
        (rule, Value::String(text)) if rule.hidden() => if text.is_empty() { "\"\"" } else { "\"(hidden)\"" }.into(),
        (keys::Rule::Url(_), Value::String(text)) => Value::from(super::secret::without_password(text)).to_string(),
        (_, value) => value.to_string(),
    }
}
