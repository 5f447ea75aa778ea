//! A graph that answers each operation with what the test said, and remembers what it was asked.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Response, ServerError, Value as GraphValue, Variables};
use async_trait::async_trait;
use openim_core::{Actor, Ctx, ErrorCode};
use openim_federation::{Operation, Operations};
use openim_graphql::error_extensions;
use openim_realtime::GraphQuery;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::Notify;

type Answer = Result<Value, ErrorCode>;

/// What was asked: the operation, its variables, the caller and the operation id.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    pub(crate) operation: String,
    pub(crate) variables: Value,
    pub(crate) caller: String,
    pub(crate) operation_id: String,
}

#[derive(Default)]
pub(crate) struct Graph {
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<Vec<Asked>>,
    /// When set, the next operations wait for it.
    pub(crate) gate: Mutex<Option<Arc<Notify>>>,
}

impl Graph {
    /// Sets what an operation answers.
    pub(crate) fn answers(&self, operation: &str, answer: Value) {
        self.answers.lock().insert(operation.to_owned(), Ok(answer));
    }

    pub(crate) fn fails(&self, operation: &str, code: ErrorCode) {
        self.answers.lock().insert(operation.to_owned(), Err(code));
    }

    /// Returns what the door's own operations were asked since the last time.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock())
    }

    pub(crate) fn operations(self: &Arc<Self>) -> Arc<dyn Operations> {
        Arc::new(Scripted(self.clone()))
    }

    fn answer(&self, operation: &str) -> Response {
        match self.answers.lock().get(operation) {
            Some(Ok(data)) => Response::new(GraphValue::from_json(data.clone()).expect("a value")),
            Some(Err(code)) => {
                let mut error = ServerError::new("something for the log", None);
                error.extensions = Some(error_extensions(*code));
                Response::from_errors(vec![error])
            }
            None => Response::new(GraphValue::Null),
        }
    }
}

struct Scripted(Arc<Graph>);

impl Operations for Scripted {
    fn prepare(&self, document: &str, _name: Option<&str>) -> Result<Arc<dyn Operation>, Vec<ServerError>> {
        Ok(Arc::new(One { graph: self.0.clone(), name: name(document) }))
    }
}

struct One {
    graph: Arc<Graph>,
    name: String,
}

#[async_trait]
impl Operation for One {
    async fn execute(&self, variables: Variables, ctx: &Ctx) -> Response {
        let caller = match ctx.actor() {
            Actor::User(principal) => principal.user_id.to_string(),
            other => format!("{other:?}"),
        };
        let variables = serde_json::to_value(&variables).expect("JSON");
        let operation_id = ctx.operation_id().to_string();
        self.graph.asked.lock().push(Asked { operation: self.name.clone(), variables, caller, operation_id });
        let gate = self.graph.gate.lock().clone();
        if let Some(gate) = gate {
            gate.notified().await;
        }
        self.graph.answer(&self.name)
    }
}

#[async_trait]
impl GraphQuery for Graph {
    async fn query(&self, operation: &'static str, _variables: Variables, _ctx: &Ctx) -> Response {
        let name = name(operation);
        if name == "EventHeads" && !self.answers.lock().contains_key("EventHeads") {
            return Response::new(GraphValue::from_json(json!({ "viewer": { "heads": [] } })).expect("a value"));
        }
        self.answer(&name)
    }
}

/// Returns the name of a document's operation.
fn name(document: &str) -> String {
    let line = document.lines().find(|line| line.starts_with("query ") || line.starts_with("mutation ")).expect("an operation");
    let rest = line.split_once(' ').expect("a name").1;
    rest.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}
