//! A frame in the encoding that a connection has agreed on.

use std::borrow::Cow;

use bytes::Bytes;

use crate::{gob, gzip, json};

/// The form of a frame before compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// A gob stream of its own for each frame: native and WebAssembly clients.
    #[default]
    Gob,
    /// JSON: the plain JavaScript client.
    Json,
}

/// How the frames of one connection are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Encoding {
    /// The form.
    pub format: Format,
    /// Whether every frame is a gzip member, in both directions.
    pub gzip: bool,
}

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// What it is about, see [`crate::identifier`].
    pub req_identifier: i32,
    /// Always empty in practice; the connection was authenticated.
    pub token: String,
    /// The client's user.
    pub send_id: String,
    /// What the answer and everything that follows from it are traced by.
    pub operation_id: String,
    /// By which the client finds the answer.
    pub msg_incr: String,
    /// The protobuf message.
    pub data: Bytes,
}

/// What a client is sent: an answer or a push.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// What it is about, see [`crate::identifier`].
    pub req_identifier: i32,
    /// The request's; empty in a push.
    pub msg_incr: String,
    /// The request's, or that of the request which brought the push about.
    pub operation_id: String,
    /// Zero, or OpenIM's code of the failure.
    pub err_code: i32,
    /// OpenIM's text of the failure.
    pub err_msg: Cow<'static, str>,
    /// The protobuf message; empty when all of it has zero values.
    pub data: Bytes,
}

/// Why a frame cannot be read. Nobody is told more than that the connection ends.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// It would unfold to more than is allowed.
    #[error("the frame unfolds to more than the limit")]
    TooLarge,
    /// It is no complete gzip member.
    #[error("the frame is no gzip member: {0}")]
    Gzip(&'static str),
    /// It is no gob stream of this kind.
    #[error("the frame is no gob stream: {0}")]
    Gob(&'static str),
    /// It is no JSON of this kind.
    #[error("the frame is no JSON of this kind")]
    Json(#[from] serde_json::Error),
}

impl Encoding {
    /// Every encoding; the place of each is its [`Self::index`].
    pub const ALL: [Self; 4] = [
        Self { format: Format::Gob, gzip: false },
        Self { format: Format::Gob, gzip: true },
        Self { format: Format::Json, gzip: false },
        Self { format: Format::Json, gzip: true },
    ];

    /// Returns the place in [`Self::ALL`]: for what is made once per encoding.
    pub fn index(self) -> usize {
        usize::from(self.format == Format::Json) * 2 + usize::from(self.gzip)
    }

    /// Reads a client's frame.
    ///
    /// # Errors
    /// It is garbled, or would unfold to more than `limit` bytes.
    pub fn decode_request(self, frame: &[u8], limit: usize) -> Result<Request, FrameError> {
        match self.format {
            Format::Gob => gob::decode_request(&self.unfold(frame, limit)?),
            Format::Json => json::decode_request(&self.unfold(frame, limit)?),
        }
    }

    /// Writes a server's frame.
    pub fn encode_response(self, response: &Response) -> Bytes {
        let plain = match self.format {
            Format::Gob => gob::encode_response(response),
            Format::Json => json::encode_response(response),
        };
        self.fold(plain)
    }

    /// Writes a client's frame.
    ///
    /// # Errors
    /// It has no JSON form.
    pub fn encode_request(self, request: &Request) -> Result<Bytes, FrameError> {
        let plain = match self.format {
            Format::Gob => gob::encode_request(request),
            Format::Json => json::encode_request(request)?,
        };
        Ok(self.fold(plain))
    }

    /// Reads a server's frame.
    ///
    /// # Errors
    /// It is garbled, or would unfold to more than `limit` bytes.
    pub fn decode_response(self, frame: &[u8], limit: usize) -> Result<Response, FrameError> {
        match self.format {
            Format::Gob => gob::decode_response(&self.unfold(frame, limit)?),
            Format::Json => json::decode_response(&self.unfold(frame, limit)?),
        }
    }

    fn fold(self, plain: Vec<u8>) -> Bytes {
        if self.gzip { gzip::compress(&plain).into() } else { plain.into() }
    }

    fn unfold(self, frame: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, FrameError> {
        if self.gzip {
            return gzip::expand(frame, limit).map(Cow::Owned);
        }
        if frame.len() > limit { Err(FrameError::TooLarge) } else { Ok(Cow::Borrowed(frame)) }
    }
}

impl Request {
    /// Tells whether everything by which it is answered is there; some requests are refused otherwise.
    pub fn is_complete(&self) -> bool {
        self.req_identifier != 0 && ![&self.send_id, &self.operation_id, &self.msg_incr].into_iter().any(String::is_empty)
    }
}
