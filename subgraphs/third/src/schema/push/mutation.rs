//! What can be changed about offline push.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use openim_core::UserId;
use openim_graphql::{Long, Platform, admin_only, caller};

use super::{PushDelivery, PushProviderName, PushToken};
use crate::model::RegisterToken;
use crate::service::Pushes;

#[derive(Default)]
pub(crate) struct PushMutation;

#[Object]
impl PushMutation {
    /// Lets a device of one's own be told while it is offline, by the token that a provider gave it. A user has one token a
    /// device class and provider; a device belongs to who registered it last. For app administrators, anybody's.
    async fn register_push_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device.")] input: RegisterPushTokenInput,
    ) -> Result<RegisterPushTokenPayload> {
        let command = RegisterToken {
            user: input.user_id.map(|id| UserId::parse(id.0)).transpose()?,
            platform: input.platform.to_core()?.number(),
            provider: input.provider.into(),
            token: input.token,
            expires_in_seconds: input.expires_in_seconds.map_or(0, |seconds| seconds.0),
        };
        let token = ctx.data::<Pushes>()?.register(caller(ctx)?, command).await?;
        Ok(RegisterPushTokenPayload { push_token: PushToken(token) })
    }

    /// Lets a device of one's own be told no more, as it logs out. For app administrators, anybody's.
    async fn remove_push_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which device.")] input: RemovePushTokenInput,
    ) -> Result<RemovePushTokenPayload> {
        let user = input.user_id.map(|id| UserId::parse(id.0)).transpose()?;
        let provider = input.provider.map(Into::into);
        let removed = ctx.data::<Pushes>()?.unregister(caller(ctx)?, user, input.platform.to_core()?, provider).await?;
        Ok(RemovePushTokenPayload { removed: i32::try_from(removed).unwrap_or(i32::MAX) })
    }

    /// Says how much one has unread: the number on the icon, from which pushes count on. For app administrators, anybody's.
    async fn set_app_badge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number.")] input: SetAppBadgeInput,
    ) -> Result<SetAppBadgePayload> {
        let user = input.user_id.map(|id| UserId::parse(id.0)).transpose()?;
        let app_badge = ctx.data::<Pushes>()?.set_badge(caller(ctx)?, user, input.unread_count).await?;
        Ok(SetAppBadgePayload { app_badge })
    }

    /// Pushes a text to all devices of a user that the provider knows, online or not. None of them is no failure.
    #[graphql(directive = admin_only::apply())]
    async fn send_test_push(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To whom, and what.")] input: SendTestPushInput,
    ) -> Result<SendTestPushPayload> {
        let user = UserId::parse(input.user_id.0)?;
        let deliveries = ctx.data::<Pushes>()?.send_test(caller(ctx)?, user, input.title, input.body).await?;
        Ok(SendTestPushPayload { deliveries: deliveries.into_iter().map(PushDelivery).collect() })
    }

    /// Sends a push that was given up once more, with a full number of attempts. One that waits is sent at once.
    #[graphql(directive = admin_only::apply())]
    async fn retry_push_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which push.")] input: RetryPushDeliveryInput,
    ) -> Result<RetryPushDeliveryPayload> {
        let delivery = ctx.data::<Pushes>()?.retry(caller(ctx)?, &input.id).await?;
        Ok(RetryPushDeliveryPayload { delivery: PushDelivery(delivery) })
    }
}

/// A device that wants to be told while it is offline.
#[derive(InputObject)]
pub(crate) struct RegisterPushTokenInput {
    /// The device class.
    platform: Platform,
    /// The provider that gave the token: one that knows devices by tokens.
    provider: PushProviderName,
    /// The token, at most 4,096 bytes.
    token: String,
    /// For how long it is used; for ever when absent or 0.
    expires_in_seconds: Option<Long>,
    /// Whose device, for app administrators.
    user_id: Option<ID>,
}

/// A device that can be told.
#[derive(SimpleObject)]
pub(crate) struct RegisterPushTokenPayload {
    /// The device.
    push_token: PushToken,
}

/// A device that is told no more.
#[derive(InputObject)]
pub(crate) struct RemovePushTokenInput {
    /// The device class.
    platform: Platform,
    /// Only the token of this provider; of all when absent.
    provider: Option<PushProviderName>,
    /// Whose device, for app administrators.
    user_id: Option<ID>,
}

/// What was forgotten.
#[derive(SimpleObject)]
pub(crate) struct RemovePushTokenPayload {
    /// How many tokens.
    removed: i32,
}

/// A number on the icon.
#[derive(InputObject)]
pub(crate) struct SetAppBadgeInput {
    /// How much is unread.
    unread_count: i32,
    /// Whose icon, for app administrators.
    user_id: Option<ID>,
}

/// The number on the icon.
#[derive(SimpleObject)]
pub(crate) struct SetAppBadgePayload {
    /// The number.
    app_badge: i32,
}

/// A push to try things out.
#[derive(InputObject)]
pub(crate) struct SendTestPushInput {
    /// To whom.
    user_id: ID,
    /// The headline, at most 200 characters.
    title: String,
    /// The text, at most 1,000 characters.
    body: String,
}

/// What a test led to.
#[derive(SimpleObject)]
pub(crate) struct SendTestPushPayload {
    /// A push for each device, waiting.
    deliveries: Vec<PushDelivery>,
}

/// Which push is sent once more.
#[derive(InputObject)]
pub(crate) struct RetryPushDeliveryInput {
    /// The push's id.
    id: ID,
}

/// A push that is sent once more.
#[derive(SimpleObject)]
pub(crate) struct RetryPushDeliveryPayload {
    /// The push, waiting again.
    delivery: PushDelivery,
}
