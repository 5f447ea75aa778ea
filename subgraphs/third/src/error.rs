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

/// A file or picture is not what was announced or needed.
pub(crate) fn refused(message: &'static str) -> Error {
    Error::new(ErrorCode::FileRefused, message)
}

/// The caller has no such upload, or its time is over.
pub(crate) fn no_upload() -> Error {
    refused("there is no such upload, or its time is over")
}

/// No file has this name.
pub(crate) fn no_file() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such file")
}

/// Makes the error of a stored row that does not fit the model.
pub(crate) fn bad_row(cause: Error) -> Error {
    Error::new(ErrorCode::Data, "a stored row cannot be read").with_source(cause)
}

/// An argument is not what it must be.
pub(crate) fn args(message: &'static str) -> Error {
    Error::new(ErrorCode::Args, message)
}

/// There is no such push.
pub(crate) fn no_push() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such push")
}
