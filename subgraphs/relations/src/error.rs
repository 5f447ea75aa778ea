//! What can go wrong in this domain, and the code each has at the doors.

use openim_core::{Error, ErrorCode};
use thiserror::Error as ThisError;

/// The most users of one request.
pub(crate) const MAX_BATCH: usize = 1_000;

/// A failure of the relations domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
pub(crate) enum RelationError {
    /// A list has no items.
    #[error("the list is empty")]
    EmptyList,
    /// A list has too many items.
    #[error("a request may have at most {MAX_BATCH} users")]
    TooMany,
    /// An id comes twice in one list.
    #[error("an id is repeated in the list")]
    RepeatedId,
    /// A text is too long or has a NUL.
    #[error("{0} is too long or has a character that is not allowed")]
    BadText(&'static str),
    /// Somebody wants to be their own friend.
    #[error("nobody can be their own friend")]
    Oneself,
    /// One of the users is not registered.
    #[error("one of the users does not exist")]
    NoSuchUser,
    /// Nobody has asked that.
    #[error("there is no such friend request")]
    NoSuchRequest,
    /// The user is not in the list of friends.
    #[error("the user is no friend")]
    NoFriend,
}

impl RelationError {
    /// Returns the code at the doors.
    pub(crate) fn code(self) -> ErrorCode {
        match self {
            Self::EmptyList | Self::TooMany | Self::RepeatedId | Self::BadText(_) => ErrorCode::Args,
            Self::Oneself => ErrorCode::CannotAddYourself,
            Self::NoSuchUser | Self::NoSuchRequest | Self::NoFriend => ErrorCode::NotFound,
        }
    }
}

impl From<RelationError> for Error {
    fn from(error: RelationError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

/// Makes the error of a stored row that does not fit the model.
pub(crate) fn bad_row(cause: Error) -> Error {
    Error::new(ErrorCode::Data, "a stored row cannot be read").with_source(cause)
}
