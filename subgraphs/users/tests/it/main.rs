//! The users subgraph from outside: everything goes through the graph, the authenticator or the reader.

#![expect(clippy::unwrap_used, reason = "a test whose world cannot be set up has failed")]

mod admins;
mod graph;
mod house;
mod logins;
mod profiles;
mod reading;
mod tokens;
