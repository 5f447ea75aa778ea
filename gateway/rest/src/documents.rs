//! The documents that are part of the binary.

/// Returns every route's path with its document, as it stands in `schema/rest`, and the shared fragments that it uses.
pub fn documents() -> &'static [(&'static str, &'static str)] {
    include!(concat!(env!("OUT_DIR"), "/documents.rs"))
}
