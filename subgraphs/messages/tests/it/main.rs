//! The messages subgraph over its own face: each test sends GraphQL to it, on SQLite and, when one is named, PostgreSQL.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on has failed")]

mod applications;
mod batches;
mod clearing;
mod contents;
mod crashes;
mod deleting;
mod editing;
mod groups;
mod hooks;
mod leaving;
mod listing;
mod log;
mod notifications;
mod passing;
mod reactions;
mod reading;
mod refusals;
mod resuming;
mod retention;
mod revoking;
mod sdl;
mod search;
mod stage;
mod statistics;
mod threads;
mod transactions;
