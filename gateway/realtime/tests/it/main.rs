//! What event streams promise.

mod ending;
mod groups;
mod live;
mod resuming;
mod sdl;
mod support;
