//! Durable events, what every bus must do.

mod embedded;
