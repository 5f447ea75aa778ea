//! The groups subgraph from outside: everything goes through the graph, the reader or the outbox.

#![expect(clippy::unwrap_used, reason = "a test whose world cannot be set up has failed")]

mod graph;
mod house;
