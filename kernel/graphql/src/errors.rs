//! From [`openim_core::Error`] to a GraphQL error: `extensions { code errCode retryable }`, nothing internal in `message`.
//! A refusal for the moment adds `retryAfterSeconds` when that is known. A webhook's refusal has the receiver's `errCode`, and its `errDlt` beside it.

use async_graphql::{ErrorExtensionValues, ServerError, Value};
use openim_core::{Causes, Error, ErrorCode};

/// Returns the `extensions` of a code.
pub fn error_extensions(code: ErrorCode) -> ErrorExtensionValues {
    let mut values = ErrorExtensionValues::default();
    values.set("code", code.word());
    values.set("errCode", code.number());
    values.set("retryable", code.retryable());
    values
}

/// Turns what a resolver returned into what a client may see, and logs the cause of inner failures once.
pub fn public_error(mut error: ServerError) -> ServerError {
    if let Some(ours) = error.source::<Error>() {
        if matches!(ours.code(), ErrorCode::Internal | ErrorCode::Unavailable | ErrorCode::Data) {
            tracing::error!(error.code = ours.code().word(), error.cause = %Causes(ours), "a resolver failed");
        }
        let mut extensions = error_extensions(ours.code());
        if let Some(detail) = ours.verdict_detail() {
            extensions.set("errCode", ours.number());
            extensions.set("errDlt", detail);
        }
        if let Some(seconds) = ours.retry_after_seconds() {
            extensions.set("retryAfterSeconds", seconds);
        }
        error.extensions = Some(extensions);
        error.source = None;
        return error;
    }
    let has_code = error.extensions.as_ref().is_some_and(|values| matches!(values.get("code"), Some(Value::String(_))));
    if !has_code {
        // Everything that is not ours is async-graphql's own complaint about the document or an argument.
        error.extensions = Some(error_extensions(if error.path.is_empty() { ErrorCode::GraphqlInvalid } else { ErrorCode::Args }));
    }
    error
}
