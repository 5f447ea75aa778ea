//! The REST door over graphs that answer as each test says.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

mod changing;
mod contract;
mod conversations;
mod door;
mod friends;
mod graph;
mod groups;
mod limits;
mod messages;
mod monitoring;
mod noise;
mod objects;
mod openapi;
mod pages;
mod protobuf;
mod pushes;
mod sending;
mod support;
mod translate;
mod users;
