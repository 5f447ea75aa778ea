//! Durable domain events and jobs: outbox → dispatcher → handlers, at least once; the inbox makes a handler's effects
//! happen once.

use async_trait::async_trait;
use openim_contracts::DomainEvent;
use openim_core::{Ctx, Error, ErrorCode, OperationId, Result, Timestamp};
use serde::{Deserialize, Serialize};

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
        serde_json::from_value(self.payload.clone()).map_err(|error| Error::new(ErrorCode::Data, "an event cannot be read").with_source(error))
    }
}

/// Acts on events of some topics. All processes that register the same name share the work.
#[async_trait]
pub trait EventHandler: Send + Sync + 'static {
    /// The consumer's name, also its queue's: stable for ever.
    fn name(&self) -> &'static str;

    /// The topics it wants.
    fn topics(&self) -> &'static [&'static str];

    /// Handles one event inside `tx`, which also holds the inbox row; the caller commits. An error rolls back and the
    /// event comes again, later each time, until it goes to the dead letters.
    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()>;
}
