//! What can go wrong in this domain, and the code each has at the doors.

use openim_core::{Error, ErrorCode};
use thiserror::Error as ThisError;

/// The most users or ids of one request.
pub(crate) const MAX_BATCH: usize = 1_000;

/// A failure of the users domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ThisError)]
pub(crate) enum UserError {
    /// A list has no items.
    #[error("the list is empty")]
    EmptyList,
    /// A list has too many items.
    #[error("a request may have at most {MAX_BATCH} items")]
    TooMany,
    /// An id comes twice in one list.
    #[error("an id is repeated in the list")]
    RepeatedId,
    /// A new user has no name.
    #[error("a nickname is required")]
    NicknameRequired,
    /// A text is too long or has a NUL.
    #[error("{0} is too long or has a character that is not allowed")]
    BadText(&'static str),
    /// An id is taken.
    #[error("a user with one of these ids is registered already")]
    AlreadyRegistered,
    /// No such user.
    #[error("the user does not exist")]
    NotFound,
    /// The administrator's secret is wrong.
    #[error("the secret is wrong")]
    WrongSecret,
    /// Not a configured administrator.
    #[error("the user is no configured administrator")]
    NotAnAdministrator,
    /// Administrators log in with the secret only.
    #[error("administrators get their tokens with the secret")]
    AdministratorToken,
    /// Notification accounts and robots do not log in.
    #[error("accounts of this level cannot log in")]
    LevelCannotLogIn,
}

impl UserError {
    /// Returns the code at the doors.
    pub(crate) fn code(self) -> ErrorCode {
        match self {
            Self::EmptyList | Self::TooMany | Self::RepeatedId | Self::NicknameRequired | Self::BadText(_) => ErrorCode::Args,
            Self::NotAnAdministrator | Self::LevelCannotLogIn => ErrorCode::Args,
            Self::AlreadyRegistered => ErrorCode::AlreadyRegistered,
            Self::NotFound => ErrorCode::NotFound,
            Self::WrongSecret | Self::AdministratorToken => ErrorCode::NoPermission,
        }
    }
}

impl From<UserError> for Error {
    fn from(error: UserError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
