//! The token's text: a JWT with OpenIM's claims, signed with the configured secret.
//!
//! Times are checked against our own clock, without leeway. A token is good only if it is stored as well: that is the
//! session service's and the authenticator's work.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use openim_core::{Ctx, Error, ErrorCode, Platform, Result, Timestamp, UserId};
use openim_platform::config::{Known, Secret, SigningSecrets};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::{IssuedToken, TokenFacts};

/// Longer texts are not looked at; ours have about 300 bytes.
const MAX_TOKEN_BYTES: usize = 4 * 1024;
/// OpenIM dates tokens back, so that a verifier whose clock is a little slow takes them.
const ISSUED_BEFORE: Duration = Duration::from_secs(5);

/// How often is looked for a secret that another process has made.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    #[serde(rename = "UserID")]
    user_id: String,
    #[serde(rename = "PlatformID")]
    platform: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(default)]
    iat: i64,
    /// Makes two logins in one second differ. Tokens of OpenIM have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
}

/// Signs with the newest secret, and reads what it or one of those before has signed.
pub(crate) struct TokenCodec {
    secrets: SigningSecrets,
    keys: RwLock<Arc<Keys>>,
    validation: Validation,
    /// When it was looked last whether another process has exchanged the secret, in milliseconds.
    looked_at: AtomicI64,
}

/// The keys of the secrets that were known at some time.
struct Keys {
    of: Arc<Known>,
    signing: EncodingKey,
    /// The newest first, each with the end of its time.
    verifying: Vec<(DecodingKey, Option<Timestamp>)>,
}

impl Keys {
    fn new(of: Arc<Known>) -> Self {
        let key = |secret: &Secret| DecodingKey::from_secret(secret.expose().as_bytes());
        let previous = of.previous.iter().map(|old| (key(&old.secret), old.until));
        Self {
            signing: EncodingKey::from_secret(of.current.expose().as_bytes()),
            verifying: std::iter::once((key(&of.current), None)).chain(previous).collect(),
            of,
        }
    }
}

impl TokenCodec {
    pub(crate) fn new(secrets: SigningSecrets) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // The library would ask the machine's clock; we ask ours.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let keys = RwLock::new(Arc::new(Keys::new(secrets.known())));
        Self { secrets, keys, validation, looked_at: AtomicI64::new(i64::MIN) }
    }

    fn keys(&self) -> Arc<Keys> {
        let known = self.secrets.known();
        let keys = self.keys.read().clone();
        if Arc::ptr_eq(&keys.of, &known) {
            return keys;
        }
        let keys = Arc::new(Keys::new(known));
        *self.keys.write() = keys.clone();
        keys
    }

    /// Makes a token that ends after `lifetime`, or never.
    pub(crate) fn sign(&self, ctx: &Ctx, user_id: &UserId, platform: Platform, lifetime: Option<Duration>) -> Result<IssuedToken> {
        let now = ctx.now();
        let exp = lifetime.map(|lifetime| now.plus(lifetime).seconds());
        let claims = Claims {
            user_id: user_id.to_string(),
            platform: platform.number(),
            exp,
            nbf: None,
            iat: now.minus(ISSUED_BEFORE).seconds(),
            jti: Some(ctx.ids().hex32()),
        };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &self.keys().signing).map_err(Error::internal)?;
        let expires_in_seconds = lifetime.map_or(0, |lifetime| i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX));
        Ok(IssuedToken { token, expires_in_seconds, expires_at: exp.map(at_second) })
    }

    /// Reads a token as [`TokenCodec::read`] does. What no secret fits is looked at once more if another process has exchanged
    /// the secret meanwhile.
    pub(crate) async fn read_patiently(&self, token: &str, now: Timestamp) -> Result<TokenFacts> {
        match self.read(token, now) {
            Err(error) if error.code() == ErrorCode::TokenUnknown && self.look_again(now).await => self.read(token, now),
            result => result,
        }
    }

    /// Looks for an exchanged secret, at most once in a while: whoever forges tokens must not make us read files.
    async fn look_again(&self, now: Timestamp) -> bool {
        let before = self.looked_at.load(Ordering::Relaxed);
        if before > now.minus(LOOK_AGAIN).0 || self.looked_at.compare_exchange(before, now.0, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return false;
        }
        self.secrets.refresh().await.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "the kept secret cannot be read");
            false
        })
    }

    /// Reads a token and checks its form, signature and times, in this order.
    pub(crate) fn read(&self, token: &str, now: Timestamp) -> Result<TokenFacts> {
        if token.is_empty() {
            return Err(Error::new(ErrorCode::Args, "the token is empty"));
        }
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Error::from(ErrorCode::TokenMalformed));
        }
        let claims = self.claims(token, now)?;
        let (Ok(user_id), Ok(platform)) = (UserId::parse(claims.user_id), Platform::parse(claims.platform)) else {
            return Err(Error::from(ErrorCode::TokenMalformed));
        };
        if claims.exp.is_some_and(|exp| now >= at_second(exp)) {
            return Err(Error::from(ErrorCode::TokenExpired));
        }
        if claims.nbf.is_some_and(|nbf| now < at_second(nbf)) {
            return Err(Error::from(ErrorCode::TokenNotValidYet));
        }
        Ok(TokenFacts { user_id, platform, expires_at: claims.exp.map(at_second) })
    }
}

impl TokenCodec {
    fn claims(&self, token: &str, now: Timestamp) -> Result<Claims> {
        let keys = self.keys();
        let mut unknown = Error::from(ErrorCode::TokenUnknown);
        for (key, until) in &keys.verifying {
            if until.is_some_and(|until| until <= now) {
                continue;
            }
            match decode::<Claims>(token, key, &self.validation).map_err(refused) {
                Ok(data) => return Ok(data.claims),
                Err(error) if error.code() == ErrorCode::TokenUnknown => unknown = error,
                Err(error) => return Err(error),
            }
        }
        Err(unknown)
    }
}

/// Returns what is stored of a token.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Compares a secret from outside with ours in constant time; hashing first hides the length too.
pub(crate) fn same_secret(given: &str, ours: &str) -> bool {
    use subtle::ConstantTimeEq;
    Sha256::digest(given.as_bytes()).ct_eq(&Sha256::digest(ours.as_bytes())).into()
}

fn at_second(seconds: i64) -> Timestamp {
    Timestamp(seconds.saturating_mul(1_000))
}

fn refused(error: jsonwebtoken::errors::Error) -> Error {
    let code = match error.kind() {
        ErrorKind::InvalidToken | ErrorKind::Base64(_) | ErrorKind::Json(_) | ErrorKind::Utf8(_) => ErrorCode::TokenMalformed,
        _ => ErrorCode::TokenUnknown,
    };
    Error::from(code).with_source(error)
}

#[cfg(test)]
mod tests {
    use openim_core::{Actor, ManualClock, OperationId, Runtime, SequentialIds};

    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_500);

    fn ctx() -> Ctx {
        let runtime = Runtime { clock: Arc::new(ManualClock::new(NOW)), ids: Arc::new(SequentialIds::default()) };
        Ctx::new(runtime, Actor::System, OperationId::parse("op").unwrap(), NOW.plus(Duration::from_secs(5)))
    }

    fn codec() -> TokenCodec {
        TokenCodec::new(SigningSecrets::configured(Secret::new("secret"), "a test"))
    }

    fn signed(claims: &serde_json::Value, algorithm: Algorithm, secret: &str) -> String {
        encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    }

    fn code(token: &str, now: Timestamp) -> ErrorCode {
        codec().read(token, now).unwrap_err().code()
    }

    #[test]
    fn two_tokens_of_one_second_differ_and_carry_openims_claims() {
        let codec = codec();
        let (ctx, alice, ios) = (ctx(), UserId::parse("alice").unwrap(), Platform::parse(1).unwrap());
        let first = codec.sign(&ctx, &alice, ios, Some(Duration::from_secs(60))).unwrap();
        let second = codec.sign(&ctx, &alice, ios, Some(Duration::from_secs(60))).unwrap();
        assert_ne!(first.token, second.token);
        assert_eq!((first.expires_in_seconds, first.expires_at), (60, Some(Timestamp(1_700_000_060_000))));
        let claims: serde_json::Value = jsonwebtoken::dangerous::insecure_decode(&first.token).unwrap().claims;
        assert_eq!(claims["UserID"], "alice");
        assert_eq!(claims["PlatformID"], 1);
        assert_eq!(claims["exp"], 1_700_000_060);
        assert_eq!(claims["iat"], 1_699_999_995);
    }

    #[test]
    fn a_token_ends_exactly_at_its_second() {
        let codec = codec();
        let token = codec.sign(&ctx(), &UserId::parse("alice").unwrap(), Platform::WEB, Some(Duration::from_secs(1))).unwrap().token;
        assert!(codec.read(&token, Timestamp(1_700_000_000_999)).is_ok());
        assert_eq!(code(&token, Timestamp(1_700_000_001_000)), ErrorCode::TokenExpired);
    }

    #[test]
    fn each_defect_has_its_code() {
        let claims = serde_json::json!({"UserID": "alice", "PlatformID": 5, "exp": 1_800_000_000_i64, "iat": 0});
        let good = signed(&claims, Algorithm::HS256, "secret");
        assert!(codec().read(&good, NOW).is_ok());
        assert_eq!(code("", NOW), ErrorCode::Args);
        for malformed in ["x", "a.b", "a.b.c", "...", &"x".repeat(5_000), &good.replace('.', "!")] {
            assert_eq!(code(malformed, NOW), ErrorCode::TokenMalformed, "{malformed}");
        }
        assert_eq!(code(&signed(&claims, Algorithm::HS256, "other"), NOW), ErrorCode::TokenUnknown);
        assert_eq!(code(&signed(&claims, Algorithm::HS512, "secret"), NOW), ErrorCode::TokenUnknown);
        let old = serde_json::json!({"UserID": "alice", "PlatformID": 5, "exp": 1, "iat": 0});
        assert_eq!(code(&signed(&old, Algorithm::HS256, "secret"), NOW), ErrorCode::TokenExpired);
        assert_eq!(code(&signed(&old, Algorithm::HS256, "other"), NOW), ErrorCode::TokenUnknown, "a forged token is told nothing");
        let early = serde_json::json!({"UserID": "alice", "PlatformID": 5, "nbf": 1_800_000_000_i64, "iat": 0});
        assert_eq!(code(&signed(&early, Algorithm::HS256, "secret"), NOW), ErrorCode::TokenNotValidYet);
        for bad in [serde_json::json!({"UserID": "a:b", "PlatformID": 5}), serde_json::json!({"UserID": "a", "PlatformID": 12})] {
            assert_eq!(code(&signed(&bad, Algorithm::HS256, "secret"), NOW), ErrorCode::TokenMalformed);
        }
    }

    #[test]
    fn only_the_same_secret_is_the_same() {
        assert!(same_secret("secret", "secret"));
        for other in ["", "secre", "secrets", "Secret"] {
            assert!(!same_secret(other, "secret"));
        }
    }
}
