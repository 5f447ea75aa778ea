//! The third subgraph: what the house exchanges with others. Files that users upload and read directly at the object store,
//! the log of webhook deliveries (the deliveries themselves are made by the platform's engine), the log of what administrators
//! did, and the logs that apps uploaded, for whoever operates the server.

mod error;
mod events;
mod hooks;
mod jobs;
mod model;
mod policy;
mod repository;
mod schema;
mod service;
mod settings;
mod timers;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use openim_core::{Result, Runtime};
use openim_graphql::Subgraph;
use openim_objects::Objects;
use openim_platform::config::{Configuration, Live};
use openim_platform::events::EventHandler;
use openim_platform::store::Store;
use openim_platform::timers::{Job, Turn};
use openim_platform::webhooks::Webhooks;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use events::{AuditKeeper, Jobs, PushFollower};
use service::{Audit, ClientLogs, Deliveries, Files, Nodes, Pushes, Settings};

pub use service::{PushPorts, push_hooks_enabled};
pub use settings::{AuditSettings, ClientLogSettings, FileSettings, MonitoringSettings, PushSettings, ThirdSettings};

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
    /// What offline push stands on.
    pub push: PushPorts,
    /// How the process is configured, and where others store settings for it.
    pub configuration: Configuration,
}

/// The third domain of one process.
#[derive(Clone)]
pub struct Third {
    deliveries: Deliveries,
    files: Files,
    audit: Audit,
    client_logs: ClientLogs,
    pushes: Pushes,
    settings: Settings,
    nodes: Nodes,
    store: Store,
    runtime: Runtime,
    retention: Duration,
}

impl Third {
    /// Puts the domain together.
    pub fn new(settings: impl Into<ThirdSettings>, ports: ThirdPorts, runtime: Runtime) -> Self {
        let ThirdSettings { files: settings, audit, client_logs, push: push_settings, monitoring, retention_interval } = settings.into();
        let ThirdPorts { store, webhooks, objects, tasks, push, configuration } = ports;
        let files = Files::new(store.clone(), objects, settings, tasks);
        Self {
            nodes: Nodes::new(store.clone(), monitoring),
            audit: Audit::new(store.clone(), audit),
            client_logs: ClientLogs::new(store.clone(), client_logs),
            pushes: Pushes::new(store.clone(), webhooks.clone(), push_settings, push),
            settings: Settings::new(store.clone(), configuration),
            deliveries: Deliveries::new(store.clone(), webhooks),
            files,
            store,
            runtime,
            retention: retention_interval,
        }
    }

    /// Returns its part of the graph.
    pub fn subgraph(&self) -> Arc<dyn Subgraph> {
        schema::subgraph(schema::UseCases {
            deliveries: self.deliveries.clone(),
            files: self.files.clone(),
            audit: self.audit.clone(),
            client_logs: self.client_logs.clone(),
            pushes: self.pushes.clone(),
            settings: self.settings.clone(),
            nodes: self.nodes.clone(),
        })
    }

    /// Returns what files are treated by, so that it can be replaced while the process runs.
    pub fn file_settings(&self) -> Live<FileSettings> {
        self.files.live_settings()
    }

    /// Returns the handlers to register with the event dispatcher.
    pub fn handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        vec![Arc::new(Jobs(self.files.clone())), Arc::new(AuditKeeper(self.audit.clone())), Arc::new(PushFollower(self.pushes.clone()))]
    }

    /// Returns the background work; each future ends soon after `stop`.
    pub fn workers(&self, stop: &CancellationToken) -> Vec<BoxFuture<'static, ()>> {
        vec![self.pushes.clone().run(self.runtime.clone(), stop.clone()).boxed()]
    }

    /// Returns what is done by the clock.
    pub fn timers(&self) -> Vec<Arc<dyn Job>> {
        let (files, audit, client_logs) = (self.files.clone(), self.audit.clone(), self.client_logs.clone());
        timers::all(files, audit, client_logs, self.pushes.clone(), self.retention)
    }

    /// Makes one attempt for every push that is due and returns how many there were: for tests, where no worker runs.
    ///
    /// # Errors
    /// As any statement.
    pub async fn send_pushes(&self) -> Result<usize> {
        self.pushes.send_due(&self.runtime).await
    }

    /// Forgets old pushes and tokens whose time is over, as the background work does now and then.
    ///
    /// # Errors
    /// As any statement.
    pub async fn forget_pushes(&self) -> Result<()> {
        let turn = Turn::alone(self.store.clone(), self.runtime.clone());
        for job in self.timers().iter().filter(|job| job.name() == timers::PUSHES) {
            job.run(&turn).await?;
        }
        Ok(())
    }

    /// Clears away what is over by now, as the background work does now and then; returns how many uploads and files.
    ///
    /// # Errors
    /// As any statement, and when the object store cannot be reached.
    pub async fn clean(&self) -> Result<(usize, usize)> {
        self.files.clear(&Turn::alone(self.store.clone(), self.runtime.clone())).await
    }
}
