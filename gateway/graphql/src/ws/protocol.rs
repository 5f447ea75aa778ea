//! The messages of both subprotocols and the reasons for closing.

use std::borrow::Cow;

use async_graphql::Response;
use openim_core::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::answer::Wire;

/// The longest operation id of a client.
const LONGEST_ID: usize = 128;
/// What fits into a close frame beside its code.
const LONGEST_REASON: usize = 123;

/// A subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// `graphql-transport-ws`.
    Transport,
    /// `graphql-ws`, of the retired subscriptions-transport-ws library.
    Legacy,
}

impl Protocol {
    /// Both names, the better one first.
    pub(super) const NAMES: [&'static str; 2] = ["graphql-transport-ws", "graphql-ws"];

    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"graphql-transport-ws" => Some(Self::Transport),
            b"graphql-ws" => Some(Self::Legacy),
            _ => None,
        }
    }
}

/// Why the server closes.
#[derive(Debug)]
pub(super) struct Closing {
    /// The close frame's code; `None` when the client is gone already.
    pub(super) code: Option<u16>,
    pub(super) reason: Cow<'static, str>,
    /// The metric's label.
    pub(super) label: &'static str,
}

impl Closing {
    pub(super) fn new(code: u16, reason: impl Into<Cow<'static, str>>, label: &'static str) -> Self {
        let mut reason = reason.into();
        if reason.len() > LONGEST_REASON {
            let end = (0..=LONGEST_REASON).rev().find(|end| reason.is_char_boundary(*end)).unwrap_or(0);
            reason.to_mut().truncate(end);
        }
        Self { code: Some(code), reason, label }
    }

    pub(super) fn gone(label: &'static str) -> Self {
        Self { code: None, reason: Cow::Borrowed(""), label }
    }

    pub(super) fn bad(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(4400, reason, "bad message")
    }

    /// The token is not good, or not any more.
    pub(super) fn forbidden(code: ErrorCode) -> Self {
        Self::new(4403, code.word(), code.word())
    }
}

/// A message of a client.
#[derive(Debug)]
pub(super) enum ClientMessage<'a> {
    Init(Option<&'a RawValue>),
    Start { id: Cow<'a, str>, payload: &'a RawValue },
    Stop { id: Cow<'a, str> },
    Ping(Option<&'a RawValue>),
    Pong,
    Terminate,
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
}

impl<'a> ClientMessage<'a> {
    pub(super) fn parse(protocol: Protocol, text: &'a str) -> Result<Self, Closing> {
        let frame: Frame<'a> = serde_json::from_str(text).map_err(|error| Closing::bad(format!("invalid message: {error}")))?;
        let id = || match frame.id.clone() {
            Some(id) if !id.is_empty() && id.len() <= LONGEST_ID => Ok(id),
            _ => Err(Closing::bad("a message needs an id of 1 to 128 bytes")),
        };
        let start = || Ok(Self::Start { id: id()?, payload: frame.payload.ok_or_else(|| Closing::bad("a message needs a payload"))? });
        match (protocol, &*frame.kind) {
            (_, "connection_init") => Ok(Self::Init(frame.payload)),
            (Protocol::Transport, "subscribe") | (Protocol::Legacy, "start") => start(),
            (Protocol::Transport, "complete") | (Protocol::Legacy, "stop") => Ok(Self::Stop { id: id()? }),
            (Protocol::Transport, "ping") => Ok(Self::Ping(frame.payload)),
            (Protocol::Transport, "pong") => Ok(Self::Pong),
            (Protocol::Legacy, "connection_terminate") => Ok(Self::Terminate),
            _ => Err(Closing::bad("invalid message: unknown type")),
        }
    }
}

/// A message to a client.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck,
    /// Legacy: the connection is refused.
    ConnectionError {
        payload: &'a async_graphql::ServerError,
    },
    Next {
        id: &'a str,
        payload: Wire<'a>,
    },
    /// Legacy for `next`.
    Data {
        id: &'a str,
        payload: Wire<'a>,
    },
    Error {
        id: &'a str,
        payload: Errors<'a>,
    },
    Complete {
        id: &'a str,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<&'a RawValue>,
    },
    /// Legacy: the connection is alive.
    #[serde(rename = "ka")]
    KeepAlive,
}

/// All errors, or the first where the older protocol takes only one.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Errors<'a> {
    All(&'a [async_graphql::ServerError]),
    First(Option<&'a async_graphql::ServerError>),
}

impl<'a> ServerMessage<'a> {
    pub(super) fn next(protocol: Protocol, id: &'a str, response: &'a Response) -> Self {
        match protocol {
            Protocol::Transport => Self::Next { id, payload: Wire(response) },
            Protocol::Legacy => Self::Data { id, payload: Wire(response) },
        }
    }

    pub(super) fn error(protocol: Protocol, id: &'a str, response: &'a Response) -> Self {
        let payload = match protocol {
            Protocol::Transport => Errors::All(&response.errors),
            Protocol::Legacy => Errors::First(response.errors.first()),
        };
        Self::Error { id, payload }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_other_protocol_are_refused() {
        for (protocol, text) in [
            (Protocol::Transport, r#"{"type":"start","id":"1","payload":{}}"#),
            (Protocol::Legacy, r#"{"type":"subscribe","id":"1","payload":{}}"#),
            (Protocol::Transport, r#"{"type":"subscribe","payload":{}}"#),
            (Protocol::Transport, r#"{"type":"subscribe","id":"1"}"#),
            (Protocol::Transport, r#"{"type":"subscribe","id":"","payload":{}}"#),
            (Protocol::Transport, r#"{"id":"1"}"#),
            (Protocol::Transport, "[]"),
            (Protocol::Transport, "no json"),
        ] {
            assert_eq!(ClientMessage::parse(protocol, text).unwrap_err().code, Some(4400), "{text}");
        }
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let closing = Closing::bad("é".repeat(100));
        assert!(closing.reason.len() <= LONGEST_REASON && closing.reason.chars().all(|c| c == 'é'));
    }
}
