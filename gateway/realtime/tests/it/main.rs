//! What event streams promise.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod attendance;
mod ending;
mod graph;
mod groups;
mod live;
mod news;
mod nodes;
mod passing;
mod resuming;
mod sdl;
mod sessions;
mod shapes;
mod support;
