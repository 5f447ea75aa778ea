//! What this subgraph does on events: its own jobs.

use async_trait::async_trait;
use openim_core::{Ctx, Error, ErrorCode, Result};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;

use crate::jobs::RemoveObject;
use crate::service::Files;

/// Does the jobs.
pub(crate) struct Jobs(pub(crate) Files);

#[async_trait]
impl EventHandler for Jobs {
    fn name(&self) -> &'static str {
        "third.jobs"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[RemoveObject::TOPIC]
    }

    async fn handle(&self, _ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        let bad = |cause| Error::new(ErrorCode::Data, "a job cannot be read").with_source(cause);
        let job: RemoveObject = serde_json::from_value(event.payload.clone()).map_err(bad)?;
        self.0.remove_object(tx, &job.key).await
    }
}
