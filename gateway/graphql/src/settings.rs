//! The limits and switches of the doors. The defaults are safe for a server that faces the internet.

use std::time::Duration;

/// What the doors allow.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a query or mutation may take, reading its body included.
    pub deadline: Duration,
    /// The most bytes of a JSON body.
    pub body_limit: usize,
    /// The most operations of one HTTP request.
    pub batch_limit: usize,
    /// The origins (`https://chat.example.com`) whose pages may call us; `*` allows all. A page of our own host always may.
    pub allowed_origins: Vec<String>,
    /// Whether `__schema` and `__type` are answered.
    pub introspection: bool,
    /// Whether browsers get the explorer page.
    pub explorer: bool,
    /// How often an idle SSE or multipart stream shows that it lives.
    pub heartbeat: Duration,
    /// How long a stream may take nothing while frames wait for it, before it is closed.
    pub slow_timeout: Duration,
    /// The most WebSockets, SSE and multipart streams together.
    pub max_streams: usize,
    /// Callers without a token may hold one in so many of them, and those of one address a tenth of that. 1 where nobody has a
    /// token: then there is nobody to keep places for.
    pub anonymous_share: usize,
    /// The limits of one WebSocket.
    pub socket: SocketSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30),
            body_limit: 1024 * 1024,
            batch_limit: 10,
            allowed_origins: Vec::new(),
            introspection: true,
            explorer: true,
            heartbeat: Duration::from_secs(10),
            slow_timeout: Duration::from_secs(10),
            max_streams: 100_000,
            anonymous_share: 10,
            socket: SocketSettings::default(),
        }
    }
}

/// The limits of one WebSocket.
#[derive(Debug, Clone)]
pub struct SocketSettings {
    /// How long a client may take until `connection_init`.
    pub init_timeout: Duration,
    /// How often an idle socket is pinged; it is closed when the next ping is due and nothing was heard.
    pub keepalive: Duration,
    /// The most operations that run at the same time.
    pub operations: usize,
    /// The most bytes of one frame from the client.
    pub frame_limit: usize,
    /// The most frames that wait for a slow client; then its operations are asked for no more.
    pub queue_frames: usize,
    /// The same in bytes.
    pub queue_bytes: usize,
}

impl Default for SocketSettings {
    fn default() -> Self {
        Self {
            init_timeout: Duration::from_secs(10),
            keepalive: Duration::from_secs(25),
            operations: 64,
            frame_limit: 1024 * 1024,
            queue_frames: 256,
            queue_bytes: 1024 * 1024,
        }
    }
}
