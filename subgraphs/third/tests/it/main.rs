//! What the third domain promises, on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod deliveries;
mod expiry;
mod house;
mod limits;
mod pictures;
mod reading;
mod sdl;
mod strangers;
mod uploads;
