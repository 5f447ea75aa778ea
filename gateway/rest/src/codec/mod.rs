//! JSON as Go's `encoding/json` reads and writes it, which is what OpenIM's clients are used to.

mod decode;
mod json;
mod number;
mod write;

pub(crate) use decode::decode;
pub(crate) use json::parse;
pub(crate) use write::{compact_sorted, write_float, write_string};
