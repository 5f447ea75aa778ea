//! Rules of offline push.

use openim_core::{Ctx, Result, UserId};
use openim_platform::presence::Connection;

use crate::error;
use crate::model::Provider;

/// The longest token, in bytes, and the longest life of one, in seconds.
const LONGEST_TOKEN: usize = 4_096;
const LONGEST_LIFE: i64 = 100 * 366 * 86_400;
/// The longest texts of a test, in characters.
const LONGEST_TITLE: usize = 200;
const LONGEST_BODY: usize = 1_000;

/// OpenIM's numbers of phones.
const IOS: i32 = 1;
const ANDROID: i32 = 2;

/// Returns the user who is acted for: oneself, or for administrators anybody.
pub(crate) fn own_or_named(ctx: &Ctx, named: Option<UserId>) -> Result<UserId> {
    match named {
        Some(user) => {
            ctx.require_self_or_admin(&user)?;
            Ok(user)
        }
        None => Ok(ctx.principal()?.user_id.clone()),
    }
}

/// Checks a token that is to be registered.
pub(crate) fn check_token(provider: Provider, token: &str, expires_in_seconds: i64) -> Result<()> {
    if !provider.has_tokens() {
        return Err(error::args("this provider knows users by their ids and needs no tokens"));
    }
    // Tokens of all providers are made of visible ASCII.
    if token.is_empty() || token.len() > LONGEST_TOKEN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(error::args("token must be a text of 1 to 4096 visible ASCII characters"));
    }
    if !(0..=LONGEST_LIFE).contains(&expires_in_seconds) {
        return Err(error::args("expiresInSeconds must be from 0, for ever, to a hundred years"));
    }
    Ok(())
}

/// Checks the texts of a test.
pub(crate) fn check_test(title: &str, body: &str) -> Result<()> {
    let fits = |text: &str, longest: usize| !text.trim().is_empty() && text.chars().count() <= longest && !text.contains('\0');
    if fits(title, LONGEST_TITLE) && fits(body, LONGEST_BODY) {
        Ok(())
    } else {
        Err(error::args("title and body must not be empty, and at most 200 and 1000 characters long"))
    }
}

/// Tells whether somebody sees messages on a phone: an iOS app in the background does not show them.
pub(crate) fn is_on_a_phone(open: &[Connection]) -> bool {
    open.iter().any(|connection| match connection.platform.number() {
        ANDROID => true,
        IOS => !connection.is_in_background(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use openim_core::Platform;
    use openim_platform::presence::background_id;

    use super::*;

    #[test]
    fn only_a_phone_in_the_foreground_keeps_a_push_away() -> Result<()> {
        let on =
            |platform: i32, id: &str| -> Result<Connection> { Ok(Connection { platform: Platform::parse(platform)?, id: id.to_owned() }) };
        assert!(!is_on_a_phone(&[]));
        assert!(!is_on_a_phone(&[on(5, "web")?, on(3, "windows")?, on(8, "tablet")?, on(9, "tablet")?]));
        assert!(is_on_a_phone(&[on(1, "a")?]));
        assert!(is_on_a_phone(&[on(2, "a")?]));
        assert!(!is_on_a_phone(&[on(1, &background_id("a"))?]), "iOS in the background");
        assert!(is_on_a_phone(&[on(1, &background_id("a"))?, on(1, "b")?]), "but another one is looked at");
        assert!(is_on_a_phone(&[on(2, &background_id("a"))?]), "Android goes on showing");
        Ok(())
    }

    #[test]
    fn tokens_are_bounded_and_for_providers_that_have_them() {
        assert!(check_token(Provider::Fcm, "abc:DEF-1_2", 0).is_ok());
        assert!(check_token(Provider::Apns, &"f".repeat(4_096), 60).is_ok());
        for (provider, token, life) in [
            (Provider::Getui, "abc", 0),
            (Provider::Jpush, "abc", 0),
            (Provider::Log, "abc", 0),
            (Provider::Fcm, "", 0),
            (Provider::Fcm, "two words", 0),
            (Provider::Fcm, "nul\0", 0),
            (Provider::Fcm, "abc", -1),
            (Provider::Fcm, "abc", i64::MAX),
        ] {
            assert!(check_token(provider, token, life).is_err(), "{provider:?} {token:?} {life}");
        }
        assert!(check_token(Provider::Fcm, &"f".repeat(4_097), 0).is_err());
    }
}
