//! The sender of servers that have no provider: it says that something would have been sent.

use async_trait::async_trait;

use crate::{Addressing, PushOutcome, PushRequest, PushSender};

/// Writes a line to the log and sends nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogSender;

#[async_trait]
impl PushSender for LogSender {
    fn name(&self) -> &'static str {
        "log"
    }

    fn addressing(&self) -> Addressing {
        Addressing::Any
    }

    async fn send(&self, request: &PushRequest) -> Vec<PushOutcome> {
        tracing::info!(
            operation.id = %request.operation_id,
            message.client_id = %request.client_message_id,
            push.targets = request.targets.len(),
            "a push would be sent, but no provider is configured"
        );
        request.targets.iter().map(|_| PushOutcome::delivered("")).collect()
    }
}
