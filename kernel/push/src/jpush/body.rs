//! The body of a push. Keys without a value are left out.

use serde_json::{Map, Value, json};

use crate::PushRequest;
use crate::text::within_bytes;

/// Together with `ex` below the 2,048 bytes that the service takes for iOS.
const LONGEST_TITLE: usize = 200;
const LONGEST_BODY: usize = 600;

/// Puts keys with values only.
fn object(pairs: impl IntoIterator<Item = (&'static str, Value)>) -> Map<String, Value> {
    let there = |value: &Value| !value.is_null() && value.as_str() != Some("") && value.as_object().is_none_or(|object| !object.is_empty());
    pairs.into_iter().filter(|(_, value)| there(value)).map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Returns the body of a push to some users.
pub(super) fn push(request: &PushRequest, users: &[&str], intent: &str) -> Value {
    let (title, body) = (within_bytes(&request.title, LONGEST_TITLE), within_bytes(&request.body, LONGEST_BODY));
    let extras = object([("ex", json!(request.ex)), ("ClientMsgID", json!(request.client_message_id))]);
    let badge = if request.count_badge { "+1" } else { "" };
    let android = object([
        ("alert", json!(body)),
        ("title", json!(title)),
        ("intent", object([("url", json!(intent))]).into()),
        ("extras", json!(extras)),
    ]);
    let ios = object([
        ("alert", object([("title", json!(title)), ("body", json!(body))]).into()),
        ("sound", json!(request.sound)),
        ("badge", json!(badge)),
        ("extras", json!(extras)),
        ("mutable-content", json!(true)),
    ]);
    let message = object([("msg_content", json!(body)), ("title", json!(title)), ("extras", json!(extras))]);
    json!({
        "platform": "all",
        "audience": {"alias": users},
        "notification": object([("alert", json!(body)), ("android", android.into()), ("ios", ios.into())]),
        "message": message,
        "options": {"apns_production": request.production},
    })
}
