//! The limits of the door. OpenIM's own numbers stand in its protocol; the others are safe for a server that faces the
//! internet.

use std::time::Duration;

use openim_realtime::OutboxLimits;

/// So much may wait for a client here; what is beyond waits in the hub, whose queue of the session fills then.
pub(crate) const OUTBOX: OutboxLimits = OutboxLimits { frames: 32, bytes: 256 * 1024 };

/// What the door allows.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a request may take. Clients wait 10 seconds.
    pub deadline: Duration,
    /// The most sockets of this node.
    pub max_connections: usize,
    /// The most bytes of one frame as it arrives.
    pub frame_limit: usize,
    /// How long nothing may be heard of a client.
    pub read_deadline: Duration,
    /// How often a browser is pinged; other clients ping by themselves.
    pub ping_interval: Duration,
    /// How long frames may wait for a client that takes none, before the socket is closed.
    pub slow_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(10),
            max_connections: 100_000,
            frame_limit: openim_protocol::MAX_FRAME,
            read_deadline: Duration::from_secs(30),
            ping_interval: Duration::from_secs(27),
            slow_timeout: Duration::from_secs(10),
        }
    }
}
