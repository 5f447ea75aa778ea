//! The users subgraph from outside: everything goes through the graph, the authenticator or the reader.

#![expect(clippy::unwrap_used, reason = "a test whose world cannot be set up has failed")]

mod accounts;
mod admins;
mod client_config;
mod commands;
mod graph;
mod guessing;
mod hooks;
mod house;
mod logins;
mod notifications;
mod permissions;
mod presence;
mod processes;
mod profiles;
mod reading;
mod secrets;
mod tokens;
