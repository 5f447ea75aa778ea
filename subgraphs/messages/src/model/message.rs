//! A message: what the sender gave (the envelope) and its place in the log.

use std::sync::Arc;

use openim_contracts::{Envelope, MessageData};
use openim_core::{ConversationId, GroupId, OperationId, Seq, Timestamp};

use super::{LogKey, State};

/// A message with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// The conversation.
    pub(crate) conversation_id: ConversationId,
    /// The place in its log.
    pub(crate) seq: Seq,
    /// When it was committed; never decreases along a log.
    pub(crate) stored_at: Timestamp,
    /// What was sent; of a message that was revoked, what is shown in its place.
    pub(crate) envelope: Arc<Envelope>,
    /// What became of it since.
    pub(crate) state: State,
}

impl Message {
    /// Returns the message as devices get it.
    pub(crate) fn data(&self, operation_id: Option<&OperationId>) -> MessageData {
        MessageData {
            conversation_id: self.conversation_id.clone(),
            seq: self.seq.0,
            envelope: self.envelope.clone(),
            operation_id: operation_id.map(ToString::to_string).unwrap_or_default(),
        }
    }
}

/// A place of a log as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A message.
    Message(Arc<Message>),
    /// A place whose message is gone; clients move past it.
    Hole(ConversationId, Seq),
}

/// What a send came to.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    /// The stored message; of a repeated send, the first one.
    pub(crate) message: Arc<Message>,
    /// Whether it was stored by an earlier send with the same client id.
    pub(crate) duplicate: bool,
}

/// The part of a log that was stored since a given moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredRange {
    /// The conversation.
    pub(crate) conversation_id: ConversationId,
    /// The first seq.
    pub(crate) first: i64,
    /// The last seq.
    pub(crate) last: i64,
}

/// A kind of notification that was given without being stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    /// OpenIM's content type.
    pub(crate) content_type: i32,
    /// The group it was given to; `None` for the user alone.
    pub(crate) group: Option<GroupId>,
}

/// A checked message on its way into a log.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    /// Where it goes.
    pub(crate) log: LogKey,
    /// What goes there.
    pub(crate) envelope: Arc<Envelope>,
    /// The place of the message that it answers, in the same log.
    pub(crate) reply_to: Option<i64>,
}
