//! All ports of a process, chosen once at start-up by what the settings name.

use std::sync::Arc;
use std::time::Duration;

use openim_core::{Error, Result, Runtime};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cache::{Cache, MemoryCache, RedisCache};
use crate::events::{EmbeddedEvents, EventBus, EventPlan, RabbitEvents, RetryPolicy};
use crate::fanout::{Fanout, MemoryFanout, RabbitFanout};
use crate::limits::{MemoryLimiter, RateLimiter, RedisLimiter};
use crate::nodes::Figures;
use crate::presence::{Lease, MemoryPresence, Presence, RedisPresence};
use crate::redis_link::RedisLink;
use crate::store::{DatabaseSettings, Store};

/// What starts the names of everything this deployment keeps in shared services.
const PREFIX: &str = "openim";

/// What the ports are made of.
#[derive(Debug, Clone)]
pub struct PortSettings {
    /// The database.
    pub database: DatabaseSettings,
    /// Redis for cache, presence and limits; they live in this process when it is missing.
    pub redis_url: Option<String>,
    /// RabbitMQ for events and fan-out; both stay in this process when it is missing.
    pub amqp_url: Option<String>,
    /// This process's name among the others.
    pub node_id: String,
    /// What keeps deployments apart that share Redis or RabbitMQ.
    pub prefix: String,
    /// When failed events come again.
    pub retry: RetryPolicy,
    /// For how long the users of a dead process count as online.
    pub lease: Lease,
}

impl PortSettings {
    /// Takes the addresses and leaves the rest at its default.
    pub fn new(database: DatabaseSettings, redis_url: Option<String>, amqp_url: Option<String>, node_id: impl Into<String>) -> Self {
        Self {
            database,
            redis_url,
            amqp_url,
            node_id: node_id.into(),
            prefix: PREFIX.to_owned(),
            retry: RetryPolicy::default(),
            lease: Lease::default(),
        }
    }
}

/// The open ports.
pub struct Ports {
    /// The database.
    pub store: Store,
    /// Durable events; see [`Ports::start_events`].
    pub events: Arc<dyn EventBus>,
    /// The way to all nodes.
    pub fanout: Arc<dyn Fanout>,
    /// The cache.
    pub cache: Arc<dyn Cache>,
    /// Who is online.
    pub presence: Arc<dyn Presence>,
    /// Who comes too often.
    pub rate_limiter: Arc<dyn RateLimiter>,
    /// What this process counts for operators.
    pub figures: Figures,
    /// This process's name among the others.
    pub node_id: String,
    event_tasks: TaskTracker,
    event_stop: CancellationToken,
    link_tasks: TaskTracker,
    link_stop: CancellationToken,
}

impl Ports {
    /// Opens everything. The database's schema is not touched: see [`Store::migrate`].
    ///
    /// # Errors
    /// `ARGS_ERROR` for a malformed address, `UNAVAILABLE` for one where nobody answers; the text names the port.
    pub async fn connect(settings: &PortSettings, runtime: &Runtime) -> Result<Self> {
        let (link_tasks, link_stop) = (TaskTracker::new(), CancellationToken::new());
        let PortSettings { prefix, node_id, .. } = settings;
        let fanout: Arc<dyn Fanout> = match &settings.amqp_url {
            None => Arc::new(MemoryFanout::new()),
            Some(url) => {
                let connected = RabbitFanout::connect(url, prefix, node_id, runtime, &link_tasks, &link_stop).await;
                Arc::new(named("fanout (rabbitmq)", connected)?)
            }
        };
        let store = named("database", Store::connect(&settings.database, fanout.clone()).await)?;
        let events: Arc<dyn EventBus> = match &settings.amqp_url {
            None => Arc::new(EmbeddedEvents::new(store.clone(), runtime.clone(), settings.retry)),
            Some(url) => Arc::new(RabbitEvents::new(url, prefix, node_id, store.clone(), runtime.clone(), settings.retry)),
        };
        let (cache, presence, rate_limiter): (Arc<dyn Cache>, Arc<dyn Presence>, Arc<dyn RateLimiter>) = match &settings.redis_url {
            None => (
                Arc::new(MemoryCache::new(runtime.clock.clone())),
                Arc::new(MemoryPresence::default()),
                Arc::new(MemoryLimiter::new(runtime.clock.clone())),
            ),
            Some(url) => {
                let link = named("cache (redis)", RedisLink::connect(url, prefix).await)?;
                let presence = RedisPresence::start(link.clone(), node_id, &*runtime.ids, settings.lease, &link_tasks, &link_stop).await;
                (Arc::new(RedisCache::new(link.clone())), Arc::new(named("presence (redis)", presence)?), Arc::new(RedisLimiter::new(link)))
            }
        };
        let (event_tasks, event_stop) = (TaskTracker::new(), CancellationToken::new());
        Ok(Self {
            store,
            events,
            fanout,
            cache,
            presence,
            rate_limiter,
            figures: Figures::new(),
            node_id: node_id.clone(),
            event_tasks,
            event_stop,
            link_tasks,
            link_stop,
        })
    }

    /// Starts the event bus with the handlers of this process.
    pub fn start_events(&self, plan: EventPlan) {
        self.events.start(plan, &self.event_tasks, &self.event_stop);
    }

    /// Stops in order: handlers finish the event at hand, signals that wait are sent, connections close. `patience` bounds
    /// each step.
    pub async fn close(&self, patience: Duration) {
        for (what, tasks, stop) in
            [("event handlers", &self.event_tasks, &self.event_stop), ("connections", &self.link_tasks, &self.link_stop)]
        {
            stop.cancel();
            tasks.close();
            if tokio::time::timeout(patience, tasks.wait()).await.is_err() {
                tracing::warn!("{what} did not end in {patience:?} and are abandoned");
            }
        }
        if tokio::time::timeout(patience, self.store.close()).await.is_err() {
            tracing::warn!("the database did not close in {patience:?}");
        }
    }
}

fn named<T>(port: &'static str, opened: Result<T>) -> Result<T> {
    opened.map_err(|error| Error::new(error.code(), format!("the {port} cannot be opened")).with_source(error))
}
