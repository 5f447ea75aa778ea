//! What the conversations domain promises, on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod changes;
mod clearing;
mod deleting;
mod destructing;
mod entering;
mod groups;
mod hooks;
mod lists;
mod marking;
mod receipts;
mod rows;
mod sdl;
mod settings;
mod strangers;
mod support;
mod syncing;
