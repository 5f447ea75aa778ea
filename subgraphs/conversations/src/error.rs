//! What can go wrong here, and the code of each.

use openim_core::{Error, ErrorCode};

/// Makes the error of a conversation the owner has no row in; strangers' conversations look the same.
pub(crate) fn not_found() -> Error {
    Error::new(ErrorCode::NotFound, "no such conversation")
}

/// Makes the error of a stored row that breaks an invariant.
pub(crate) fn broken_row(source: Error) -> Error {
    Error::new(ErrorCode::Data, "a stored conversation cannot be read").with_source(source)
}

/// Makes the error of an argument out of range.
pub(crate) fn argument(text: &'static str) -> Error {
    Error::new(ErrorCode::Args, text)
}
