//! A message as an SDK sends it, as the graph's input. What the server decides is left out: the place, the status, the
//! time of sending, the platform of the sender.

use async_graphql::{Name, ScalarType as _, Value};
use openim_core::{Error, ErrorCode, Timestamp};
use openim_graphql::DateTime;
use openim_protocol::sdkws::{MsgData, OfflinePushInfo};

use crate::frames::Failure;
use crate::numbers::{self, MESSAGE_SOURCE};
use crate::operations::object;

/// The content type that goes with session type 4, and only with it.
const NOTICE: i32 = 1400;

/// The latest moment that RFC 3339 can write, in milliseconds.
const LATEST: i64 = 253_402_300_799_999;

/// Makes the input of `sendMessage`.
///
/// # Errors
/// `ARGS_ERROR` for what has no form in the graph.
pub(crate) fn input(message: MsgData) -> Result<Value, Failure> {
    let recipient = match message.session_type {
        1 if message.content_type != NOTICE => object([("userId", text(message.recv_id))]),
        3 if message.content_type != NOTICE => object([("groupId", text(message.group_id))]),
        4 if message.content_type == NOTICE => object([("userId", text(message.recv_id))]),
        other => return Err(refuse(format!("sessionType {other} does not go with contentType {}", message.content_type))),
    };
    let content = String::from_utf8(message.content.into()).map_err(|_| refuse("the content is no text".to_owned()))?;
    let raw = object([("contentType", message.content_type.into()), ("text", text(content))]);
    let options = message.options.into_iter().map(|(key, value)| object([("key", text(key)), ("value", value.into())]));
    let mut input = vec![
        ("recipient", recipient),
        ("content", object([("raw", raw)])),
        ("senderId", text(message.send_id)),
        ("options", Value::List(options.collect())),
        ("attachedInfo", text(message.attached_info)),
        ("ex", text(message.ex)),
    ];
    let given = [
        ("clientMessageId", message.client_msg_id),
        ("senderNickname", message.sender_nickname),
        ("senderFaceUrl", message.sender_face_url),
    ];
    input.extend(given.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, text(value))));
    if (1..=LATEST).contains(&message.create_time) {
        input.push(("createdAt", DateTime(Timestamp(message.create_time)).to_value()));
    }
    if let Some(source) = numbers::word(MESSAGE_SOURCE, message.msg_from).filter(|source| *source != "USER") {
        input.push(("source", Value::Enum(Name::new(source))));
    }
    if !message.at_user_id_list.is_empty() {
        input.push(("atUserIds", Value::List(message.at_user_id_list.into_iter().map(text).collect())));
    }
    if let Some(push) = message.offline_push_info {
        input.push(("offlinePush", offline_push(push)));
    }
    Ok(Value::Object(input.into_iter().map(|(name, value)| (Name::new(name), value)).collect()))
}

fn offline_push(push: OfflinePushInfo) -> Value {
    object([
        ("title", text(push.title)),
        ("description", text(push.desc)),
        ("ex", text(push.ex)),
        ("iosSound", text(push.ios_push_sound)),
        ("iosBadgeCount", push.ios_badge_count.into()),
        ("signalInfo", text(push.signal_info)),
    ])
}

fn text(text: String) -> Value {
    Value::String(text)
}

fn refuse(what: String) -> Failure {
    Error::new(ErrorCode::Args, what).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_decides_is_left_out() {
        let message = MsgData {
            send_id: "a".into(),
            recv_id: "b".into(),
            client_msg_id: "c".into(),
            sender_platform_id: 7,
            session_type: 1,
            msg_from: 100,
            content_type: 101,
            content: r#"{"content":"hi"}"#.into(),
            seq: 9,
            send_time: 5,
            create_time: 1_800_000_000_000,
            status: 1,
            is_read: true,
            options: [("history".to_owned(), false)].into(),
            attached_info: "null".into(),
            ..MsgData::default()
        };
        let input = input(message).expect("an input").into_json().expect("JSON");
        let expected = serde_json::json!({
            "recipient": { "userId": "b" },
            "content": { "raw": { "contentType": 101, "text": r#"{"content":"hi"}"# } },
            "senderId": "a",
            "options": [{ "key": "history", "value": false }],
            "attachedInfo": "null",
            "ex": "",
            "clientMessageId": "c",
            "createdAt": "2027-01-15T08:00:00.000Z",
        });
        assert_eq!(input, expected);
    }

    #[test]
    fn notices_have_their_own_session_type_and_nothing_else_has_it() {
        for (session_type, content_type, good) in
            [(1, 101, true), (3, 101, true), (4, 1400, true), (4, 101, false), (1, 1400, false), (2, 101, false), (0, 101, false)]
        {
            let message = MsgData { session_type, content_type, ..MsgData::default() };
            assert_eq!(input(message).is_ok(), good, "{session_type} {content_type}");
        }
        let garbled = MsgData { session_type: 1, content_type: 101, content: vec![0xff].into(), ..MsgData::default() };
        assert_eq!(input(garbled), Err(Failure::from(ErrorCode::Args)));
    }
}
