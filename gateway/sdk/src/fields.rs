//! Reading the graph's answers. They fit their documents, which were checked at start-up; what is null or missing reads as
//! the zero value, as protobuf has it.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};
use openim_graphql::DateTime;

use crate::numbers;

/// The fields of an object; each is taken once.
#[derive(Default)]
pub(crate) struct Fields(IndexMap<Name, Value>);

impl Fields {
    /// Takes an object; anything else has no fields.
    pub(crate) fn of(value: Value) -> Self {
        match value {
            Value::Object(fields) => Self(fields),
            _ => Self::default(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn take(&mut self, name: &str) -> Value {
        // The answer is taken apart: what is left in the place is never read.
        self.0.get_mut(name).map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn object(&mut self, name: &str) -> Self {
        Self::of(self.take(name))
    }

    pub(crate) fn list(&mut self, name: &str) -> Vec<Value> {
        match self.take(name) {
            Value::List(items) => items,
            _ => Vec::new(),
        }
    }

    pub(crate) fn objects(&mut self, name: &str) -> impl Iterator<Item = Self> + use<> {
        self.list(name).into_iter().map(Self::of)
    }

    pub(crate) fn text(&mut self, name: &str) -> String {
        text(self.take(name))
    }

    pub(crate) fn texts(&mut self, name: &str) -> Vec<String> {
        self.list(name).into_iter().map(text).collect()
    }

    pub(crate) fn flag(&mut self, name: &str) -> bool {
        matches!(self.take(name), Value::Boolean(true))
    }

    pub(crate) fn long(&mut self, name: &str) -> i64 {
        match self.take(name) {
            Value::Number(number) => number.as_i64().unwrap_or_default(),
            _ => 0,
        }
    }

    pub(crate) fn int(&mut self, name: &str) -> i32 {
        i32::try_from(self.long(name)).unwrap_or_default()
    }

    /// Returns a moment in milliseconds.
    pub(crate) fn time(&mut self, name: &str) -> i64 {
        match self.take(name) {
            text @ Value::String(_) => <DateTime as async_graphql::ScalarType>::parse(text).map_or(0, |time| time.0.0),
            _ => 0,
        }
    }

    /// Returns the number of an enum value.
    pub(crate) fn number(&mut self, name: &str, table: &[(&'static str, i32)]) -> i32 {
        match self.take(name) {
            Value::Enum(word) => numbers::number(table, &word),
            Value::String(word) => numbers::number(table, &word),
            _ => 0,
        }
    }
}

/// Returns the text of a value; ids are texts.
pub(crate) fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Enum(word) => word.to_string(),
        _ => String::new(),
    }
}
