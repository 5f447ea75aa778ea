//! The production bus: a relay moves due outbox rows to RabbitMQ, and each consumer has a durable queue there.
//!
//! * Any number of processes may relay; on PostgreSQL each claims other rows. A row is deleted after the broker confirmed
//!   that it is stored; a crash in between publishes it twice, and the inbox makes that harmless.
//! * A failed event is not left to the broker: it goes back into the outbox, addressed to its consumer and due later, in a
//!   transaction, and is then acknowledged. So a waiting event holds up no other, the delays are those of the embedded
//!   bus, and a database that is away stops the work instead of turning good events into dead letters.
//! * What the broker itself gives up (a process that dies again and again over one event) ends in a queue of the dead,
//!   from where it is moved to the table of dead letters.

mod consume;
mod depth;
mod relay;
mod topology;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use openim_core::{Result, Runtime};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::delivery::Delivery;
use super::{EventBus, EventPlan, RetryPolicy, outbox};
use crate::amqp::{Broker, LinkState};
use crate::nodes::Backlog;
use crate::store::Store;

/// How many events wait in each consumer's queue, as the broker said last.
type Depths = Arc<Mutex<Option<BTreeMap<String, u64>>>>;

/// The header with the number of failures so far.
const ATTEMPTS: &str = "attempts";

/// Carries events through RabbitMQ.
#[derive(Clone)]
pub struct RabbitEvents {
    broker: Broker,
    delivery: Delivery,
    relaying: LinkState,
    consuming: LinkState,
    /// What waits in the queues of this process's handlers.
    depths: Depths,
}

impl RabbitEvents {
    /// Makes a bus over the store's outbox and a broker; `prefix` keeps deployments on one broker apart. Nothing is
    /// connected before [`EventBus::start`].
    pub fn new(url: &str, prefix: &str, node: &str, store: Store, runtime: Runtime, policy: RetryPolicy) -> Self {
        Self {
            broker: Broker::new(url, node, prefix),
            delivery: Delivery { store, runtime, policy },
            relaying: LinkState::new(),
            consuming: LinkState::new(),
            depths: Depths::default(),
        }
    }

    /// Waits until both connections work; for start-up.
    ///
    /// # Errors
    /// `UNAVAILABLE` when that takes too long.
    pub async fn working(&self) -> Result<()> {
        self.relaying.working().await?;
        self.consuming.working().await
    }

    async fn relay(self, plan: EventPlan, stop: CancellationToken) {
        let session = |connection| relay::session(&self, &plan, connection, &stop);
        // Publishing and consuming have connections of their own: a broker short of memory stops those that publish.
        self.broker.supervise("event relay", &self.relaying, &stop, session).await;
    }

    async fn consume(self, plan: EventPlan, stop: CancellationToken) {
        let session = |connection| consume::session(&self, &plan, connection, &stop);
        self.broker.supervise("event consumers", &self.consuming, &stop, session).await;
    }
}

#[async_trait]
impl EventBus for RabbitEvents {
    fn start(&self, plan: EventPlan, tasks: &TaskTracker, stop: &CancellationToken) {
        tasks.spawn(self.clone().relay(plan.clone(), stop.clone()));
        tasks.spawn(self.clone().consume(plan, stop.clone()));
    }

    async fn ping(&self) -> Result<()> {
        self.relaying.check()?;
        self.consuming.check()
    }

    async fn backlog(&self) -> Result<Backlog> {
        let (db, now) = (self.delivery.store.read(), self.delivery.runtime.clock.now());
        let waiting = outbox::waiting(db, now).await?.values().sum();
        let queues = if self.consuming.check().is_ok() { self.depths.lock().clone() } else { None };
        Ok(Backlog { waiting, lag: outbox::lag(db, now).await?, queues })
    }
}
