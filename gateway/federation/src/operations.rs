//! What a door of prepared operations needs of a graph: prepare once, execute often.

use std::sync::Arc;

use async_graphql::{Response, ServerError, Variables};
use async_trait::async_trait;
use openim_core::Ctx;

use crate::{Gateway, Prepared};

/// Prepares documents.
pub trait Operations {
    /// Parses, validates and plans a document.
    ///
    /// # Errors
    /// What does not fit the graph.
    fn prepare(&self, document: &str, name: Option<&str>) -> Result<Arc<dyn Operation>, Vec<ServerError>>;
}

/// A prepared query or mutation.
#[async_trait]
pub trait Operation: Send + Sync + 'static {
    /// Runs it for the caller in `ctx`.
    async fn execute(&self, variables: Variables, ctx: &Ctx) -> Response;
}

impl Operations for Gateway {
    fn prepare(&self, document: &str, name: Option<&str>) -> Result<Arc<dyn Operation>, Vec<ServerError>> {
        let prepared = Self::prepare(self, document, name)?;
        Ok(Arc::new(Planned { gateway: self.clone(), prepared }))
    }
}

struct Planned {
    gateway: Gateway,
    prepared: Prepared,
}

#[async_trait]
impl Operation for Planned {
    async fn execute(&self, variables: Variables, ctx: &Ctx) -> Response {
        self.gateway.execute_prepared(&self.prepared, variables, ctx).await
    }
}
