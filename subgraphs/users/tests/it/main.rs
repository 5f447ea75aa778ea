//! The users subgraph from outside: everything goes through the graph, the authenticator or the reader.

mod admins;
mod graph;
mod house;
mod logins;
mod profiles;
mod reading;
mod tokens;
