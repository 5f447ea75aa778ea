//! `__schema` and `__type`, answered from the public schema.
//!
//! The answer may be [`ROOM`] times as big as the one that tells everything once: enough for whatever tools ask, and what
//! multiplies the schema is refused before it runs.

mod size;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::Operation;
use apollo_compiler::introspection::{check_max_depth, partial_execute};
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::validation::Valid;
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, ServerError, Value, Variables};
use openim_core::ErrorCode;

use crate::document::Document;
use crate::errors::error;
use crate::limits::exceeded;
use crate::schema::GraphSchema;
use size::Sizes;

/// How many answers are made at the same time, each on a thread of its own.
pub(crate) const AT_ONCE: usize = 2;
/// How many times bigger than everything an answer may be.
const ROOM: u64 = 2;
/// Asks everything once.
const STANDARD: &str = include_str!("introspection/standard.graphql");

/// How big an answer may be.
#[derive(Debug)]
pub(crate) struct Bound {
    sizes: Sizes,
    most: u64,
}

impl Bound {
    fn of(graph: &GraphSchema) -> Result<Self, ServerError> {
        let standard = ExecutableDocument::parse_and_validate(&graph.public, STANDARD, "standard.graphql")
            .map_err(|problems| error(ErrorCode::Internal, problems.errors.to_string()))?;
        let operation = standard.operations.get(None).map_err(|refused| error(ErrorCode::Internal, refused.message().to_string()))?;
        let sizes = Sizes::read(&graph.public, &answer(graph, &standard, operation, &JsonMap::default())?);
        let most = ROOM.saturating_mul(sizes.answer(&standard, operation));
        Ok(Self { sizes, most })
    }
}

/// Answers the introspection fields of an operation. It may take a second.
pub(crate) fn introspect(graph: &GraphSchema, document: &Document, variables: &Variables) -> Result<IndexMap<Name, Value>, ServerError> {
    check_max_depth(&document.source, &document.operation).map_err(|refused| exceeded(refused.message().to_string()))?;
    let bound = graph.introspection.get_or_init(|| Bound::of(graph)).as_ref().map_err(Clone::clone)?;
    let size = bound.sizes.answer(&document.source, &document.operation);
    if size > bound.most {
        return Err(exceeded(format!("the answer about the schema takes {size} bytes, allowed are {}", bound.most)));
    }
    let given: JsonMap = variables.iter().map(|(name, value)| (name.as_str().into(), to_json(value))).collect();
    let data = answer(graph, &document.source, &document.operation, &given)?;
    Ok(data.into_iter().map(|(key, value)| (Name::new(key.as_str()), from_json(value))).collect())
}

fn answer(
    graph: &GraphSchema,
    document: &Valid<ExecutableDocument>,
    operation: &Operation,
    given: &JsonMap,
) -> Result<JsonMap, ServerError> {
    let values =
        coerce_variable_values(&graph.public, operation, given).map_err(|refused| error(ErrorCode::Args, refused.message().to_string()))?;
    let answer = partial_execute(&graph.public, &graph.implementers, document, operation, &values)
        .map_err(|refused| error(ErrorCode::GraphqlInvalid, refused.message().to_string()))?;
    match answer.errors.into_iter().next() {
        Some(problem) => Err(error(ErrorCode::GraphqlInvalid, problem.message)),
        None => Ok(answer.data.unwrap_or_default()),
    }
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
