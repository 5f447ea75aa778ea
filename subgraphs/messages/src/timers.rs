//! What is done by the clock: messages that were kept long enough are deleted for good.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openim_core::Result;
use openim_platform::timers::{Job, Turn};

use crate::service::Service;

/// Deletes old messages of all conversations.
pub(crate) struct Retention(pub(crate) Arc<Service>);

#[async_trait]
impl Job for Retention {
    fn name(&self) -> &'static str {
        "messages.retention"
    }

    fn every(&self) -> Duration {
        self.0.settings.get().retention_interval
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        let keep = self.0.settings.get().keep;
        if keep.is_zero() { Ok(0) } else { self.0.purge_kept_long_enough(turn, keep).await }
    }
}
