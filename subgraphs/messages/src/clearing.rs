//! Logs that were cleared for everybody: the conversations domain decides who may, the log's beginning moves here.

use async_trait::async_trait;
use openim_contracts::{DomainEvent, LogCleared, Signal, SignalKind};
use openim_core::{Ctx, Result};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;

use crate::model::audience;
use crate::repository::{clearing, logs};

/// Moves the beginnings of logs that were cleared.
pub(crate) struct Clearer;

#[async_trait]
impl EventHandler for Clearer {
    fn name(&self) -> &'static str {
        "messages.clearing"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[LogCleared::TOPIC]
    }

    async fn handle(&self, _ctx: &Ctx, tx: &Tx, event: &StoredEvent) -> Result<()> {
        let LogCleared { conversation_id, until, .. } = event.decode()?;
        let Some(log) = logs::find(tx.connection(), std::slice::from_ref(&conversation_id)).await?.pop() else { return Ok(()) };
        if clearing::begin_after(tx.connection(), log.no, until).await? {
            // What readers see of the conversation is another: counts, the newest message.
            tx.signal(Signal { audience: audience(&log.key), kind: SignalKind::ConversationChanged { conversation_id } });
        }
        Ok(())
    }
}
