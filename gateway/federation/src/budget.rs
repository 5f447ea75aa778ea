//! How big an answer may become: every value counts before it is merged, so that no more is held than allowed.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::{Name, Value};

/// What a field of an object takes beside its value: the name, its hash and its place.
const FIELD: usize = size_of::<Name>() + 2 * size_of::<usize>();

/// The bytes of one answer.
#[derive(Debug)]
pub(crate) struct Budget {
    most: usize,
    held: AtomicUsize,
}

impl Budget {
    /// Allows this many bytes.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, held: AtomicUsize::new(0) }
    }

    /// Counts a value that is about to be held. When it is too much, nothing is admitted any more.
    pub(crate) fn admit(&self, value: &Value) -> bool {
        if self.exceeded() {
            return false;
        }
        self.held.fetch_add(bytes(value), Ordering::Relaxed);
        !self.exceeded()
    }

    /// Tells whether the answer has become too big.
    pub(crate) fn exceeded(&self) -> bool {
        self.held.load(Ordering::Relaxed) > self.most
    }

    /// Returns the bytes allowed.
    pub(crate) fn most(&self) -> usize {
        self.most
    }
}

fn bytes(value: &Value) -> usize {
    let inner = match value {
        Value::String(text) => text.len(),
        Value::Enum(name) => name.len(),
        Value::Binary(bytes) => bytes.len(),
        Value::List(items) => items.iter().map(bytes).sum(),
        Value::Object(fields) => fields.values().map(|value| FIELD + bytes(value)).sum(),
        Value::Null | Value::Number(_) | Value::Boolean(_) => 0,
    };
    size_of::<Value>() + inner
}
