//! How the gateway reaches a subgraph: the trait and what goes through it.

mod http;
mod in_process;

use std::error::Error as StdError;
use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{ServerError, Value, Variables};
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use openim_core::Ctx;

pub use http::{Http, HttpOptions};
pub use in_process::InProcess;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Reads.
    Query,
    /// Writes.
    Mutation,
    /// Listens.
    Subscription,
}

/// One document of a plan, made once and sent with every execution of that plan.
#[derive(Debug)]
pub struct SubgraphOp {
    /// The text, for remote subgraphs and for `explain`.
    pub query: String,
    /// A hash of the text.
    pub hash: u64,
    /// The parsed text, for subgraphs in this process.
    pub parsed: Option<Arc<ExecutableDocument>>,
    /// What it does.
    pub kind: OperationKind,
}

/// One call of a subgraph.
#[derive(Debug, Clone)]
pub struct SubgraphRequest {
    /// The document.
    pub op: Arc<SubgraphOp>,
    /// The document's variables.
    pub variables: Variables,
    /// Who asks, and until when.
    pub ctx: Ctx,
}

/// What a subgraph answered.
#[derive(Debug, Clone, Default)]
pub struct SubgraphResponse {
    /// The data; null when there is none.
    pub data: Value,
    /// The errors, with the subgraph's own paths.
    pub errors: Vec<ServerError>,
}

/// Why a subgraph gave no answer at all.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nobody answers at its address, or the connection broke.
    #[error("the subgraph cannot be reached")]
    Unreachable(#[source] Box<dyn StdError + Send + Sync>),
    /// The caller's deadline passed first.
    #[error("the subgraph did not answer in time")]
    DeadlineExceeded,
    /// The answer is bigger than allowed.
    #[error("the subgraph's answer is bigger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer is not GraphQL.
    #[error("the subgraph's answer is not a GraphQL response: {0}")]
    Malformed(String),
}

/// The way to one subgraph.
#[async_trait]
pub trait SubgraphTransport: Send + Sync + 'static {
    /// Sends a query or mutation and waits for its answer.
    async fn execute(&self, request: SubgraphRequest) -> Result<SubgraphResponse, TransportError>;

    /// Opens a subscription. An `Err` item ends the stream.
    async fn subscribe(
        &self,
        request: SubgraphRequest,
    ) -> Result<BoxStream<'static, Result<SubgraphResponse, TransportError>>, TransportError>;
}
