//! A WebSocket client that says and hears JSON.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::soon;

pub(crate) struct Socket(WebSocketStream<TcpStream>);

#[derive(Debug, PartialEq)]
pub(crate) enum Frame {
    Json(Value),
    Ping,
    Close(u16, String),
}

impl Socket {
    pub(crate) async fn open(address: SocketAddr, protocol: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        if !protocol.is_empty() {
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_str(protocol).expect("a header"));
        }
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).expect("a header"));
        }
        let stream = TcpStream::connect(address).await?;
        let (socket, _) = soon(client_async(request, stream)).await?;
        Ok(Self(socket))
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.say_raw(Message::text(message.to_string())).await;
    }

    pub(crate) async fn say_raw(&mut self, message: Message) {
        self.0.send(message).await.expect("the server listens");
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(serde_json::json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    pub(crate) async fn frame(&mut self) -> Frame {
        loop {
            match soon(self.0.next()).await {
                Some(Ok(Message::Text(text))) => return Frame::Json(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Ping(_))) => return Frame::Ping,
                Some(Ok(Message::Close(Some(close)))) => return Frame::Close(close.code.into(), close.reason.to_string()),
                Some(Ok(_)) => {}
                other => panic!("the socket broke: {other:?}"),
            }
        }
    }

    /// Returns the next message, over pings.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match self.frame().await {
                Frame::Json(json) => return json,
                Frame::Ping => {}
                Frame::Close(code, reason) => panic!("closed: {code} {reason}"),
            }
        }
    }

    /// Reads to the close frame, over everything else.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Frame::Close(code, reason) = self.frame().await {
                return (code, reason);
            }
        }
    }
}
