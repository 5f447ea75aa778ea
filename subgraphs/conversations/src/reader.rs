//! What other domains may read of this one.

use std::collections::HashMap;

use async_trait::async_trait;
use openim_contracts::{ConversationReader, ReaderState};
use openim_core::{ConversationId, Result, UserId};
use openim_platform::store::Store;

use crate::model::Conversation;
use crate::repository;

/// Reads readers' states from the shared database.
pub(crate) struct Reader {
    store: Store,
}

impl Reader {
    /// Reads from `store`.
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl ConversationReader for Reader {
    async fn reader_states(&self, owner: &UserId, conversations: &[ConversationId]) -> Result<Vec<Option<ReaderState>>> {
        let keys: Vec<_> = conversations.iter().map(|id| (owner.clone(), id.clone())).collect();
        self.states_of(&keys).await
    }

    async fn states_of(&self, keys: &[(UserId, ConversationId)]) -> Result<Vec<Option<ReaderState>>> {
        let rows = repository::find_many(self.store.read(), keys).await?;
        let states: HashMap<(&str, &str), ReaderState> =
            rows.iter().map(|row| ((row.owner.as_str(), row.id.as_str()), state(row))).collect();
        Ok(keys.iter().map(|(owner, id)| states.get(&(owner.as_str(), id.as_str())).copied()).collect())
    }
}

fn state(row: &Conversation) -> ReaderState {
    ReaderState {
        read_seq: row.read_seq,
        min_seq: row.min_seq,
        max_seq: row.max_seq,
        left_at: row.membership_at,
        receive_option: row.preferences.receive_option,
        provisional: row.provisional(),
    }
}
