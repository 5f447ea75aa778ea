//! Reading a decoded body and building an input object, for hooks.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};

/// A decoded body.
pub(super) struct Request<'a>(pub(super) &'a Value);

impl Request<'_> {
    /// Returns a field; `null` when it is absent.
    pub(super) fn get(&self, key: &str) -> &Value {
        match self.0 {
            Value::Object(fields) => fields.get(key).unwrap_or(&Value::Null),
            _ => &Value::Null,
        }
    }

    /// Returns an integer; 0 when it is absent.
    pub(super) fn number(&self, key: &str) -> i64 {
        match self.get(key) {
            Value::Number(number) => number.as_i64().unwrap_or(0),
            _ => 0,
        }
    }

    /// Tells whether a switch is on.
    pub(super) fn flag(&self, key: &str) -> bool {
        *self.get(key) == Value::Boolean(true)
    }
}

/// An input object that is being made.
#[derive(Default)]
pub(super) struct Input(IndexMap<Name, Value>);

impl Input {
    /// Sets a field.
    pub(super) fn put(&mut self, name: &str, value: Value) {
        self.0.insert(Name::new(name), value);
    }

    /// Sets a field unless the value is an empty text, `false` or null.
    pub(super) fn put_given(&mut self, name: &str, value: &Value) {
        let given = match value {
            Value::Null | Value::Boolean(false) => false,
            Value::String(text) => !text.is_empty(),
            _ => true,
        };
        if given {
            self.put(name, value.clone());
        }
    }

    /// Returns the object.
    pub(super) fn done(self) -> Value {
        Value::Object(self.0)
    }
}
