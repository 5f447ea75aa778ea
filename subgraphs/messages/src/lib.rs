//! The messages subgraph: one ordered log a conversation, acknowledged when durable, exactly once for each client id.
//! See README.md for what it owns and promises.

mod batcher;
mod caches;
mod clearing;
mod error;
mod events;
mod hooks;
pub mod measure;
mod meters;
mod model;
mod notices;
mod policy;
mod published;
mod pushes;
mod read_positions;
mod readers;
mod repository;
mod schema;
mod search;
mod service;
mod settings;
pub mod stored;
mod timers;
mod tips;
mod workers;

use std::sync::Arc;

use openim_contracts::{ConversationReader, GroupReader, MessageLogReader, RelationReader, UserReader};
use openim_core::{Result, Runtime};
use openim_graphql::Subgraph;
use openim_platform::cache::Cache;
use openim_platform::config::Live;
use openim_platform::events::EventHandler;
use openim_platform::nodes::Figures;
use openim_platform::store::Store;
use openim_platform::timers::Job;
use openim_platform::webhooks::Webhooks;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use notices::NotificationPolicies;
pub use readers::log_reader;
pub use settings::MessagesSettings;

use batcher::{Batcher, Commits};
use caches::Caches;
use clearing::Clearer;
use events::Notifier;
use published::Published;
use read_positions::ReadPositions;
use search::Grown;
use service::Service;
use timers::Retention;

/// What the domain stands on: the database, and what it may ask other domains.
pub struct MessagesPorts {
    /// The shared database.
    pub store: Store,
    /// Who is there.
    pub users: Arc<dyn UserReader>,
    /// How far readers got, and their limits.
    pub conversations: Arc<dyn ConversationReader>,
    /// Who is in which group.
    pub groups: Arc<dyn GroupReader>,
    /// Who has blocked whom, who is whose friend.
    pub relations: Arc<dyn RelationReader>,
    /// The application's own server.
    pub webhooks: Webhooks,
    /// The shared cache: what is worth remembering for a day.
    pub cache: Arc<dyn Cache>,
    /// What this process counts for operators.
    pub figures: Figures,
}

/// The messages domain of one process.
pub struct Messages {
    settings: MessagesSettings,
    commits: Commits,
    batcher: Arc<Batcher>,
    service: Arc<Service>,
}

impl Messages {
    /// Puts the domain together. Nothing runs, and nothing can be sent, before [`Messages::start_workers`].
    pub fn new(settings: MessagesSettings, ports: MessagesPorts, runtime: Runtime) -> Self {
        let MessagesPorts { store, users, conversations, groups, relations, webhooks, cache, figures } = ports;
        let caches = Caches::new();
        let live = Live::new(settings.clone());
        let commits = Commits {
            store: store.clone(),
            runtime,
            caches: caches.clone(),
            published: Arc::new(Published::default()),
            read_positions: Arc::new(ReadPositions::default()),
            webhooks: webhooks.clone(),
            grown: Arc::new(Grown::new(settings.search)),
            settings: live.clone(),
            figures,
        };
        let batcher = Arc::new(Batcher::new(&settings, commits.clone()));
        let service =
            Service { settings: live, store, batcher: batcher.clone(), caches, users, conversations, groups, relations, webhooks, cache };
        Self { settings, commits, batcher, service: Arc::new(service) }
    }

    /// Returns the subgraph.
    pub fn subgraph(&self) -> Arc<dyn Subgraph> {
        schema::subgraph(self.service.clone())
    }

    /// Returns what messages are treated by, so that it can be replaced while the process runs. How they are written together
    /// stays as it was at the start.
    pub fn settings(&self) -> Live<MessagesSettings> {
        self.service.settings.clone()
    }

    /// Returns the reader of logs' ends, the same as [`log_reader`] makes.
    pub fn log_reader(&self) -> Arc<dyn MessageLogReader> {
        log_reader(self.commits.store.clone())
    }

    /// Returns the log without a graph in front of it, for the load generator.
    pub fn measure(&self) -> measure::Measure {
        measure::Measure { batcher: self.batcher.clone(), store: self.commits.store.clone() }
    }

    /// Returns the handlers of others' events. What they note in memory is written by the workers of the same process.
    pub fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        vec![Arc::new(Notifier(self.service.clone())), Arc::new(Clearer)]
    }

    /// Returns what is done by the clock. The sweep for unpublished tails is not: every process that stores messages looks
    /// after them.
    pub fn timers(&self) -> Vec<Arc<dyn Job>> {
        vec![Arc::new(Retention(self.service.clone()))]
    }

    /// Starts the writers and the workers beside them. After `cancel` no send is taken; what waits is still committed and
    /// acknowledged, what is noted in memory is written, and all tasks end.
    pub fn start_workers(&self, tracker: &TaskTracker, cancel: &CancellationToken) {
        workers::start(&self.batcher, &self.commits, &self.settings, tracker, cancel);
    }

    /// Writes down at once what is otherwise written each second: senders' read positions and published positions.
    pub async fn flush(&self) {
        workers::write_down(&self.commits).await;
    }

    /// Publishes tails that a crash left unpublished, as the sweeper does on its own, and returns how many logs had one. What
    /// is there at the first look may still be under way; what is there at the next as well was left behind.
    ///
    /// # Errors
    /// As any statement.
    pub async fn sweep(&self) -> Result<usize> {
        published::sweep(&self.commits.published, &self.commits.store).await
    }
}
