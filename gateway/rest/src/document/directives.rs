//! Reading the engine's directives.

use std::sync::Arc;

use apollo_compiler::ast::{Directive, DirectiveList, Value};
use async_graphql::Name;

use crate::contract::{EnumTable, Enums};

/// The directives that the engine takes out of a document before the gateway sees it.
const OURS: &[&str] = &[
    "absent",
    "base",
    "base64",
    "count",
    "fails",
    "first",
    "flatten",
    "from",
    "hook",
    "item",
    "json",
    "mapBy",
    "missing",
    "number",
    "paged",
    "pageOffset",
    "pageSize",
    "pluck",
    "unix",
];

/// The unit of a time as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Milliseconds since 1970.
    Milliseconds,
    /// Seconds since 1970.
    Seconds,
}

/// The arguments of one directive.
pub(super) struct Args<'a>(&'a Directive);

/// Tells whether the engine owns this directive.
pub(super) fn is_ours(name: &str) -> bool {
    OURS.contains(&name)
}

/// Finds a directive.
pub(super) fn find<'a>(list: &'a DirectiveList, name: &str) -> Option<Args<'a>> {
    list.0.iter().find(|directive| directive.name == name).map(|directive| Args(directive))
}

/// Finds all directives of a name.
pub(super) fn all<'a>(list: &'a DirectiveList, name: &'static str) -> impl Iterator<Item = Args<'a>> {
    list.0.iter().filter(move |directive| directive.name == name).map(|directive| Args(directive))
}

impl<'a> Args<'a> {
    fn value(&self, name: &str) -> Option<&'a Value> {
        self.0.arguments.iter().find(|argument| argument.name == name).map(|argument| &*argument.value)
    }

    /// Returns a text argument, or an enum value's name.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        match self.value(name)? {
            Value::String(text) => Some(text),
            Value::Enum(word) => Some(word),
            _ => None,
        }
    }

    /// Returns a text argument that must be there.
    pub(super) fn needed(&self, name: &str) -> Result<&'a str, String> {
        self.text(name).ok_or_else(|| format!("@{} needs {name}", self.0.name))
    }

    /// Returns a flag; false when left out.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Boolean(true)))
    }

    /// Returns an integer argument that must be there.
    pub(super) fn integer(&self, name: &str) -> Result<i32, String> {
        match self.value(name) {
            Some(Value::Int(number)) => number.try_to_i32().map_err(|_| format!("@{} {name} is too big", self.0.name)),
            _ => Err(format!("@{} needs the integer {name}", self.0.name)),
        }
    }

    /// Returns a list of texts; empty when left out.
    pub(super) fn texts(&self, name: &str) -> Vec<&'a str> {
        match self.value(name) {
            Some(Value::List(items)) => items.iter().filter_map(|item| item.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns a dotted path; empty when left out.
    pub(super) fn path(&self, name: &str) -> Vec<Name> {
        self.text(name).map(path).unwrap_or_default()
    }

    /// Returns the table that `of` names, or nothing when it is left out.
    pub(super) fn table(&self, enums: &Enums) -> Result<Option<Arc<EnumTable>>, String> {
        match self.text("of") {
            None => Ok(None),
            Some(name) => enums.get(name).map(Some).ok_or_else(|| format!("no numbers are known of the enum {name}")),
        }
    }

    /// Returns the unit of a time.
    pub(super) fn unit(&self) -> Result<Unit, String> {
        match self.text("unit") {
            Some("MILLISECONDS") => Ok(Unit::Milliseconds),
            Some("SECONDS") => Ok(Unit::Seconds),
            _ => Err("@unix needs unit: MILLISECONDS or SECONDS".to_owned()),
        }
    }
}

/// Splits a dotted path.
pub(super) fn path(text: &str) -> Vec<Name> {
    text.split('.').map(Name::new).collect()
}
