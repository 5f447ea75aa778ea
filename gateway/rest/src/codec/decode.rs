//! A request body as its contract type: every field is there afterwards, with its zero value when it was left out.

use std::fmt::{self, Write as _};

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::json::Json;
use super::number;
use crate::contract::{Field, Kind, Label, TypeId, Types};

/// A value of the wrong type, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    path: Vec<Step>,
    expected: &'static str,
    found: &'static str,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Mismatch {
    fn new(kind: Kind, found: &Json<'_>) -> Self {
        Self { path: Vec::new(), expected: number::expected(kind), found: found.kind() }
    }

    fn under(mut self, step: Step) -> Self {
        self.path.insert(0, step);
        self
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) if path.is_empty() => path.push_str(key),
                Step::Key(key) => write!(path, ".{key}")?,
                Step::Index(index) => write!(path, "[{index}]")?,
            }
        }
        let subject = if path.is_empty() { "the body" } else { &path };
        write!(f, "{subject} must be {}, not {}", self.expected, self.found)
    }
}

/// Reads `json` as a message: keys match exactly or else ignoring case, the last of several wins, unknown ones are ignored,
/// `null` is the zero value.
///
/// # Errors
/// The first value of another type.
pub(crate) fn decode(types: &Types, id: TypeId, json: &Json<'_>) -> Result<Value, Mismatch> {
    match json {
        Json::Object(entries) => message(types, id, entries),
        Json::Null => message(types, id, &[]),
        other => Err(Mismatch::new(Kind::Message(id), other)),
    }
}

fn message(types: &Types, id: TypeId, entries: &[(std::borrow::Cow<'_, str>, Json<'_>)]) -> Result<Value, Mismatch> {
    let fields = &types.get(id).fields;
    let mut values: Vec<Option<Value>> = Vec::new();
    values.resize_with(fields.len(), || None);
    for (key, json) in entries {
        let found =
            fields.iter().position(|f| f.name.as_str() == key).or_else(|| fields.iter().position(|f| folds_to(key, f.name.as_str())));
        let Some(at) = found else { continue };
        let scalar = fields[at].label == Label::One && !matches!(fields[at].kind, Kind::Message(_));
        if scalar && *json == Json::Null {
            continue; // leaves what an earlier duplicate said
        }
        values[at] = Some(labelled(types, &fields[at], json).map_err(|error| error.under(Step::Key(fields[at].name.to_string())))?);
    }
    let mut object = IndexMap::with_capacity(fields.len());
    for (field, value) in fields.iter().zip(values) {
        object.insert(field.name.clone(), value.unwrap_or_else(|| zero(field)));
    }
    Ok(Value::Object(object))
}

fn labelled(types: &Types, field: &Field, json: &Json<'_>) -> Result<Value, Mismatch> {
    if *json == Json::Null {
        return Ok(zero(field));
    }
    match (field.label, json) {
        (Label::One | Label::Optional, json) => one(types, field.kind, json),
        (Label::List, Json::Array(items)) => {
            let items = items.iter().enumerate().map(|(index, item)| match (item, field.kind) {
                (Json::Null, Kind::Message(_)) => Ok(Value::Null),
                (Json::Null, kind) => Ok(zero_of(kind)),
                (item, kind) => one(types, kind, item).map_err(|error| error.under(Step::Index(index))),
            });
            Ok(Value::List(items.collect::<Result<_, _>>()?))
        }
        (Label::Map, Json::Object(entries)) => {
            let mut map = IndexMap::with_capacity(entries.len());
            for (key, item) in entries {
                let value = match item {
                    Json::Null => zero_of(field.kind),
                    item => one(types, field.kind, item).map_err(|error| error.under(Step::Key(key.to_string())))?,
                };
                map.insert(Name::new(key), value);
            }
            Ok(Value::Object(map))
        }
        (Label::List, other) => Err(Mismatch { path: Vec::new(), expected: "a list", found: other.kind() }),
        (Label::Map, other) => Err(Mismatch { path: Vec::new(), expected: "an object", found: other.kind() }),
    }
}

fn one(types: &Types, kind: Kind, json: &Json<'_>) -> Result<Value, Mismatch> {
    match (kind, json) {
        (Kind::String, Json::String(text)) => Ok(Value::String(text.to_string())),
        (Kind::Bytes, Json::String(text)) => match STANDARD.decode(text.as_bytes()) {
            Ok(bytes) => Ok(Value::Binary(bytes.into())),
            Err(_) => Err(Mismatch::new(kind, json)),
        },
        (Kind::Bool, Json::Bool(value)) => Ok(Value::Boolean(*value)),
        (Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64 | Kind::Float, Json::Number(value)) => match number::fit(value, kind) {
            Some(value) => Ok(Value::Number(value)),
            None => Err(Mismatch::new(kind, json)),
        },
        (Kind::Message(id), Json::Object(entries)) => message(types, id, entries),
        (Kind::JsonObject, Json::Object(_)) | (Kind::Json, _) => Ok(any(json)),
        (kind, other) => Err(Mismatch::new(kind, other)),
    }
}

/// Takes any JSON as it is; of repeated keys the last wins.
fn any(json: &Json<'_>) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(value) => Value::Number(value.clone()),
        Json::String(text) => Value::String(text.to_string()),
        Json::Array(items) => Value::List(items.iter().map(any).collect()),
        Json::Object(entries) => Value::Object(entries.iter().map(|(key, value)| (Name::new(key), any(value))).collect()),
    }
}

fn zero(field: &Field) -> Value {
    match (field.label, field.kind) {
        (Label::One, kind) => zero_of(kind),
        _ => Value::Null,
    }
}

fn zero_of(kind: Kind) -> Value {
    match kind {
        Kind::String => Value::String(String::new()),
        Kind::Bool => Value::Boolean(false),
        Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64 | Kind::Float => Value::Number(0.into()),
        Kind::Bytes | Kind::Json | Kind::JsonObject | Kind::Message(_) => Value::Null,
    }
}

/// Compares ignoring case as Go does: ASCII, and the two letters outside ASCII that fold to ASCII ones.
fn folds_to(key: &str, name: &str) -> bool {
    let fold = |c: char| match c {
        'ſ' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    key.chars().map(fold).eq(name.chars().map(fold))
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
