//! The door as clients see it, over a graph that the tests write by hand.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_frames;
mod connecting;
mod ending;
mod memory;
mod pushing;
mod requests;
mod support;
