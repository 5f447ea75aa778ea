//! The third subgraph: what the house exchanges with others. Today that is the log of webhook deliveries, for whoever
//! operates the server; the deliveries themselves are made by the platform's engine.

mod error;
mod model;
mod schema;
mod service;

use std::sync::Arc;

use openim_graphql::Subgraph;
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;

use service::Deliveries;

/// The third domain of one process.
#[derive(Clone)]
pub struct Third {
    deliveries: Deliveries,
}

impl Third {
    /// Puts the domain together over the shared database and the process's webhooks.
    pub fn new(store: Store, webhooks: Webhooks) -> Self {
        Self { deliveries: Deliveries::new(store, webhooks) }
    }

    /// Returns its part of the graph.
    pub fn subgraph(&self) -> Arc<dyn Subgraph> {
        schema::subgraph(self.deliveries.clone())
    }
}
