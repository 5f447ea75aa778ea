//! What others may ask of the conversations domain.

use async_trait::async_trait;
use openim_core::{ConversationId, Result, Timestamp, UserId};

/// A reader's cursor and limits in one conversation. The default is what a reader without a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReaderState {
    /// Everything up to here was read.
    pub read_seq: i64,
    /// The first visible seq; 0 for no limit (raised by clearing).
    pub min_seq: i64,
    /// The last visible seq; 0 for no limit (set by leaving a group).
    pub max_seq: i64,
    /// When that limit was set: what was added to messages since is not to be seen either. See [`ReaderState::left`].
    pub left_at: Timestamp,
    /// OpenIM `recvMsgOpt`: 0 receive, 1 refuse, 2 receive without offline push.
    pub receive_option: i32,
    /// The row of a group that is there before the news that its owner has entered it: from where on the owner may read is
    /// not known yet.
    pub provisional: bool,
}

impl ReaderState {
    /// Returns when the reader left the group; `None` for who takes part.
    pub fn left(&self) -> Option<Timestamp> {
        (self.max_seq > 0).then_some(self.left_at)
    }
}

/// Reads readers' cursors; implemented by the conversations subgraph.
#[async_trait]
pub trait ConversationReader: Send + Sync + 'static {
    /// Returns the owner's state in each conversation that has a row, `None` where there is none, in the order asked.
    async fn reader_states(&self, owner: &UserId, conversations: &[ConversationId]) -> Result<Vec<Option<ReaderState>>>;

    /// Returns the state of each (owner, conversation) that has a row, `None` where there is none, in the order asked.
    ///
    /// An implementation over a database answers in one query; this default asks once per owner.
    async fn states_of(&self, keys: &[(UserId, ConversationId)]) -> Result<Vec<Option<ReaderState>>> {
        let mut states = vec![None; keys.len()];
        let mut owners: Vec<&UserId> = keys.iter().map(|(owner, _)| owner).collect();
        owners.sort_unstable();
        owners.dedup();
        for owner in owners {
            let places: Vec<usize> = (0..keys.len()).filter(|place| keys.get(*place).is_some_and(|key| &key.0 == owner)).collect();
            let wanted: Vec<ConversationId> = places.iter().filter_map(|place| keys.get(*place)).map(|key| key.1.clone()).collect();
            for (place, state) in places.into_iter().zip(self.reader_states(owner, &wanted).await?) {
                if let Some(slot) = states.get_mut(place) {
                    *slot = state;
                }
            }
        }
        Ok(states)
    }
}
