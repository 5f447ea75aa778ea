//! What other domains may ask of this one.

use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{ConversationHead, MessageData, MessageLogReader, PlacedMessage, StoredBefore};
use openim_core::{ConversationId, OperationId, Result};
use openim_platform::store::Store;
use rustc_hash::FxHashMap;

use crate::model::{Log, State};
use crate::repository::{Range, clearing, logs, reading};

/// Makes the reader of logs. It needs the database only, so that it can be made before anything else.
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

    async fn messages(&self, places: &[PlacedMessage]) -> Result<Vec<MessageData>> {
        let mut ids: Vec<ConversationId> = places.iter().map(|place| place.conversation_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        let logs: FxHashMap<ConversationId, Arc<Log>> =
            logs::find(self.store.read(), &ids).await?.into_iter().map(|log| (log.key.id.clone(), log)).collect();
        let range = |place: &PlacedMessage| {
            let log = logs.get(&place.conversation_id)?.clone();
            Some(Range { log, first: place.seq, last: place.seq })
        };
        let ranges: Vec<Range> = places.iter().filter_map(range).collect();
        let operations: FxHashMap<(&ConversationId, i64), &OperationId> =
            places.iter().map(|place| ((&place.conversation_id, place.seq), &place.operation_id)).collect();
        let found = reading::in_ranges(self.store.read(), &ranges).await?;
        let readable = found.into_iter().map(|(_, message)| message).filter(|message| {
            let State { revoked, emptied, .. } = &message.state;
            revoked.is_none() && !emptied
        });
        Ok(readable.map(|message| message.data(operations.get(&(&message.conversation_id, message.seq.0)).copied())).collect())
    }
}
