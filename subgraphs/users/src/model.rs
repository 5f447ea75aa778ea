//! What the domain is about: users, their profiles, and the tokens they are logged in with.

mod access;
mod own;
mod system;

use openim_core::{Platform, Timestamp, UserId};

pub(crate) use access::{Administrator, NewSecret, SecretPlace};
pub(crate) use own::{
    AddCommand, CommandKey, ConfigEntry, ConfigFilter, ConfigPage, ConfigPlace, ConfigValue, OnlinePage, RemoveConfig, SetConfig,
    UpdateCommand, UserCommand, UserPresence,
};
pub(crate) use system::{AddAccount, DayCount, RegistrationStatistics, UpdateAccount};

/// What kind of account a user is (OpenIM `appMangerLevel`). It grants no right by itself: who may administrate is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) enum UserLevel {
    /// An ordinary user.
    #[default]
    Ordinary,
    /// An ordinary user by OpenIM's other number.
    AppOrdinary,
    /// A system account; configured administrators are created with it.
    Admin,
    /// An account that only sends notifications.
    Notification,
    /// A robot.
    Robot,
}

impl UserLevel {
    /// Returns OpenIM's number.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Ordinary => 0,
            Self::AppOrdinary => 1,
            Self::Admin => 2,
            Self::Notification => 3,
            Self::Robot => 4,
        }
    }

    /// Returns the level of an OpenIM number; an unknown stored number reads as ordinary, which may do the least.
    pub(crate) fn from_number(number: i32) -> Self {
        match number {
            1 => Self::AppOrdinary,
            2 => Self::Admin,
            3 => Self::Notification,
            4 => Self::Robot,
            _ => Self::Ordinary,
        }
    }

    /// Tells whether the account may log in with a user token.
    pub(crate) fn may_log_in(self) -> bool {
        self < Self::Notification
    }
}

/// A registered user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// Who.
    pub(crate) id: UserId,
    /// The shown part.
    pub(crate) profile: Profile,
    /// What kind of account it is.
    pub(crate) level: UserLevel,
    /// OpenIM `globalRecvMsgOpt`: 0 receive, 1 receive nothing, 2 receive without offline push.
    pub(crate) receive_option: i32,
    /// When the user was registered.
    pub(crate) created_at: Timestamp,
}

/// What a user shows to others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Profile {
    /// Shown name.
    pub(crate) nickname: String,
    /// Address of the picture.
    pub(crate) face_url: String,
    /// Whatever the application keeps with the user.
    pub(crate) ex: String,
}

/// A user to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewUser {
    /// The wanted id, not checked yet.
    pub(crate) id: String,
    /// The profile.
    pub(crate) profile: Profile,
    /// The level.
    pub(crate) level: UserLevel,
    /// The receive option's number.
    pub(crate) receive_option: i32,
}

/// Registers users: all of them or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegisterUsers {
    /// The new users.
    pub(crate) users: Vec<NewUser>,
}

/// Changes a profile. `None` keeps what is stored, an empty text clears it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct UpdateUser {
    /// Whose, not checked yet.
    pub(crate) id: String,
    /// The new shown name.
    pub(crate) nickname: Option<String>,
    /// The new picture.
    pub(crate) face_url: Option<String>,
    /// The new application data.
    pub(crate) ex: Option<String>,
    /// The new receive option's number.
    pub(crate) receive_option: Option<i32>,
    /// Whether an empty text and the option 0 keep what is stored, too (OpenIM's older `update_user_info`).
    pub(crate) empty_keeps: bool,
}

impl UpdateUser {
    /// Returns what `user` becomes.
    pub(crate) fn apply(&self, user: &User) -> User {
        let given = |new: &String| !(self.empty_keeps && new.is_empty());
        let keep = |new: &Option<String>, old: &String| new.as_ref().filter(|new| given(new)).unwrap_or(old).clone();
        User {
            profile: Profile {
                nickname: keep(&self.nickname, &user.profile.nickname),
                face_url: keep(&self.face_url, &user.profile.face_url),
                ex: keep(&self.ex, &user.profile.ex),
            },
            receive_option: self.receive_option.filter(|new| !(self.empty_keeps && *new == 0)).unwrap_or(user.receive_option),
            ..user.clone()
        }
    }
}

/// Which users a list shows. Texts are found anywhere in the id or name, whatever their case; several are alternatives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct UserFilter {
    /// Text in the id.
    pub(crate) id: Option<String>,
    /// Text in the shown name.
    pub(crate) nickname: Option<String>,
    /// Of which levels.
    pub(crate) levels: Levels,
    /// The whole id or the whole name.
    pub(crate) exact: Option<Exact>,
    /// Who is left out.
    pub(crate) without: Vec<UserId>,
}

/// A set of levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Levels {
    /// All.
    #[default]
    All,
    /// 0 and 1.
    Ordinary,
    /// Those that cannot log in: 3 and above.
    Notification,
    /// One of those that cannot log in; any other one has nobody.
    NotificationOnly(UserLevel),
}

/// What must be equal as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Exact {
    /// The id.
    Id(String),
    /// The shown name.
    Nickname(String),
}

/// A place in the list of users, which is in order of registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserCursor {
    /// The user's registration time.
    pub(crate) created_at: Timestamp,
    /// The user's id: the order of those registered together.
    pub(crate) id: UserId,
}

/// One page of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserPage {
    /// The users.
    pub(crate) users: Vec<User>,
    /// Whether more follow.
    pub(crate) has_next: bool,
    /// Whether some precede.
    pub(crate) has_previous: bool,
}

/// One page of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserIdPage {
    /// The ids.
    pub(crate) ids: Vec<UserId>,
    /// How many users there are.
    pub(crate) total: u64,
}

/// Which devices exclude each other under login policy 4 (constants.json, `platform_classes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TerminalClass {
    /// iOS and Android phones.
    Mobile,
    /// Windows, macOS and Linux.
    Pc,
    /// Tablets.
    Pad,
    /// A class of its own: Web, mini programs, administrators, HarmonyOS.
    Single(Platform),
}

impl TerminalClass {
    /// Returns the class of a platform.
    pub(crate) fn of(platform: Platform) -> Self {
        match platform.number() {
            1 | 2 => Self::Mobile,
            3 | 4 | 7 => Self::Pc,
            8 | 9 => Self::Pad,
            _ => Self::Single(platform),
        }
    }
}

/// Whether a stored token is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TokenStatus {
    /// Good until it expires (OpenIM 0).
    Normal,
    /// Revoked by a forced logout or by another login (OpenIM 2).
    Kicked,
}

/// What is stored of a token: never the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredToken {
    /// The row's number: a later login has a higher one.
    pub(crate) id: i64,
    /// SHA-256 of the token, hex.
    pub(crate) hash: String,
    /// Whose.
    pub(crate) user_id: UserId,
    /// On which platform.
    pub(crate) platform: Platform,
    /// Whether it is good.
    pub(crate) status: TokenStatus,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// Until when it is accepted, `None` for ever.
    pub(crate) expires_at: Option<Timestamp>,
}

/// A token to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewToken {
    /// SHA-256 of the token, hex.
    pub(crate) hash: String,
    /// Whose.
    pub(crate) user_id: UserId,
    /// On which platform.
    pub(crate) platform: Platform,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// Until when it is accepted, `None` for ever.
    pub(crate) expires_at: Option<Timestamp>,
}

/// A token as its owner gets it, once.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct IssuedToken {
    /// The token.
    pub(crate) token: String,
    /// Its lifetime in seconds, 0 when it never expires.
    pub(crate) expires_in_seconds: i64,
    /// When it ends, `None` when it never does.
    pub(crate) expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenFacts {
    /// Whose it is.
    pub(crate) user_id: UserId,
    /// For which platform.
    pub(crate) platform: Platform,
    /// When it ends, `None` when it never does.
    pub(crate) expires_at: Option<Timestamp>,
}

/// Whether an id is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccountStatus {
    /// The id as it was asked.
    pub(crate) user_id: String,
    /// Whether somebody has it.
    pub(crate) registered: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_openims_numbers() {
        for number in 0..=4 {
            assert_eq!(UserLevel::from_number(number).number(), number);
        }
        assert!(UserLevel::Admin.may_log_in());
        assert!(!UserLevel::Notification.may_log_in());
        assert!(!UserLevel::Robot.may_log_in());
    }
}
