//! What is done by the clock: expired uploads and files, and logs that were kept long enough.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openim_core::{Ctx, Result};
use openim_platform::store::Tx;
use openim_platform::timers::{Job, Step, Turn};

use crate::service::{Audit, ClientLogs, Files, Pushes};

/// The job that forgets pushes.
pub(crate) const PUSHES: &str = "third.pushes";

/// All of it.
pub(crate) fn all(files: Files, audit: Audit, client_logs: ClientLogs, pushes: Pushes, retention: Duration) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(Cleanup(files)),
        Arc::new(AuditRetention(audit, retention)),
        Arc::new(ClientLogRetention(client_logs, retention)),
        Arc::new(PushRetention(pushes, retention)),
    ]
}

/// Clears away expired uploads and files.
pub(crate) struct Cleanup(pub(crate) Files);

#[async_trait]
impl Job for Cleanup {
    fn name(&self) -> &'static str {
        "third.files"
    }

    fn every(&self) -> Duration {
        self.0.settings().cleanup_interval
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        let (uploads, files) = self.0.clear(turn).await?;
        Ok(u64::try_from(uploads + files).unwrap_or(u64::MAX))
    }
}

/// Forgets old acts of administrators.
struct AuditRetention(Audit, Duration);

#[async_trait]
impl Job for AuditRetention {
    fn name(&self) -> &'static str {
        "third.audit"
    }

    fn every(&self) -> Duration {
        self.1
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        turn.repeat(self).await
    }
}

#[async_trait]
impl Step for AuditRetention {
    async fn step(&self, ctx: &Ctx, tx: &Tx) -> Result<(u64, bool)> {
        self.0.forget(ctx, tx).await
    }
}

/// Forgets old logs of apps.
struct ClientLogRetention(ClientLogs, Duration);

#[async_trait]
impl Job for ClientLogRetention {
    fn name(&self) -> &'static str {
        "third.client_logs"
    }

    fn every(&self) -> Duration {
        self.1
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        turn.repeat(self).await
    }
}

#[async_trait]
impl Step for ClientLogRetention {
    async fn step(&self, ctx: &Ctx, tx: &Tx) -> Result<(u64, bool)> {
        self.0.forget(ctx, tx).await
    }
}

/// Forgets old pushes, and devices' tokens whose time is over.
struct PushRetention(Pushes, Duration);

#[async_trait]
impl Job for PushRetention {
    fn name(&self) -> &'static str {
        PUSHES
    }

    fn every(&self) -> Duration {
        self.1
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        turn.repeat(self).await
    }
}

#[async_trait]
impl Step for PushRetention {
    async fn step(&self, ctx: &Ctx, tx: &Tx) -> Result<(u64, bool)> {
        let gone = self.0.forget(ctx, tx).await?;
        Ok((gone, gone > 0))
    }
}
