//! `/msg/send_msg` and `/msg/batch_send_msg`: free content by number to the graph's input.

use async_graphql::{Name, Value};
use chrono::{SecondsFormat, TimeZone as _, Utc};
use openim_core::{Error, ErrorCode};

use super::content;
use super::input::{Input, Request};
use crate::contract::Enums;

/// The body's push texts, and the graph's names for them.
const PUSH: [(&str, &str); 6] = [
    ("title", "title"),
    ("description", "desc"),
    ("ex", "ex"),
    ("iosSound", "iOSPushSound"),
    ("iosBadgeCount", "iOSBadgeCount"),
    ("signalInfo", "signalInfo"),
];

/// Makes the input of one message.
pub(super) fn one(request: &Value, enums: &Enums) -> Result<Value, Error> {
    let request = Request(request);
    let mut input = message(&request, enums)?;
    let mut recipient = Input::default();
    let (to, from) = if request.number("sessionType") == 3 { ("groupId", "groupID") } else { ("userId", "recvID") };
    recipient.put(to, request.get(from).clone());
    input.put("recipient", recipient.done());
    Ok(input.done())
}

/// Makes the input of a message to many.
pub(super) fn many(request: &Value, enums: &Enums) -> Result<Value, Error> {
    let request = Request(request);
    let mut input = message(&request, enums)?;
    if request.flag("isSendAll") {
        input.put("all", Value::Boolean(true));
    } else {
        input.put("receiverIds", request.get("recvIDs").clone());
    }
    Ok(input.done())
}

fn message(request: &Request<'_>, enums: &Enums) -> Result<Input, Error> {
    let mut input = Input::default();
    input.put("senderId", request.get("sendID").clone());
    input.put("source", Value::Enum(Name::new("SYSTEM")));
    input.put("content", content(request)?);
    for (name, from) in [
        ("senderNickname", "senderNickname"),
        ("senderFaceUrl", "senderFaceURL"),
        ("ex", "ex"),
        ("onlineOnly", "isOnlineOnly"),
        ("notOfflinePush", "notOfflinePush"),
    ] {
        input.put_given(name, request.get(from));
    }
    let platform = request.number("senderPlatformID");
    if platform != 0 {
        let word = enums.get("Platform").and_then(|table| table.word(platform));
        let word = word.ok_or_else(|| refuse(format!("senderPlatformID: {platform} stands for no Platform")))?;
        input.put("senderPlatform", Value::Enum(word));
    }
    let sent_at = request.number("sendTime");
    if sent_at != 0 {
        let time = Utc.timestamp_millis_opt(sent_at).single().ok_or_else(|| refuse(format!("sendTime: {sent_at} is no time")))?;
        input.put("sentAt", Value::String(time.to_rfc3339_opts(SecondsFormat::Millis, true)));
    }
    push(request, &mut input);
    Ok(input)
}

/// Takes the push texts over, if there are any.
pub(super) fn push(request: &Request<'_>, input: &mut Input) {
    if let given @ Value::Object(_) = request.get("offlinePushInfo") {
        let mut push = Input::default();
        for (name, from) in PUSH {
            push.put(name, Request(given).get(from).clone());
        }
        input.put("offlinePush", push.done());
    }
}

/// Checks the content and makes the text that is stored: compact, keys sorted; a notice lies as text inside `detail`.
fn content(request: &Request<'_>) -> Result<Value, Error> {
    let (content_type, given) = (request.number("contentType"), request.get("content"));
    content::check(content_type, given).map_err(refuse)?;
    let is_notice = content_type == content::NOTICE;
    // A notice is of session type 4 whatever was sent; nothing else is.
    let session_type = if is_notice { 4 } else { request.number("sessionType") };
    if !matches!(session_type, 1 | 3) && !is_notice {
        return Err(refuse(format!("sessionType {session_type} does not go with contentType {content_type}")));
    }
    let mut text = stored(given);
    if is_notice {
        let mut detail = Input::default();
        detail.put("detail", Value::String(text));
        text = stored(&detail.done());
    }
    let (mut raw, mut content) = (Input::default(), Input::default());
    raw.put("contentType", Value::Number(content_type.into()));
    raw.put("text", Value::String(text));
    content.put("raw", raw.done());
    Ok(content.done())
}

fn stored(value: &Value) -> String {
    let mut text = Vec::new();
    crate::codec::compact_sorted(&mut text, value);
    String::from_utf8_lossy(&text).into_owned()
}

fn refuse(what: String) -> Error {
    Error::new(ErrorCode::Args, what)
}
