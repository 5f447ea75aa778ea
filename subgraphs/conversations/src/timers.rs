//! Does what is due by the clock: old messages vanish from views whose owners want it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openim_core::Result;
use openim_platform::timers::{Job, Turn};

use crate::service::Service;

/// The periodic work.
pub(crate) struct Destructor {
    pub(crate) service: Arc<Service>,
    pub(crate) every: Duration,
}

#[async_trait]
impl Job for Destructor {
    fn name(&self) -> &'static str {
        "conversations.destruction"
    }

    fn every(&self) -> Duration {
        self.every
    }

    /// Does everything that is due by now in bounded steps; returns how many views were looked at.
    async fn run(&self, turn: &Turn) -> Result<u64> {
        let mut done = 0;
        while !turn.is_over() {
            match self.service.destruct_step(turn).await? {
                0 => break,
                step => done += step,
            }
        }
        Ok(done)
    }
}
