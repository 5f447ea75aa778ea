//! Asks the graph of a server over HTTP, as any application would.

use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::Method;
use serde_json::{Value, json};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server and who asks it.
#[derive(Clone)]
pub(super) struct Graph {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Graph {
    /// Makes a client of a server, without a token.
    pub(super) fn new(base: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(PATIENCE).build().context("there is no HTTP client to be had")?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), token: None })
    }

    /// Returns the same with a token.
    pub(super) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Returns the address of the server.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Runs an operation and returns its data.
    pub(super) async fn ask(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let mut answer = self.answer(query, variables).await?;
        if let Some(error) = answer.pointer("/errors/0") {
            let code = error.pointer("/extensions/code").and_then(Value::as_str).unwrap_or("no code");
            let message = error.get("message").and_then(Value::as_str).unwrap_or("no message");
            bail!("the server refuses: {message} ({code})");
        }
        Ok(answer.get_mut("data").map(Value::take).unwrap_or_default())
    }

    /// Runs an operation that may have been done already: that is no failure.
    pub(super) async fn ask_unless(&self, done: &[&str], query: &str, variables: Value) -> anyhow::Result<Option<Value>> {
        let mut answer = self.answer(query, variables).await?;
        match answer.pointer("/errors/0") {
            Some(error) if error.pointer("/extensions/code").and_then(Value::as_str).is_some_and(|code| done.contains(&code)) => Ok(None),
            Some(error) => bail!("the server refuses: {error}"),
            None => Ok(Some(answer.get_mut("data").map(Value::take).unwrap_or_default())),
        }
    }

    async fn answer(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let mut request = self.http.post(format!("{}/graphql", self.base)).json(&json!({"query": query, "variables": variables}));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.with_context(|| format!("{} gives no answer", self.base))?;
        let status = answer.status();
        let bytes = answer.bytes().await.context("the answer broke off")?;
        serde_json::from_slice(&bytes)
            .with_context(|| format!("{} answers with status {status} and no JSON: is it this server?", self.base))
    }

    /// Sends bytes to a signed address.
    pub(super) async fn put(&self, address: &str, headers: &Value, bytes: Vec<u8>) -> anyhow::Result<()> {
        let mut request = self.http.request(Method::PUT, address).body(bytes);
        for header in headers.as_array().into_iter().flatten() {
            let name = header["name"].as_str().unwrap_or_default();
            for value in header["values"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                request = request.header(name, value);
            }
        }
        let status = request.send().await.context("the object store gives no answer")?.status();
        if status.is_success() { Ok(()) } else { bail!("the object store answers with status {status}") }
    }
}
