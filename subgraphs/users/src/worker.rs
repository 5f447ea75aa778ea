//! Deletes tokens that have ended, so that the table holds only what can still be asked for.

use std::sync::Arc;

use openim_core::{Result, Runtime};
use openim_platform::store::Store;
use tokio_util::sync::CancellationToken;

use crate::repository::tokens;
use crate::settings::Rules;

/// Tokens of one transaction: short enough for SQLite's one writer.
const CHUNK: u64 = 1_000;

/// The periodic cleaning of the token table. Several processes may run it at the same time.
#[derive(Clone)]
pub(crate) struct TokenCleanup {
    store: Store,
    rules: Arc<Rules>,
    runtime: Runtime,
}

impl TokenCleanup {
    pub(crate) fn new(store: Store, rules: Arc<Rules>, runtime: Runtime) -> Self {
        Self { store, rules, runtime }
    }

    /// Cleans at once and then in intervals until `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.clean(&stop).await {
                Ok(0) => {}
                Ok(deleted) => tracing::info!(tokens.deleted = deleted, "expired tokens were deleted"),
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "expired tokens cannot be deleted now"),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(self.rules.cleanup_interval) => {}
            }
        }
    }

    /// Deletes what has ended by now; returns how many it were.
    pub(crate) async fn clean(&self, stop: &CancellationToken) -> Result<u64> {
        let now = self.runtime.clock.now();
        let mut deleted = 0;
        loop {
            let tx = self.store.begin().await?;
            let chunk = tokens::delete_expired(tx.connection(), now, CHUNK).await?;
            tx.commit().await?;
            deleted += chunk;
            if chunk < CHUNK || stop.is_cancelled() {
                return Ok(deleted);
            }
        }
    }
}
