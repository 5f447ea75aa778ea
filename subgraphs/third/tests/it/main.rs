//! What the third domain promises, on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod audit;
mod client_logs;
mod configuration;
mod deliveries;
mod expiry;
mod house;
mod limits;
mod nodes;
mod pictures;
mod push;
mod reading;
mod s3;
mod sdl;
mod strangers;
mod together;
mod uploads;
