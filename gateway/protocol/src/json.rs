//! How the generated messages are read from and written as OpenIM's JSON: `null` is the zero value, zero values are left out,
//! bytes are padded base64. Also the frames of clients that speak JSON instead of gob.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::encoding::{FrameError, Request, Response};

/// Tells whether a field has its zero value.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads a value, or `null` as its zero value.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Writes bytes; none are `null`.
pub(crate) fn write_bytes<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    if bytes.is_empty() { serializer.serialize_none() } else { serializer.serialize_str(&STANDARD.encode(bytes)) }
}

/// Reads bytes, or `null` as none.
pub(crate) fn read_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text: Option<Cow<'de, str>> = Option::deserialize(deserializer)?;
    let bytes = text.map(|text| STANDARD.decode(text.as_bytes())).transpose().map_err(D::Error::custom)?;
    Ok(bytes.map(Bytes::from).unwrap_or_default())
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RequestFrame {
    req_identifier: i32,
    #[serde(skip_serializing_if = "String::is_empty", deserialize_with = "or_default")]
    token: String,
    #[serde(deserialize_with = "or_default")]
    msg_incr: String,
    #[serde(rename = "sendID", deserialize_with = "or_default")]
    send_id: String,
    #[serde(rename = "operationID", deserialize_with = "or_default")]
    operation_id: String,
    #[serde(serialize_with = "write_bytes", deserialize_with = "read_bytes")]
    data: Bytes,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ResponseFrame<'a> {
    req_identifier: i32,
    #[serde(borrow)]
    msg_incr: Cow<'a, str>,
    #[serde(rename = "operationID", borrow)]
    operation_id: Cow<'a, str>,
    err_code: i32,
    #[serde(borrow)]
    err_msg: Cow<'a, str>,
    #[serde(serialize_with = "write_bytes", deserialize_with = "read_bytes")]
    data: Bytes,
}

/// Reads a client's frame.
pub(crate) fn decode_request(frame: &[u8]) -> Result<Request, FrameError> {
    let RequestFrame { req_identifier, token, msg_incr, send_id, operation_id, data } = serde_json::from_slice(frame)?;
    Ok(Request { req_identifier, token, send_id, operation_id, msg_incr, data })
}

/// Writes a client's frame.
pub(crate) fn encode_request(request: &Request) -> Result<Vec<u8>, FrameError> {
    let Request { req_identifier, token, send_id, operation_id, msg_incr, data } = request.clone();
    Ok(serde_json::to_vec(&RequestFrame { req_identifier, token, msg_incr, send_id, operation_id, data })?)
}

/// Reads a server's frame.
pub(crate) fn decode_response(frame: &[u8]) -> Result<Response, FrameError> {
    let frame: ResponseFrame<'_> = serde_json::from_slice(frame)?;
    Ok(Response {
        req_identifier: frame.req_identifier,
        msg_incr: frame.msg_incr.into_owned(),
        operation_id: frame.operation_id.into_owned(),
        err_code: frame.err_code,
        err_msg: Cow::Owned(frame.err_msg.into_owned()),
        data: frame.data,
    })
}

/// Writes a server's frame.
pub(crate) fn encode_response(response: &Response) -> Vec<u8> {
    let frame = ResponseFrame {
        req_identifier: response.req_identifier,
        msg_incr: Cow::Borrowed(&response.msg_incr),
        operation_id: Cow::Borrowed(&response.operation_id),
        err_code: response.err_code,
        err_msg: Cow::Borrowed(&response.err_msg),
        data: response.data.clone(),
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_vec(&frame).unwrap_or_default()
}
