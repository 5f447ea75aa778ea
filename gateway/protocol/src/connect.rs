//! What a client says in the address it connects to, and what it is told about the connection.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openim_core::{Error, ErrorCode, Platform, Result};
use serde::{Deserialize, Serialize};

use crate::encoding::{Encoding, Format};

/// Native clients keep so many bytes of a refusal and parse what they kept.
const MOST_RESULT: usize = 1023;

/// What a client asks for. Nothing of it is proved: the token is checked by whoever opens the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    /// The user it wants to be, as sent.
    pub user_id: String,
    /// The token.
    pub token: String,
    /// The device's platform.
    pub platform: Platform,
    /// What the connection is traced by.
    pub operation_id: String,
    /// How frames are written.
    pub encoding: Encoding,
    /// Whether the result comes as the first frame instead of an HTTP answer.
    pub respond: bool,
    /// What it said about the background; every connection starts in the foreground.
    pub background: bool,
    /// The version of the SDK, if it tells.
    pub sdk_version: String,
}

/// The parameters of either form before they are checked.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Parameters<'a> {
    #[serde(rename = "userID")]
    user_id: Cow<'a, str>,
    token: Cow<'a, str>,
    #[serde(rename = "platformID")]
    platform: i32,
    #[serde(rename = "operationID")]
    operation_id: Cow<'a, str>,
    compression: Cow<'a, str>,
    sdk_type: Cow<'a, str>,
    send_response: bool,
    background: bool,
    sdk_version: Cow<'a, str>,
}

/// Reads the query string; `compression` is the header of that name.
///
/// # Errors
/// `CONNECTION_ARGS`, except an illegal `isBackground`, which is `INTERNAL`: the numbers clients know.
pub fn parse(query: &str, compression: Option<&str>) -> Result<Connect> {
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(query.as_bytes()).collect();
    let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| &**value);
    let mut parameters = match get("v") {
        "" => from_query(get)?,
        encoded => from_json(encoded)?,
    };
    if parameters.compression.is_empty() {
        parameters.compression = Cow::Borrowed(compression.unwrap_or_default());
    }
    check(parameters)
}

fn from_query<'a>(get: impl Fn(&str) -> &'a str) -> Result<Parameters<'a>> {
    let platform = get("platformID").parse().map_err(|_| refuse("platformID is no integer"))?;
    let send_response = match get("isMsgResp") {
        "" => false,
        text => boolean(text).ok_or_else(|| refuse("isMsgResp is neither true nor false"))?,
    };
    let background = boolean(get("isBackground")).ok_or(Error::new(ErrorCode::Internal, "isBackground is neither true nor false"))?;
    Ok(Parameters {
        user_id: get("sendID").into(),
        token: get("token").into(),
        platform,
        operation_id: get("operationID").into(),
        compression: get("compression").into(),
        sdk_type: get("sdkType").into(),
        send_response,
        background,
        sdk_version: get("sdkVersion").into(),
    })
}

/// Reads the form that carries everything in one parameter: base64url of a JSON object.
fn from_json(encoded: &str) -> Result<Parameters<'static>> {
    let json = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).map_err(|_| refuse("v is no base64url"))?;
    serde_json::from_slice(&json).map_err(|_| refuse("v is no JSON of parameters"))
}

fn check(parameters: Parameters<'_>) -> Result<Connect> {
    let required = [("operationID", &parameters.operation_id), ("token", &parameters.token), ("sendID", &parameters.user_id)];
    if let Some((name, _)) = required.into_iter().find(|(_, value)| value.is_empty()) {
        return Err(refuse(format!("{name} is empty")));
    }
    let platform = Platform::parse(parameters.platform).map_err(|_| refuse("platformID is unknown"))?;
    let format = match &*parameters.sdk_type {
        "" | "go" => Format::Gob,
        "js" => Format::Json,
        _ => return Err(refuse("sdkType is unknown")),
    };
    Ok(Connect {
        user_id: parameters.user_id.into_owned(),
        token: parameters.token.into_owned(),
        platform,
        operation_id: parameters.operation_id.into_owned(),
        encoding: Encoding { format, gzip: parameters.compression == "gzip" },
        respond: parameters.send_response,
        background: parameters.background,
        sdk_version: parameters.sdk_version.into_owned(),
    })
}

fn refuse(detail: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorCode::ConnectionArgs, detail)
}

/// Reads a boolean as Go does.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultFrame<'a> {
    err_code: i32,
    err_msg: &'a str,
    err_dlt: &'a str,
}

/// Writes what a client is told about its connection, code 0 for success: the body of a refusal, or the first text frame of
/// a client that asked for one. It is shorter than what native clients keep of it.
pub fn result(code: i32, text: &str, detail: &str) -> String {
    let (mut text, mut detail) = (text, detail);
    loop {
        // Numbers and texts always have a JSON form.
        let json = serde_json::to_string(&ResultFrame { err_code: code, err_msg: text, err_dlt: detail }).unwrap_or_default();
        if json.len() <= MOST_RESULT {
            return json;
        }
        if detail.is_empty() {
            text = half(text);
        } else {
            detail = half(detail);
        }
    }
}

fn half(text: &str) -> &str {
    &text[..text.floor_char_boundary(text.len() / 2)]
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
