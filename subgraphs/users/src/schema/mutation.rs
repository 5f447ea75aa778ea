//! What can be changed.

use async_graphql::{Context, Object, Result};
use openim_graphql::{admin_only, caller};

use super::inputs::{CreateAdminTokenInput, CreateUserTokenInput, RegisterUsersInput, RevokeSessionsInput, UpdateUserInput};
use super::types::{RegisterUsersPayload, RevokeSessionsPayload, TokenPayload, UpdateUserPayload, User};
use crate::service::{Profiles, Sessions};

pub(crate) struct Mutation;

/// What can be changed.
#[Object]
impl Mutation {
    /// Registers users, all or none. Fails with `REGISTERED_ALREADY` when an id is taken.
    #[graphql(directive = admin_only::apply())]
    async fn register_users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new users.")] input: RegisterUsersInput,
    ) -> Result<RegisterUsersPayload> {
        let users = ctx.data::<Profiles>()?.register(caller(ctx)?, input.into()).await?;
        Ok(RegisterUsersPayload { users: users.into_iter().map(User).collect() })
    }

    /// Changes one's own profile; an app administrator may change anybody's.
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateUserInput,
    ) -> Result<UpdateUserPayload> {
        let user = ctx.data::<Profiles>()?.update(caller(ctx)?, input.into()).await?;
        Ok(UpdateUserPayload { user: User(user) })
    }

    /// Logs an app administrator in; needs no token. The administrator's older tokens stay good for five minutes.
    async fn create_admin_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The secret and the administrator.")] input: CreateAdminTokenInput,
    ) -> Result<TokenPayload> {
        Ok(ctx.data::<Sessions>()?.create_admin_token(caller(ctx)?, &input.secret, &input.user_id).await?.into())
    }

    /// Makes a token for a user. Older logins that the configured policy excludes end at once.
    #[graphql(directive = admin_only::apply())]
    async fn create_user_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user and the platform.")] input: CreateUserTokenInput,
    ) -> Result<TokenPayload> {
        let platform = input.platform.to_core()?;
        Ok(ctx.data::<Sessions>()?.create_user_token(caller(ctx)?, &input.user_id, platform).await?.into())
    }

    /// Ends all logins of a user on a platform: its tokens stop at once and its streams close.
    #[graphql(directive = admin_only::apply())]
    async fn revoke_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user and the platform.")] input: RevokeSessionsInput,
    ) -> Result<RevokeSessionsPayload> {
        let revoked = ctx.data::<Sessions>()?.revoke(caller(ctx)?, &input.user_id, input.platform.to_core()?).await?;
        Ok(RevokeSessionsPayload { revoked: i32::try_from(revoked).unwrap_or(i32::MAX) })
    }
}
