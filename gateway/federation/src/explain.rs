//! Explaining an operation: its plan, the documents of its fetches and, when asked to run it, how long each took.

use async_graphql::{Name, ServerError, Variables};
use openim_core::Ctx;
use serde_json::{Value, json};

use crate::OperationKind;
use crate::gateway::Gateway;
use crate::steps::{Fetch, PathStep, Plan, Step, Target};

impl Gateway {
    /// Returns how an operation would be answered: its plan and the documents of its fetches. Nothing is fetched.
    ///
    /// # Errors
    /// What is wrong with the document or the variables.
    pub async fn explain(&self, document: &str, operation_name: Option<&str>, variables: Variables) -> Result<Value, Vec<ServerError>> {
        let document = self.document(document, operation_name).await?;
        let (plan, _) = self.ready(&document, variables).await?;
        Ok(describe(&plan, document.kind))
    }

    /// Runs a query and returns its answer with the plan and the time of each fetch.
    ///
    /// # Errors
    /// What is wrong with the document or the variables; mutations and subscriptions are only explained.
    pub async fn explain_analyze(
        &self,
        document: &str,
        operation_name: Option<&str>,
        variables: Variables,
        ctx: &Ctx,
    ) -> Result<Value, Vec<ServerError>> {
        let document = self.document(document, operation_name).await?;
        let (plan, _) = self.ready(&document, variables.clone()).await?;
        let mut description = describe(&plan, document.kind);
        if document.kind != OperationKind::Query {
            return Ok(description);
        }
        let outcome = self.run_document(&document, variables, ctx, true).await?;
        let timings = outcome.timings.iter().map(|timing| {
            json!({
                "subgraph": &*timing.service,
                "query": timing.query,
                "entities": timing.entities,
                "microseconds": u64::try_from(timing.duration.as_micros()).unwrap_or(u64::MAX),
            })
        });
        description["fetches"] = timings.collect();
        description["data"] = serde_json::to_value(&outcome.data).unwrap_or_default();
        description["errors"] = serde_json::to_value(&outcome.errors).unwrap_or_default();
        Ok(description)
    }
}

fn describe(plan: &Plan, kind: OperationKind) -> Value {
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
    json!({ "kind": kind, "parts": parts.collect::<Vec<_>>() })
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
