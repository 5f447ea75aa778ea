//! The third subgraph: what the house exchanges with others. Files that users upload and read directly at the object store,
//! and the log of webhook deliveries, for whoever operates the server; the deliveries themselves are made by the platform's
//! engine.

mod error;
mod events;
mod jobs;
mod model;
mod policy;
mod repository;
mod schema;
mod service;
mod settings;
mod worker;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use openim_core::{Result, Runtime};
use openim_graphql::Subgraph;
use openim_objects::Objects;
use openim_platform::events::EventHandler;
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use events::Jobs;
use service::{Deliveries, Files};
use worker::Cleanup;

pub use settings::FileSettings;

/// What the domain stands on.
pub struct ThirdPorts {
    /// The database.
    pub store: Store,
    /// What the application's server is told through.
    pub webhooks: Webhooks,
    /// Where files lie.
    pub objects: Arc<dyn Objects>,
    /// Knows the work that outlives a request.
    pub tasks: TaskTracker,
}

/// The third domain of one process.
#[derive(Clone)]
pub struct Third {
    deliveries: Deliveries,
    files: Files,
    cleanup: Cleanup,
}

impl Third {
    /// Puts the domain together.
    pub fn new(settings: FileSettings, ports: ThirdPorts, runtime: Runtime) -> Self {
        let ThirdPorts { store, webhooks, objects, tasks } = ports;
        let files = Files::new(store.clone(), objects, settings, tasks);
        Self { deliveries: Deliveries::new(store, webhooks), cleanup: Cleanup::new(files.clone(), runtime), files }
    }

    /// Returns its part of the graph.
    pub fn subgraph(&self) -> Arc<dyn Subgraph> {
        schema::subgraph(self.deliveries.clone(), self.files.clone())
    }

    /// Returns the handlers to register with the event dispatcher.
    pub fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        vec![Arc::new(Jobs(self.files.clone()))]
    }

    /// Returns the background work; each future ends soon after `stop`.
    pub fn workers(&self, stop: &CancellationToken) -> Vec<BoxFuture<'static, ()>> {
        vec![self.cleanup.clone().run(stop.clone()).boxed()]
    }

    /// Clears away what is over by now, as the background work does now and then; returns how many uploads and files.
    ///
    /// # Errors
    /// As any statement, and when the object store cannot be reached.
    pub async fn clean(&self) -> Result<(usize, usize)> {
        self.cleanup.clean(&CancellationToken::new()).await
    }
}
