//! The gateway from outside: against one schema of the same data, over both transports, and against the public audit.
#![expect(clippy::expect_used, reason = "a test stops at what it did not expect")]

mod answers;
mod audit;
mod failures;
mod fuzz;
mod limits;
mod prepared;
mod schema;
mod scripted;
mod streams;
mod whole_graph;
mod world;
