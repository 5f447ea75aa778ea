//! The door of official OpenIM SDKs: their WebSocket, on a port of its own.
//!
//! A socket is authenticated once, in the handshake. Each request is one prepared operation of the graph, run as the
//! socket's user; what the hub has for the user is pushed. The door turns bytes into variables and answers into bytes, and
//! decides nothing that the graph does not.

mod answers;
mod caller;
mod catching_up;
mod closing;
mod connection;
mod door;
mod entrance;
mod fields;
mod frames;
mod meters;
mod numbers;
mod operations;
mod own;
mod requests;
mod sending;
mod settings;

pub use door::{Door, router};
pub use operations::{BuildError, documents};
pub use settings::Settings;
