//! What is sent, and to whom.

use std::fmt;

use openim_core::{Platform, UserId};

/// One notification for all its targets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushRequest {
    /// The first line. Providers' limits are kept by shortening.
    pub title: String,
    /// The text.
    pub body: String,
    /// What the app gets besides; empty for nothing.
    pub ex: String,
    /// The sound on iOS; empty for none.
    pub sound: String,
    /// Whether the number on the app's icon counts up, where the provider counts.
    pub count_badge: bool,
    /// The message's id; empty when there is none.
    pub client_message_id: String,
    /// The operation that caused it.
    pub operation_id: String,
    /// Whether the apps are those of the store (`true`) or of developers, for Apple's two services.
    pub production: bool,
    /// Who gets it.
    pub targets: Vec<Target>,
}

/// One receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Where it is reached.
    pub address: Address,
    /// The number on the app's icon, where we count; `None` leaves it alone.
    pub badge: Option<u32>,
}

impl Target {
    /// Makes the target of one device.
    pub fn device(platform: Platform, token: impl Into<String>, badge: Option<u32>) -> Self {
        Self { address: Address::Device { platform, token: token.into() }, badge }
    }

    /// Makes the target of one user, on whatever devices the provider knows.
    pub fn alias(user: UserId) -> Self {
        Self { address: Address::Alias(user), badge: None }
    }
}

/// Where a receiver is reached. Debug does not show tokens.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// One app on one device.
    Device {
        /// The device's kind.
        platform: Platform,
        /// The provider's token for it.
        token: String,
    },
    /// All devices that are bound to a user at the provider.
    Alias(UserId),
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device { platform, token } => write!(f, "Device({platform:?}, {} bytes)", token.len()),
            Self::Alias(user) => f.debug_tuple("Alias").field(user).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_shown() {
        let shown = format!("{:?}", Target::device(Platform::WEB, "c0ffee", None));
        assert!(!shown.contains("c0ffee") && shown.contains("6 bytes"), "{shown}");
    }
}
