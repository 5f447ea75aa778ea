//! Tests of the whole house through its real doors: GraphQL, graphql-transport-ws and OpenIM's REST.

#![expect(clippy::expect_used, reason = "a test ends where it does not find what it needs")]

mod architecture;
mod audit;
mod bad_input;
mod chat;
mod command_line;
mod configuration;
mod contract;
mod examples;
mod faults;
mod files;
mod friends;
mod gateway_alone;
mod groups;
mod harness;
mod limits;
mod monitoring;
mod moving;
mod operators;
mod permissions;
mod presence;
mod pushes;
mod sdk;
mod seeding;
mod stopping;
mod tour;
mod webhooks;
