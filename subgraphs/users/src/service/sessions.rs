//! Logging in, logging out, and what a token says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use openim_contracts::{Audience, SessionsRevoked, Signal, SignalKind};
use openim_core::{Ctx, Error, ErrorCode, Platform, Result, Timestamp, UserId};
use openim_platform::limits::Attempts;
use openim_platform::store::{Store, Tx};
use openim_platform::webhooks::Webhooks;

use crate::cache::TokenStates;
use crate::error::UserError;
use crate::hooks;
use crate::model::{IssuedToken, NewToken, StoredToken, TokenFacts, TokenStatus, User};
use crate::repository::{tokens, users};
use crate::settings::Rules;
use crate::token::{self, TokenCodec};

/// How long an administrator's older tokens stay good after a new one was made.
const ADMIN_GRACE: Duration = Duration::from_secs(5 * 60);

/// The use cases about tokens.
#[derive(Clone)]
pub(crate) struct Sessions {
    pub(super) store: Store,
    pub(super) rules: Arc<Rules>,
    codec: Arc<TokenCodec>,
    pub(super) states: TokenStates,
    attempts: Arc<Attempts>,
    webhooks: Webhooks,
}

impl Sessions {
    pub(crate) fn new(
        store: Store,
        rules: Arc<Rules>,
        codec: Arc<TokenCodec>,
        states: TokenStates,
        attempts: Arc<Attempts>,
        webhooks: Webhooks,
    ) -> Self {
        Self { store, rules, codec, states, attempts, webhooks }
    }

    /// Gives a configured administrator a token for the secret. Needs no token itself.
    pub(crate) async fn create_admin_token(&self, ctx: &Ctx, secret: &str, user_id: &str) -> Result<IssuedToken> {
        if user_id.is_empty() {
            return Err(Error::new(ErrorCode::Args, "a user id is required"));
        }
        self.attempts.check(ctx.origin()).await?;
        self.newest_secret().await;
        if !token::same_secret(secret, self.rules.secrets.known().current.expose()) {
            self.attempts.failed(ctx.origin()).await;
            return Err(UserError::WrongSecret.into());
        }
        let user_id = UserId::parse(user_id).map_err(|_| UserError::NotAnAdministrator)?;
        if !self.rules.admins.contains_key(&user_id) {
            return Err(UserError::NotAnAdministrator.into());
        }
        let tx = self.store.begin().await?;
        let user = users::find_and_lock(tx.connection(), &user_id).await?.ok_or(UserError::NotFound)?;
        let issued = self.issue(ctx, tx, &user, Platform::ADMIN).await?;
        // OpenIM's name; it means administrators only.
        metrics::counter!("user_login_total").increment(1);
        metrics::counter!("openim_tokens_issued_total", "kind" => "admin").increment(1);
        Ok(issued)
    }

    /// Gives an app administrator a token for a user, and ends the logins that exclude it.
    pub(crate) async fn create_user_token(&self, ctx: &Ctx, user_id: &str, platform: Platform) -> Result<IssuedToken> {
        ctx.require_admin()?;
        if platform == Platform::ADMIN {
            return Err(UserError::AdministratorToken.into());
        }
        let user_id = UserId::parse(user_id)?;
        if self.rules.admins.contains_key(&user_id) {
            return Err(UserError::AdministratorToken.into());
        }
        let tx = self.store.begin().await?;
        let user = users::find_and_lock(tx.connection(), &user_id).await?.ok_or(UserError::NotFound)?;
        if !user.level.may_log_in() {
            return Err(UserError::LevelCannotLogIn.into());
        }
        let issued = self.issue(ctx, tx, &user, platform).await?;
        metrics::counter!("openim_tokens_issued_total", "kind" => "user").increment(1);
        Ok(issued)
    }

    /// Ends all logins of a user on a platform, for an app administrator. Unknown users have none.
    pub(crate) async fn revoke(&self, ctx: &Ctx, user_id: &str, platform: Platform) -> Result<usize> {
        ctx.require_admin()?;
        let user_id = UserId::parse(user_id)?;
        let tx = self.store.begin().await?;
        // The lock orders this after a login that is being made now.
        users::find_and_lock(tx.connection(), &user_id).await?;
        let stored = tokens::of_user(tx.connection(), &user_id).await?;
        let now = ctx.now();
        let ended: Vec<&StoredToken> = stored.iter().filter(|token| token.platform == platform && is_good(token, now)).collect();
        if ended.is_empty() {
            return Ok(0);
        }
        self.kick(ctx, &tx, &user_id, &ended).await?;
        tx.commit().await?;
        self.states.forget(&hashes(ended.iter().copied())).await;
        Ok(ended.len())
    }

    /// Tells what a token says, to whoever has it. Fails with the code of what is wrong with it.
    pub(crate) async fn token_facts(&self, now: Timestamp, text: &str) -> Result<TokenFacts> {
        let facts = self.codec.read_patiently(text, now).await?;
        let state = self.states.get(&token::hash(text)).await?.ok_or(ErrorCode::TokenNotExist)?;
        if state.user_id != facts.user_id || state.platform != facts.platform {
            return Err(ErrorCode::TokenUnknown.into());
        }
        if state.kicked {
            return Err(ErrorCode::TokenKicked.into());
        }
        // Only an administrator's replaced token ends before its own time; then it is as good as never stored.
        if state.expires_at.is_some_and(|end| end <= now) {
            return Err(ErrorCode::TokenNotExist.into());
        }
        Ok(TokenFacts { expires_at: state.expires_at, ..facts })
    }

    /// Looks whether another process has exchanged the secret: the old one must not open any door.
    async fn newest_secret(&self) {
        if let Err(error) = self.rules.secrets.refresh().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the kept secret cannot be read");
        }
    }

    /// Stores a new token of the locked user and settles what becomes of the older ones.
    async fn issue(&self, ctx: &Ctx, tx: Tx, user: &User, platform: Platform) -> Result<IssuedToken> {
        let now = ctx.now();
        let issued = self.codec.sign(ctx, &user.id, platform, self.rules.token_lifetime)?;
        let stored = tokens::of_user(tx.connection(), &user.id).await?;
        let (live, gone): (Vec<_>, Vec<_>) = stored.into_iter().partition(|token| is_good(token, now));
        tokens::delete(tx.connection(), &ids(&gone)).await?;
        let mut changed = hashes(&gone);
        if platform == Platform::ADMIN {
            let end = now.plus(ADMIN_GRACE);
            let older: Vec<StoredToken> =
                live.into_iter().filter(|token| token.platform == platform && token.expires_at.is_none_or(|at| at > end)).collect();
            tokens::shorten(tx.connection(), &ids(&older), end).await?;
            changed.extend(hashes(&older));
        } else {
            let ended = self.rules.login_policy.ended_by(platform, &live);
            self.kick(ctx, &tx, &user.id, &ended).await?;
            changed.extend(hashes(ended));
        }
        let new = NewToken {
            hash: token::hash(&issued.token),
            user_id: user.id.clone(),
            platform,
            created_at: now,
            expires_at: issued.expires_at,
        };
        tokens::insert(tx.connection(), &new).await?;
        tx.commit().await?;
        self.states.forget(&changed).await;
        Ok(issued)
    }

    /// Marks tokens as kicked and announces it, platform by platform.
    pub(super) async fn kick(&self, ctx: &Ctx, tx: &Tx, user_id: &UserId, ended: &[&StoredToken]) -> Result<()> {
        tokens::kick(tx.connection(), &ended.iter().map(|token| token.id).collect::<Vec<_>>()).await?;
        let mut by_platform: BTreeMap<Platform, Vec<String>> = BTreeMap::new();
        for token in ended {
            by_platform.entry(token.platform).or_default().push(token.hash.clone());
        }
        for (platform, token_hashes) in by_platform {
            hooks::after_kick(&self.webhooks, ctx, tx, user_id, platform).await?;
            let user_id = user_id.clone();
            tx.append(ctx, &SessionsRevoked { user_id: user_id.clone(), platform, token_hashes: token_hashes.clone() }).await?;
            tx.signal(Signal {
                audience: Audience::Users(vec![user_id.clone()]),
                kind: SignalKind::SessionsRevoked { user_id, platform, token_hashes },
            });
        }
        Ok(())
    }
}

pub(super) fn is_good(token: &StoredToken, now: Timestamp) -> bool {
    token.status == TokenStatus::Normal && token.expires_at.is_none_or(|end| end > now)
}

fn ids(tokens: &[StoredToken]) -> Vec<i64> {
    tokens.iter().map(|token| token.id).collect()
}

pub(super) fn hashes<'a>(tokens: impl IntoIterator<Item = &'a StoredToken>) -> Vec<String> {
    tokens.into_iter().map(|token| token.hash.clone()).collect()
}
