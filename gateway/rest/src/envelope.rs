//! The envelope of every answer: `{errCode, errMsg, errDlt, data}`.

use async_graphql::{ServerError, Value};
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
}

/// Why a call is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: ErrorCode,
    detail: String,
    status: StatusCode,
}

impl Refusal {
    /// Refuses with a code and a diagnostic text.
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        let status = if code == ErrorCode::TooManyRequests { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
        Self { code, detail: detail.into(), status }
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
        Self::new(word.unwrap_or(ErrorCode::Internal), error.message.clone())
    }

    /// Makes the envelope.
    pub(crate) fn answer(self) -> Answer {
        // A text that only repeats the code tells nothing more.
        let detail = if self.detail == self.code.text() { "" } else { &self.detail };
        let mut body = Vec::with_capacity(128);
        body.extend_from_slice(format!("{{\"errCode\":{},\"errMsg\":", self.code.number()).as_bytes());
        write_string(&mut body, self.code.text());
        body.extend_from_slice(b",\"errDlt\":");
        write_string(&mut body, detail);
        body.push(b'}');
        Answer { status: self.status, code: self.code.number(), body }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::new(error.code(), error.message())
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
