//! The conversations subgraph: each user's own row in each conversation, with its settings, its read position and its
//! limits. The log itself belongs to the messages domain; here is only how far somebody got in it.

mod error;
mod events;
mod hooks;
mod model;
mod notifications;
mod policy;
mod reader;
mod repository;
mod schema;
mod service;
mod timers;

use std::sync::Arc;
use std::time::Duration;

use openim_contracts::{ConversationReader, GroupReader, MessageLogReader, RelationReader, UserReader};
use openim_core::{Result, Runtime};
use openim_graphql::Subgraph;
use openim_platform::events::EventHandler;
use openim_platform::store::Store;
use openim_platform::timers::{Job, Turn};
use openim_platform::webhooks::Webhooks;

use events::RowKeeper;
use events::groups::GroupRows;
use events::jobs::Jobs;
use reader::Reader;
use service::Service;
use timers::Destructor;

/// What an operator may tune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The most conversations of one user that lists look at; the longest untouched ones beyond it are left out.
    pub max_conversations: u64,
    /// The most conversations that `changesSince` tells one by one.
    pub max_changes: usize,
    /// How often a worker looks for messages that are to vanish.
    pub destruct_interval: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_conversations: 10_000, max_changes: 1_000, destruct_interval: Duration::from_secs(30) }
    }
}

/// What the domain stands on: the database, and what it may ask other domains.
pub struct Ports {
    /// The shared database.
    pub store: Store,
    /// The ends of logs.
    pub logs: Arc<dyn MessageLogReader>,
    /// Who is in which group.
    pub groups: Arc<dyn GroupReader>,
    /// Who is there.
    pub users: Arc<dyn UserReader>,
    /// Who has blocked whom.
    pub relations: Arc<dyn RelationReader>,
    /// The application's own server.
    pub webhooks: Webhooks,
}

/// The conversations domain of one process.
#[derive(Clone)]
pub struct Conversations {
    service: Arc<Service>,
    store: Store,
    groups: Arc<dyn GroupReader>,
    webhooks: Webhooks,
    destructor: Arc<Destructor>,
    runtime: Runtime,
}

impl Conversations {
    /// Puts the domain together.
    pub fn new(settings: Settings, ports: Ports, runtime: Runtime) -> Self {
        let (store, groups, webhooks) = (ports.store.clone(), ports.groups.clone(), ports.webhooks.clone());
        let service = Arc::new(Service::new(settings, ports));
        let destructor = Arc::new(Destructor { service: service.clone(), every: settings.destruct_interval });
        Self { service, store, groups, webhooks, destructor, runtime }
    }

    /// Returns its part of the graph.
    pub fn subgraph(&self) -> Arc<dyn Subgraph> {
        schema::subgraph(self.service.clone())
    }

    /// Returns what acts on other domains' events and does its own jobs.
    pub fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        let (store, webhooks) = (self.store.clone(), self.webhooks.clone());
        let groups = GroupRows { store: store.clone(), webhooks: webhooks.clone() };
        vec![Arc::new(RowKeeper { store, groups: self.groups.clone(), webhooks }), Arc::new(groups), Arc::new(Jobs)]
    }

    /// Returns what is done by the clock.
    pub fn timers(&self) -> Vec<Arc<dyn Job>> {
        vec![self.destructor.clone()]
    }

    /// Lets vanish at once what is due, as the timer does on its own, and returns how many views were looked at.
    ///
    /// # Errors
    /// As any statement.
    pub async fn destruct_due(&self) -> Result<u64> {
        self.destructor.run(&Turn::alone(self.store.clone(), self.runtime.clone())).await
    }
}

/// Returns what other domains may read; it needs the database only, so that it exists before any domain does.
pub fn reader(store: Store) -> Arc<dyn ConversationReader> {
    Arc::new(Reader::new(store))
}
