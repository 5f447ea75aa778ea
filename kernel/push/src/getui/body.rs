//! The bodies of requests, with the keys and fixed options that apps of OpenIM were built with.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::PushRequest;
use crate::text::within_characters;

/// The service refuses longer texts.
const LONGEST_TITLE: usize = 50;
const LONGEST_BODY: usize = 256;

/// How long a message to many waits for devices, in milliseconds.
const WAITS: u32 = 300_000;

/// Returns an id of 32 hex digits for the request: the same when it is repeated, another for any other request, as getui
/// drops what comes with an id it has seen. An operation's id is neither bounded nor unique: one can cause many pushes.
fn request_id(request: &PushRequest, user: &str) -> String {
    let mut hash = Sha256::new();
    for part in [&request.operation_id, &request.client_message_id, user, &request.title, &request.body] {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut id = hex::encode(hash.finalize());
    id.truncate(32);
    id
}

fn texts(request: &PushRequest) -> (String, String) {
    (within_characters(&request.title, LONGEST_TITLE), within_characters(&request.body, LONGEST_BODY))
}

fn message(request: &PushRequest, channel_id: &str, channel_name: &str) -> Value {
    let (title, body) = texts(request);
    json!({"notification": {
        "title": title, "body": body, "channelID": channel_id, "ChannelName": channel_name, "click_type": "startapp",
        "badge_add_num": "1", "category": "CATEGORY_MESSAGE",
    }})
}

/// What goes through the makers' own channels.
fn channel(request: &PushRequest) -> Value {
    let (title, body) = texts(request);
    let options = json!({
        "HW": {
            "/message/android/notification/default_sound": false,
            "/message/android/notification/channel_id": "RingRing4",
            "/message/android/notification/sound": "/raw/ring001",
            "/message/android/notification/importance": "NORMAL",
            "/message/android/category": "IM",
        },
        "XM": {"/extra.channel_id": "high_system"},
        "VV": {"/classification": 1},
    });
    json!({
        "ios": {"type": "notify", "auto_badge": "+1", "aps": {"sound": "default", "alert": {"title": title, "body": body}}},
        "android": {"ups": {
            "notification": {
                "title": title, "body": body, "channelID": "", "ChannelName": "", "click_type": "startapp", "badge_add_num": "",
                "category": "",
            },
            "options": options,
        }},
    })
}

/// Returns the body of a push to one user.
pub(super) fn single(request: &PushRequest, user: &str, channel_id: &str, channel_name: &str) -> Value {
    json!({
        "request_id": request_id(request, user), "settings": null, "audience": {"alias": [user]},
        "push_message": message(request, channel_id, channel_name), "push_channel": channel(request),
        "is_async": null, "taskid": null,
    })
}

/// Returns the body that makes a task for many users.
pub(super) fn list_message(request: &PushRequest, channel_id: &str, channel_name: &str) -> Value {
    json!({
        "request_id": null, "settings": {"ttl": WAITS, "strategy": {"default": 1}}, "audience": null,
        "push_message": message(request, channel_id, channel_name), "push_channel": channel(request),
        "is_async": null, "taskid": null,
    })
}

/// Returns the body that sends a task to some users.
pub(super) fn list_alias(users: &[&str], task: &str) -> Value {
    json!({
        "request_id": null, "settings": null, "audience": {"alias": users}, "push_message": null, "push_channel": null,
        "is_async": true, "taskid": task,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_same_id_when_it_is_repeated_and_another_than_all_others() {
        let request = PushRequest { operation_id: "op".repeat(100), client_message_id: "m1".to_owned(), ..PushRequest::default() };
        let other = PushRequest { client_message_id: "m2".to_owned(), ..request.clone() };
        let id = request_id(&request, "anna");
        assert!((10..=32).contains(&id.len()), "{id}");
        assert_eq!(id, request_id(&request, "anna"));
        assert!(id != request_id(&request, "ben") && id != request_id(&other, "anna"));
    }
}
