//! What can be changed.

use async_graphql::{Context, Object, Result};
use openim_graphql::{admin_only, caller};

use super::access::{RotateSecretInput, RotateSecretPayload};
use super::inputs::{
    AddNotificationAccountInput, AddUserCommandInput, CreateAdminTokenInput, CreateUserTokenInput, RegisterUsersInput,
    RemoveClientConfigInput, RemoveUserCommandInput, RevokeSessionsInput, SetClientConfigInput, UpdateNotificationAccountInput,
    UpdateUserCommandInput, UpdateUserInput,
};
use super::types::{
    NotificationAccountPayload, RegisterUsersPayload, RemoveClientConfigPayload, RevokeSessionsPayload, SetClientConfigPayload,
    TokenPayload, UpdateUserPayload, User, UserCommandPayload,
};
use crate::service::{ClientConfig, Commands, Profiles, Sessions};

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

    /// Makes a new secret where the server keeps it itself, and shows it this one time. The old one opens no login any more.
    /// Fails with `ARGS_ERROR`, naming the place, when the secret is configured or shared.
    #[graphql(directive = admin_only::apply())]
    async fn rotate_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What becomes of logins.")] input: RotateSecretInput,
    ) -> Result<RotateSecretPayload> {
        Ok(ctx.data::<Sessions>()?.rotate_secret(caller(ctx)?, input.end_sessions).await?.into())
    }

    /// Adds a small entry, such as a favourite, for all of a user's devices. It may be repeated: what is there already under
    /// the same key is written over. A user has at most 1,000.
    async fn add_user_command(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The entry.")] input: AddUserCommandInput,
    ) -> Result<UserCommandPayload> {
        Ok(ctx.data::<Commands>()?.add(caller(ctx)?, input.into()).await?.into())
    }

    /// Changes an entry. Fails with `RECORD_NOT_FOUND` when it is not there.
    async fn update_user_command(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateUserCommandInput,
    ) -> Result<UserCommandPayload> {
        Ok(ctx.data::<Commands>()?.update(caller(ctx)?, input.into()).await?.into())
    }

    /// Removes an entry. Fails with `RECORD_NOT_FOUND` when it is not there.
    async fn remove_user_command(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entry.")] input: RemoveUserCommandInput,
    ) -> Result<UserCommandPayload> {
        let RemoveUserCommandInput { user_id, kind, uuid } = input;
        let user_id = user_id.as_ref().map(|id| id.as_str());
        Ok(ctx.data::<Commands>()?.remove(caller(ctx)?, user_id, kind, uuid.0).await?.into())
    }

    /// Sets values that clients are configured with, for everybody or for one user.
    #[graphql(directive = admin_only::apply())]
    async fn set_client_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The values.")] input: SetClientConfigInput,
    ) -> Result<SetClientConfigPayload> {
        let entries = ctx.data::<ClientConfig>()?.set(caller(ctx)?, input.into()).await?;
        Ok(SetClientConfigPayload { entries: entries.iter().map(Into::into).collect() })
    }

    /// Removes values that clients are configured with, everybody's or one user's.
    #[graphql(directive = admin_only::apply())]
    async fn remove_client_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which values.")] input: RemoveClientConfigInput,
    ) -> Result<RemoveClientConfigPayload> {
        let removed = ctx.data::<ClientConfig>()?.remove(caller(ctx)?, input.into()).await?;
        Ok(RemoveClientConfigPayload { removed: i32::try_from(removed).unwrap_or(i32::MAX) })
    }

    /// Adds an account that sends notifications and cannot log in.
    #[graphql(directive = admin_only::apply())]
    async fn add_notification_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: AddNotificationAccountInput,
    ) -> Result<NotificationAccountPayload> {
        let user = ctx.data::<Profiles>()?.add_account(caller(ctx)?, input.into()).await?;
        Ok(NotificationAccountPayload { user: User(user) })
    }

    /// Changes the name or the picture of a notification account.
    #[graphql(directive = admin_only::apply())]
    async fn update_notification_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateNotificationAccountInput,
    ) -> Result<NotificationAccountPayload> {
        let user = ctx.data::<Profiles>()?.update_account(caller(ctx)?, input.into()).await?;
        Ok(NotificationAccountPayload { user: User(user) })
    }
}
