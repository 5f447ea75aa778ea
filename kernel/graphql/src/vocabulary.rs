//! Words that several subgraphs use alike: the enums both sides of an entity name, the viewer's door, `@adminOnly`.
//!
//! A type that two subgraphs define must be the same in both, or the graph does not compose; hence one definition here.

use std::sync::Arc;

use async_graphql::{Enum, ID, TypeDirective};
use openim_core::{Ctx, Error, Result, UserId};

/// The device class a token, a connection or a message belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum Platform {
    /// iPhone (OpenIM 1).
    #[graphql(name = "IOS")]
    Ios,
    /// Android phone (OpenIM 2).
    #[graphql(name = "ANDROID")]
    Android,
    /// Windows desktop (OpenIM 3).
    #[graphql(name = "WINDOWS")]
    Windows,
    /// macOS desktop (OpenIM 4).
    #[graphql(name = "MACOS")]
    Macos,
    /// Browser (OpenIM 5).
    #[graphql(name = "WEB")]
    Web,
    /// Mini program in another app (OpenIM 6).
    #[graphql(name = "MINI_WEB")]
    MiniWeb,
    /// Linux desktop (OpenIM 7).
    #[graphql(name = "LINUX")]
    Linux,
    /// Android tablet (OpenIM 8).
    #[graphql(name = "ANDROID_PAD")]
    AndroidPad,
    /// iPad (OpenIM 9).
    #[graphql(name = "IPAD")]
    Ipad,
    /// An app administrator's token (OpenIM 10).
    #[graphql(name = "ADMIN")]
    Admin,
    /// HarmonyOS device (OpenIM 11).
    #[graphql(name = "HARMONY_OS")]
    HarmonyOs,
}

/// Each platform at the place of its OpenIM number minus one.
const PLATFORMS: [Platform; 11] = [
    Platform::Ios,
    Platform::Android,
    Platform::Windows,
    Platform::Macos,
    Platform::Web,
    Platform::MiniWeb,
    Platform::Linux,
    Platform::AndroidPad,
    Platform::Ipad,
    Platform::Admin,
    Platform::HarmonyOs,
];

impl Platform {
    /// Returns the platform of an OpenIM number, `None` outside 1 to 11.
    pub fn from_number(number: i32) -> Option<Self> {
        PLATFORMS.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
    }

    /// Returns the checked platform of the core vocabulary.
    ///
    /// # Errors
    /// None in practice: every value has its number.
    pub fn to_core(self) -> Result<openim_core::Platform> {
        let place = PLATFORMS.iter().position(|platform| *platform == self).unwrap_or_default();
        openim_core::Platform::parse(i32::try_from(place).unwrap_or_default() + 1)
    }
}

/// What a user wants to receive, of everybody or in one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum ReceiveOption {
    /// Receive, with offline push (OpenIM 0).
    Receive,
    /// Receive nothing: the sender's message is refused or not delivered (OpenIM 1).
    Refuse,
    /// Receive without offline push (OpenIM 2).
    Silent,
}

impl ReceiveOption {
    /// Returns the option of an OpenIM number; unknown stored numbers read as `RECEIVE`.
    pub fn from_number(number: i32) -> Self {
        match number {
            1 => Self::Refuse,
            2 => Self::Silent,
            _ => Self::Receive,
        }
    }

    /// Returns OpenIM's number.
    pub fn number(self) -> i32 {
        match self {
            Self::Receive => 0,
            Self::Refuse => 1,
            Self::Silent => 2,
        }
    }
}

/// What a conversation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
#[graphql(remote = "openim_core::ConversationKind")]
pub enum ConversationKind {
    /// Two people (OpenIM session type 1).
    Single,
    /// A group (OpenIM session type 3).
    Group,
    /// A system account writes to one user (OpenIM session type 4).
    System,
    /// A hidden stream of notifications (no OpenIM session type).
    Notification,
}

/// Marks what only app administrators may use. The service checks it again; the mark is for who reads the schema.
#[TypeDirective(name = "adminOnly", location = "FieldDefinition", location = "Object", composable = "https://specs.openim.dev/access/v1.0")]
pub fn admin_only() {}

/// Returns whose things `viewer(as:)` opens: the caller's own, or another user's for an app administrator.
///
/// # Errors
/// `UNAUTHENTICATED` without a token, `NO_PERMISSION` for a stranger, `ARGS_ERROR` for an `as` that is no user id.
pub fn viewer_id(ctx: &Ctx, as_user: Option<ID>) -> Result<UserId> {
    let Some(wanted) = as_user else {
        return Ok(ctx.principal()?.user_id.clone());
    };
    let wanted = UserId::parse(wanted.0)?;
    ctx.require_self_or_admin(&wanted)?;
    Ok(wanted)
}

/// Turns what a loader's batch failed with into an error of one of its fields.
pub fn loader_error(error: Arc<Error>) -> Error {
    Error::new(error.code(), error.message().to_owned()).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platform_numbers_are_openims() -> Result<()> {
        for number in 1..=11 {
            let platform = Platform::from_number(number);
            assert_eq!(platform.map(Platform::to_core).transpose()?.map(openim_core::Platform::number), Some(number));
        }
        assert_eq!(Platform::from_number(0), None);
        assert_eq!(Platform::from_number(12), None);
        assert_eq!(Platform::Admin.to_core()?, openim_core::Platform::ADMIN);
        Ok(())
    }
}
