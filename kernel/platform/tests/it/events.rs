//! Durable events: what every bus must do, on every database.

mod embedded;
mod rabbit;
mod suite;

use std::sync::Arc;
use std::time::Duration;

use openim_core::{IdSource, RandomIds, Runtime};
use openim_platform::events::{EmbeddedEvents, EventBus, EventHandler, EventPlan, RabbitEvents, RetryPolicy};
use openim_platform::fanout::MemoryFanout;
use openim_platform::store::Store;
use openim_testing::TestWorld;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Delays short enough for a test on the real clock.
pub(crate) const QUICK: RetryPolicy = RetryPolicy {
    max_attempts: 3,
    first_delay: Duration::from_millis(20),
    max_delay: Duration::from_millis(100),
    time_limit: Duration::from_secs(20),
};

/// A kind of bus on a fresh database.
pub(crate) struct Bench {
    pub(crate) world: TestWorld,
    broker: Option<Broker>,
}

/// A broker and names of its own in it.
pub(crate) struct Broker {
    pub(crate) url: String,
    pub(crate) prefix: String,
}

impl Broker {
    pub(crate) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), prefix: format!("t{}", &RandomIds.hex32()[..12]) }
    }
}

impl Bench {
    pub(crate) fn new(world: TestWorld, broker: Option<Broker>) -> Self {
        Self { world, broker }
    }

    fn bus(&self, store: Store) -> Arc<dyn EventBus> {
        match &self.broker {
            None => Arc::new(EmbeddedEvents::new(store, Runtime::system(), QUICK)),
            Some(Broker { url, prefix }) => Arc::new(RabbitEvents::new(url, prefix, "test", store, Runtime::system(), QUICK)),
        }
    }

    /// Starts a bus that can die like a process: with a runtime and database connections of its own.
    pub(crate) async fn start_mortal(&self, handlers: Vec<Arc<dyn EventHandler>>) -> Mortal {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let settings = self.world.database();
        let store = runtime.spawn(async move { Store::connect(&settings, Arc::new(MemoryFanout::new())).await }).await.unwrap().unwrap();
        let bus = self.bus(store);
        runtime.spawn(async move {
            bus.start(EventPlan::new(handlers, &[]), &TaskTracker::new(), &CancellationToken::new());
        });
        Mortal(Some(runtime))
    }

    /// Starts a bus with these handlers.
    pub(crate) fn start(&self, handlers: Vec<Arc<dyn EventHandler>>) -> Running {
        let bus = self.bus(self.world.store().clone());
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        bus.start(EventPlan::new(handlers, &[]), &tasks, &stop);
        tasks.close();
        Running { bus, tasks, stop }
    }
}

/// A bus that is about to die.
pub(crate) struct Mortal(Option<tokio::runtime::Runtime>);

impl Mortal {
    /// Ends all its tasks where they are, and closes its connections without a word.
    pub(crate) fn crash(mut self) {
        self.0.take().unwrap().shutdown_background();
    }
}

/// A running bus.
pub(crate) struct Running {
    pub(crate) bus: Arc<dyn EventBus>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Running {
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(openim_testing::PATIENCE, self.tasks.wait()).await.expect("the bus ends when it is stopped");
    }
}

/// Runs a test on each kind of bus that can be had, on each database.
pub(crate) async fn on_every_bus(test: impl AsyncFn(&Bench)) {
    let amqp = openim_testing::amqp_url();
    for broker in [None, amqp.as_deref().map(Broker::new)] {
        let embedded = broker.is_none();
        test(&Bench::new(TestWorld::sqlite().await, broker)).await;
        if let Some(world) = TestWorld::postgres().await {
            test(&Bench::new(world, if embedded { None } else { amqp.as_deref().map(Broker::new) })).await;
        }
        if amqp.is_none() {
            break;
        }
    }
}
