//! Go's gob, as far as the socket needs it: each frame is a stream of its own, definitions of types and then one value.
//!
//! Reading goes by the names in the sender's own definitions: any order of fields, any type ids, any further fields (which
//! are skipped by their declared types). Writing puts one constant definition before the value.

mod read;
mod types;
mod write;

use std::borrow::Cow;
use std::sync::LazyLock;

use bytes::Bytes;

use crate::encoding::{FrameError, Request, Response};
use read::{Outcome, Value};
use types::{BYTES, INT, STRING};
use write::Definition;

static REQUEST: LazyLock<Definition> = LazyLock::new(|| {
    let fields =
        [("ReqIdentifier", INT), ("Token", STRING), ("SendID", STRING), ("OperationID", STRING), ("MsgIncr", STRING), ("Data", BYTES)];
    Definition::new(64, "GeneralWsReq", &fields)
});

static RESPONSE: LazyLock<Definition> = LazyLock::new(|| {
    let fields =
        [("ReqIdentifier", INT), ("MsgIncr", STRING), ("OperationID", STRING), ("ErrCode", INT), ("ErrMsg", STRING), ("Data", BYTES)];
    Definition::new(66, "Resp", &fields)
});

/// Reads a client's frame.
pub(crate) fn decode_request(frame: &[u8]) -> Result<Request, FrameError> {
    let mut request = Request::default();
    read::value(frame, |name, value| match name {
        "ReqIdentifier" => set_int(&mut request.req_identifier, value),
        "Token" => set_text(&mut request.token, value),
        "SendID" => set_text(&mut request.send_id, value),
        "OperationID" => set_text(&mut request.operation_id, value),
        "MsgIncr" => set_text(&mut request.msg_incr, value),
        "Data" => set_bytes(&mut request.data, value),
        _ => Ok(()),
    })?;
    Ok(request)
}

/// Writes a client's frame.
pub(crate) fn encode_request(request: &Request) -> Vec<u8> {
    REQUEST.value(|fields| {
        fields.int(request.req_identifier.into());
        fields.bytes(request.token.as_bytes());
        fields.bytes(request.send_id.as_bytes());
        fields.bytes(request.operation_id.as_bytes());
        fields.bytes(request.msg_incr.as_bytes());
        fields.bytes(&request.data);
    })
}

/// Reads a server's frame.
pub(crate) fn decode_response(frame: &[u8]) -> Result<Response, FrameError> {
    let mut response = Response::default();
    let mut text = String::new();
    read::value(frame, |name, value| match name {
        "ReqIdentifier" => set_int(&mut response.req_identifier, value),
        "MsgIncr" => set_text(&mut response.msg_incr, value),
        "OperationID" => set_text(&mut response.operation_id, value),
        "ErrCode" => set_int(&mut response.err_code, value),
        "ErrMsg" => set_text(&mut text, value),
        "Data" => set_bytes(&mut response.data, value),
        _ => Ok(()),
    })?;
    response.err_msg = Cow::Owned(text);
    Ok(response)
}

/// Writes a server's frame.
pub(crate) fn encode_response(response: &Response) -> Vec<u8> {
    RESPONSE.value(|fields| {
        fields.int(response.req_identifier.into());
        fields.bytes(response.msg_incr.as_bytes());
        fields.bytes(response.operation_id.as_bytes());
        fields.int(response.err_code.into());
        fields.bytes(response.err_msg.as_bytes());
        fields.bytes(&response.data);
    })
}

fn set_int(target: &mut i32, value: Value<'_>) -> Outcome<()> {
    let Value::Int(value) = value else { return Err("a field is no integer") };
    *target = i32::try_from(value).map_err(|_| "an integer is too large")?;
    Ok(())
}

fn set_text(target: &mut String, value: Value<'_>) -> Outcome<()> {
    let Value::String(text) = value else { return Err("a field is no text") };
    *target = std::str::from_utf8(text).map_err(|_| "a text is no UTF-8")?.to_owned();
    Ok(())
}

fn set_bytes(target: &mut Bytes, value: Value<'_>) -> Outcome<()> {
    let Value::Bytes(bytes) = value else { return Err("a field is no list of bytes") };
    *target = Bytes::copy_from_slice(bytes);
    Ok(())
}

#[cfg(test)]
mod tests;
