//! Frames of the server: answers, pushes, and what went wrong.

use std::borrow::Cow;

use async_graphql::{ServerError, Value};
use bytes::Bytes;
use openim_contracts::MessageData;
use openim_core::{Error, ErrorCode, Platform, UserId};
use openim_protocol::prost::Message as _;
use openim_protocol::sdkws::{MsgData, OfflinePushInfo, PullMsgs, PushMessages, SubUserOnlineStatusElem, SubUserOnlineStatusTips};
use openim_protocol::{Encoding, Request, Response, identifier};

/// What OpenIM's clients know as "sent".
const SENT: i32 = 2;

/// Why a request fails: OpenIM's number and its text. There is no room for more in a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: i32,
    text: Cow<'static, str>,
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self { code: code.number(), text: Cow::Borrowed(code.text()) }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        tracing::debug!(error = &error as &dyn std::error::Error, "a request is refused");
        Self::from(error.code())
    }
}

impl Failure {
    /// Takes what the graph said; who refused by webhook has the word.
    pub(crate) fn of_graph(error: &ServerError) -> Self {
        let said = |name: &str| error.extensions.as_ref().and_then(|extensions| extensions.get(name));
        let code = match said("code") {
            Some(Value::String(word)) => ErrorCode::from_word(word).unwrap_or(ErrorCode::Internal),
            _ => ErrorCode::Internal,
        };
        tracing::debug!(error.cause = %error.message, "the graph refused a request");
        if code != ErrorCode::WebhookRefused {
            return Self::from(code);
        }
        let number = match said("errCode") {
            Some(Value::Number(number)) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
            _ => None,
        };
        Self { code: number.unwrap_or(code.number()), text: Cow::Owned(error.message.clone()) }
    }
}

/// Makes the answer to a request.
pub(crate) fn answer(request: &Request, outcome: Result<Bytes, Failure>) -> Response {
    let (err_code, err_msg, data) = match outcome {
        Ok(data) => (0, Cow::Borrowed(""), data),
        Err(failure) => (failure.code, failure.text, Bytes::new()),
    };
    let Request { req_identifier, msg_incr, operation_id, .. } = request.clone();
    Response { req_identifier, msg_incr, operation_id, err_code, err_msg, data }
}

/// Makes the frame that brings a message.
pub(crate) fn push(encoding: Encoding, conversation_id: &str, message: MsgData, operation_id: String) -> Bytes {
    let pulled = PullMsgs { msgs: vec![message], ..PullMsgs::default() };
    let mut push = PushMessages::default();
    let log = if conversation_id.starts_with("n_") { &mut push.notification_msgs } else { &mut push.msgs };
    log.insert(conversation_id.to_owned(), pulled);
    let data = push.encode_to_vec().into();
    encoding.encode_response(&Response { req_identifier: identifier::PUSH, operation_id, data, ..Response::default() })
}

/// Makes the frame of a message that was signalled.
pub(crate) fn push_of(encoding: Encoding, message: &MessageData) -> Bytes {
    push(encoding, message.conversation_id.as_str(), message_of(message), message.operation_id.clone())
}

/// Makes the frame that ends a login.
pub(crate) fn kick(encoding: Encoding) -> Bytes {
    encoding.encode_response(&Response { req_identifier: identifier::KICK, ..Response::default() })
}

/// Makes the frame that tells somebody's platforms.
pub(crate) fn presence(encoding: Encoding, user: &UserId, platforms: &[Platform]) -> Bytes {
    let platforms = platforms.iter().map(|platform| platform.number()).collect();
    let element = SubUserOnlineStatusElem { user_id: user.to_string(), online_platform_ids: platforms };
    let data = SubUserOnlineStatusTips { subscribers: vec![element] }.encode_to_vec().into();
    encoding.encode_response(&Response { req_identifier: identifier::ONLINE_STATUS, data, ..Response::default() })
}

fn message_of(data: &MessageData) -> MsgData {
    let envelope = &data.envelope;
    let push = envelope.offline_push.as_ref().map(|push| OfflinePushInfo {
        title: push.title.clone(),
        desc: push.description.clone(),
        ex: push.ex.clone(),
        ios_push_sound: push.ios_sound.clone(),
        ios_badge_count: push.ios_badge_count,
        signal_info: push.signal_info.clone(),
    });
    MsgData {
        send_id: envelope.sender.to_string(),
        recv_id: envelope.recv_id().unwrap_or_default().to_owned(),
        group_id: envelope.group.as_ref().map(ToString::to_string).unwrap_or_default(),
        client_msg_id: envelope.client_id.to_string(),
        server_msg_id: envelope.server_id.clone(),
        sender_platform_id: envelope.platform,
        sender_nickname: envelope.nickname.clone(),
        sender_face_url: envelope.face_url.clone(),
        session_type: envelope.session_type,
        msg_from: envelope.source,
        content_type: envelope.content_type,
        content: Bytes::copy_from_slice(envelope.content.as_bytes()),
        seq: data.seq,
        send_time: envelope.sent_at.0,
        create_time: envelope.created_at.0,
        status: SENT,
        is_read: false,
        options: envelope.options.iter().cloned().collect(),
        offline_push_info: push,
        at_user_id_list: envelope.at_user_ids.clone(),
        attached_info: envelope.attached_info.clone(),
        ex: envelope.ex.clone(),
    }
}
