//! What callers ask for.

use std::sync::Arc;

use openim_core::{ClientMessageId, ConversationId, ErrorCode, GroupId, Timestamp, UserId};

use super::{Message, OfflinePush, Slot};

/// Where a message goes.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// To one user.
    User(UserId),
    /// To a group.
    Group(GroupId),
}

/// Sends one message.
#[derive(Debug, Clone)]
pub struct SendMessage {
    /// In whose name; the caller when left out.
    pub sender: Option<UserId>,
    /// The name to show; the sender's own when left out.
    pub nickname: Option<String>,
    /// The picture to show; the sender's own when left out.
    pub face_url: Option<String>,
    /// The sender's platform number; that of the caller's token when left out.
    pub platform: Option<i32>,
    /// To whom.
    pub recipient: Recipient,
    /// The key that makes the send repeatable; administrators may leave it out.
    pub client_id: Option<ClientMessageId>,
    /// OpenIM's content type.
    pub content_type: i32,
    /// The content, the text of a JSON object.
    pub content: String,
    /// When it was sent; administrators only.
    pub sent_at: Option<Timestamp>,
    /// When the client made it.
    pub created_at: Option<Timestamp>,
    /// OpenIM `msgFrom`; administrators only.
    pub source: Option<i32>,
    /// Who is mentioned; taken from the content of an at-text when left out.
    pub at_user_ids: Option<Vec<String>>,
    /// The client's bookkeeping.
    pub attached_info: String,
    /// Free data.
    pub ex: String,
    /// Switches.
    pub options: Vec<(String, bool)>,
    /// What to push to devices that are offline.
    pub offline_push: Option<OfflinePush>,
}

/// Who receives a batch.
#[derive(Debug, Clone)]
pub enum BatchReceivers {
    /// These users.
    These(Vec<UserId>),
    /// All users, from the one after this in id order.
    Everybody(Option<UserId>),
}

/// Sends the same message to many users.
#[derive(Debug, Clone)]
pub struct BatchSend {
    /// The message; its recipient is replaced.
    pub message: SendMessage,
    /// To whom.
    pub receivers: BatchReceivers,
}

/// Why one receiver of a batch got nothing.
#[derive(Debug, Clone)]
pub struct SendFailure {
    /// Who.
    pub receiver: UserId,
    /// The code.
    pub code: ErrorCode,
    /// The text for the caller.
    pub message: String,
}

/// What a batch came to. The two lists are bounded, the counts are not.
#[derive(Debug, Clone, Default)]
pub struct BatchOutcome {
    /// Who got what.
    pub sent: Vec<(UserId, Arc<Message>)>,
    /// Who got nothing.
    pub failed: Vec<SendFailure>,
    /// How many got it.
    pub sent_count: i64,
    /// How many did not.
    pub failed_count: i64,
    /// After whom to go on when the deadline came before the end.
    pub continue_after: Option<UserId>,
}

/// A part of a log to pull.
#[derive(Debug, Clone)]
pub struct SeqRange {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The first seq wanted.
    pub begin: i64,
    /// The last seq wanted.
    pub end: i64,
    /// At most this many, the newest of them; notification streams ignore it.
    pub limit: Option<i64>,
}

/// In which direction a puller walks; the messages come in ascending order either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PullOrder {
    /// From old to new.
    #[default]
    Ascending,
    /// From new to old.
    Descending,
}

/// Pulls parts of logs.
#[derive(Debug, Clone)]
pub struct Pull {
    /// The parts.
    pub ranges: Vec<SeqRange>,
    /// The direction.
    pub order: PullOrder,
}

/// One answered part.
#[derive(Debug, Clone)]
pub struct PulledRange {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Whether it is a notification stream.
    pub notification: bool,
    /// One slot for each seq, ascending.
    pub slots: Vec<Slot>,
    /// Whether nothing visible lies beyond, in the direction of the pull.
    pub is_end: bool,
    /// The visible end in that direction when `is_end`, else 0.
    pub end_seq: i64,
}
