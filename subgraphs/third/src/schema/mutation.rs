//! What can be changed.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use openim_graphql::{admin_only, caller};

use super::types::WebhookDelivery;
use crate::service::Deliveries;

pub(crate) struct Mutation;

/// What can be changed.
#[Object]
impl Mutation {
    /// Sends a webhook once more, with the same id and a full number of attempts, also when it was delivered before. One
    /// that waits is sent at once. Before-hooks cannot be repeated: their operation is over.
    #[graphql(directive = admin_only::apply())]
    async fn redeliver_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delivery.")] input: RedeliverWebhookInput,
    ) -> Result<RedeliverWebhookPayload> {
        let delivery = ctx.data::<Deliveries>()?.redeliver(caller(ctx)?, &input.id).await?;
        Ok(RedeliverWebhookPayload { delivery: WebhookDelivery(delivery) })
    }
}

/// Which webhook is sent once more.
#[derive(InputObject)]
pub(crate) struct RedeliverWebhookInput {
    /// The delivery's id.
    id: ID,
}

/// A webhook that is sent once more.
#[derive(SimpleObject)]
pub(crate) struct RedeliverWebhookPayload {
    /// The delivery, waiting again.
    delivery: WebhookDelivery,
}
