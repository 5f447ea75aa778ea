//! What the doors count. Handles are made once, so that counting a frame is one atomic addition; the recorder must
//! therefore be installed before the router is made.

use std::time::Duration;

use metrics::{Counter, Gauge};
use openim_core::Platform;
use openim_platform::nodes::{Figures, OpenSocket, SocketKind};

use crate::document::Kind;

/// The way an operation came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Http,
    Sse,
    Multipart,
    Socket,
}

impl Transport {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Sse => "sse",
            Self::Multipart => "multipart",
            Self::Socket => "websocket",
        }
    }
}

/// The handles.
pub(crate) struct Meters {
    figures: Figures,
    pub(crate) streams: Gauge,
    pub(crate) frames_in: Counter,
    pub(crate) frames_out: Counter,
}

impl Meters {
    pub(crate) fn new(figures: Figures) -> Self {
        Self {
            figures,
            streams: metrics::gauge!("openim_graphql_streams"),
            frames_in: metrics::counter!("openim_graphql_frames_total", "direction" => "in"),
            frames_out: metrics::counter!("openim_graphql_frames_total", "direction" => "out"),
        }
    }

    /// Counts a WebSocket as open; of which platform is known once its token is.
    pub(crate) fn open(&self, platform: Option<Platform>) -> OpenSocket {
        self.figures.open(SocketKind::Graphql, platform)
    }

    /// Counts an operation that was answered or refused.
    pub(crate) fn operation(&self, transport: Transport, kind: Option<Kind>, outcome: &'static str) {
        let kind = kind.map_or("unknown", Kind::word);
        metrics::counter!("openim_graphql_requests_total", "transport" => transport.word(), "kind" => kind, "outcome" => outcome)
            .increment(1);
    }

    /// Records how long a query or mutation took.
    pub(crate) fn took(&self, transport: Transport, time: Duration) {
        metrics::histogram!("openim_graphql_request_seconds", "transport" => transport.word()).record(time.as_secs_f64());
    }

    /// Counts the end of a stream.
    pub(crate) fn closed(&self, transport: Transport, reason: &'static str) {
        metrics::counter!("openim_graphql_closes_total", "transport" => transport.word(), "reason" => reason).increment(1);
    }
}

/// Holds a gauge up while something is open.
pub(crate) struct Open(Gauge);

impl Open {
    pub(crate) fn new(gauge: &Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
