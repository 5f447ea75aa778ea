//! What others may ask of the conversations domain.

use async_trait::async_trait;
use openim_core::{ConversationId, Result, UserId};

/// A reader's cursor and limits in one conversation. The default is what a reader without a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReaderState {
    /// Everything up to here was read.
    pub read_seq: i64,
    /// The first visible seq; 0 for no limit (raised by clearing).
    pub min_seq: i64,
    /// The last visible seq; 0 for no limit (set by leaving a group).
    pub max_seq: i64,
    /// OpenIM `recvMsgOpt`: 0 receive, 1 refuse, 2 receive without offline push.
    pub receive_option: i32,
}

/// Reads readers' cursors; implemented by the conversations subgraph.
#[async_trait]
pub trait ConversationReader: Send + Sync + 'static {
    /// Returns the owner's state in each conversation that has a row, `None` where there is none, in the order asked.
    async fn reader_states(&self, owner: &UserId, conversations: &[ConversationId]) -> Result<Vec<Option<ReaderState>>>;
}
