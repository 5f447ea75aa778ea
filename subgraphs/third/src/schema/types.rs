//! What the graph shows of webhook deliveries.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use openim_graphql::{DateTime, Long, PageInfo, Place, admin_only, caller};
use openim_platform::webhooks::log::{Delivery, DeliveryOutcome};
use openim_platform::webhooks::{Command, CommandKind, Hook, commands};

use crate::model::{DeliveryPage, Wanted};
use crate::service::Deliveries;

/// How much of a body is shown, in characters.
const EXCERPT: usize = 4096;

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DeliveryOutcome")]
pub(crate) enum WebhookOutcome {
    /// It waits for its first or next attempt.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It was given up; or, for a before-hook, the receiver gave no usable answer.
    Failed,
}

/// When a hook is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CommandKind")]
pub(crate) enum WebhookKind {
    /// Before its operation, which waits for the answer.
    Before,
    /// After its operation, until the receiver has taken it.
    After,
}

/// One hook that is switched on.
#[derive(SimpleObject)]
#[graphql(directive = admin_only::apply())]
pub(crate) struct Webhook {
    /// Its name in the configuration.
    name: String,
    /// The command text: the last part of the URL and `callbackCommand` of the body.
    command: String,
    /// Whether it asks before or tells after.
    kind: WebhookKind,
    /// The receiver's host.
    host: String,
    /// How long the receiver may take, in milliseconds.
    timeout_milliseconds: Long,
    /// Before-hooks only: whether the operation goes on when the receiver gives no usable answer.
    continue_on_failure: bool,
    /// Message hooks only: the content types that it is not called for.
    denied_types: Vec<i32>,
    /// After-hooks of messages only: the receivers and groups that it is called for; all when empty.
    attention_ids: Vec<ID>,
}

impl Webhook {
    /// Shows a hook that goes to a host.
    pub(crate) fn new(hook: Hook, host: &str) -> Self {
        Self {
            name: hook.command.name.to_owned(),
            command: hook.command.text.to_owned(),
            kind: hook.command.kind.into(),
            host: host.to_owned(),
            timeout_milliseconds: Long(i64::try_from(hook.timeout.as_millis()).unwrap_or(i64::MAX)),
            continue_on_failure: hook.continue_on_failure,
            denied_types: hook.denied_types,
            attention_ids: hook.attention_ids.into_iter().map(ID).collect(),
        }
    }
}

pub(crate) struct WebhookDelivery(pub(crate) Delivery);

impl WebhookDelivery {
    fn hook(&self) -> Option<&'static Command> {
        commands::by_text(&self.0.command)
    }
}

/// One call of the application's server.
#[Object(directive = admin_only::apply())]
impl WebhookDelivery {
    /// The id that the receiver sees as `webhook-id`, the same in all attempts.
    async fn id(&self) -> ID {
        ID::from(self.0.id.as_str())
    }

    /// The command text: the last part of the URL and `callbackCommand` of the body.
    async fn command(&self) -> &str {
        &self.0.command
    }

    /// The hook's name in the configuration; null for one that this version does not know.
    async fn name(&self) -> Option<&str> {
        self.hook().map(|command| command.name)
    }

    /// Whether it asks before or tells after; null for a hook that this version does not know.
    async fn kind(&self) -> Option<WebhookKind> {
        self.hook().map(|command| command.kind.into())
    }

    /// The id of the operation that caused it.
    async fn operation_id(&self) -> &str {
        &self.0.operation_id
    }

    /// The receiver's host at the last attempt; null before the first.
    async fn host(&self) -> Option<&str> {
        Some(self.0.host.as_str()).filter(|host| !host.is_empty())
    }

    /// What became of it.
    async fn outcome(&self) -> WebhookOutcome {
        self.0.outcome.into()
    }

    /// How often it was sent.
    async fn attempts(&self) -> i32 {
        self.0.attempts
    }

    /// The HTTP status of the last answer; null when there was none.
    async fn status(&self) -> Option<i32> {
        self.0.status
    }

    /// How long the last attempt took, in milliseconds; null before the first.
    async fn duration_milliseconds(&self) -> Option<Long> {
        self.0.attempted_at.map(|_| Long(self.0.duration_ms))
    }

    /// Why the last attempt failed; null when it did not.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// The beginning of the last answer.
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }

    /// The body that is posted; at most its first 4,096 characters.
    async fn body(&self) -> String {
        self.0.body.chars().take(EXCERPT).collect()
    }

    /// When the operation caused it.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When the last attempt ended; null before the first.
    async fn attempted_at(&self) -> Option<DateTime> {
        self.0.attempted_at.map(Into::into)
    }

    /// When it is sent next; null when it is done.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        self.0.next_attempt_at.map(Into::into)
    }
}

pub(crate) struct WebhookDeliveryConnection {
    pub(crate) page: DeliveryPage,
    pub(crate) wanted: Wanted,
}

/// A page of webhook deliveries, newest first.
#[Object]
impl WebhookDeliveryConnection {
    /// The deliveries of this page.
    async fn edges(&self) -> Vec<WebhookDeliveryEdge> {
        let edge = |delivery: &Delivery| WebhookDeliveryEdge { cursor: cursor(delivery), node: WebhookDelivery(delivery.clone()) };
        self.page.deliveries.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.deliveries.first().map(cursor),
            end_cursor: self.page.deliveries.last().map(cursor),
        }
    }

    /// How many deliveries the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        let total = ctx.data::<Deliveries>()?.count(caller(ctx)?, &self.wanted).await?;
        Ok(Long(i64::try_from(total).unwrap_or(i64::MAX)))
    }
}

/// A delivery's place in the list.
#[derive(SimpleObject)]
pub(crate) struct WebhookDeliveryEdge {
    /// The place, for `after`.
    cursor: String,
    /// The delivery.
    node: WebhookDelivery,
}

fn cursor(delivery: &Delivery) -> String {
    Place { at: delivery.created_at, id: delivery.position.to_string() }.text()
}
