//! A client of the socket for tests and measurements: connects in every encoding, asks, is pushed to, pings. One task owns
//! it; what arrives while an answer is waited for is kept in order.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use prost::Message;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::encoding::{Encoding, Format, FrameError, Request, Response};
use crate::identifier;

/// What official clients read at most.
const MOST_RECEIVED: usize = 1 << 20;
const MOST_UNFOLDED: usize = 64 << 20;

/// Why something did not work.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server refused the connection.
    #[error("the server refused the connection: {0:?}")]
    Refused(Refusal),
    /// The server answered a request with a failure.
    #[error("request {identifier} failed: {code} {text}")]
    Failed {
        /// The request's identifier.
        identifier: i32,
        /// OpenIM's code.
        code: i32,
        /// OpenIM's text.
        text: String,
    },
    /// The server closed the connection, with this code and reason if it gave one.
    #[error("the connection ended: {0:?}")]
    Ended(Option<(u16, String)>),
    /// The patience is over.
    #[error("nothing came in time")]
    Silence,
    /// A frame that no server of ours may send.
    #[error("an unexpected frame: {0}")]
    Unexpected(String),
    /// A frame cannot be read or written.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A message inside a frame cannot be read.
    #[error(transparent)]
    Message(#[from] prost::DecodeError),
    /// The transport failed.
    #[error(transparent)]
    Transport(#[from] Box<tungstenite::Error>),
}

/// What a client is told about its connection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// OpenIM's code.
    pub err_code: i32,
    /// Its text.
    pub err_msg: String,
    /// The detail.
    pub err_dlt: String,
}

/// How to connect.
#[derive(Debug, Clone)]
pub struct Options {
    /// The socket's address without a query, `ws://127.0.0.1:10001`.
    pub address: String,
    /// The user.
    pub user_id: String,
    /// Its token.
    pub token: String,
    /// The platform of the token.
    pub platform: i32,
    /// How frames are written.
    pub encoding: Encoding,
    /// Whether the result comes as a text frame, as browsers need it.
    pub respond: bool,
    /// Whether everything is packed into the one parameter `v`.
    pub packed: bool,
}

impl Options {
    /// Connects as native clients do: gob with gzip, refused over HTTP.
    pub fn native(address: impl Into<String>, user_id: impl Into<String>, token: impl Into<String>, platform: i32) -> Self {
        let encoding = Encoding { format: Format::Gob, gzip: true };
        Self { address: address.into(), user_id: user_id.into(), token: token.into(), platform, encoding, respond: false, packed: false }
    }

    /// Connects as the WebAssembly client does: gob with gzip, the result in a frame, platform 5.
    pub fn wasm(address: impl Into<String>, user_id: impl Into<String>, token: impl Into<String>) -> Self {
        Self { respond: true, ..Self::native(address, user_id, token, 5) }
    }

    /// Connects as the plain JavaScript client does: JSON, the result in a frame, platform 5.
    pub fn js(address: impl Into<String>, user_id: impl Into<String>, token: impl Into<String>) -> Self {
        let encoding = Encoding { format: Format::Json, gzip: false };
        Self { encoding, ..Self::wasm(address, user_id, token) }
    }

    /// Returns the address with its query.
    pub fn url(&self) -> String {
        let Self { address, user_id, token, platform, encoding, respond, packed } = self;
        let compression = if encoding.gzip { "gzip" } else { "" };
        let kind = if encoding.format == Format::Json { "js" } else { "" };
        let path = if address.splitn(4, '/').nth(3).is_some() { "" } else { "/" };
        if *packed {
            let json = serde_json::json!({"token": token, "userID": user_id, "platformID": platform, "operationID": "connect",
                "compression": compression, "sdkType": kind, "sendResponse": respond});
            return format!("{address}{path}?v={}", URL_SAFE_NO_PAD.encode(json.to_string()));
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("sendID", user_id).append_pair("token", token).append_pair("platformID", &platform.to_string());
        query.append_pair("operationID", "connect").append_pair("isBackground", "false");
        for (name, value) in [("compression", compression), ("sdkType", kind), ("isMsgResp", if *respond { "true" } else { "" })] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("{address}{path}?{}", query.finish())
    }
}

/// What arrives.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// An answer or a push.
    Response(Response),
    /// A text frame: an answer to a ping in text.
    Text(String),
    /// A ping of the protocol; it was answered.
    Ping(Bytes),
    /// A pong of the protocol.
    Pong(Bytes),
}

/// One connection.
pub struct SdkClient {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    encoding: Encoding,
    user_id: String,
    requests: u64,
    pushed: VecDeque<Response>,
    patience: Duration,
}

impl SdkClient {
    /// Connects.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with what the server said, over HTTP or in a frame.
    pub async fn connect(options: &Options) -> Result<Self, ClientError> {
        // The default buffers are 128 KiB a socket; there may be thousands.
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(4096).max_message_size(Some(MOST_RECEIVED));
        let patience = Duration::from_secs(10);
        let connecting = tokio_tungstenite::connect_async_with_config(options.url(), Some(config), true);
        let socket = match tokio::time::timeout(patience, connecting).await.map_err(|_| ClientError::Silence)? {
            Ok((socket, _)) => socket,
            Err(tungstenite::Error::Http(answer)) => {
                let body = answer.into_body().unwrap_or_default();
                return Err(serde_json::from_slice(&body)
                    .map_or_else(|_| ClientError::Unexpected(String::from_utf8_lossy(&body).into_owned()), ClientError::Refused));
            }
            Err(error) => return Err(Box::new(error).into()),
        };
        let Options { encoding, user_id, .. } = options.clone();
        let mut client = Self { socket, encoding, user_id, requests: 0, pushed: VecDeque::new(), patience };
        if options.respond {
            let text = match client.receive().await? {
                Received::Text(text) => text,
                other => return Err(ClientError::Unexpected(format!("{other:?}"))),
            };
            let result: Refusal = serde_json::from_str(&text).map_err(FrameError::from)?;
            if result.err_code != 0 {
                return Err(ClientError::Refused(result));
            }
        }
        Ok(client)
    }

    /// Waits at most so long for anything from now on; ten seconds at first.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Makes a request with a fresh operation id and increment.
    pub fn request(&mut self, identifier: i32, message: &impl Message) -> Request {
        self.requests += 1;
        let mut msg_incr = self.user_id.clone();
        // Writing to memory cannot fail.
        let _ = write!(msg_incr, "_{}", self.requests);
        Request {
            req_identifier: identifier,
            token: String::new(),
            send_id: self.user_id.clone(),
            operation_id: format!("op-{msg_incr}"),
            msg_incr,
            data: message.encode_to_vec().into(),
        }
    }

    /// Sends a request without waiting for its answer.
    ///
    /// # Errors
    /// The connection ended.
    pub async fn send(&mut self, request: &Request) -> Result<(), ClientError> {
        let frame = self.encoding.encode_request(request)?;
        self.send_frame(Frame::Binary(frame)).await
    }

    /// Sends any frame: garbage, text, pings.
    ///
    /// # Errors
    /// The connection ended.
    pub async fn send_frame(&mut self, frame: Frame) -> Result<(), ClientError> {
        Ok(self.socket.send(frame).await.map_err(Box::new)?)
    }

    /// Asks and waits for the answer; what is pushed meanwhile is kept for [`Self::next_push`].
    ///
    /// # Errors
    /// [`ClientError::Failed`] with the server's code.
    pub async fn ask<Answer: Message + Default>(&mut self, identifier: i32, message: &impl Message) -> Result<Answer, ClientError> {
        let request = self.request(identifier, message);
        self.send(&request).await?;
        let answer = self.answer_to(&request.msg_incr).await?;
        if answer.err_code != 0 {
            return Err(ClientError::Failed { identifier, code: answer.err_code, text: answer.err_msg.into_owned() });
        }
        Ok(Answer::decode(answer.data)?)
    }

    /// Waits for the answer to the request of this increment.
    ///
    /// # Errors
    /// The connection ended or nothing came in time.
    pub async fn answer_to(&mut self, msg_incr: &str) -> Result<Response, ClientError> {
        loop {
            if let Received::Response(response) = self.receive().await? {
                if response.msg_incr == msg_incr {
                    return Ok(response);
                }
                self.pushed.push_back(response);
            }
        }
    }

    /// Waits for the next push, or takes the oldest that was kept.
    ///
    /// # Errors
    /// The connection ended or nothing came in time.
    pub async fn next_push(&mut self) -> Result<Response, ClientError> {
        if let Some(response) = self.pushed.pop_front() {
            return Ok(response);
        }
        // Pings alone are nothing.
        let patience = self.patience;
        let next = async {
            loop {
                if let Received::Response(response) = self.receive().await? {
                    return Ok(response);
                }
            }
        };
        tokio::time::timeout(patience, next).await.map_err(|_| ClientError::Silence)?
    }

    /// Waits for the next pushed message, with the id of its conversation; other pushes are passed over.
    ///
    /// # Errors
    /// The connection ended or nothing came in time.
    pub async fn next_message(&mut self) -> Result<(String, crate::sdkws::MsgData), ClientError> {
        loop {
            let push = self.next_push().await?;
            if push.req_identifier == identifier::PUSH {
                return pushed(&push)?.ok_or_else(|| ClientError::Unexpected("a push without a message".into()));
            }
        }
    }

    /// Waits for whatever arrives next.
    ///
    /// # Errors
    /// The connection ended or nothing came in time.
    pub async fn receive(&mut self) -> Result<Received, ClientError> {
        let next = tokio::time::timeout(self.patience, self.socket.next()).await.map_err(|_| ClientError::Silence)?;
        match next {
            Some(Ok(Frame::Binary(frame))) => Ok(Received::Response(self.encoding.decode_response(&frame, MOST_UNFOLDED)?)),
            Some(Ok(Frame::Text(text))) => Ok(Received::Text(text.to_string())),
            Some(Ok(Frame::Ping(payload))) => Ok(Received::Ping(payload)),
            Some(Ok(Frame::Pong(payload))) => Ok(Received::Pong(payload)),
            Some(Ok(Frame::Close(reason))) => Err(ClientError::Ended(reason.map(|frame| (frame.code.into(), frame.reason.to_string())))),
            Some(Ok(Frame::Frame(_))) => Err(ClientError::Unexpected("a raw frame".into())),
            Some(Err(error)) => Err(Box::new(error).into()),
            None => Err(ClientError::Ended(None)),
        }
    }

    /// Closes the connection politely.
    ///
    /// # Errors
    /// It had ended already.
    pub async fn close(mut self) -> Result<(), ClientError> {
        Ok(self.socket.close(None).await.map_err(Box::new)?)
    }
}

/// Returns the message of a push and the id of its conversation.
///
/// # Errors
/// The push holds no such message.
pub fn pushed(push: &Response) -> Result<Option<(String, crate::sdkws::MsgData)>, prost::DecodeError> {
    let messages = crate::sdkws::PushMessages::decode(push.data.clone())?;
    let mut logs = messages.msgs.into_iter().chain(messages.notification_msgs);
    Ok(logs.find_map(|(conversation, log)| Some((conversation, log.msgs.into_iter().next()?))))
}
