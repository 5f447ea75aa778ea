//! What other domains may ask of this one.

use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{ConversationHead, MessageLogReader, StoredBefore};
use openim_core::{ConversationId, Result};
use openim_platform::store::Store;

use crate::repository::{clearing, logs};

/// Makes the reader of logs' ends. It needs the database only, so that it can be made before anything else.
pub fn log_reader(store: Store) -> Arc<dyn MessageLogReader> {
    Arc::new(LogReader { store })
}

struct LogReader {
    store: Store,
}

#[async_trait]
impl MessageLogReader for LogReader {
    async fn heads(&self, conversations: &[ConversationId]) -> Result<Vec<ConversationHead>> {
        let heads = logs::heads(self.store.read(), conversations).await?;
        Ok(heads
            .into_iter()
            .map(|head| ConversationHead {
                conversation_id: head.log.key.id.clone(),
                kind: head.log.key.kind,
                participants: head.log.key.parties.people(),
                max_seq: head.max_seq,
                min_seq: head.min_seq,
                last_time: head.last_sent_at,
                last_stored_at: head.last_stored_at,
                last_sender: head.last_sender,
            })
            .collect())
    }

    async fn last_before(&self, asked: &[StoredBefore]) -> Result<Vec<i64>> {
        clearing::last_before(self.store.read(), asked).await
    }
}
