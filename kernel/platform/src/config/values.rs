//! Values as JSON: what is stored beside the data, and what operators see and send.

use serde_json::Value as Json;
use toml::Value;

use super::keys::{Key, Rule};
use super::secret::without_password;

/// What stands for a secret. Sent back, it means that nothing changes.
pub const MASK: &str = "(hidden)";

/// The longest text, in bytes.
const LONGEST_TEXT: usize = 4 * 1024;

/// The longest list.
const LONGEST_LIST: usize = 1_000;

/// Reads a value; `None` when its type or size fits no setting.
pub(super) fn from_json(value: &Json) -> Option<Value> {
    match value {
        Json::Bool(on) => Some(Value::Boolean(*on)),
        Json::Number(number) => number.as_i64().map(Value::Integer).or_else(|| number.as_f64().map(Value::Float)),
        Json::String(text) => (text.len() <= LONGEST_TEXT && !text.contains('\0')).then(|| Value::from(text.as_str())),
        Json::Array(items) if items.len() <= LONGEST_LIST => {
            items.iter().map(|item| if item.is_string() { from_json(item) } else { None }).collect::<Option<Vec<_>>>().map(Value::Array)
        }
        _ => None,
    }
}

/// Writes a value down as it is.
pub(super) fn to_json(value: &Value) -> Json {
    match value {
        Value::Boolean(on) => Json::Bool(*on),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::String(text) => Json::from(text.as_str()),
        // No key holds a table or a date.
        other => Json::from(other.to_string()),
    }
}

/// Writes a value down without what is secret in it.
pub(super) fn masked(key: &Key, value: &Value) -> Json {
    match (key.rule, value) {
        (rule, Value::String(text)) if rule.hidden() => Json::from(if text.is_empty() { "" } else { MASK }),
        (Rule::Url(_), Value::String(text)) => Json::from(without_password(text)),
        (_, value) => to_json(value),
    }
}
