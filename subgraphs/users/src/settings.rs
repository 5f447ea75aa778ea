//! What the operator decides: the secret, the administrators, how long and how many logins last.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use openim_core::UserId;
use openim_platform::config::SigningSecrets;
use thiserror::Error;

use crate::policy::LoginPolicy;

/// The settings of this subgraph as the configuration has them; [`UsersSettings::check`] says whether they fit.
#[derive(Clone)]
pub struct UsersSettings {
    /// Signs tokens and is the password of `createAdminToken`. There is no default.
    pub secrets: SigningSecrets,
    /// The ids of the app administrators.
    pub admin_ids: Vec<String>,
    /// Their shown names, one for each id.
    pub admin_nicknames: Vec<String>,
    /// How long a token lasts, in whole seconds; zero for ever.
    pub token_lifetime: Duration,
    /// OpenIM's `multiLogin.policy`: 0, 1, 4 or 5.
    pub login_policy: i32,
    /// How many tokens a user keeps on one platform under policy 0.
    pub max_per_platform: usize,
    /// How often expired tokens are deleted.
    pub cleanup_interval: Duration,
}

impl fmt::Debug for UsersSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsersSettings")
            .field("secrets", &self.secrets)
            .field("admin_ids", &self.admin_ids)
            .field("admin_nicknames", &self.admin_nicknames)
            .field("token_lifetime", &self.token_lifetime)
            .field("login_policy", &self.login_policy)
            .field("max_per_platform", &self.max_per_platform)
            .field("cleanup_interval", &self.cleanup_interval)
            .finish()
    }
}

/// Why settings do not fit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// There is no secret.
    #[error("the secret is empty")]
    NoSecret,
    /// The two lists do not match.
    #[error("there are {ids} administrator ids but {nicknames} administrator nicknames")]
    AdminLists {
        /// How many ids.
        ids: usize,
        /// How many names.
        nicknames: usize,
    },
    /// An administrator's id is illegal or comes twice.
    #[error("`{0}` is no user id or is listed twice among the administrators")]
    AdminId(String),
    /// An administrator's name does not fit.
    #[error("the nickname of administrator `{0}` is empty or too long")]
    AdminNickname(String),
    /// No such policy.
    #[error("{0} is no login policy; use 0, 1, 4 or 5")]
    LoginPolicy(i32),
    /// A number that must be positive is not.
    #[error("{0} must be greater than zero")]
    Zero(&'static str),
    /// Tokens count in whole seconds.
    #[error("the token lifetime must be whole seconds, at most 100 years, or zero for ever")]
    TokenLifetime,
}

/// Settings that fit, in the domain's types.
#[derive(Clone)]
pub(crate) struct Rules {
    pub(crate) secrets: SigningSecrets,
    pub(crate) admins: BTreeMap<UserId, String>,
    pub(crate) token_lifetime: Option<Duration>,
    pub(crate) login_policy: LoginPolicy,
    pub(crate) cleanup_interval: Duration,
}

const LONGEST_LIFETIME: Duration = Duration::from_secs(100 * 366 * 86_400);

impl UsersSettings {
    /// Checks everything that can be known before the start.
    ///
    /// # Errors
    /// The first setting that does not fit.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.rules().map(|_| ())
    }

    pub(crate) fn rules(&self) -> Result<Rules, SettingsError> {
        if self.secrets.known().current.is_empty() {
            return Err(SettingsError::NoSecret);
        }
        if self.token_lifetime.subsec_nanos() != 0 || self.token_lifetime > LONGEST_LIFETIME {
            return Err(SettingsError::TokenLifetime);
        }
        if self.cleanup_interval.is_zero() {
            return Err(SettingsError::Zero("the cleanup interval"));
        }
        let login_policy =
            LoginPolicy::new(self.login_policy, self.max_per_platform).ok_or(SettingsError::LoginPolicy(self.login_policy))?;
        if self.max_per_platform == 0 {
            return Err(SettingsError::Zero("the number of tokens on one platform"));
        }
        Ok(Rules {
            secrets: self.secrets.clone(),
            admins: self.admins()?,
            token_lifetime: (!self.token_lifetime.is_zero()).then_some(self.token_lifetime),
            login_policy,
            cleanup_interval: self.cleanup_interval,
        })
    }

    fn admins(&self) -> Result<BTreeMap<UserId, String>, SettingsError> {
        let (ids, nicknames) = (self.admin_ids.len(), self.admin_nicknames.len());
        if ids != nicknames {
            return Err(SettingsError::AdminLists { ids, nicknames });
        }
        let mut admins = BTreeMap::new();
        for (id, nickname) in self.admin_ids.iter().zip(&self.admin_nicknames) {
            let user_id = UserId::parse(id).map_err(|_| SettingsError::AdminId(id.clone()))?;
            if crate::policy::check_nickname(nickname).is_err() || nickname.is_empty() {
                return Err(SettingsError::AdminNickname(id.clone()));
            }
            if admins.insert(user_id, nickname.clone()).is_some() {
                return Err(SettingsError::AdminId(id.clone()));
            }
        }
        Ok(admins)
    }
}

#[cfg(test)]
mod tests {
    use openim_platform::config::Secret;

    use super::*;

    fn secrets(text: &str) -> SigningSecrets {
        SigningSecrets::configured(Secret::new(text), "a test")
    }

    fn good() -> UsersSettings {
        UsersSettings {
            secrets: secrets("s3cret"),
            admin_ids: vec!["imAdmin".into()],
            admin_nicknames: vec!["superAdmin".into()],
            token_lifetime: Duration::from_secs(60),
            login_policy: 1,
            max_per_platform: 30,
            cleanup_interval: Duration::from_secs(60),
        }
    }

    #[test]
    fn admin_lists_of_different_length_are_a_configuration_error() {
        let settings = UsersSettings { admin_nicknames: vec![], ..good() };
        assert_eq!(settings.check(), Err(SettingsError::AdminLists { ids: 1, nicknames: 0 }));
    }

    #[test]
    fn each_bad_setting_is_named() {
        let cases = [
            (UsersSettings { secrets: secrets(""), ..good() }, SettingsError::NoSecret),
            (UsersSettings { login_policy: 2, ..good() }, SettingsError::LoginPolicy(2)),
            (UsersSettings { max_per_platform: 0, ..good() }, SettingsError::Zero("the number of tokens on one platform")),
            (UsersSettings { token_lifetime: Duration::from_millis(1500), ..good() }, SettingsError::TokenLifetime),
            (UsersSettings { cleanup_interval: Duration::ZERO, ..good() }, SettingsError::Zero("the cleanup interval")),
            (UsersSettings { admin_ids: vec!["a:b".into()], ..good() }, SettingsError::AdminId("a:b".into())),
            (UsersSettings { admin_nicknames: vec![String::new()], ..good() }, SettingsError::AdminNickname("imAdmin".into())),
        ];
        for (settings, error) in cases {
            assert_eq!(settings.check(), Err(error));
        }
        assert_eq!(good().check(), Ok(()));
    }

    #[test]
    fn printing_settings_hides_the_secret() {
        assert!(!format!("{:?}", good()).contains("s3cret"));
    }
}
