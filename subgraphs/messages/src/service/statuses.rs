//! Whether a send is known to have gone well, by the operation it was: for an administrator whose connection broke before
//! the answer came. Kept for a day in the shared cache, which may lose it.

use std::time::Duration;

use openim_core::{Ctx, OperationId, Result};

use super::Service;
use crate::model::SendStatus;

/// How long it is known.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

impl Service {
    /// Remembers that the send of this operation went well. It has, whether it can be remembered or not.
    pub(super) async fn note_success(&self, ctx: &Ctx) {
        if let Err(error) = self.cache.set(&key(ctx.operation_id()), b"2", KEPT).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "that a message was sent could not be remembered");
        }
    }

    /// Tells what is known of the send of an operation.
    ///
    /// # Errors
    /// `UNAVAILABLE` while the cache cannot be reached.
    pub(crate) async fn send_status(&self, operation: &OperationId) -> Result<SendStatus> {
        Ok(if self.cache.get(&key(operation)).await?.is_some() { SendStatus::Succeeded } else { SendStatus::Unknown })
    }
}

fn key(operation: &OperationId) -> String {
    format!("messages:sent:{operation}")
}
