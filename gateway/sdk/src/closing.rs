//! Why a socket is closed. OpenIM closes without a word; a code and a reason cost nothing and official clients ignore them.

use openim_core::ErrorCode;
use openim_realtime::SessionEnd;
use tokio_tungstenite::tungstenite;

/// A reason to close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closing {
    /// The close frame's code; `None` when the client is gone already.
    pub(crate) code: Option<u16>,
    pub(crate) reason: &'static str,
    /// The metric's label.
    pub(crate) label: &'static str,
}

impl Closing {
    pub(crate) const fn new(code: u16, reason: &'static str, label: &'static str) -> Self {
        Self { code: Some(code), reason, label }
    }

    /// The client went away.
    pub(crate) const GONE: Self = Self { code: None, reason: "", label: "client" };
    /// The client was told that it may not connect.
    pub(crate) const REFUSED: Self = Self::new(1000, "", "refused");
    /// The client said that it logs out.
    pub(crate) const LOGOUT: Self = Self::new(1000, "", "logout");
    /// Too much waits for a client that takes nothing.
    pub(crate) const SLOW: Self = Self::new(1013, "the client reads too slowly", "slow");
    /// Nothing was heard for too long.
    pub(crate) const SILENT: Self = Self::new(4408, "nothing was heard for too long", "silent");

    /// Refuses a frame.
    pub(crate) const fn bad(reason: &'static str) -> Self {
        Self::new(4400, reason, "bad frame")
    }

    /// The token is not good any more.
    pub(crate) fn forbidden(code: ErrorCode) -> Self {
        Self::new(4403, code.word(), code.word())
    }

    /// Returns why a session's end closes its socket.
    pub(crate) fn of_session(end: SessionEnd) -> Self {
        match end {
            SessionEnd::TooSlow => Self::SLOW,
            SessionEnd::Revoked => Self::forbidden(ErrorCode::TokenKicked),
            SessionEnd::Stopping => Self::new(1001, "server is shutting down", "shutdown"),
            SessionEnd::Failed => Self::new(1011, "a part of the system cannot be reached now", "unavailable"),
        }
    }

    /// Returns why a read that failed closes the socket.
    pub(crate) fn of_error(error: axum::Error) -> Self {
        match error.into_inner().downcast_ref::<tungstenite::Error>() {
            Some(tungstenite::Error::Capacity(_)) => Self::new(1009, "the frame is too long", "bad frame"),
            Some(tungstenite::Error::Protocol(_) | tungstenite::Error::Utf8(_)) => Self::new(1002, "protocol error", "bad frame"),
            _ => Self::GONE,
        }
    }
}
