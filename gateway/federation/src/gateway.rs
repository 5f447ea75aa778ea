//! The gateway: what the doors hold.

use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response, ServerError, Variables};
use futures_util::stream::{BoxStream, StreamExt};
use openim_core::Ctx;

use crate::{Limits, Prepared, SubgraphTransport};

/// Why no gateway could be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The subgraphs do not fit together.
    #[error("the subgraphs do not compose: {}", .0.join("; "))]
    Composition(Vec<String>),
    /// The supergraph is not one.
    #[error("the supergraph is not usable: {0}")]
    Supergraph(String),
    /// A subgraph of the supergraph has no transport.
    #[error("no transport for the subgraph {0}")]
    MissingTransport(String),
    /// A transport cannot be made.
    #[error("no transport can be made: {0}")]
    Transport(String),
}

/// Collects what a gateway is made of.
#[derive(Default)]
pub struct GatewayBuilder {
    subgraphs: Vec<(String, String)>,
    transports: Vec<(String, Arc<dyn SubgraphTransport>)>,
    supergraph: Option<String>,
}

impl GatewayBuilder {
    /// Adds a subgraph that is to be composed.
    #[must_use]
    pub fn subgraph(mut self, name: impl Into<String>, sdl: impl Into<String>, transport: impl SubgraphTransport) -> Self {
        let name = name.into();
        self.subgraphs.push((name.clone(), sdl.into()));
        self.transport(name, transport)
    }

    /// Uses a supergraph that was composed before, instead of composing.
    #[must_use]
    pub fn supergraph(mut self, sdl: impl Into<String>) -> Self {
        self.supergraph = Some(sdl.into());
        self
    }

    /// Says how a subgraph of the supergraph is reached.
    #[must_use]
    pub fn transport(mut self, name: impl Into<String>, transport: impl SubgraphTransport) -> Self {
        self.transports.push((name.into(), Arc::new(transport)));
        self
    }

    /// Bounds the operations of [`Gateway::execute`]; prepared ones are ours and not bounded.
    #[must_use]
    pub fn limits(self, _limits: Limits) -> Self {
        self
    }

    /// Sets how many operations stay planned.
    #[must_use]
    pub fn plan_cache(self, _operations: usize) -> Self {
        self
    }

    /// Allows or forbids `__schema` and `__type`.
    #[must_use]
    pub fn introspection(self, _allowed: bool) -> Self {
        self
    }

    /// Makes the context of requests that bring none; without it they are refused.
    #[must_use]
    pub fn default_ctx(self, _make: impl Fn() -> Ctx + Send + Sync + 'static) -> Self {
        self
    }

    /// Composes and builds.
    ///
    /// # Errors
    /// [`BuildError`] says what does not fit.
    pub fn build(self) -> Result<Gateway, BuildError> {
        Err(BuildError::Supergraph("being built".to_owned()))
    }
}

/// Answers operations over the whole graph. Cheap to clone.
#[derive(Clone)]
pub struct Gateway(Arc<()>);

impl Gateway {
    /// Starts collecting subgraphs.
    pub fn builder() -> GatewayBuilder {
        GatewayBuilder::default()
    }

    /// Parses, validates and plans a document of our own.
    ///
    /// # Errors
    /// What is wrong with the document, with positions.
    pub fn prepare(&self, _document: &str, _operation_name: Option<&str>) -> Result<Prepared, Vec<ServerError>> {
        Err(Vec::new())
    }

    /// Runs a prepared query or mutation.
    pub async fn execute_prepared(&self, _prepared: &Prepared, _variables: Variables, _ctx: &Ctx) -> Response {
        Response::default()
    }

    /// Opens a prepared subscription.
    pub fn subscribe_prepared(&self, _prepared: &Prepared, _variables: Variables, _ctx: &Ctx) -> BoxStream<'static, Response> {
        futures_util::stream::empty().boxed()
    }

    /// Returns the supergraph, with the federation machinery.
    pub fn supergraph_sdl(&self) -> &str {
        ""
    }

    /// Returns the public schema: sorted, without any federation machinery.
    pub fn api_sdl(&self) -> &str {
        ""
    }

    /// Returns how an operation would be answered: its plan and the documents of its fetches.
    ///
    /// # Errors
    /// What is wrong with the document or the variables.
    pub async fn explain(
        &self,
        _document: &str,
        _operation_name: Option<&str>,
        _variables: Variables,
    ) -> Result<serde_json::Value, Vec<ServerError>> {
        Ok(serde_json::Value::Null)
    }
}

impl Executor for Gateway {
    async fn execute(&self, _request: Request) -> Response {
        Response::default()
    }

    fn execute_stream(&self, _request: Request, _session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        futures_util::stream::empty().boxed()
    }
}
