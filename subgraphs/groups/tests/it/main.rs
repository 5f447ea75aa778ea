//! The groups subgraph from outside: everything goes through the graph, the reader or the outbox.

#![expect(clippy::unwrap_used, reason = "a test whose world cannot be set up has failed")]

mod bad_input;
mod changing;
mod creating;
mod dismissing;
mod entering;
mod graph;
mod hooks;
mod house;
mod large;
mod leaving;
mod lists;
mod members;
mod permissions;
mod profiles;
mod reader;
mod requests;
mod syncing;
