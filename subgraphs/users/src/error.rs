//! What can go wrong in this domain, and the code each has at the doors.

use openim_core::{Error, ErrorCode};
use thiserror::Error as ThisError;

/// The most users or ids of one request.
pub(crate) const MAX_BATCH: usize = 1_000;

/// The most entries of one user.
pub(crate) const MAX_COMMANDS: u64 = 1_000;

/// The most configured keys of one user, or of everybody.
pub(crate) const MAX_CONFIG_KEYS: u64 = 1_000;

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
    /// A text that must be there is not.
    #[error("{0} must not be empty")]
    Missing(&'static str),
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
    /// A notification account of a level that can log in.
    #[error("a notification account has the level of a notification account or a robot")]
    AccountLevel,
    /// The wanted id of a notification account is taken.
    #[error("the id is taken")]
    AccountExists,
    /// A notification account that does not exist.
    #[error("there is no such account")]
    UnknownAccount,
    /// A change without anything in it.
    #[error("a nickname or a face url is required")]
    NothingToChange,
    /// The type 0 of a user's entry.
    #[error("the type must not be 0")]
    CommandType,
    /// A user has too many entries.
    #[error("a user may have at most {MAX_COMMANDS} entries")]
    TooManyCommands,
    /// No such entry.
    #[error("there is no such entry")]
    CommandNotFound,
    /// A name comes twice in one list.
    #[error("a key is repeated in the list")]
    RepeatedKey,
    /// Too many values for one user or for everybody.
    #[error("there may be at most {MAX_CONFIG_KEYS} keys for everybody and for each user")]
    TooManyKeys,
    /// A range that ends before it starts.
    #[error("the range ends before it starts")]
    RangeReversed,
}

impl UserError {
    /// Returns the code at the doors.
    pub(crate) fn code(self) -> ErrorCode {
        match self {
            Self::EmptyList | Self::TooMany | Self::RepeatedId | Self::NicknameRequired | Self::BadText(_) | Self::Missing(_) => {
                ErrorCode::Args
            }
            Self::NotAnAdministrator | Self::LevelCannotLogIn => ErrorCode::Args,
            Self::AccountLevel | Self::AccountExists | Self::UnknownAccount | Self::NothingToChange => ErrorCode::Args,
            Self::CommandType | Self::TooManyCommands | Self::RepeatedKey | Self::TooManyKeys => ErrorCode::Args,
            Self::RangeReversed => ErrorCode::Args,
            Self::AlreadyRegistered => ErrorCode::AlreadyRegistered,
            Self::NotFound | Self::CommandNotFound => ErrorCode::NotFound,
            Self::WrongSecret | Self::AdministratorToken => ErrorCode::NoPermission,
        }
    }
}

impl From<UserError> for Error {
    fn from(error: UserError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
