//! A subgraph behind HTTP: POST for queries and mutations, graphql-transport-ws for subscriptions.

mod answer;
mod socket;

use std::collections::HashMap;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Variables;
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use openim_core::Ctx;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, Url};
use serde::Serialize;

use super::{SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError};
use crate::BuildError;
use crate::proof::{HEADER, ProofSigner};

/// How a remote subgraph is called.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Signs the proof that tells the subgraph who asks; without it the subgraph's own rules decide.
    pub signer: Option<Arc<ProofSigner>>,
    /// Where subscriptions are opened; by default the URL itself, with `ws` for `http`.
    pub subscription_url: Option<String>,
    /// The longest wait for one answer, if the caller's deadline is later.
    pub timeout: Duration,
    /// The longest wait for a connection.
    pub connect_timeout: Duration,
    /// The biggest answer in bytes.
    pub max_answer_bytes: usize,
    /// How many idle connections are kept.
    pub pool_size: usize,
    /// Returns the headers that join the subgraph's trace to the caller's; without any, the operation id is the trace.
    pub trace_headers: Option<fn() -> HashMap<String, String>>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            signer: None,
            subscription_url: None,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(3),
            max_answer_bytes: 64 << 20,
            pool_size: 64,
            trace_headers: None,
        }
    }
}

/// Calls a subgraph at a URL.
#[derive(Debug, Clone)]
pub struct Http {
    url: Url,
    socket_url: Url,
    client: Client,
    options: HttpOptions,
}

/// A GraphQL request as JSON.
#[derive(Serialize)]
struct Body<'a> {
    query: &'a str,
    variables: &'a Variables,
}

impl Http {
    /// Checks the URL and builds the connection pool.
    ///
    /// # Errors
    /// [`BuildError::Transport`] when a URL is not `http` or `https`.
    pub fn new(url: &str, options: HttpOptions) -> Result<Self, BuildError> {
        let refused = |problem: String| BuildError::Transport(format!("{url}: {problem}"));
        let parsed = Url::parse(url).map_err(|error| refused(error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(refused("only http and https are possible".to_owned()));
        }
        let mut socket_url = match &options.subscription_url {
            Some(url) => Url::parse(url).map_err(|error| refused(error.to_string()))?,
            None => parsed.clone(),
        };
        let scheme = match socket_url.scheme() {
            "http" | "ws" => "ws",
            "https" | "wss" => "wss",
            other => return Err(refused(format!("subscriptions are not possible over {other}"))),
        };
        socket_url.set_scheme(scheme).map_err(|()| refused("subscriptions are not possible at this address".to_owned()))?;
        // The only error says that the process has a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(options.connect_timeout)
            .pool_max_idle_per_host(options.pool_size)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .map_err(|error| refused(error.to_string()))?;
        Ok(Self { url: parsed, socket_url, client, options })
    }

    /// The headers that every call takes along: the proof and the ids for logs and traces.
    fn headers(&self, ctx: &Ctx) -> Result<HeaderMap, TransportError> {
        let mut headers = HeaderMap::new();
        if let Some(signer) = &self.options.signer {
            let proof = signer.sign(ctx).map_err(|error| TransportError::Unreachable(Box::new(error)))?;
            insert(&mut headers, HEADER, &proof);
        }
        insert(&mut headers, "operationid", ctx.operation_id().as_str());
        let traced = self.options.trace_headers.map(|trace| trace()).unwrap_or_default();
        if traced.is_empty() {
            insert(&mut headers, "traceparent", &traceparent(ctx));
        }
        for (name, value) in
            traced.iter().filter_map(|(name, value)| Some((HeaderName::from_str(name).ok()?, HeaderValue::from_str(value).ok()?)))
        {
            headers.insert(name, value);
        }
        Ok(headers)
    }

    async fn post(&self, request: SubgraphRequest) -> Result<SubgraphResponse, TransportError> {
        let body = Body { query: &request.op.query, variables: &request.variables };
        let response = self
            .client
            .post(self.url.clone())
            .headers(self.headers(&request.ctx)?)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/graphql-response+json, application/json")
            .json(&body)
            .send()
            .await
            .map_err(failed)?;
        let status = response.status();
        let bytes = self.read(response).await?;
        answer::parse(&bytes).map_err(|problem| match status.as_u16() {
            // What stands before the subgraph says that the subgraph is away.
            502..=504 => TransportError::Unreachable(format!("status {status}").into()),
            _ => TransportError::Malformed(format!("status {status}: {problem}")),
        })
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, TransportError> {
        let limit = self.options.max_answer_bytes;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > limit {
                return Err(TransportError::TooLarge { limit });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

#[async_trait]
impl SubgraphTransport for Http {
    async fn execute(&self, request: SubgraphRequest) -> Result<SubgraphResponse, TransportError> {
        let limit = request.ctx.remaining().min(self.options.timeout);
        tokio::time::timeout(limit, self.post(request)).await.unwrap_or(Err(TransportError::DeadlineExceeded))
    }

    async fn subscribe(
        &self,
        request: SubgraphRequest,
    ) -> Result<BoxStream<'static, Result<SubgraphResponse, TransportError>>, TransportError> {
        let headers = self.headers(&request.ctx)?;
        let limit = request.ctx.remaining().min(self.options.timeout);
        let opening = socket::open(&self.socket_url, headers, &request, self.options.max_answer_bytes);
        tokio::time::timeout(limit, opening).await.unwrap_or(Err(TransportError::DeadlineExceeded))
    }
}

fn failed(error: reqwest::Error) -> TransportError {
    if error.is_timeout() { TransportError::DeadlineExceeded } else { TransportError::Unreachable(Box::new(error)) }
}

/// Sets a header; a value that is none (it came from outside) is left out.
fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// W3C trace context. The operation id is the trace: as it is when it has the form of one, else by its hash.
fn traceparent(ctx: &Ctx) -> String {
    let operation = ctx.operation_id().as_str();
    let is_trace = operation.len() == 32 && operation.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let trace = if is_trace {
        operation.to_owned()
    } else {
        use std::hash::{BuildHasher, BuildHasherDefault};
        let hash = BuildHasherDefault::<std::hash::DefaultHasher>::default();
        format!("{:016x}{:016x}", hash.hash_one(operation), hash.hash_one((operation, 1)))
    };
    let mut span = [0_u8; 8];
    ctx.ids().fill(&mut span);
    format!("00-{trace}-{:016x}-01", u64::from_be_bytes(span))
}
