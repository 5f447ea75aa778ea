//! Does what is due by the clock: old messages vanish from views whose owners want it.

use std::sync::Arc;
use std::time::Duration;

use openim_core::{Ctx, OperationId, Result, Runtime};
use tokio_util::sync::CancellationToken;

use crate::service::Service;

/// The periodic work. Several processes may do it at the same time.
#[derive(Clone)]
pub(crate) struct Destructor {
    service: Arc<Service>,
    runtime: Runtime,
    interval: Duration,
}

impl Destructor {
    pub(crate) fn new(service: Arc<Service>, runtime: Runtime, interval: Duration) -> Self {
        Self { service, runtime, interval }
    }

    /// Works at once and then in intervals until `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.work(&stop).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "old messages cannot vanish now");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(self.interval) => {}
            }
        }
    }

    /// Does everything that is due by now in bounded steps; returns how many views were looked at.
    pub(crate) async fn work(&self, stop: &CancellationToken) -> Result<usize> {
        let mut done = 0;
        while !stop.is_cancelled() {
            let ctx = Ctx::system(&self.runtime, OperationId::fresh(&*self.runtime.ids));
            match self.service.destruct_step(&ctx).await? {
                0 => break,
                step => done += step,
            }
        }
        Ok(done)
    }
}
