//! From a document and the values of its conditions to a plan: hygiene, planning, shapes.

use std::time::Duration;

use apollo_compiler::Node;
use apollo_compiler::executable::Field;
use async_graphql::ServerError;
use indexmap::IndexMap;
use openim_core::ErrorCode;

use crate::OperationKind;
use crate::document::Document;
use crate::errors::error;
use crate::hygiene::{Cleaner, Conditions, root_fields};
use crate::planner::Planner;
use crate::schema::GraphSchema;
use crate::shape::ShapeCompiler;
use crate::steps::{Part, Plan};

type Groups<'d> = IndexMap<String, Vec<&'d Node<Field>>>;

/// Plans a document for one choice of its conditions.
pub(crate) fn plan(planner: &Planner, graph: &GraphSchema, document: &Document, mask: u64, limit: Duration) -> Result<Plan, ServerError> {
    let started = std::time::Instant::now();
    let conditions = Conditions { names: &document.conditions, mask };
    let groups = root_fields(&document.source, &document.operation, &conditions);
    let mut cleaner = Cleaner::new(&document.source, &graph.public, &document.operation, conditions, &graph.field_names);
    let mut shapes = ShapeCompiler::new(&document.source, graph, &graph.public, conditions);
    let root_type = document.operation.object_type().as_str();
    let mut parts = Vec::new();
    for groups in split(document.kind, groups) {
        let fields: Vec<&Node<Field>> = groups.values().flatten().filter(|field| !field.name.starts_with("__")).copied().collect();
        let introspects = groups.values().flatten().any(|field| field.name == "__schema" || field.name == "__type");
        let shape = shapes.root(root_type, &groups);
        let mut part = Part { source: None, step: None, shape, introspects, text: String::new() };
        if !fields.is_empty() {
            let operation = cleaner.write(&fields);
            let planned = planner.plan(&operation, limit).map_err(|problem| {
                tracing::error!(planner.problem = problem, planner.operation = operation, "an operation cannot be planned");
                error(ErrorCode::Internal, "this operation cannot be planned")
            })?;
            part = Part { source: planned.source, step: planned.step, text: planned.text, ..part };
        }
        parts.push(part);
    }
    metrics::histogram!("openim_gateway_plan_seconds").record(started.elapsed());
    Ok(Plan { parts, constants: cleaner.into_constants(), answer_bytes: document.answer_bytes })
}

/// The root fields of a mutation are planned one by one: the planner would overlap them.
fn split(kind: OperationKind, groups: Groups<'_>) -> Vec<Groups<'_>> {
    match kind {
        OperationKind::Mutation => groups.into_iter().map(|group| IndexMap::from_iter([group])).collect(),
        OperationKind::Query | OperationKind::Subscription => vec![groups],
    }
}
