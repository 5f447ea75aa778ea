//! The processes of the deployment, and where their metrics are read.

use std::sync::Arc;

use openim_contracts::Node;
use openim_core::{Ctx, Error, ErrorCode, Result};
use openim_platform::nodes::{all, is_healthy};
use openim_platform::store::Store;

use crate::settings::MonitoringSettings;

/// The use cases of processes.
#[derive(Clone)]
pub(crate) struct Nodes {
    store: Store,
    settings: Arc<MonitoringSettings>,
}

impl Nodes {
    pub(crate) fn new(store: Store, settings: MonitoringSettings) -> Self {
        Self { store, settings: Arc::new(settings) }
    }

    /// Returns the processes that are known, each with whether it lives, in the order they started.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn list(&self, ctx: &Ctx) -> Result<Vec<(Node, bool)>> {
        ctx.require_admin()?;
        let now = ctx.now();
        let nodes = all(self.store.read()).await?;
        Ok(nodes.into_iter().map(|node| (is_healthy(&node, now), node)).map(|(healthy, node)| (node, healthy)).collect())
    }

    /// Returns where the metrics of the living processes with a role are read, in alphabetical order. For app
    /// administrators, and for whoever asks from one of the configured networks, with or without a token.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn targets(&self, ctx: &Ctx, role: &str) -> Result<Vec<String>> {
        let near = ctx.origin().is_some_and(|origin| self.settings.discovery_networks.iter().any(|network| network.contains(origin)));
        if !near && !ctx.is_admin() {
            return Err(Error::new(ErrorCode::NoPermission, "targets are told to telemetry.discovery_networks and to administrators"));
        }
        let now = ctx.now();
        let nodes = all(self.store.read()).await?.into_iter().filter(|node| is_healthy(node, now) && has(node, role));
        let mut targets: Vec<String> = nodes.filter_map(|node| node.metrics_address).collect();
        targets.sort_unstable();
        targets.dedup();
        Ok(targets)
    }

    /// Returns where dashboards are shown, for everybody.
    pub(crate) fn dashboard(&self) -> Option<&str> {
        Some(self.settings.dashboard_url.as_str()).filter(|url| !url.is_empty())
    }
}

fn has(node: &Node, role: &str) -> bool {
    node.roles.iter().any(|word| word == role)
}
