//! Who sends has read what was there. Sends are far more frequent than a position is worth writing, so the newest
//! position of each (sender, conversation) is kept here and told to the conversations domain once a second, many at a
//! time. A crash loses at most that second; positions only grow and the next send repairs it.

use std::sync::Arc;

use openim_contracts::{ReadAdvanced, ReadPosition};
use openim_core::{ConversationId, ConversationKind, Ctx, OperationId, Result, Runtime, UserId};
use openim_platform::store::Store;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::Notify;

use crate::meters;
use crate::model::Message;

/// When this many wait, the flush is not put off any longer.
const MANY: usize = 10_000;
/// The most that wait; further senders' positions are known by `last_sender` until their next send.
const MOST: usize = 100_000;
/// The most positions of one event.
const CHUNK: usize = 500;

/// Positions that are not told yet.
#[derive(Default)]
pub(crate) struct ReadPositions {
    waiting: Mutex<FxHashMap<(UserId, ConversationId), i64>>,
    full: Notify,
}

impl ReadPositions {
    /// Notes that the senders of these messages of one log have read up to their own message.
    pub(crate) fn note_all(&self, messages: &[Arc<Message>]) {
        let mut waiting = self.waiting.lock();
        for message in messages {
            if message.conversation_id.kind() == ConversationKind::Notification || waiting.len() >= MOST {
                continue;
            }
            let position = waiting.entry((message.envelope.sender.clone(), message.conversation_id.clone())).or_default();
            *position = message.seq.0.max(*position);
        }
        if waiting.len() >= MANY {
            self.full.notify_one();
        }
    }

    /// Returns when so many wait that they should be told now.
    pub(crate) async fn full(&self) {
        self.full.notified().await;
    }

    /// Tells what waits; when that fails, it waits on.
    pub(crate) async fn flush(&self, store: &Store, runtime: &Runtime) -> Result<()> {
        let taken = std::mem::take(&mut *self.waiting.lock());
        if taken.is_empty() {
            return Ok(());
        }
        let result = Self::tell(store, runtime, &taken).await;
        if result.is_err() {
            meters::positions_not_told();
            let mut waiting = self.waiting.lock();
            for (key, seq) in taken {
                let position = waiting.entry(key).or_default();
                *position = seq.max(*position);
            }
        }
        result
    }

    async fn tell(store: &Store, runtime: &Runtime, taken: &FxHashMap<(UserId, ConversationId), i64>) -> Result<()> {
        let ctx = Ctx::system(runtime, OperationId::fresh(&*runtime.ids));
        let positions: Vec<ReadPosition> = taken
            .iter()
            .map(|((user_id, conversation_id), seq)| ReadPosition {
                user_id: user_id.clone(),
                conversation_id: conversation_id.clone(),
                seq: *seq,
            })
            .collect();
        // Each on its own: those who send at the same time wait for one at most.
        for chunk in positions.chunks(CHUNK) {
            let tx = store.begin().await?;
            tx.append(&ctx, &ReadAdvanced { positions: chunk.to_vec() }).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
