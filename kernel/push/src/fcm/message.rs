//! The body of one message, with the keys that apps of OpenIM read.

use serde_json::{Map, Value, json};

use crate::PushRequest;
use crate::text::within_bytes;

/// Together with `ex` below the 4,096 bytes that the service allows.
const LONGEST_TITLE: usize = 256;
const LONGEST_BODY: usize = 2_000;

/// Returns the body for one device.
pub(super) fn body(request: &PushRequest, token: &str, badge: Option<u32>) -> Value {
    let mut aps = Map::new();
    if !request.sound.is_empty() {
        aps.insert("sound".to_owned(), request.sound.as_str().into());
    }
    if let Some(badge) = badge {
        aps.insert("badge".to_owned(), badge.into());
    }
    json!({"message": {
        "token": token,
        "notification": {
            "title": within_bytes(&request.title, LONGEST_TITLE),
            "body": within_bytes(&request.body, LONGEST_BODY),
        },
        "data": {"ex": request.ex},
        "apns": {"payload": {"aps": aps}},
    }})
}
