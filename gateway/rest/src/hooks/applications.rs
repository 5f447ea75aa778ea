//! `/msg/send_business_notification` and `/msg/send_simple_msg`: what applications send.

use async_graphql::Value;
use openim_core::{Error, ErrorCode};

use super::input::{Input, Request};
use super::send_message::push;
use crate::contract::Enums;

/// OpenIM's reliability level of what is stored.
const STORED: i64 = 2;

/// Makes the input of a business notification.
pub(super) fn notification(request: &Value, _: &Enums) -> Result<Value, Error> {
    let request = Request(request);
    let given = |key: &str| matches!(request.get(key), Value::String(text) if !text.is_empty());
    let (to, from) = match (given("recvUserID"), given("recvGroupID")) {
        (true, false) => ("userId", "recvUserID"),
        (false, true) => ("groupId", "recvGroupID"),
        _ => return Err(Error::new(ErrorCode::Args, "give either recvUserID or recvGroupID")),
    };
    let (mut input, mut recipient) = (Input::default(), Input::default());
    recipient.put(to, request.get(from).clone());
    input.put("senderId", request.get("sendUserID").clone());
    input.put("recipient", recipient.done());
    for name in ["key", "data"] {
        input.put_given(name, request.get(name));
    }
    input.put("stored", Value::Boolean(request.number("reliabilityLevel") == STORED));
    input.put("asMessage", Value::Boolean(request.flag("sendMsg")));
    Ok(input.done())
}

/// Makes the input of an answer to a webhook.
pub(super) fn answer(request: &Value, _: &Enums) -> Result<Value, Error> {
    let request = Request(request);
    let mut input = Input::default();
    let key = match request.get("key") {
        // Who forgets to escape a `+` in a URL has written a space.
        Value::String(key) => key.replace(' ', "+"),
        _ => return Err(Error::new(ErrorCode::Args, "the URL needs the parameter key")),
    };
    input.put("replyKey", Value::String(key));
    input.put("text", request.get("content").clone());
    for (name, from) in [("senderId", "sendID"), ("ex", "ex")] {
        input.put_given(name, request.get(from));
    }
    push(&request, &mut input);
    Ok(input.done())
}
