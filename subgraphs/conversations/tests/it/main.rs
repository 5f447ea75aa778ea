//! What the conversations domain promises, on every database.

mod changes;
mod lists;
mod marking;
mod rows;
mod sdl;
mod strangers;
mod support;
