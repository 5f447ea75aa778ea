//! Durable domain events and jobs: outbox → bus → handlers, at least once; the inbox makes a handler's effects happen
//! once.
//!
//! The outbox table holds what is fresh (for everybody) and, with a consumer's name, what must be tried again by one of
//! them. The embedded bus hands rows to the handlers of this process; the production bus relays them to RabbitMQ, one
//! durable queue a consumer. Both use the same inbox, the same delays between attempts and the same dead letters.

mod delivery;
mod embedded;
mod outbox;
mod rabbit;
mod retry;

use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::DomainEvent;
use openim_core::{Ctx, Error, ErrorCode, OperationId, Result, Timestamp};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use delivery::Outcome;
pub use embedded::{Drained, EmbeddedEvents};
pub(crate) use outbox::sweep_inbox;
pub use outbox::{DeadLetter, dead_letters, pending_events};
pub use rabbit::RabbitEvents;
pub use retry::RetryPolicy;

use crate::nodes::Backlog;
use crate::store::Tx;

/// An event as it lies in the outbox and travels through the broker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredEvent {
    /// Unique; time-ordered (UUID v7).
    pub id: String,
    /// The topic of [`DomainEvent::TOPIC`].
    pub topic: String,
    /// The operation that caused it.
    pub operation_id: OperationId,
    /// When it was appended.
    pub at: Timestamp,
    /// The payload.
    pub payload: serde_json::Value,
}

impl StoredEvent {
    /// Reads the payload.
    ///
    /// # Errors
    /// `DATA_ERROR` when it does not fit: such an event is poison and goes to the dead letters.
    pub fn decode<E: DomainEvent>(&self) -> Result<E> {
        serde_json::from_value(self.payload.clone())
            .map_err(|error| Error::new(ErrorCode::Data, "an event cannot be read").with_source(error))
    }
}

/// Acts on events of some topics. All processes that register the same name share the work.
#[async_trait]
pub trait EventHandler: Send + Sync + 'static {
    /// The consumer's name, also its queue's: stable for ever.
    fn name(&self) -> &'static str;

    /// The topics it wants.
    fn topics(&self) -> &'static [&'static str];

    /// Asks outside of the house, such as the application's own server, before the transaction of the event is opened:
    /// nobody waits for a stranger inside one. The answer is handed to [`EventHandler::handle_prepared`]. It may be asked
    /// again for an event that was handled already; an error is one of handling.
    async fn prepare(&self, _ctx: &Ctx, _event: &StoredEvent) -> Result<Option<serde_json::Value>> {
        Ok(None)
    }

    /// Handles one event as [`EventHandler::handle`] does, knowing what was prepared.
    async fn handle_prepared(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent, _prepared: Option<serde_json::Value>) -> Result<()> {
        self.handle(ctx, tx, event).await
    }

    /// Handles one event inside `tx`, which also holds the inbox row; the caller commits. An error rolls back and the
    /// event comes again, later each time, until it goes to the dead letters.
    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()>;
}

/// A consumer by name: enough to keep a place for its events while it is not running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumer {
    /// As [`EventHandler::name`].
    pub name: &'static str,
    /// As [`EventHandler::topics`].
    pub topics: &'static [&'static str],
}

impl Consumer {
    /// Describes a handler.
    pub fn of(handler: &dyn EventHandler) -> Self {
        Self { name: handler.name(), topics: handler.topics() }
    }

    fn wants(&self, topic: &str) -> bool {
        self.topics.contains(&topic)
    }
}

/// Who consumes in the whole deployment, and who of them in this process.
#[derive(Clone, Default)]
pub struct EventPlan {
    consumers: Vec<Consumer>,
    handlers: Vec<Arc<dyn EventHandler>>,
}

impl EventPlan {
    /// Makes a plan: `handlers` run here, `elsewhere` names those of other processes. An event nobody in the plan wants
    /// is forgotten.
    pub fn new(handlers: Vec<Arc<dyn EventHandler>>, elsewhere: &[Consumer]) -> Self {
        let mut consumers: Vec<_> = handlers.iter().map(|handler| Consumer::of(&**handler)).collect();
        for other in elsewhere {
            if consumers.iter().all(|known| known.name != other.name) {
                consumers.push(*other);
            }
        }
        Self { consumers, handlers }
    }

    /// Returns every consumer of the deployment.
    pub fn consumers(&self) -> &[Consumer] {
        &self.consumers
    }

    /// Returns the handlers of this process.
    pub fn handlers(&self) -> &[Arc<dyn EventHandler>] {
        &self.handlers
    }

    fn wanting<'a>(&'a self, topic: &'a str) -> impl Iterator<Item = &'a Consumer> {
        self.consumers.iter().filter(move |consumer| consumer.wants(topic))
    }
}

/// Carries committed events to their handlers.
#[async_trait]
pub trait EventBus: Send + Sync + 'static {
    /// Starts the relay and the handlers of this process and returns. They end some time after `stop`, having finished
    /// the event at hand; `tasks` tells when.
    fn start(&self, plan: EventPlan, tasks: &TaskTracker, stop: &CancellationToken);

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// `UNAVAILABLE` when events cannot travel now.
    async fn ping(&self) -> Result<()>;

    /// Measures what waits, by a few statements that an index answers.
    ///
    /// # Errors
    /// As any statement.
    async fn backlog(&self) -> Result<Backlog>;
}
