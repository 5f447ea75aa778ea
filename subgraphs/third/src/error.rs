//! What can go wrong here, in the words of the one code table.

use openim_core::{Error, ErrorCode};

/// No hook has this name.
pub(crate) fn unknown_hook() -> Error {
    Error::new(ErrorCode::Args, "there is no hook of this name")
}

/// The cursor is of another list.
pub(crate) fn no_cursor() -> Error {
    Error::new(ErrorCode::Args, "after is no cursor of this list")
}
