//! The relations subgraph through its schema, on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod answers;
mod bad_input;
mod blocks;
mod changes;
mod hooks;
mod house;
mod imports;
mod lists;
mod permissions;
mod profiles;
mod references;
mod requests;
mod standings;
mod syncing;
