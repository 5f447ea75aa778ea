//! The domain's refusals, each with its code; resolvers hand them on with `?`.

use openim_core::{Error, ErrorCode};

/// An argument is wrong.
pub(crate) fn args(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorCode::Args, message)
}

/// The receiver, or the receiver's conversation, takes no messages. OpenIM's clients show this very text.
pub(crate) fn refused_by_receiver() -> Error {
    args("message is not sent")
}

/// Something that must exist does not.
pub(crate) fn missing(what: &'static str) -> Error {
    Error::new(ErrorCode::NotFound, what)
}

/// There is no such message, or there is one that the caller may not see.
pub(crate) fn no_message() -> Error {
    missing("there is no such message")
}

/// The id is taken by a log of other people.
pub(crate) fn ambiguous() -> Error {
    args("the conversation id belongs to other participants: user ids with an underscore can make the same id")
}

/// The queue stayed full, or the process stops: nothing was stored.
pub(crate) fn busy() -> Error {
    Error::new(ErrorCode::Unavailable, "too many messages are waiting, send again")
}

/// No answer in time: stored or not, the same client id finds out.
pub(crate) fn in_doubt() -> Error {
    Error::new(ErrorCode::Unavailable, "the message may not have been stored, send again with the same client message id")
}
