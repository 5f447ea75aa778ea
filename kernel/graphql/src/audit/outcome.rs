//! What became of a root field, read from the answer.

use async_graphql::{PathSegment, Response, ServerError, Value};
use openim_contracts::ActOutcome;
use openim_core::ErrorCode;

use super::root_fields::RootField;

/// Returns the outcome and the error's code of each field in their order. The executor runs all of them, also after one that
/// failed.
pub(super) fn outcomes(fields: &[RootField], response: &Response) -> Vec<(ActOutcome, String)> {
    let outcome = |field| failure(field, response).map_or((ActOutcome::Done, String::new()), of_error);
    fields.iter().map(outcome).collect()
}

/// Returns why a field itself failed. An error further down in its answer comes after the act.
fn failure<'a>(field: &RootField, response: &'a Response) -> Option<&'a ServerError> {
    let own = |error: &&ServerError| matches!(error.path.as_slice(), [] | [PathSegment::Field(_)]);
    response.errors.iter().filter(own).find(|error| match error.path.first() {
        Some(PathSegment::Field(key)) => *key == field.key,
        // An error of the whole request.
        _ => true,
    })
}

fn of_error(error: &ServerError) -> (ActOutcome, String) {
    let word = match error.extensions.as_ref().and_then(|values| values.get("code")) {
        Some(Value::String(word)) => word.clone(),
        _ => ErrorCode::Internal.word().to_owned(),
    };
    let outcome = match ErrorCode::from_word(&word) {
        None
        | Some(
            ErrorCode::Internal | ErrorCode::Unavailable | ErrorCode::DeadlineExceeded | ErrorCode::Data | ErrorCode::WebhookUnreachable,
        ) => ActOutcome::Failed,
        Some(_) => ActOutcome::Refused,
    };
    (outcome, word)
}
