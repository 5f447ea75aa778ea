//! Subscriptions to a remote subgraph: one graphql-transport-ws connection each, closed when its reader goes.

use futures_util::SinkExt;
use futures_util::stream::{BoxStream, StreamExt, unfold};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::answer::{AnswerError, parse};
use crate::{SubgraphRequest, SubgraphResponse, TransportError};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Item = Result<SubgraphResponse, TransportError>;

/// A message of the protocol.
#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    payload: Option<Box<RawValue>>,
}

/// Connects, introduces itself and subscribes.
pub(super) async fn open(
    url: &Url,
    headers: HeaderMap,
    request: &SubgraphRequest,
    max_answer_bytes: usize,
) -> Result<BoxStream<'static, Item>, TransportError> {
    let mut handshake = url.as_str().into_client_request().map_err(unreachable)?;
    let init: serde_json::Map<String, Value> =
        headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into()))).collect();
    handshake.headers_mut().extend(headers);
    handshake.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
    let config = WebSocketConfig::default().max_message_size(Some(max_answer_bytes)).max_frame_size(Some(max_answer_bytes));
    let (mut socket, _) = connect_async_with_config(handshake, Some(config), true).await.map_err(unreachable)?;
    send(&mut socket, &json!({ "type": "connection_init", "payload": init })).await?;
    loop {
        let Some(frame) = receive(&mut socket).await? else {
            return Err(TransportError::Unreachable("the connection was closed before it was accepted".into()));
        };
        if frame.kind == "connection_ack" {
            break;
        }
    }
    let payload = json!({ "query": request.op.query, "variables": request.variables });
    send(&mut socket, &json!({ "id": "1", "type": "subscribe", "payload": payload })).await?;
    let events = unfold(Some(socket), |socket| async move {
        let mut socket = socket?;
        match next(&mut socket).await {
            Ok(Some((event, true))) => Some((Ok(event), Some(socket))),
            Ok(Some((event, false))) => Some((Ok(event), None)),
            Ok(None) => None,
            Err(failure) => Some((Err(failure), None)),
        }
    });
    Ok(events.boxed())
}

/// Waits for the next event and tells whether more may follow.
async fn next(socket: &mut Socket) -> Result<Option<(SubgraphResponse, bool)>, TransportError> {
    while let Some(frame) = receive(socket).await? {
        let payload = frame.payload.as_deref().map_or("null", RawValue::get);
        match frame.kind.as_str() {
            "next" => return parse(payload.as_bytes()).map(|event| Some((event, true))).map_err(TransportError::Malformed),
            "error" => {
                let errors: Vec<AnswerError> =
                    serde_json::from_str(payload).map_err(|error| TransportError::Malformed(error.to_string()))?;
                let errors = errors.into_iter().map(AnswerError::into_error).collect();
                return Ok(Some((SubgraphResponse { errors, ..SubgraphResponse::default() }, false)));
            }
            "complete" => return Ok(None),
            _ => {}
        }
    }
    Err(TransportError::Unreachable("the connection was closed in the middle of a subscription".into()))
}

async fn receive(socket: &mut Socket) -> Result<Option<Frame>, TransportError> {
    while let Some(message) = socket.next().await {
        let text = match message.map_err(unreachable)? {
            Message::Text(text) => text,
            Message::Close(_) => return Ok(None),
            _ => continue,
        };
        let frame: Frame = serde_json::from_str(&text).map_err(|error| TransportError::Malformed(error.to_string()))?;
        if frame.kind == "ping" {
            send(socket, &json!({ "type": "pong" })).await?;
        } else {
            return Ok(Some(frame));
        }
    }
    Ok(None)
}

async fn send(socket: &mut Socket, message: &Value) -> Result<(), TransportError> {
    socket.send(Message::text(message.to_string())).await.map_err(unreachable)
}

fn unreachable(error: Error) -> TransportError {
    match error {
        Error::Capacity(_) => TransportError::TooLarge { limit: 0 },
        error => TransportError::Unreachable(Box::new(error)),
    }
}
