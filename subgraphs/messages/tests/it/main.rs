//! The messages subgraph over its own face: each test sends GraphQL to it, on SQLite and, when one is named, PostgreSQL.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on has failed")]

mod batches;
mod contents;
mod crashes;
mod deleting;
mod groups;
mod hooks;
mod log;
mod notifications;
mod reading;
mod refusals;
mod resuming;
mod revoking;
mod sdl;
mod stage;
