//! Who administers the server, and the secret, in the graph.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use openim_graphql::{Long, admin_only, caller};

use super::loaders::load_user;
use super::types::User;
use crate::model;
use crate::service::Sessions;

pub(crate) struct Administrator(pub(super) model::Administrator);

/// Somebody who administers the server.
#[Object(directive = admin_only::apply())]
impl Administrator {
    /// The user's id.
    async fn user_id(&self) -> ID {
        ID::from(self.0.user_id.as_str())
    }

    /// The user; null when there is none of this id.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        load_user(ctx, self.0.user_id.as_str()).await
    }

    /// Whether the configuration (`auth.admin_user_ids`) names the user. Only these may log in as administrators; the level
    /// of the others alone lets them do nothing.
    async fn configured(&self) -> bool {
        self.0.configured
    }

    /// How many of the user's logins as administrator are good now.
    async fn logins(&self) -> Result<i32> {
        Ok(i32::try_from(self.0.logins).unwrap_or(i32::MAX))
    }
}

pub(crate) struct AccessReport(pub(super) model::SecretPlace);

/// The secret that administrators log in with and that signs every token, without the secret itself.
#[Object(directive = admin_only::apply())]
impl AccessReport {
    /// Whether the server made the secret and keeps it in its data folder.
    async fn secret_kept(&self) -> bool {
        self.0.kept
    }

    /// Where the secret is set: the file, the variable, the flag.
    async fn secret_origin(&self) -> &str {
        &self.0.origin
    }

    /// Whether `rotateSecret` can exchange it.
    async fn secret_rotatable(&self) -> bool {
        self.0.fixed.is_none()
    }

    /// Why it cannot be exchanged here; null when it can.
    async fn secret_fixed_because(&self) -> Option<&str> {
        self.0.fixed.as_deref()
    }

    /// How many older secrets have signed tokens that are still good.
    async fn previous_secrets(&self) -> i32 {
        i32::try_from(self.0.previous).unwrap_or(i32::MAX)
    }

    /// How many tokens are good now, of all users. Counted only when asked for.
    async fn good_tokens(&self, ctx: &Context<'_>) -> Result<Long> {
        let count = ctx.data::<Sessions>()?.count_tokens(caller(ctx)?).await?;
        Ok(Long(i64::try_from(count).unwrap_or(i64::MAX)))
    }
}

/// How the secret is exchanged.
#[derive(InputObject)]
pub(crate) struct RotateSecretInput {
    /// Whether every login of everybody ends, the caller's, too. Otherwise tokens that the old secret signed are good until
    /// they end.
    #[graphql(default)]
    pub(crate) end_sessions: bool,
}

/// The new secret. It is shown only here.
#[derive(SimpleObject)]
#[graphql(directive = admin_only::apply())]
pub(crate) struct RotateSecretPayload {
    /// The secret.
    secret: String,
    /// The file that it is kept in.
    kept_in: String,
    /// How many logins were ended.
    ended_sessions: Long,
}

impl From<model::NewSecret> for RotateSecretPayload {
    fn from(new: model::NewSecret) -> Self {
        let ended_sessions = Long(i64::try_from(new.ended).unwrap_or(i64::MAX));
        Self { secret: new.secret.expose().to_owned(), kept_in: new.kept_in, ended_sessions }
    }
}
