//! What the conversations domain promises, on every database.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod changes;
mod groups;
mod lists;
mod marking;
mod rows;
mod sdl;
mod strangers;
mod support;
mod syncing;
