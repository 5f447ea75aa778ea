//! The conversations subgraph: each user's own row in each conversation, with its settings, its read position and its
//! limits. The log itself belongs to the messages domain; here is only how far somebody got in it.

mod error;
mod events;
mod model;
mod notifications;
mod policy;
mod reader;
mod repository;
mod schema;
mod service;

use std::sync::Arc;

use openim_contracts::{ConversationReader, GroupReader, MessageLogReader};
use openim_graphql::Subgraph;
use openim_platform::events::EventHandler;
use openim_platform::store::Store;

use events::RowKeeper;
use events::groups::GroupRows;
use reader::Reader;
use service::Service;

/// What an operator may tune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The most conversations of one user that lists look at; the longest untouched ones beyond it are left out.
    pub max_conversations: u64,
    /// The most conversations that `changesSince` tells one by one.
    pub max_changes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_conversations: 10_000, max_changes: 1_000 }
    }
}

/// The conversations domain of one process.
#[derive(Clone)]
pub struct Conversations {
    service: Arc<Service>,
}

impl Conversations {
    /// Puts the domain together over the shared database and the readers of the messages and groups domains.
    pub fn new(settings: Settings, store: Store, logs: Arc<dyn MessageLogReader>, groups: Arc<dyn GroupReader>) -> Self {
        Self { service: Arc::new(Service::new(settings, store, logs, groups)) }
    }

    /// Returns its part of the graph.
    pub fn subgraph(&self) -> Arc<dyn Subgraph> {
        schema::subgraph(self.service.clone())
    }

    /// Returns what acts on other domains' events.
    pub fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        vec![Arc::new(RowKeeper), Arc::new(GroupRows)]
    }
}

/// Returns what other domains may read; it needs the database only, so that it exists before any domain does.
pub fn reader(store: Store) -> Arc<dyn ConversationReader> {
    Arc::new(Reader::new(store))
}
