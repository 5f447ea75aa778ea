//! Reads GraphQL answers from JSON.

use std::collections::BTreeMap;

use async_graphql::{ErrorExtensionValues, PathSegment, ServerError, Value};
use serde::Deserialize;

use crate::SubgraphResponse;

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    errors: Option<Vec<AnswerError>>,
}

#[derive(Deserialize)]
pub(super) struct AnswerError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    path: Option<Vec<Segment>>,
    #[serde(default)]
    extensions: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Segment {
    Index(usize),
    Field(String),
}

/// Parses an answer; the error says what is wrong with it.
pub(super) fn parse(bytes: &[u8]) -> Result<SubgraphResponse, String> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if answer.data.is_none() && answer.errors.is_none() {
        return Err("it has neither data nor errors".to_owned());
    }
    Ok(SubgraphResponse {
        data: answer.data.unwrap_or_default(),
        errors: answer.errors.into_iter().flatten().map(AnswerError::into_error).collect(),
    })
}

impl AnswerError {
    pub(super) fn into_error(self) -> ServerError {
        let mut error = ServerError::new(self.message, None);
        let path = self.path.into_iter().flatten().map(|segment| match segment {
            Segment::Index(index) => PathSegment::Index(index),
            Segment::Field(name) => PathSegment::Field(name),
        });
        error.path = path.collect();
        if let Some(extensions) = self.extensions {
            let mut values = ErrorExtensionValues::default();
            for (key, value) in extensions {
                values.set(key, value);
            }
            error.extensions = Some(values);
        }
        error
    }
}
