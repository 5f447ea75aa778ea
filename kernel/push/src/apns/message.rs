//! The body of one notification. Besides Apple's own key it has those that JPush gives to apps of OpenIM.

use serde_json::{Map, Value, json};

use crate::PushRequest;
use crate::text::within_bytes;

/// Together with `ex` below the 4,096 bytes that the service allows.
const LONGEST_TITLE: usize = 256;
const LONGEST_BODY: usize = 2_000;

/// Returns the body for one device.
pub(super) fn body(request: &PushRequest, badge: Option<u32>) -> Value {
    let mut aps = Map::new();
    let alert = json!({"title": within_bytes(&request.title, LONGEST_TITLE), "body": within_bytes(&request.body, LONGEST_BODY)});
    aps.insert("alert".to_owned(), alert);
    if !request.sound.is_empty() {
        aps.insert("sound".to_owned(), request.sound.as_str().into());
    }
    if let Some(badge) = badge {
        aps.insert("badge".to_owned(), badge.into());
    }
    // The app may change what is shown, for example decrypt it.
    aps.insert("mutable-content".to_owned(), 1.into());
    let mut body = Map::new();
    body.insert("aps".to_owned(), aps.into());
    for (key, value) in [("ex", &request.ex), ("ClientMsgID", &request.client_message_id)] {
        if !value.is_empty() {
            body.insert(key.to_owned(), value.as_str().into());
        }
    }
    body.into()
}
