//! Tests of the whole house through its real doors: GraphQL, graphql-transport-ws and OpenIM's REST.

mod bad_input;
mod chat;
mod command_line;
mod harness;
mod operators;
mod stopping;
