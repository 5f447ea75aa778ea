//! Who administers the server, and the secret that they log in with.

use std::collections::BTreeMap;

use openim_core::{Ctx, Error, ErrorCode, Platform, Result, Timestamp, UserId};

use super::sessions::{Sessions, hashes, is_good};
use crate::model::{Administrator, NewSecret, SecretPlace, StoredToken};
use crate::repository::{tokens, users};

/// The most administrators that are listed beside the configured ones.
const MOST_LISTED: u64 = 1_000;

/// Tokens that are looked at in one transaction.
const CHUNK: u64 = 500;

impl Sessions {
    /// Returns everybody who administers the server: those who are configured, in their order, then users of that level.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn administrators(&self, ctx: &Ctx) -> Result<Vec<Administrator>> {
        ctx.require_admin()?;
        let (db, now) = (self.store.read(), ctx.now());
        let mut found = Vec::new();
        for id in self.rules.admins.keys() {
            let logins =
                tokens::of_user(db, id).await?.iter().filter(|token| token.platform == Platform::ADMIN && is_good(token, now)).count();
            found.push(Administrator { user_id: id.clone(), configured: true, logins });
        }
        for id in users::ids_of_administrators(db, MOST_LISTED).await? {
            if !self.rules.admins.contains_key(&id) {
                found.push(Administrator { user_id: id, configured: false, logins: 0 });
            }
        }
        Ok(found)
    }

    /// Tells where the secret is and what depends on it.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn secret_place(&self, ctx: &Ctx) -> Result<SecretPlace> {
        ctx.require_admin()?;
        let secrets = &self.rules.secrets;
        let known = secrets.known();
        let now = ctx.now();
        Ok(SecretPlace {
            kept: secrets.kept_in().is_some(),
            origin: secrets.origin(),
            fixed: secrets.fixed(),
            previous: known.previous.iter().filter(|old| old.until.is_none_or(|until| until > now)).count(),
        })
    }

    /// Counts the tokens that are good now.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn count_tokens(&self, ctx: &Ctx) -> Result<u64> {
        ctx.require_admin()?;
        tokens::count_good(self.store.read(), ctx.now()).await
    }

    /// Makes a new secret where the server keeps it itself. Tokens that were signed by the old one stay good until they end,
    /// or all tokens end now.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` that says where the secret is set, when it is not kept by the server.
    pub(crate) async fn rotate_secret(&self, ctx: &Ctx, end_sessions: bool) -> Result<NewSecret> {
        ctx.require_admin()?;
        let secrets = &self.rules.secrets;
        if let Some(reason) = secrets.fixed() {
            return Err(Error::new(ErrorCode::Args, reason));
        }
        // A token lives as long as is configured now, or was configured when it was made: the longest one decides.
        let until = if end_sessions { None } else { Some(self.last_end(ctx).await?) };
        let secret = secrets.rotate(ctx.ids(), ctx.now(), until).await.map_err(Error::internal)?;
        tracing::warn!(sessions.ended = end_sessions, "the secret was exchanged");
        let ended = if end_sessions { self.end_all(ctx).await? } else { 0 };
        Ok(NewSecret { secret, kept_in: secrets.origin(), ended })
    }

    /// Returns when the last of today's tokens ends; `None` when one of them never does.
    async fn last_end(&self, ctx: &Ctx) -> Result<Option<Timestamp>> {
        let Some(lifetime) = self.rules.token_lifetime else { return Ok(None) };
        if tokens::any_without_end(self.store.read()).await? {
            return Ok(None);
        }
        let next = ctx.now().plus(lifetime);
        Ok(Some(tokens::last_end(self.store.read()).await?.map_or(next, |stored| stored.max(next))))
    }

    /// Ends every login, some of them in each transaction.
    async fn end_all(&self, ctx: &Ctx) -> Result<u64> {
        let mut ended = 0;
        let mut after = 0;
        loop {
            let tx = self.store.begin().await?;
            let some = tokens::good_after(tx.connection(), after, ctx.now(), CHUNK).await?;
            let Some(last) = some.last() else { return Ok(ended) };
            after = last.id;
            let mut by_user: BTreeMap<UserId, Vec<&StoredToken>> = BTreeMap::new();
            for token in &some {
                by_user.entry(token.user_id.clone()).or_default().push(token);
            }
            for (user, tokens) in &by_user {
                self.kick(ctx, &tx, user, tokens).await?;
            }
            tx.commit().await?;
            self.states.forget(&hashes(&some)).await;
            ended += u64::try_from(some.len()).unwrap_or(u64::MAX);
        }
    }
}
