//! What becomes of a message, and what its sender is told.

use std::sync::Arc;

use serde_json::Value;

use super::Message;
use super::numbers::option;

/// What becomes of a message, by its switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// It gets a place in the log of its conversation.
    Log,
    /// Who is online gets it, and nobody keeps it.
    Passing,
    /// It is a notification: stored in the stream beside the conversation or not, also a line of the chat or not.
    Notice,
}

impl Way {
    /// Tells what these switches ask for.
    pub(crate) fn of(options: &[(String, bool)]) -> Self {
        if !switched(options, option::IS_NOT_NOTIFICATION) {
            Self::Notice
        } else if switched(options, option::HISTORY) && switched(options, option::PERSISTENT) {
            Self::Log
        } else {
            Self::Passing
        }
    }
}

/// Tells how a switch stands; a missing one is on.
pub(crate) fn switched(options: &[(String, bool)], key: &str) -> bool {
    options.iter().all(|(name, on)| name != key || *on)
}

/// What the application's server changed in a message before it was sent: OpenIM's name of the field, and the value.
pub(crate) type Change = (&'static str, Value);

/// What a send came to.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// The message; its seq is 0 when it is not stored. Of a repeated send, the first one.
    pub(crate) message: Arc<Message>,
    /// Whether it was stored by an earlier send with the same client id.
    pub(crate) duplicate: bool,
    /// What the application's server changed.
    pub(crate) changes: Vec<Change>,
}

/// Whether a message is known to have been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SendStatus {
    /// Nothing is known.
    Unknown,
    /// It was.
    Succeeded,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switches_decide_what_becomes_of_a_message() {
        let way = |off: &[&str]| Way::of(&off.iter().map(|key| ((*key).to_owned(), false)).collect::<Vec<_>>());
        assert_eq!(way(&[]), Way::Log);
        assert_eq!(way(&[option::UNREAD_COUNT, option::OFFLINE_PUSH, option::IS_SEND_MSG]), Way::Log);
        assert_eq!(way(&[option::HISTORY]), Way::Passing);
        assert_eq!(way(&[option::PERSISTENT]), Way::Passing);
        assert_eq!(way(&[option::IS_NOT_NOTIFICATION, option::HISTORY]), Way::Notice);
    }
}
