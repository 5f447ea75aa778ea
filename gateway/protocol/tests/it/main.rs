//! The socket's language against byte vectors of Go and of official clients, against OpenIM's tables, and against noise.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails")]

#[cfg(feature = "client")]
mod client;
mod messages;
mod noise;
mod vectors;
