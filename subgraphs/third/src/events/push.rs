//! Follows what messages ask to be pushed.

use async_trait::async_trait;
use openim_contracts::{DomainEvent, PushWanted};
use openim_core::{Ctx, Error, ErrorCode, Result};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;
use serde_json::Value;

use crate::jobs::DecidePush;
use crate::model::Decided;
use crate::service::Pushes;

/// Decides who is pushed to.
pub(crate) struct PushFollower(pub(crate) Pushes);

#[async_trait]
impl EventHandler for PushFollower {
    fn name(&self) -> &'static str {
        "third.push"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[PushWanted::TOPIC, DecidePush::TOPIC]
    }

    async fn prepare(&self, ctx: &Ctx, event: &StoredEvent) -> Result<Option<Value>> {
        let decided = match event.topic.as_str() {
            PushWanted::TOPIC => self.0.decide(ctx, event.decode()?).await?,
            _ => {
                let bad = |cause| Error::new(ErrorCode::Data, "a job cannot be read").with_source(cause);
                let job: DecidePush = serde_json::from_value(event.payload.clone()).map_err(bad)?;
                self.0.decide_step(ctx, job.step).await?
            }
        };
        serde_json::to_value(decided).map(Some).map_err(Error::internal)
    }

    async fn handle_prepared(&self, ctx: &Ctx, tx: &Tx, _event: &StoredEvent, prepared: Option<Value>) -> Result<()> {
        let decided: Option<Decided> = prepared.map(serde_json::from_value).transpose().map_err(Error::internal)?;
        self.0.note(ctx, tx, &decided.unwrap_or_default()).await
    }

    async fn handle(&self, ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        self.handle_prepared(ctx, tx, event, None).await
    }
}
