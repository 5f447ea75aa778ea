//! The language of OpenIM's SDK socket: what a client says when it connects, the frames it sends and is sent (gob or JSON,
//! gzipped or not), and the protobuf messages inside them.
//!
//! Pure functions over bytes: nothing here does I/O, knows a session or decides anything. Everything that comes from
//! outside is bounded by the caller's limit before memory is taken for it, and garbage is an error, never a panic.

pub mod connect;
mod encoding;
mod gob;
mod gzip;
pub mod heartbeat;
pub mod identifier;
mod json;
mod messages;
mod transcode;

#[cfg(feature = "client")]
pub mod client;

pub use encoding::{Encoding, Format, FrameError, Request, Response};
pub use messages::{conversation, jssdk, msg, push, relation, sdkws};
pub use prost;
pub use transcode::{Transcoder, transcoder};

/// The most bytes of one message as they arrive (compressed, if it is): more closes the connection.
pub const MAX_FRAME: usize = 51_200;

/// The most bytes one message of a client may unfold to: [`MAX_FRAME`] bytes of text compress to at best a twentieth.
pub const MAX_UNFOLDED: usize = 1 << 20;
