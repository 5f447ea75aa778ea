//! The groups subgraph: groups, who is in them, and who wants to enter.
//!
//! [`Groups`] is the whole of it for the server's wiring: the part of the graph, the reader of other domains, event handlers
//! and background work.

mod caches;
mod error;
mod events;
mod hooks;
mod jobs;
mod member_hash;
mod model;
mod notifications;
mod people;
mod policy;
mod reader;
mod repository;
mod schema;
mod service;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use openim_contracts::{GroupReader, MessageLogReader, UserReader};
use openim_graphql::Subgraph;
use openim_platform::config::Live;
use openim_platform::events::EventHandler;
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;
use tokio_util::sync::CancellationToken;

use caches::Caches;
use events::{ClearCaches, Jobs};
use reader::Reader;
use service::Service;

/// What an operator may tune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Whether new members may read what was written before they came (OpenIM `enableHistoryForNewMembers`).
    pub history_for_new_members: bool,
    /// The longest list of ids that is told as a whole; clients ask for one when they load a group for the first time.
    pub max_listed_ids: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { history_for_new_members: true, max_listed_ids: 500_000 }
    }
}

/// What the groups domain reads of others.
#[derive(Clone)]
pub struct Readers {
    /// Who exists, and how they are shown.
    pub users: Arc<dyn UserReader>,
    /// Where the logs of groups end.
    pub logs: Arc<dyn MessageLogReader>,
}

/// The groups domain of one process.
#[derive(Clone)]
pub struct Groups {
    service: Arc<Service>,
    store: Store,
    caches: Caches,
}

/// The reader for other domains together with the memory that it shares with the domain.
#[derive(Clone)]
pub struct Shared {
    store: Store,
    caches: Caches,
}

impl Shared {
    /// Makes the shared part. It needs the database only, so that it exists before any domain does.
    pub fn new(store: Store) -> Self {
        Self { store, caches: Caches::new() }
    }

    /// Returns what other domains read groups with.
    pub fn reader(&self) -> Arc<dyn GroupReader> {
        Arc::new(Reader::new(self.store.clone(), self.caches.clone()))
    }
}

impl Groups {
    /// Puts the domain together.
    pub fn new(settings: Settings, shared: &Shared, readers: Readers, webhooks: Webhooks) -> Self {
        let (store, caches) = (shared.store.clone(), shared.caches.clone());
        let service = Service::new(Live::new(settings), store.clone(), readers.users, readers.logs, webhooks, caches.clone());
        Self { service: Arc::new(service), store, caches }
    }

    /// Returns what groups are treated by, so that it can be replaced while the process runs.
    pub fn settings(&self) -> Live<Settings> {
        self.service.settings()
    }

    /// Returns its part of the graph.
    pub fn subgraph(&self) -> Arc<dyn Subgraph> {
        schema::subgraph(self.service.clone())
    }

    /// Returns what acts on events.
    pub fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        vec![Arc::new(Jobs(self.service.clone())), Arc::new(ClearCaches(self.caches.clone()))]
    }

    /// Returns the background work of every process that reads groups: forgetting what other processes changed. Each future
    /// ends soon after `stop`.
    pub fn workers(&self, stop: &CancellationToken) -> Vec<BoxFuture<'static, ()>> {
        vec![self.caches.clone().follow(self.store.fanout().clone(), stop.clone()).boxed()]
    }
}
