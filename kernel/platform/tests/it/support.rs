//! Events and handlers for the suites.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use openim_contracts::DomainEvent;
use openim_core::{Ctx, Error, Result};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::{Store, Tx};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// An event with a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) number: u32,
}

impl DomainEvent for Counted {
    const TOPIC: &'static str = "tests.counted";
}

/// Appends numbered events, one transaction each.
pub(crate) async fn append(store: &Store, ctx: &Ctx, numbers: impl IntoIterator<Item = u32>) {
    for number in numbers {
        let tx = store.begin().await.unwrap();
        tx.append(ctx, &Counted { number }).await.unwrap();
        tx.commit().await.unwrap();
    }
}

type Work = dyn Fn(u32) -> Result<()> + Send + Sync;

/// Remembers the numbers it was given, if `work` lets it.
pub(crate) struct Recorder {
    name: &'static str,
    work: Box<Work>,
    seen: Mutex<Vec<u32>>,
    calls: AtomicUsize,
}

impl Recorder {
    pub(crate) fn new(name: &'static str, work: impl Fn(u32) -> Result<()> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { name, work: Box::new(work), seen: Mutex::default(), calls: AtomicUsize::new(0) })
    }

    pub(crate) fn seen(&self) -> Vec<u32> {
        self.seen.lock().clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl EventHandler for Recorder {
    fn name(&self) -> &'static str {
        self.name
    }

    fn topics(&self) -> &'static [&'static str] {
        &[Counted::TOPIC, "job.counted"]
    }

    async fn handle(&self, _ctx: &Ctx, _tx: &Tx, event: &StoredEvent) -> Result<()> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let number = event.decode::<Counted>()?.number;
        (self.work)(number)?;
        self.seen.lock().push(number);
        Ok(())
    }
}

/// Makes a failure.
pub(crate) fn failure() -> Error {
    Error::internal("refused by the test")
}

/// Hears what PostgreSQL complains of on this test's connections, until it is dropped.
pub(crate) struct Notices {
    heard: Arc<Mutex<Vec<String>>>,
    _listening: DefaultGuard,
}

struct Ear(Arc<Mutex<Vec<String>>>);

impl Notices {
    pub(crate) fn listen() -> Self {
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let ear = tracing_subscriber::registry().with(Ear(heard.clone()));
        Self { heard, _listening: tracing::subscriber::set_default(ear) }
    }

    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().clone()
    }
}

impl<S: Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::postgres::notice" {
            self.0.lock().push(format!("{event:?}"));
        }
    }
}
