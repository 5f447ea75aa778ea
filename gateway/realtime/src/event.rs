//! What a stream tells.

use async_graphql::Enum;
use openim_core::{ConversationId, UserId};

/// One event of a stream, with the place to resume after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) cursor: String,
    pub(crate) what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happened {
    /// The stream is open; this many missed events follow.
    Ready { missed: i64 },
    /// A message is in the log.
    MessageAdded { conversation_id: ConversationId, seq: i64 },
    /// A reader's position moved.
    ConversationRead { conversation_id: ConversationId, reader: UserId, read_seq: i64 },
    /// The viewer's row was made or changed.
    ConversationChanged { conversation_id: ConversationId },
    /// A profile changed.
    UserChanged { user_id: UserId },
    /// Something may have been missed.
    Reset { reason: ResetReason },
}

/// Why a client must load again what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ResetReason {
    /// The cursor is not one of this viewer's.
    ForeignCursor,
    /// The cursor is older than the server looks back, see `eventLimits`.
    ExpiredCursor,
    /// More was missed than the server repeats, see `eventLimits`.
    TooMuchMissed,
    /// The client read too slowly; the stream ends now and can be resumed from the last cursor.
    TooSlow,
}
