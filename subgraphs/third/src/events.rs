//! What this subgraph does on events: its own jobs, and keeping what administrators did.

mod push;

use async_trait::async_trait;
use openim_contracts::{AdministratorActed, DomainEvent};
use openim_core::{Ctx, Error, ErrorCode, Result};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;

use crate::jobs::CheckObject;
use crate::service::{Audit, Files};

pub(crate) use push::PushFollower;

/// Does the jobs.
pub(crate) struct Jobs(pub(crate) Files);

#[async_trait]
impl EventHandler for Jobs {
    fn name(&self) -> &'static str {
        "third.jobs"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[CheckObject::TOPIC]
    }

    async fn handle(&self, _ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        let bad = |cause| Error::new(ErrorCode::Data, "a job cannot be read").with_source(cause);
        let job: CheckObject = serde_json::from_value(event.payload.clone()).map_err(bad)?;
        self.0.remove_unnamed(tx, &job.key).await
    }
}

/// Writes the audit log.
pub(crate) struct AuditKeeper(pub(crate) Audit);

#[async_trait]
impl EventHandler for AuditKeeper {
    fn name(&self) -> &'static str {
        "third.audit"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[AdministratorActed::TOPIC]
    }

    async fn handle(&self, _ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        self.0.keep(tx, &event.decode()?).await
    }
}
