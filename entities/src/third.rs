//! Rows of the third domain, a module per capability.

pub mod audit;
pub mod client_logs;
mod files;
mod push;

pub use files::{file, thumbnail, upload};
pub use push::{push_badge, push_delivery, push_token};
