//! Failures as clients see them: a GraphQL error with `extensions { code errCode retryable }` and a fitting status.

use async_graphql::{Response, ServerError, Value};
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use openim_core::{Error, ErrorCode};
use openim_graphql::{error_extensions, public_error};

use crate::accept::Format;
use crate::answer::Wire;

/// A request that was refused before an operation ran.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    error: Error,
    /// The methods that would be right, for 405.
    allow: Option<&'static str>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: ErrorCode, message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self { status, error: Error::new(code, message), allow: None }
    }

    /// Refuses a method.
    pub(crate) fn method(allow: &'static str, message: &'static str) -> Self {
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::Args, message) }
    }

    /// Refuses a request that is not well formed.
    pub(crate) fn bad_request(message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::Args, message)
    }

    /// Turns an error about the operation itself into the status that the form of the answer calls for.
    pub(crate) fn of_operation(error: Error, format: Option<Format>) -> Self {
        let status = match (format, error.code()) {
            (Some(Format::Json), ErrorCode::PersistedQueryNotFound | ErrorCode::GraphqlInvalid) => StatusCode::OK,
            (_, code) => status_of(code),
        };
        Self { status, error, allow: None }
    }

    /// Returns the answer.
    pub(crate) fn into_response(self, format: Option<Format>) -> axum::response::Response {
        let retry_after = self.error.retry_after_seconds();
        let body = failure(self.error);
        let mut response = (self.status, Json(Wire(&body))).into_response();
        let content_type = format.unwrap_or(Format::Json).content_type();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some(allow) = self.allow {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self { status: status_of(error.code()), error, allow: None }
    }
}

/// Returns a response that only says what failed; the cause of an inner failure goes to the log.
pub(crate) fn failure(error: Error) -> Response {
    let error = ServerError {
        message: error.message().to_owned(),
        source: Some(std::sync::Arc::new(error)),
        locations: Vec::new(),
        path: Vec::new(),
        extensions: None,
    };
    Response::from_errors(vec![public_error(error)])
}

/// Returns the error of a code with its own text, as `extensions` and message.
pub(crate) fn plain(code: ErrorCode, message: &str) -> Response {
    let mut error = ServerError::new(message, None);
    error.extensions = Some(error_extensions(code));
    Response::from_errors(vec![error])
}

/// Makes sure that every error of an executor has a code and no cause.
pub(crate) fn with_public_errors(mut response: Response) -> Response {
    response.errors = response.errors.into_iter().map(public_error).collect();
    response
}

/// Returns the code of a response that has no data because the operation was refused.
pub(crate) fn code_of(response: &Response) -> ErrorCode {
    let word = response.errors.first().and_then(|error| error.extensions.as_ref()?.get("code"));
    match word {
        Some(Value::String(word)) => ErrorCode::from_word(word).unwrap_or(ErrorCode::GraphqlInvalid),
        _ => ErrorCode::GraphqlInvalid,
    }
}

/// Returns the HTTP status of a code.
pub(crate) fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Internal | ErrorCode::Data => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::Unavailable | ErrorCode::ConnectionLimit => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        ErrorCode::NoPermission => StatusCode::FORBIDDEN,
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        code if is_token_code(code) => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Tells whether a code says that a token is not good (15xx).
pub(crate) fn is_token_code(code: ErrorCode) -> bool {
    (1501..=1507).contains(&code.number())
}
