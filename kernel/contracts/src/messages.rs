//! What others may ask of the messages domain.

use async_trait::async_trait;
use openim_core::{ConversationId, ConversationKind, Result, Timestamp, UserId};

use crate::{MessageData, PlacedMessage};

/// The end of a conversation's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationHead {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What kind it is.
    pub kind: ConversationKind,
    /// The two people of a single or system conversation, in id order; empty for groups.
    pub participants: Vec<UserId>,
    /// The newest seq, 0 while empty.
    pub max_seq: i64,
    /// The first seq that is kept for everybody, 1 at first.
    pub min_seq: i64,
    /// When the newest message was sent, as its sender or an administrator said.
    pub last_time: Timestamp,
    /// When the newest message was stored, by the server's clock: what event streams resume by.
    pub last_stored_at: Timestamp,
    /// Who sent the newest message: it is read by its sender although no read position says so yet.
    pub last_sender: Option<UserId>,
}

/// Reads the ends of logs; implemented by the messages subgraph.
#[async_trait]
pub trait MessageLogReader: Send + Sync + 'static {
    /// Returns the head of each conversation that has a log, in no order.
    async fn heads(&self, conversations: &[ConversationId]) -> Result<Vec<ConversationHead>>;

    /// Returns for each question the last seq that was stored before its moment, looking from its seq on; 0 when there is
    /// none, in the order asked.
    ///
    /// This default knows of no times, so that everything counts as new.
    async fn last_before(&self, asked: &[StoredBefore]) -> Result<Vec<i64>> {
        Ok(vec![0; asked.len()])
    }

    /// Returns the messages at these places, in no order; those that were revoked or emptied are left out.
    ///
    /// This default has none.
    async fn messages(&self, _places: &[PlacedMessage]) -> Result<Vec<MessageData>> {
        Ok(Vec::new())
    }
}

/// Asks which part of a log is older than a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBefore {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Where to begin: what lies before is known to be older.
    pub from: i64,
    /// The moment, by the server's clock.
    pub moment: Timestamp,
}
