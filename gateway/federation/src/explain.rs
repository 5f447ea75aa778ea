//! Explaining an operation: its plan, the documents of its fetches and, when asked to run it, how long each took.
//!
//! App administrators ask for it with the request extension `explain`: `"plan"` runs nothing, `"run"` also answers a query.
//! The answer's extension of the same name has the description.

use async_graphql::{Name, Request, Response, ServerError, Value as Wanted, Variables};
use openim_core::{Ctx, ErrorCode};
use serde_json::{Value, json};

use crate::OperationKind;
use crate::errors::error;
use crate::execute::Outcome;
use crate::gateway::{Gateway, Refusal, refuse, respond};
use crate::steps::{Fetch, PathStep, Plan, Step, Target};

/// The extension's name in requests and answers.
pub(crate) const EXTENSION: &str = "explain";

impl Gateway {
    /// Returns how an operation would be answered: its plan and the documents of its fetches. Nothing is fetched.
    ///
    /// # Errors
    /// What is wrong with the document or the variables.
    pub async fn explain(&self, document: &str, operation_name: Option<&str>, variables: Variables) -> Result<Value, Vec<ServerError>> {
        let document = self.document(document, operation_name).await?;
        let (plan, variables) = self.ready(&document, variables).await?;
        Ok(describe(&plan, document.kind, document.cost(&variables)))
    }

    /// Answers a request that wants to be explained.
    pub(crate) async fn explained(&self, request: Request, wanted: &Wanted, ctx: &Ctx) -> Response {
        match self.explanation(request, wanted, ctx).await {
            Ok((description, outcome)) => {
                let mut response = respond(outcome);
                let description = Wanted::from_json(description).unwrap_or_default();
                response.extensions.insert(EXTENSION.to_owned(), description);
                response
            }
            Err(errors) => refuse(errors),
        }
    }

    async fn explanation(&self, request: Request, wanted: &Wanted, ctx: &Ctx) -> Result<(Value, Outcome), Refusal> {
        ctx.require_admin().map_err(|refused| vec![error(refused.code(), refused.message())])?;
        let run = match wanted {
            Wanted::String(word) if word == "plan" => false,
            Wanted::String(word) if word == "run" => true,
            _ => return Err(vec![error(ErrorCode::Args, "the extension explain is \"plan\" or \"run\"")]),
        };
        let document = self.document(&request.query, request.operation_name.as_deref()).await?;
        let (plan, variables) = self.ready(&document, request.variables.clone()).await?;
        let mut description = describe(&plan, document.kind, document.cost(&variables));
        // What changes something is never run for its explanation.
        if !run || document.kind != OperationKind::Query {
            return Ok((description, Outcome::default()));
        }
        let outcome = self.run_document(&document, request.variables, ctx, true).await?;
        let timings = outcome.timings.iter().map(|timing| {
            json!({
                "subgraph": &*timing.service,
                "query": timing.query,
                "entities": timing.entities,
                "microseconds": u64::try_from(timing.duration.as_micros()).unwrap_or(u64::MAX),
            })
        });
        description["fetches"] = timings.collect();
        Ok((description, outcome))
    }
}

fn describe(plan: &Plan, kind: OperationKind, cost: u64) -> Value {
    let parts = plan.parts.iter().map(|part| {
        json!({
            "source": part.source.as_deref().map(fetch),
            "step": part.step.as_ref().map(step),
            "text": part.text,
        })
    });
    let kind = match kind {
        OperationKind::Query => "query",
        OperationKind::Mutation => "mutation",
        OperationKind::Subscription => "subscription",
    };
    json!({ "kind": kind, "cost": cost, "parts": parts.collect::<Vec<_>>() })
}

fn step(node: &Step) -> Value {
    match node {
        Step::Sequence(steps) => json!({ "kind": "sequence", "steps": steps.iter().map(step).collect::<Vec<_>>() }),
        Step::Parallel(steps) => json!({ "kind": "parallel", "steps": steps.iter().map(step).collect::<Vec<_>>() }),
        Step::Fetch(node) => fetch(node),
    }
}

fn fetch(node: &Fetch) -> Value {
    let paths: Vec<String> = match &node.target {
        Target::Root { .. } => Vec::new(),
        Target::Nested { path, .. } => vec![path_text(path)],
        Target::Entities(groups) => groups.iter().flat_map(|group| &group.paths).map(|path| path_text(path)).collect(),
    };
    json!({
        "kind": "fetch",
        "subgraph": &*node.service_name,
        "query": node.op.query,
        "variables": node.variables.iter().map(Name::as_str).collect::<Vec<_>>(),
        "paths": paths,
        "entities": matches!(node.target, Target::Entities(_)),
    })
}

fn path_text(path: &[PathStep]) -> String {
    let steps = path.iter().map(|step| match step {
        PathStep::Field(name) => name.to_string(),
        PathStep::List => "@".to_owned(),
        PathStep::Type(types) => {
            let mut names: Vec<&str> = types.iter().map(|name| &**name).collect();
            names.sort_unstable();
            format!("|[{}]", names.join("|"))
        }
    });
    steps.collect::<Vec<_>>().join(".")
}
