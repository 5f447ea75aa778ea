//! What callers ask for.

use std::sync::Arc;

use openim_core::{ClientMessageId, ConversationId, ErrorCode, GroupId, Timestamp, UserId};

use super::{Message, OfflinePush, Slot};

/// Where a message goes.
#[derive(Debug, Clone)]
pub(crate) enum Recipient {
    /// To one user.
    User(UserId),
    /// To a group.
    Group(GroupId),
}

/// Sends one message.
#[derive(Debug, Clone)]
pub(crate) struct SendMessage {
    /// In whose name; the caller when left out.
    pub(crate) sender: Option<UserId>,
    /// The name to show; the sender's own when left out.
    pub(crate) nickname: Option<String>,
    /// The picture to show; the sender's own when left out.
    pub(crate) face_url: Option<String>,
    /// The sender's platform number; that of the caller's token when left out.
    pub(crate) platform: Option<i32>,
    /// To whom.
    pub(crate) recipient: Recipient,
    /// The key that makes the send repeatable; administrators may leave it out.
    pub(crate) client_id: Option<ClientMessageId>,
    /// OpenIM's content type.
    pub(crate) content_type: i32,
    /// The content, the text of a JSON object.
    pub(crate) content: String,
    /// When it was sent; administrators only.
    pub(crate) sent_at: Option<Timestamp>,
    /// When the client made it.
    pub(crate) created_at: Option<Timestamp>,
    /// OpenIM `msgFrom`; administrators only.
    pub(crate) source: Option<i32>,
    /// Who is mentioned; taken from the content of an at-text when left out.
    pub(crate) at_user_ids: Option<Vec<String>>,
    /// The client's bookkeeping.
    pub(crate) attached_info: String,
    /// Free data.
    pub(crate) ex: String,
    /// Switches.
    pub(crate) options: Vec<(String, bool)>,
    /// What to push to devices that are offline.
    pub(crate) offline_push: Option<OfflinePush>,
    /// The place of the message that it answers, in the same conversation.
    pub(crate) reply_to: Option<i64>,
}

/// Who receives a batch.
#[derive(Debug, Clone)]
pub(crate) enum BatchReceivers {
    /// These users.
    These(Vec<UserId>),
    /// All users, from the one after this in id order.
    Everybody(Option<UserId>),
}

/// Sends the same message to many users.
#[derive(Debug, Clone)]
pub(crate) struct BatchSend {
    /// The message; its recipient is replaced.
    pub(crate) message: SendMessage,
    /// To whom.
    pub(crate) receivers: BatchReceivers,
}

/// Why one receiver of a batch got nothing.
#[derive(Debug, Clone)]
pub(crate) struct SendFailure {
    /// Who.
    pub(crate) receiver: UserId,
    /// The code.
    pub(crate) code: ErrorCode,
    /// The text for the caller.
    pub(crate) message: String,
}

/// What a batch came to. The two lists are bounded, the counts are not.
#[derive(Debug, Clone, Default)]
pub(crate) struct BatchOutcome {
    /// Who got what.
    pub(crate) sent: Vec<(UserId, Arc<Message>)>,
    /// Who got nothing.
    pub(crate) failed: Vec<SendFailure>,
    /// How many got it.
    pub(crate) sent_count: i64,
    /// How many did not.
    pub(crate) failed_count: i64,
    /// After whom to go on when the deadline came before the end.
    pub(crate) continue_after: Option<UserId>,
}

/// A part of a log to pull.
#[derive(Debug, Clone)]
pub(crate) struct SeqRange {
    /// The conversation.
    pub(crate) conversation_id: ConversationId,
    /// The first seq wanted.
    pub(crate) begin: i64,
    /// The last seq wanted.
    pub(crate) end: i64,
    /// At most this many, the newest of them; notification streams ignore it.
    pub(crate) limit: Option<i64>,
}

/// In which direction a puller walks; the messages come in ascending order either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum PullOrder {
    /// From old to new.
    #[default]
    Ascending,
    /// From new to old.
    Descending,
}

/// Pulls parts of logs.
#[derive(Debug, Clone)]
pub(crate) struct Pull {
    /// The parts.
    pub(crate) ranges: Vec<SeqRange>,
    /// The direction.
    pub(crate) order: PullOrder,
}

/// One answered part.
#[derive(Debug, Clone)]
pub(crate) struct PulledRange {
    /// The conversation.
    pub(crate) conversation_id: ConversationId,
    /// Whether it is a notification stream.
    pub(crate) notification: bool,
    /// One slot for each seq, ascending.
    pub(crate) slots: Vec<Slot>,
    /// Whether nothing visible lies beyond, in the direction of the pull.
    pub(crate) is_end: bool,
    /// The visible end in that direction when `is_end`, else 0.
    pub(crate) end_seq: i64,
}
