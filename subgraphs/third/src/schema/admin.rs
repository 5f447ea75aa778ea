//! What only app administrators may see.

use async_graphql::{Context, ID, MergedObject, Object, Result};
use openim_core::UserId;
use openim_graphql::{Page, admin_only, caller};

use super::audit::AuditAdmin;
use super::client_logs::ClientLogsAdmin;
use super::configuration::Configuration;
use super::connection::FileConnection;
use super::nodes::NodesAdmin;
use super::push::PushAdmin;
use super::types::{Webhook, WebhookDelivery, WebhookDeliveryConnection, WebhookOutcome};
use crate::model::{FileFilter, Wanted};
use crate::service::Deliveries;

/// What only app administrators may see.
#[derive(MergedObject, Default)]
#[graphql(directive = admin_only::apply())]
pub(crate) struct Admin(Exchange, PushAdmin, AuditAdmin, ClientLogsAdmin, NodesAdmin);

/// Files and webhooks.
#[derive(Default)]
pub(crate) struct Exchange;

#[Object(name = "AdminExchange")]
impl Exchange {
    /// What the application's server is asked and told: the hooks that are switched on.
    async fn webhooks(&self, ctx: &Context<'_>) -> Result<Vec<Webhook>> {
        let (host, hooks) = ctx.data::<Deliveries>()?.hooks(caller(ctx)?)?;
        Ok(hooks.into_iter().map(|hook| Webhook::new(hook, &host)).collect())
    }

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

    /// How the process that answers is configured.
    async fn configuration(&self) -> Configuration {
        Configuration
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
