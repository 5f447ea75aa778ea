//! The relations subgraph: who has whom as a friend, who has asked whom, and who has blocked whom.
//!
//! [`Relations`] is the whole of it for the server's wiring; [`reader`] is what other domains ask, and needs no more than
//! the ports.

mod cache;
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

use std::sync::Arc;

use openim_contracts::{RelationReader, UserReader};
use openim_graphql::Subgraph;
use openim_platform::cache::Cache;
use openim_platform::events::EventHandler;
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;

use cache::Standings;
use events::{ClearCache, SpreadProfile};
use reader::Reader;
use service::Service;

/// The relations domain of one process.
#[derive(Clone)]
pub struct Relations {
    service: Arc<Service>,
    standings: Standings,
}

impl Relations {
    /// Puts the domain together over the ports and the users domain's reader.
    pub fn new(store: Store, cache: Arc<dyn Cache>, webhooks: Webhooks, users: Arc<dyn UserReader>) -> Self {
        let standings = Standings::new(cache, store.clone());
        Self { service: Arc::new(Service::new(store, users, standings.clone(), webhooks)), standings }
    }

    /// Returns its part of the graph.
    pub fn subgraph(&self) -> Arc<dyn Subgraph> {
        schema::subgraph(self.service.clone())
    }

    /// Returns the handlers to register with the event dispatcher.
    pub fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        vec![Arc::new(ClearCache::new(self.standings.clone())), Arc::new(SpreadProfile)]
    }
}

/// Returns what other domains read relations with; it needs the ports only, so that it exists before any domain does.
pub fn reader(store: Store, cache: Arc<dyn Cache>) -> Arc<dyn RelationReader> {
    Arc::new(Reader::new(store.clone(), Standings::new(cache, store)))
}
