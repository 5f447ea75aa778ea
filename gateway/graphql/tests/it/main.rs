//! The doors over real sockets, with a small graph of their own behind them.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test's helpers may fail the test")]

mod crowds;
mod documents;
mod http;
mod limits;
mod memory;
mod metrics;
mod negotiation;
mod socket;
mod socket_end;
mod stream;
mod support;
