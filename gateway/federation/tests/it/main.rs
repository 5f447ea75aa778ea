//! The gateway from outside: against one schema of the same data, over both transports, and against the public audit.

mod audit;
mod fuzz;
mod world;
