//! The world of one test.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use openim_contracts::Signal;
use openim_core::{Actor, Ctx, ManualClock, OperationId, Platform, Principal, Runtime, SequentialIds, Timestamp, UserId};
use openim_entities::platform::outbox;
use openim_platform::cache::{Cache, MemoryCache};
use openim_platform::events::{Drained, EmbeddedEvents, EventHandler, EventPlan, RetryPolicy, StoredEvent, pending_events};
use openim_platform::store::{DatabaseKind, DatabaseSettings, Store};
use parking_lot::Mutex;
use sea_orm::EntityTrait;

use crate::database::TestDatabase;
use crate::environment;
use crate::recording::RecordingFanout;

/// When every test begins: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp(1_767_225_600_000);

/// The most events a test may leave behind.
const MANY: u64 = 10_000;

/// Runs a test on a fresh SQLite database, and on a fresh PostgreSQL one when `OPENIM_TEST_POSTGRES_URL` is set.
///
/// ```ignore
/// for_each_database(async |world| {
///     let service = Service::new(world.store().clone());
///     service.rename(&world.user("ann"), "Ann").await.unwrap();
///     world.drain_events().await;
/// })
/// .await;
/// ```
pub async fn for_each_database(test: impl AsyncFn(&TestWorld)) {
    test(&TestWorld::sqlite().await).await;
    if let Some(world) = TestWorld::postgres().await {
        test(&world).await;
    }
}

/// A database of its own, a clock that stands still, ids that count, and a record of what was sent.
pub struct TestWorld {
    store: Store,
    clock: Arc<ManualClock>,
    runtime: Runtime,
    fanout: Arc<RecordingFanout>,
    cache: Arc<dyn Cache>,
    handlers: Mutex<Vec<Arc<dyn EventHandler>>>,
    operations: AtomicU64,
    database: TestDatabase,
}

impl TestWorld {
    /// Makes a world on SQLite.
    pub async fn sqlite() -> Self {
        Self::on(TestDatabase::sqlite().await).await
    }

    /// Makes a world on PostgreSQL, if the environment names one.
    pub async fn postgres() -> Option<Self> {
        let url = environment::postgres_url()?;
        Some(Self::on(TestDatabase::postgres(&url).await).await)
    }

    async fn on(database: TestDatabase) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let fanout = Arc::new(RecordingFanout::default());
        let store = Store::connect(&database.settings(), fanout.clone()).await.expect("the test's database");
        let runtime = Runtime { clock: clock.clone(), ids: Arc::new(SequentialIds::default()) };
        let cache = Arc::new(MemoryCache::new(clock.clone()));
        Self { store, clock, runtime, fanout, cache, handlers: Mutex::default(), operations: AtomicU64::new(0), database }
    }

    /// Returns the database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns how another process would reach the same database.
    pub fn database(&self) -> DatabaseSettings {
        self.database.settings()
    }

    /// Returns which database it is.
    pub fn kind(&self) -> DatabaseKind {
        self.store.kind()
    }

    /// Returns the clock and the ids.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Returns the fan-out.
    pub fn fanout(&self) -> &Arc<RecordingFanout> {
        &self.fanout
    }

    /// Returns a cache that follows the clock.
    pub fn cache(&self) -> &Arc<dyn Cache> {
        &self.cache
    }

    /// Returns the time.
    pub fn now(&self) -> Timestamp {
        openim_core::Clock::now(&*self.clock)
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Makes a context in which `actor` acts.
    pub fn ctx(&self, actor: Actor) -> Ctx {
        let number = self.operations.fetch_add(1, Ordering::Relaxed);
        let operation = OperationId::parse(format!("test-{number}")).expect("an operation id");
        Ctx::new(self.runtime.clone(), actor, operation, self.now().plus(Duration::from_secs(30)))
    }

    /// Makes a context of a user on the web.
    pub fn user(&self, id: &str) -> Ctx {
        self.principal(id, Platform::WEB, false)
    }

    /// Makes a context of an app administrator.
    pub fn admin(&self) -> Ctx {
        self.principal("imAdmin", Platform::ADMIN, true)
    }

    /// Makes a context of somebody without a token.
    pub fn anonymous(&self) -> Ctx {
        self.ctx(Actor::Anonymous)
    }

    /// Makes a context of the server itself.
    pub fn system(&self) -> Ctx {
        self.ctx(Actor::System)
    }

    /// Makes a context of any user.
    pub fn principal(&self, id: &str, platform: Platform, app_admin: bool) -> Ctx {
        let user_id = UserId::parse(id).expect("a user id");
        self.ctx(Actor::User(Principal::new(user_id, platform, app_admin)))
    }

    /// Adds a handler for [`Self::drain_events`].
    pub fn register(&self, handler: Arc<dyn EventHandler>) {
        self.handlers.lock().push(handler);
    }

    /// Handles all events and jobs that are due, and what they bring about, until nothing is left.
    ///
    /// # Panics
    /// When a handler fails.
    pub async fn drain_events(&self) -> Drained {
        let drained = self.try_drain_events().await;
        assert!(drained.failed.is_empty(), "handlers failed: {:?}", drained.failed);
        drained
    }

    /// As [`Self::drain_events`], but failures are returned; the event comes again when the clock has moved far enough.
    pub async fn try_drain_events(&self) -> Drained {
        let bus = EmbeddedEvents::new(self.store.clone(), self.runtime.clone(), RetryPolicy::default());
        let plan = EventPlan::new(self.handlers.lock().clone(), &[]);
        bus.run_due(&plan).await.expect("the outbox")
    }

    /// Takes all events that wait, unhandled: for tests that only ask what was appended.
    pub async fn take_events(&self) -> Vec<StoredEvent> {
        let events = pending_events(self.store.read(), MANY).await.expect("the outbox");
        let tx = self.store.begin().await.expect("a transaction");
        outbox::Entity::delete_many().exec(tx.connection()).await.expect("an empty outbox");
        tx.commit().await.expect("a commit");
        events
    }

    /// Takes the signals that were published since the last call.
    pub fn take_signals(&self) -> Vec<Signal> {
        self.fanout.take()
    }

    /// Looks what the test forgot, and removes the database.
    async fn finish(&self) -> Vec<StoredEvent> {
        let store = Store::connect(&self.database.settings(), self.fanout.clone()).await.expect("the test's database");
        let rows = outbox::Entity::find().all(store.read()).await.expect("the outbox");
        let due: Vec<_> = rows.iter().filter(|row| row.available_at <= self.now().0).map(|row| row.event_id.as_str()).collect();
        let mut left = pending_events(store.read(), MANY).await.expect("the outbox");
        left.retain(|event| due.contains(&event.id.as_str()));
        store.close().await;
        self.database.remove().await;
        left
    }
}

impl Drop for TestWorld {
    fn drop(&mut self) {
        // Dropping is not async: the rest is done by a thread with a runtime of its own.
        let left = std::thread::scope(|scope| {
            let finish = || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(self.finish())
            };
            scope.spawn(finish).join()
        });
        if std::thread::panicking() {
            return;
        }
        let left: Vec<_> = left.expect("a look at the outbox").into_iter().map(|event| event.topic).collect();
        assert!(left.is_empty(), "events are left unhandled ({left:?}): call drain_events or take_events");
    }
}
