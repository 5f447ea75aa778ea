//! What the door is made of, and its routes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use openim_contracts::Authenticator;
use openim_core::Runtime;
use openim_federation::Operations;
use openim_platform::limits::DoorLimits;
use openim_realtime::Hub;
use tokio_util::task::TaskTracker;

use crate::entrance;
use crate::meters::Meters;
use crate::operations::{BuildError, Prepared};
use crate::settings::Settings;

/// What the door needs.
pub struct Door<'a> {
    /// The graph that requests are operations of.
    pub graph: &'a dyn Operations,
    /// Has what is pushed; ends the sockets when the server stops.
    pub hub: Arc<Hub>,
    /// Checks tokens.
    pub authenticator: Arc<dyn Authenticator>,
    /// Time and ids.
    pub runtime: Runtime,
    /// How often a caller may come.
    pub limits: Arc<DoorLimits>,
    /// Limits of the sockets.
    pub settings: Settings,
    /// Tracks every socket; the server waits for it when it stops.
    pub tasks: TaskTracker,
}

/// What all sockets share.
pub(crate) struct Service {
    pub(crate) operations: Prepared,
    pub(crate) hub: Arc<Hub>,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) runtime: Runtime,
    pub(crate) limits: Arc<DoorLimits>,
    pub(crate) settings: Settings,
    pub(crate) tasks: TaskTracker,
    pub(crate) meters: Meters,
    open: AtomicUsize,
}

/// A socket's right to be open; dropping it gives it back.
pub(crate) struct Place(Arc<Service>);

impl Place {
    /// Takes a place, if there is one.
    pub(crate) fn take(service: &Arc<Service>) -> Option<Self> {
        let place = Self(service.clone());
        let before = service.open.fetch_add(1, Ordering::Relaxed);
        (before < service.settings.max_connections).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns the door: it answers every path, because SDKs are configured with any. The metrics recorder must be installed
/// before.
///
/// # Errors
/// When an operation does not fit the graph.
pub fn router(door: Door<'_>) -> Result<Router, BuildError> {
    let Door { graph, hub, authenticator, runtime, limits, settings, tasks } = door;
    let operations = Prepared::new(graph)?;
    let (meters, open) = (Meters::new(), AtomicUsize::new(0));
    let service = Service { operations, hub, authenticator, runtime, limits, settings, tasks, meters, open };
    Ok(Router::new().fallback(entrance::enter).with_state(Arc::new(service)))
}
