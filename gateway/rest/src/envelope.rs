//! The envelope of every answer: `{errCode, errMsg, errDlt, data}`.

use std::borrow::Cow;

use async_graphql::{ErrorExtensionValues, ServerError, Value};
use axum::http::StatusCode;
use openim_core::{Error, ErrorCode};

use crate::codec::write_string;

/// An answer before it becomes HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The `errCode`.
    pub(crate) code: i32,
    /// The envelope.
    pub(crate) body: Vec<u8>,
    /// The seconds after which a refused call may be tried again.
    pub(crate) retry_after: Option<u64>,
}

/// Why a call is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: i32,
    text: Cow<'static, str>,
    detail: String,
    status: StatusCode,
    retry_after: Option<u64>,
}

impl Refusal {
    /// Refuses with a code and a diagnostic text.
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        let status = if code == ErrorCode::TooManyRequests { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
        let detail = detail.into();
        // A text that only repeats the code tells nothing more.
        let detail = if detail == code.text() { String::new() } else { detail };
        Self { code: code.number(), text: Cow::Borrowed(code.text()), detail, status, retry_after: None }
    }

    /// Answers with HTTP 400 instead of 200 when `bad` (OpenIM's gin-bound routes).
    pub(crate) fn bad_request(mut self, bad: bool) -> Self {
        if bad {
            self.status = StatusCode::BAD_REQUEST;
        }
        self
    }

    /// Takes what the graph said.
    pub(crate) fn of_graph(error: &ServerError) -> Self {
        let word = match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
            Some(Value::String(word)) => ErrorCode::from_word(word),
            _ => None,
        };
        match word {
            Some(ErrorCode::WebhookRefused) => Self::of_webhook(error),
            word => {
                let refusal = Self::new(word.unwrap_or(ErrorCode::Internal), error.message.clone());
                match error.extensions.as_ref().and_then(|extensions| extensions.get("retryAfterSeconds")) {
                    Some(Value::Number(seconds)) => Self { retry_after: seconds.as_u64(), ..refusal },
                    _ => refusal,
                }
            }
        }
    }

    /// Takes what a webhook's receiver said: its number and its texts are the answer's.
    fn of_webhook(error: &ServerError) -> Self {
        let said = |name: &str| error.extensions.as_ref().and_then(|extensions: &ErrorExtensionValues| extensions.get(name));
        let number = match said("errCode") {
            Some(Value::Number(number)) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
            _ => None,
        };
        let detail = match said("errDlt") {
            Some(Value::String(detail)) => detail.clone(),
            _ => String::new(),
        };
        let code = number.unwrap_or_else(|| ErrorCode::WebhookRefused.number());
        Self { code, text: Cow::Owned(error.message.clone()), detail, status: StatusCode::OK, retry_after: None }
    }

    /// Makes the status and the text of an answer without an envelope.
    pub(crate) fn plain(self) -> (StatusCode, String) {
        let status = match self.code {
            429 => StatusCode::TOO_MANY_REQUESTS,
            1001 => StatusCode::BAD_REQUEST,
            1002 => StatusCode::FORBIDDEN,
            1004 => StatusCode::NOT_FOUND,
            1501..=1507 => StatusCode::UNAUTHORIZED,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, if self.detail.is_empty() { self.text.into_owned() } else { self.detail })
    }

    /// Makes the envelope.
    pub(crate) fn answer(self) -> Answer {
        let mut body = Vec::with_capacity(128);
        body.extend_from_slice(format!("{{\"errCode\":{},\"errMsg\":", self.code).as_bytes());
        write_string(&mut body, &self.text);
        body.extend_from_slice(b",\"errDlt\":");
        write_string(&mut body, &self.detail);
        body.push(b'}');
        Answer { status: self.status, code: self.code, body, retry_after: self.retry_after }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { retry_after: error.retry_after_seconds(), ..Self::new(error.code(), error.message().to_owned()) }
    }
}

/// Begins a successful envelope; `data` follows when there is any.
pub(crate) fn begin(has_data: bool) -> Vec<u8> {
    let mut body = Vec::with_capacity(256);
    body.extend_from_slice(b"{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"");
    if has_data {
        body.extend_from_slice(b",\"data\":");
    }
    body
}
