//! Identifiers. Each is parsed once, at the edge; inside, an invalid value cannot exist.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorCode, IdSource, Result};

/// The longest id that is accepted from outside, in bytes. OpenIM sets none; unbounded ids make unbounded index rows.
pub const MAX_ID_BYTES: usize = 64;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $label:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and takes an id.
            ///
            /// # Errors
            /// `ARGS_ERROR` when it is empty, too long or has a character that is not allowed.
            pub fn parse(value: impl Into<String>) -> Result<Self> {
                let value = value.into();
                let valid: fn(&str) -> bool = $valid;
                if value.is_empty() || !valid(&value) {
                    return Err(Error::new(ErrorCode::Args, concat!($label, " is empty, too long or has a character that is not allowed")));
                }
                Ok(Self(value))
            }

            /// Returns the id's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(value: &str) -> Result<Self> {
                Self::parse(value)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(value: String) -> Result<Self> {
                Self::parse(value)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

fn word(value: &str) -> bool {
    value.len() <= MAX_ID_BYTES && value.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn printable(value: &str, max: usize) -> bool {
    value.len() <= max && !value.chars().any(char::is_control)
}

text_id! {
    /// A user (OpenIM `userID`): letters and digits of any script and `_` (rest.json, `/user/user_register`).
    UserId, "user id", word
}
text_id! {
    /// A group (OpenIM `groupID`): the same alphabet as [`UserId`].
    GroupId, "group id", word
}
text_id! {
    /// A client-made message id (OpenIM `clientMsgID`): the key that makes sending repeatable.
    ClientMessageId, "client message id", |value| printable(value, 128)
}
text_id! {
    /// The id that follows one request through every hop (OpenIM header `operationID`).
    OperationId, "operation id", |value| printable(value, 128)
}
text_id! {
    /// A conversation (OpenIM `conversationID`), made by [`ConversationId::single`] and friends or taken from a client.
    ConversationId, "conversation id", |value| {
        value.len() <= 2 * MAX_ID_BYTES + 4 && ConversationKind::of(value).is_some() && value.chars().all(|c| c.is_alphanumeric() || c == '_')
    }
}

impl OperationId {
    /// Makes an id for a request that came without one.
    pub fn fresh(ids: &dyn IdSource) -> Self {
        Self(ids.hex32())
    }
}

/// What a conversation id is for, told by its prefix (constants.json, `conversation_ids`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConversationKind {
    /// `si_`: two people, OpenIM session type 1.
    Single,
    /// `sg_`: a group, OpenIM session type 3.
    Group,
    /// `sn_`: a system account writes to one user, OpenIM session type 4.
    System,
    /// `n_`: the hidden stream of notifications that belongs to one of the above or to one user.
    Notification,
}

impl ConversationKind {
    /// Tells the kind from the id's prefix; `None` for an unknown one.
    pub fn of(id: &str) -> Option<Self> {
        let (prefix, rest) = id.split_once('_')?;
        if rest.is_empty() {
            return None;
        }
        match prefix {
            "si" => Some(Self::Single),
            "sg" => Some(Self::Group),
            "sn" => Some(Self::System),
            "n" => Some(Self::Notification),
            _ => None,
        }
    }

    /// Returns OpenIM's session type number; notification streams have none and give 0.
    pub fn session_type(self) -> i32 {
        match self {
            Self::Single => 1,
            Self::Group => 3,
            Self::System => 4,
            Self::Notification => 0,
        }
    }
}

impl ConversationId {
    /// The chat of two people; the order of the arguments does not matter.
    pub fn single(a: &UserId, b: &UserId) -> Self {
        Self::pair("si", a, b)
    }

    /// What a system account sends to one user.
    pub fn system(a: &UserId, b: &UserId) -> Self {
        Self::pair("sn", a, b)
    }

    /// The chat of a group.
    pub fn group(group: &GroupId) -> Self {
        Self(format!("sg_{group}"))
    }

    /// The user's own notification stream, `n_<id>_<id>`.
    pub fn own_notifications(user: &UserId) -> Self {
        Self::pair("n", user, user)
    }

    /// The notification stream that belongs to this conversation: the first piece replaced by `n`.
    #[must_use]
    pub fn notification_twin(&self) -> Self {
        let rest = self.0.split_once('_').map_or("", |(_, rest)| rest);
        Self(format!("n_{rest}"))
    }

    /// Tells what kind of conversation this is.
    pub fn kind(&self) -> ConversationKind {
        // The constructor checked the prefix; a stored id that lost it can only be read as a notification stream.
        ConversationKind::of(&self.0).unwrap_or(ConversationKind::Notification)
    }

    fn pair(prefix: &str, a: &UserId, b: &UserId) -> Self {
        let (first, second) = if a <= b { (a, b) } else { (b, a) };
        Self(format!("{prefix}_{first}_{second}"))
    }
}

/// The place of a message in its conversation's log: 1 is the first, no number is skipped or used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub i64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_conversation_id_is_sorted_bytewise() -> Result<()> {
        let (a, b) = (UserId::parse("bob")?, UserId::parse("Zoe")?);
        assert_eq!(ConversationId::single(&a, &b).as_str(), "si_Zoe_bob");
        assert_eq!(ConversationId::single(&a, &b), ConversationId::single(&b, &a));
        assert_eq!(ConversationId::single(&a, &b).notification_twin().as_str(), "n_Zoe_bob");
        Ok(())
    }

    #[test]
    fn ids_with_other_characters_are_refused() {
        for bad in ["", "a:b", "a b", "a/b", "a\n", &"x".repeat(65)] {
            assert!(UserId::parse(bad).is_err(), "{bad:?}");
        }
        assert!(UserId::parse("张三_1").is_ok());
        for bad in ["", "si", "si_", "xx_a_b", "a"] {
            assert!(ConversationId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
