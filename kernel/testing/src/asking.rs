//! Asking a subgraph as the gateway does, and reading the answer as a client does.

use async_graphql::{Request, Variables};
use openim_core::Ctx;
use openim_graphql::Subgraph;
use serde_json::Value;

/// The whole answer to one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer(pub Value);

/// Runs an operation for the caller in `ctx`.
///
/// # Panics
/// When the answer is no JSON.
pub async fn ask(subgraph: &dyn Subgraph, ctx: Ctx, document: &str, variables: Value) -> Answer {
    let request = Request::new(document).variables(Variables::from_json(variables));
    Answer(serde_json::to_value(subgraph.execute(ctx, request).await).expect("a response"))
}

impl Answer {
    /// Returns the data of an operation that must succeed.
    ///
    /// # Panics
    /// When it has failed.
    pub fn data(mut self) -> Value {
        assert!(self.0.get("errors").is_none(), "the operation failed: {}", self.0);
        self.0["data"].take()
    }

    /// Returns the code of the first error, `None` after a success.
    pub fn code(&self) -> Option<&str> {
        self.0["errors"][0]["extensions"]["code"].as_str()
    }

    /// Returns code and text of the first error of an operation that must fail.
    ///
    /// # Panics
    /// When it has succeeded.
    pub fn refused(&self) -> (String, String) {
        match (self.code(), self.0["errors"][0]["message"].as_str()) {
            (Some(code), Some(message)) => (code.to_owned(), message.to_owned()),
            _ => panic!("the operation did not fail: {}", self.0),
        }
    }
}
