//! Rows of the third domain, a module per capability.

pub mod audit;
pub mod client_logs;
mod files;

pub use files::{file, thumbnail, upload};
