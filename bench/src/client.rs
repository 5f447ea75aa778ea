//! A client of the real doors: GraphQL over HTTP, graphql-transport-ws, OpenIM's REST.

use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::server::Server;

/// Makes an HTTP client with bounds.
pub(crate) fn http() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().timeout(Duration::from_secs(30)).tcp_nodelay(true).build()?)
}

/// One caller over HTTP.
#[derive(Clone)]
pub(crate) struct Caller {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Caller {
    /// Logs in with the administrators' secret.
    pub(crate) async fn admin(server: &Server) -> anyhow::Result<Self> {
        let mut caller = Self { http: http()?, base: server.url.clone(), token: String::new() };
        let data = caller
            .graphql(
                "mutation($secret: String!) { createAdminToken(input: {secret: $secret, userId: \"imAdmin\"}) { token } }",
                json!({"secret": server.secret}),
            )
            .await?;
        caller.token = text(&data["createAdminToken"]["token"])?;
        Ok(caller)
    }

    /// Registers users.
    pub(crate) async fn register(&self, ids: &[String]) -> anyhow::Result<()> {
        for chunk in ids.chunks(500) {
            let users: Vec<Value> = chunk.iter().map(|id| json!({"id": id, "nickname": id})).collect();
            self.graphql(
                "mutation($users: [NewUserInput!]!) { registerUsers(input: {users: $users}) { users { id } } }",
                json!({"users": users}),
            )
            .await?;
        }
        Ok(())
    }

    /// Registers users and returns a token for each, in order.
    pub(crate) async fn users(&self, ids: &[String]) -> anyhow::Result<Vec<String>> {
        self.register(ids).await?;
        let mut tokens = Vec::with_capacity(ids.len());
        for id in ids {
            let data = self
                .graphql("mutation($id: ID!) { createUserToken(input: {userId: $id, platform: WEB}) { token } }", json!({"id": id}))
                .await?;
            tokens.push(text(&data["createUserToken"]["token"])?);
        }
        Ok(tokens)
    }

    /// Returns the same client as another caller.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { http: self.http.clone(), base: self.base.clone(), token: token.to_owned() }
    }

    /// Sends an operation and returns `data`; any error fails.
    pub(crate) async fn graphql(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let mut answer: Value = self.post("/graphql", &json!({"query": query, "variables": variables})).await?;
        if answer.get("errors").is_some() {
            bail!("GraphQL errors: {}", answer["errors"]);
        }
        Ok(answer["data"].take())
    }

    /// Sends a REST call and returns `data`; any `errCode` but 0 fails.
    pub(crate) async fn rest(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let mut answer: Value = self.post(path, body).await?;
        if answer["errCode"] != json!(0) {
            bail!("{path}: {answer}");
        }
        Ok(answer["data"].take())
    }

    /// Posts a body and throws the answer's bytes away: for measuring, not for checking.
    pub(crate) async fn post_raw(&self, path: &str, body: bytes::Bytes) -> anyhow::Result<usize> {
        let answer = self.request(path).header("content-type", "application/json").body(body).send().await?;
        Ok(answer.error_for_status()?.bytes().await?.len())
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        Ok(self.request(path).json(body).send().await?.json().await?)
    }

    fn request(&self, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.base)).header("operationID", "bench");
        if self.token.is_empty() { request } else { request.header("token", &self.token) }
    }
}

/// One graphql-transport-ws socket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects and logs in.
    pub(crate) async fn connect(server: &Server, token: &str) -> anyhow::Result<Self> {
        let mut request = format!("{}/graphql", server.url.replacen("http", "ws", 1)).into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
        // The default read buffer is 128 KiB a socket: with thousands of them the generator itself would run out of memory.
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(4096);
        let (stream, _) = tokio_tungstenite::connect_async_with_config(request, Some(config), true).await?;
        let mut socket = Self(stream);
        socket.send(&json!({"type": "connection_init", "payload": {"token": token}})).await?;
        let ack = socket.next().await?;
        if ack["type"] != "connection_ack" {
            bail!("no connection_ack: {ack}");
        }
        Ok(socket)
    }

    /// Starts an operation.
    pub(crate) async fn start(&mut self, id: &str, query: &str, variables: Value) -> anyhow::Result<()> {
        self.send(&json!({"type": "subscribe", "id": id, "payload": {"query": query, "variables": variables}})).await
    }

    /// Sends a frame.
    pub(crate) async fn send(&mut self, frame: &Value) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(frame.to_string())).await?)
    }

    /// Waits for the next protocol frame; answers pings on the way.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Value> {
        loop {
            match self.0.next().await.context("the socket ended")?? {
                Message::Text(frame) => {
                    let frame: Value = serde_json::from_str(&frame)?;
                    if frame["type"] == "ping" {
                        self.send(&json!({"type": "pong"})).await?;
                        continue;
                    }
                    return Ok(frame);
                }
                Message::Close(reason) => bail!("the server closed the socket: {reason:?}"),
                _ => {}
            }
        }
    }
}

fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().context("text expected")?.to_owned())
}
