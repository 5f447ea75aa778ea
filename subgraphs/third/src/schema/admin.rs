//! What only app administrators may see.

use async_graphql::{Context, ID, Object, Result};
use openim_core::UserId;
use openim_graphql::{Page, admin_only, caller};

use super::connection::FileConnection;
use super::types::{WebhookDelivery, WebhookDeliveryConnection, WebhookOutcome};
use crate::model::{FileFilter, Wanted};
use crate::service::Deliveries;

pub(crate) struct Admin;

/// What only app administrators may see.
#[Object(directive = admin_only::apply())]
impl Admin {
    /// The calls of the application's server, newest first: all after-hooks, and before-hooks that got no usable answer.
    /// Finished ones are forgotten after some days.
    async fn webhook_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only those of a hook, by its name or command, such as `afterQuitGroup`.")] command: Option<String>,
        #[graphql(desc = "Only those this became of.")] outcome: Option<WebhookOutcome>,
    ) -> Result<WebhookDeliveryConnection> {
        let wanted = Wanted { command, outcome: outcome.map(Into::into) };
        let page = ctx.data::<Deliveries>()?.page(caller(ctx)?, &wanted, &Page::new(first, after, offset)?).await?;
        Ok(WebhookDeliveryConnection { page, wanted })
    }

    /// One call of the application's server; null when there is none of this id, or no longer.
    async fn webhook_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id that the receiver sees as `webhook-id`.")] id: ID,
    ) -> Result<Option<WebhookDelivery>> {
        Ok(ctx.data::<Deliveries>()?.find(caller(ctx)?, &id).await?.map(WebhookDelivery))
    }

    /// The files of all users, newest first.
    async fn files(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only this user's.")] owner_id: Option<ID>,
        #[graphql(desc = "Only those uploaded for this, such as `msg-picture`.")] cause: Option<String>,
    ) -> Result<FileConnection> {
        let owner = owner_id.map(|id| UserId::parse(id.0)).transpose()?;
        FileConnection::load(ctx, FileFilter { owner, cause }, Page::new(first, after, offset)?).await
    }
}
