//! `__schema` and `__type`, answered from the public schema.

use apollo_compiler::introspection::{check_max_depth, partial_execute};
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::{JsonMap, JsonValue};
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, ServerError, Value, Variables};
use openim_core::ErrorCode;

use crate::document::Document;
use crate::errors::error;
use crate::schema::GraphSchema;

/// Answers the introspection fields of an operation.
pub(crate) fn introspect(graph: &GraphSchema, document: &Document, variables: &Variables) -> Result<IndexMap<Name, Value>, ServerError> {
    check_max_depth(&document.source, &document.operation)
        .map_err(|refused| error(ErrorCode::LimitExceeded, refused.message().to_string()))?;
    let given: JsonMap = variables.iter().map(|(name, value)| (name.as_str().into(), to_json(value))).collect();
    let values = coerce_variable_values(&graph.public, &document.operation, &given)
        .map_err(|refused| error(ErrorCode::Args, refused.message().to_string()))?;
    let answer = partial_execute(&graph.public, &graph.implementers, &document.source, &document.operation, &values)
        .map_err(|refused| error(ErrorCode::GraphqlInvalid, refused.message().to_string()))?;
    if let Some(problem) = answer.errors.into_iter().next() {
        return Err(error(ErrorCode::GraphqlInvalid, problem.message));
    }
    Ok(answer.data.into_iter().flatten().map(|(key, value)| (Name::new(key.as_str()), from_json(value))).collect())
}

fn to_json(value: &Value) -> JsonValue {
    match value {
        Value::Boolean(value) => JsonValue::Bool(*value),
        Value::Number(number) => JsonValue::Number(number.clone()),
        Value::String(text) => JsonValue::String(text.as_str().into()),
        Value::Enum(name) => JsonValue::String(name.as_str().into()),
        Value::List(items) => JsonValue::Array(items.iter().map(to_json).collect()),
        Value::Object(fields) => JsonValue::Object(fields.iter().map(|(key, value)| (key.as_str().into(), to_json(value))).collect()),
        Value::Null | Value::Binary(_) => JsonValue::Null,
    }
}

fn from_json(value: JsonValue) -> Value {
    match value {
        JsonValue::Null => Value::Null,
        JsonValue::Bool(value) => Value::Boolean(value),
        JsonValue::Number(number) => Value::Number(number),
        JsonValue::String(text) => Value::String(text.as_str().to_owned()),
        JsonValue::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        JsonValue::Object(fields) => {
            Value::Object(fields.into_iter().map(|(key, value)| (Name::new(key.as_str()), from_json(value))).collect())
        }
    }
}
