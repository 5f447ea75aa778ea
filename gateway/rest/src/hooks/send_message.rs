//! `/msg/send_msg` and `/msg/batch_send_msg`: free content by number to the graph's input.

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Value};
use openim_core::{Ctx, Error, ErrorCode};

use super::content;

/// Message options that `isOnlineOnly` switches off.
const ONLINE_ONLY: [&str; 4] = ["history", "persistent", "senderSync", "conversationUpdate"];

/// Makes the input of one message.
pub(super) fn one(request: &Value, ctx: &Ctx) -> Result<Value, Error> {
    let request = Request(request);
    let mut input = message(&request, ctx)?;
    let to = if matches!(request.number("sessionType"), 2 | 3) { ("groupId", "groupID") } else { ("userId", "recvID") };
    input.put("recipient", Value::Object(IndexMap::from([(Name::new(to.0), request.get(to.1).clone())])));
    Ok(input.done())
}

/// Makes the input of a message to many.
pub(super) fn many(request: &Value, ctx: &Ctx) -> Result<Value, Error> {
    let request = Request(request);
    let mut input = message(&request, ctx)?;
    if *request.get("isSendAll") == Value::Boolean(true) {
        input.put("all", Value::Boolean(true));
    } else {
        input.put("receiverIds", request.get("recvIDs").clone());
    }
    Ok(input.done())
}

fn message(request: &Request<'_>, ctx: &Ctx) -> Result<Input, Error> {
    let refuse = |what: String| Error::new(ErrorCode::Args, what);
    let (content_type, given) = (request.number("contentType"), request.get("content"));
    content::check(content_type, given).map_err(refuse)?;
    let is_notice = content_type == content::NOTICE;
    let session_type = if is_notice { 4 } else { request.number("sessionType") };
    if !matches!(session_type, 1 | 3 | 4) || (session_type == 4) != is_notice {
        return Err(refuse(format!("sessionType {session_type} does not go with contentType {content_type}")));
    }
    let mut stored = content::sorted(given);
    if is_notice {
        let mut text = Vec::new();
        crate::codec::compact_sorted(&mut text, &stored);
        let text = String::from_utf8_lossy(&text).into_owned();
        stored = Value::Object(IndexMap::from([(Name::new("detail"), Value::String(text))]));
    }
    let raw = IndexMap::from([(Name::new("contentType"), Value::Number(content_type.into())), (Name::new("json"), stored)]);
    let mut input = Input(IndexMap::new());
    input.put("senderId", request.get("sendID").clone());
    input.put("clientMessageId", Value::String(ctx.ids().hex32()));
    input.put("content", Value::Object(IndexMap::from([(Name::new("raw"), Value::Object(raw))])));
    for (name, from) in [("senderNickname", "senderNickname"), ("senderFaceUrl", "senderFaceURL"), ("ex", "ex")] {
        input.put_text(name, request.get(from));
    }
    Ok(input)
}

/// A decoded body.
struct Request<'a>(&'a Value);

impl Request<'_> {
    fn get(&self, key: &str) -> &Value {
        match self.0 {
            Value::Object(fields) => fields.get(key).unwrap_or(&Value::Null),
            _ => &Value::Null,
        }
    }

    fn number(&self, key: &str) -> i64 {
        match self.get(key) {
            Value::Number(number) => number.as_i64().unwrap_or(0),
            _ => 0,
        }
    }
}

/// An input object that is being made.
struct Input(IndexMap<Name, Value>);

impl Input {
    fn put(&mut self, name: &str, value: Value) {
        self.0.insert(Name::new(name), value);
    }

    fn put_text(&mut self, name: &str, value: &Value) {
        if matches!(value, Value::String(text) if !text.is_empty()) {
            self.put(name, value.clone());
        }
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}
