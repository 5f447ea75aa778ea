//! A graphql-transport-ws client.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::soon;

/// A connection on which operations can be started.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) code: u16,
    pub(crate) reason: String,
}

impl Socket {
    pub(crate) async fn open(address: SocketAddr, token: Option<&str>) -> anyhow::Result<Self> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        let (stream, _) = connect_async(request).await?;
        let mut socket = Self { stream };
        let payload = token.map(|token| json!({ "authorization": format!("Bearer {token}") }));
        socket.send(json!({ "type": "connection_init", "payload": payload })).await?;
        let answer = socket.message().await.map_err(|closed| anyhow::anyhow!("closed: {closed:?}"))?;
        if answer["type"] != "connection_ack" {
            bail!("not acknowledged: {answer}");
        }
        Ok(socket)
    }

    pub(crate) async fn send(&mut self, message: Value) -> anyhow::Result<()> {
        self.stream.send(Message::text(message.to_string())).await.context("the socket takes nothing")
    }

    /// Starts an operation.
    pub(crate) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let message = json!({ "id": id, "type": "subscribe", "payload": { "query": query, "variables": variables } });
        self.send(message).await.expect("the socket takes messages");
    }

    /// Waits for the next message that is no ping; `Err` tells how the connection ended.
    pub(crate) async fn message(&mut self) -> Result<Value, Closed> {
        soon("a message comes", self.read()).await
    }

    /// Waits for the next message however long the stream is silent; `None` when the socket is gone.
    pub(crate) async fn patient_message(&mut self) -> Option<Value> {
        self.read().await.ok()
    }

    async fn read(&mut self) -> Result<Value, Closed> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).expect("a message of JSON");
                    if message["type"] != "ping" {
                        return Ok(message);
                    }
                    let _ = self.send(json!({ "type": "pong" })).await;
                }
                Some(Ok(Message::Close(frame))) => {
                    let (code, reason) = frame.map_or((1005, String::new()), |frame| (frame.code.into(), frame.reason.to_string()));
                    return Err(Closed { code, reason });
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(Closed { code: 1006, reason: error.to_string() }),
                None => return Err(Closed { code: 1006, reason: "gone".into() }),
            }
        }
    }

    /// Waits for the next value of a subscription and returns its data.
    pub(crate) async fn next(&mut self) -> Value {
        let mut message = self.message().await.unwrap_or_else(|closed| panic!("the socket closed: {closed:?}"));
        assert_eq!(message["type"], "next", "{message}");
        assert!(message["payload"].get("errors").is_none(), "{message}");
        message["payload"]["data"].take()
    }

    /// Waits for the next event of the subscription `events` that is of a type.
    pub(crate) async fn event(&mut self, typename: &str) -> Value {
        loop {
            let mut data = self.next().await;
            if data["events"]["__typename"] == typename {
                return data["events"].take();
            }
        }
    }
}
