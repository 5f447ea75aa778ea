//! Errors as clients see them: always with a code, never with a subgraph's positions or paths.

use async_graphql::{ErrorExtensionValues, PathSegment, ServerError, Value};
use openim_core::ErrorCode;
use openim_graphql::error_extensions;

use crate::TransportError;
use crate::steps::Fetch;

/// The most errors of one answer; the rest are only counted.
pub(crate) const MAX_ERRORS: usize = 100;

/// Marks the aliases that the hygiene pass had to rename.
pub(crate) const ALIAS_PREFIX: &str = "_gw_";

/// Makes an error of the gateway's own.
pub(crate) fn error(code: ErrorCode, message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.extensions = Some(error_extensions(code));
    error
}

/// Makes the error of a subgraph that gave no answer, without a path.
pub(crate) fn transport_error(failure: &TransportError, service: &str) -> ServerError {
    let code = match failure {
        TransportError::DeadlineExceeded => ErrorCode::DeadlineExceeded,
        TransportError::Unreachable(_) => ErrorCode::Unavailable,
        TransportError::TooLarge { .. } => ErrorCode::LimitExceeded,
        TransportError::Malformed(_) => ErrorCode::Internal,
    };
    let message = match failure {
        TransportError::DeadlineExceeded => "a part of the system did not answer in time",
        TransportError::Unreachable(_) => "a part of the system cannot be reached now",
        TransportError::TooLarge { .. } => "a part of the system gave an answer that is too big; ask for less at once",
        TransportError::Malformed(_) => "a part of the system gave an answer that cannot be used",
    };
    let mut error = error(code, message);
    if let Some(extensions) = &mut error.extensions {
        extensions.set("serviceName", service);
    }
    error
}

/// Makes a subgraph's error the gateway's: its own path replaces the subgraph's, and it has a code.
pub(crate) fn adopt(mut error: ServerError, path: Vec<PathSegment>, service: &str) -> ServerError {
    error.locations.clear();
    error.source = None;
    error.path = path;
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    if !matches!(extensions.get("code"), Some(Value::String(_))) {
        for (key, value) in [("code", Value::from(ErrorCode::Internal.word())), ("errCode", ErrorCode::Internal.number().into())] {
            extensions.set(key, value);
        }
        extensions.set("retryable", false);
    }
    extensions.set("serviceName", service);
    error
}

/// Returns the client's name of a key in the data.
pub(crate) fn client_key(key: &str, fetch: &Fetch) -> String {
    let key = fetch.renamed.get(key).map_or(key, |name| name.as_str());
    key.strip_prefix(ALIAS_PREFIX).unwrap_or(key).to_owned()
}

/// Translates the keys of a subgraph's path.
pub(crate) fn client_path<'a>(path: impl IntoIterator<Item = &'a PathSegment>, fetch: &Fetch) -> Vec<PathSegment> {
    let segments = path.into_iter().map(|segment| match segment {
        PathSegment::Field(key) => PathSegment::Field(client_key(key, fetch)),
        PathSegment::Index(index) => PathSegment::Index(*index),
    });
    segments.collect()
}
