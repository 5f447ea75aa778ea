//! The behaviour of every port, asked of each adapter that can be had: the embedded ones always, the production ones
//! when the `OPENIM_TEST_*` addresses are set.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod cache;
mod configuration;
mod events;
mod fanout;
mod leader;
mod limits;
mod nodes;
mod ports;
mod presence;
mod store;
mod support;
mod timers;
mod versions;
mod webhooks;
