//! Who may do what, what a profile may hold, and which logins exclude each other: pure functions over the model.

mod own;

use std::collections::{HashMap, HashSet};

use openim_core::{Actor, Ctx, Error, ErrorCode, Platform, Result, UserId};

use crate::error::{MAX_BATCH, UserError};
use crate::model::{AddAccount, NewUser, StoredToken, TerminalClass, UpdateAccount, UpdateUser};

pub(crate) use own::{check_add_command, check_command_key, check_command_type, check_keys, check_update_command, check_values, owner};

const MAX_NICKNAME_BYTES: usize = 255;
const MAX_FACE_URL_BYTES: usize = 2 * 1024;
const MAX_EX_BYTES: usize = 64 * 1024;

/// Passes everybody with a token: profiles are open to all users.
///
/// # Errors
/// `UNAUTHENTICATED` without a token.
pub(crate) fn may_read_users(ctx: &Ctx) -> Result<()> {
    match ctx.actor() {
        Actor::Anonymous => Err(Error::new(ErrorCode::Unauthenticated, "a token is required")),
        Actor::User(_) | Actor::System => Ok(()),
    }
}

/// Passes lists of at most [`MAX_BATCH`] items.
///
/// # Errors
/// `ARGS_ERROR` otherwise.
pub(crate) fn check_batch(length: usize) -> Result<()> {
    if length > MAX_BATCH { Err(UserError::TooMany.into()) } else { Ok(()) }
}

/// Passes a shown name, also an empty one.
///
/// # Errors
/// `ARGS_ERROR` when it is too long or has a NUL.
pub(crate) fn check_nickname(text: &str) -> Result<()> {
    check_text("nickname", text, MAX_NICKNAME_BYTES)
}

/// Checks a list of new users in OpenIM's order and returns their ids.
///
/// # Errors
/// `ARGS_ERROR` for an empty or too long list, a repeated or illegal id, a missing name, a text that does not fit.
pub(crate) fn check_new_users(users: &[NewUser]) -> Result<Vec<UserId>> {
    if users.is_empty() {
        return Err(UserError::EmptyList.into());
    }
    check_batch(users.len())?;
    if has_repeated(users.iter().map(|user| user.id.as_str())) {
        return Err(UserError::RepeatedId.into());
    }
    let ids = users.iter().map(|user| UserId::parse(user.id.as_str())).collect::<Result<Vec<_>>>()?;
    for user in users {
        if user.profile.nickname.is_empty() {
            return Err(UserError::NicknameRequired.into());
        }
        check_nickname(&user.profile.nickname)?;
        check_text("face url", &user.profile.face_url, MAX_FACE_URL_BYTES)?;
        check_text("ex", &user.profile.ex, MAX_EX_BYTES)?;
    }
    Ok(ids)
}

/// Checks the texts of a profile change.
///
/// # Errors
/// `ARGS_ERROR` when one does not fit.
pub(crate) fn check_update(update: &UpdateUser) -> Result<()> {
    check_nickname(update.nickname.as_deref().unwrap_or_default())?;
    check_text("face url", update.face_url.as_deref().unwrap_or_default(), MAX_FACE_URL_BYTES)?;
    check_text("ex", update.ex.as_deref().unwrap_or_default(), MAX_EX_BYTES)
}

/// Checks the texts of a new notification account, and that its level cannot log in.
///
/// # Errors
/// `ARGS_ERROR` when one does not fit.
pub(crate) fn check_new_account(account: &AddAccount) -> Result<()> {
    if account.nickname.is_empty() {
        return Err(UserError::NicknameRequired.into());
    }
    if account.level.may_log_in() {
        return Err(UserError::AccountLevel.into());
    }
    check_nickname(&account.nickname)?;
    check_text("face url", &account.face_url, MAX_FACE_URL_BYTES)
}

/// Checks a change of a notification account, which must change something.
///
/// # Errors
/// `ARGS_ERROR` when a text does not fit or none is given.
pub(crate) fn check_account_update(update: &UpdateAccount) -> Result<()> {
    let (nickname, face_url) = (update.nickname.as_deref().unwrap_or_default(), update.face_url.as_deref().unwrap_or_default());
    if nickname.is_empty() && face_url.is_empty() {
        return Err(UserError::NothingToChange.into());
    }
    check_nickname(nickname)?;
    check_text("face url", face_url, MAX_FACE_URL_BYTES)
}

/// Checks a search text.
///
/// # Errors
/// `ARGS_ERROR` when it is longer than any name.
pub(crate) fn check_search(text: &str) -> Result<()> {
    check_text("search text", text, MAX_NICKNAME_BYTES)
}

/// Tells whether an id comes twice.
pub(crate) fn has_repeated<'a>(mut ids: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = HashSet::new();
    ids.any(|id| !seen.insert(id))
}

fn check_text(what: &'static str, text: &str, max: usize) -> Result<()> {
    // PostgreSQL cannot store a NUL in a text.
    if text.len() > max || text.contains('\0') { Err(UserError::BadText(what).into()) } else { Ok(()) }
}

/// Which older logins end when a user logs in (OpenIM `multiLogin.policy`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginPolicy {
    /// 0: nobody is logged out, but each platform keeps only so many tokens.
    KeepAll {
        /// The most tokens of one platform, the new one counted.
        max_per_platform: usize,
    },
    /// 1: one login a platform.
    OnePerPlatform,
    /// 4: one login a terminal class.
    OnePerClass,
    /// 5: PCs stay; of everything else one login.
    PcAndOneOther,
}

impl LoginPolicy {
    /// Returns the policy of OpenIM's number, `None` for an unknown one.
    pub(crate) fn new(number: i32, max_per_platform: usize) -> Option<Self> {
        match number {
            0 => Some(Self::KeepAll { max_per_platform }),
            1 => Some(Self::OnePerPlatform),
            4 => Some(Self::OnePerClass),
            5 => Some(Self::PcAndOneOther),
            _ => None,
        }
    }

    /// Returns which of the good tokens end when one for `new` is made. `live` is newest first: of several the newest
    /// survives. Administrators' tokens never end here.
    pub(crate) fn ended_by(self, new: Platform, live: &[StoredToken]) -> Vec<&StoredToken> {
        let tokens = || live.iter().filter(|token| token.platform != Platform::ADMIN);
        match self {
            Self::KeepAll { max_per_platform } => {
                beyond(tokens(), |token| token.platform, |platform| max_per_platform.saturating_sub(usize::from(platform == new)))
            }
            Self::OnePerPlatform => beyond(tokens(), |token| token.platform, |platform| usize::from(platform != new)),
            Self::OnePerClass => {
                let new = TerminalClass::of(new);
                beyond(tokens(), |token| TerminalClass::of(token.platform), |class| usize::from(class != new))
            }
            Self::PcAndOneOther => {
                let others = || tokens().filter(|token| TerminalClass::of(token.platform) != TerminalClass::Pc);
                let kept = if TerminalClass::of(new) == TerminalClass::Pc {
                    others().find(|token| token.platform.number() == ANDROID).or_else(|| others().next())
                } else {
                    None
                };
                others().filter(|token| Some(token.id) != kept.map(|kept| kept.id)).collect()
            }
        }
    }
}

const ANDROID: i32 = 2;

/// Returns the tokens that are too many in their group, when the first ones of each group stay.
fn beyond<'a, K: Copy + Eq + std::hash::Hash>(
    tokens: impl Iterator<Item = &'a StoredToken>,
    group: impl Fn(&StoredToken) -> K,
    kept: impl Fn(K) -> usize,
) -> Vec<&'a StoredToken> {
    let mut seen: HashMap<K, usize> = HashMap::new();
    tokens
        .filter(|token| {
            let key = group(token);
            let count = seen.entry(key).or_default();
            *count += 1;
            *count > kept(key)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use openim_core::Timestamp;

    use super::*;
    use crate::model::TokenStatus;

    const IOS: i32 = 1;
    const WINDOWS: i32 = 3;
    const MACOS: i32 = 4;
    const WEB: i32 = 5;
    const IPAD: i32 = 9;
    const ADMIN: i32 = 10;
    const HARMONY: i32 = 11;

    /// Logs in on the platforms in turn (token 1, 2, ..), then on `new`; returns the numbers of the tokens that end.
    fn ended(policy: LoginPolicy, before: &[i32], new: i32) -> Vec<i64> {
        let mut live: Vec<_> = (1..)
            .zip(before)
            .map(|(id, platform)| StoredToken {
                id,
                hash: id.to_string(),
                user_id: UserId::parse("alice").unwrap(),
                platform: Platform::parse(*platform).unwrap(),
                status: TokenStatus::Normal,
                created_at: Timestamp(0),
                expires_at: None,
            })
            .collect();
        live.reverse();
        let mut ids: Vec<_> = policy.ended_by(Platform::parse(new).unwrap(), &live).iter().map(|token| token.id).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn policy_0_keeps_the_newest_of_each_platform_up_to_the_maximum() {
        let policy = LoginPolicy::KeepAll { max_per_platform: 2 };
        assert_eq!(ended(policy, &[IOS], IOS), [] as [i64; 0]);
        assert_eq!(ended(policy, &[IOS, IOS], IOS), [1]);
        assert_eq!(ended(policy, &[IOS, IOS, WEB, WEB, WEB], IOS), [1, 3]);
    }

    #[test]
    fn policy_1_ends_the_same_platform_and_trims_the_others_to_their_newest() {
        assert_eq!(ended(LoginPolicy::OnePerPlatform, &[IOS, WEB], IOS), [1]);
        assert_eq!(ended(LoginPolicy::OnePerPlatform, &[IOS, ANDROID], WEB), [] as [i64; 0]);
        assert_eq!(ended(LoginPolicy::OnePerPlatform, &[WEB, WEB, ANDROID], IOS), [1]);
    }

    #[test]
    fn policy_4_ends_the_same_class_and_trims_every_other_class() {
        assert_eq!(ended(LoginPolicy::OnePerClass, &[IOS, WINDOWS, WEB, IPAD], ANDROID), [1]);
        assert_eq!(ended(LoginPolicy::OnePerClass, &[WINDOWS, MACOS], IOS), [1]);
        assert_eq!(ended(LoginPolicy::OnePerClass, &[IOS], HARMONY), [] as [i64; 0]);
    }

    #[test]
    fn policy_5_keeps_pcs_and_one_other() {
        assert_eq!(ended(LoginPolicy::PcAndOneOther, &[WINDOWS, MACOS, IOS, WEB], IPAD), [3, 4]);
        assert_eq!(ended(LoginPolicy::PcAndOneOther, &[ANDROID, IOS, WINDOWS], MACOS), [2]);
        assert_eq!(ended(LoginPolicy::PcAndOneOther, &[IOS, WEB, WINDOWS], WINDOWS), [1]);
    }

    #[test]
    fn administrators_tokens_are_never_ended_by_a_policy() {
        for number in [0, 1, 4, 5] {
            let policy = LoginPolicy::new(number, 1).unwrap();
            assert_eq!(ended(policy, &[ADMIN, ADMIN], IOS), [] as [i64; 0], "policy {number}");
        }
        assert_eq!(LoginPolicy::new(2, 1), None);
    }
}
