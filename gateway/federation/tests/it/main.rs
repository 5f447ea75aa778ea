//! The gateway from outside: against one schema of the same data, over both transports, and against the public audit.

mod answers;
mod audit;
mod failures;
mod fuzz;
mod limits;
mod prepared;
mod schema;
mod scripted;
mod streams;
mod world;
