//! What may happen to a message after it was sent, and what callers ask for.

use std::sync::Arc;
use std::time::Duration;

use openim_core::{ConversationId, Timestamp, UserId};

/// What became of a message. Nothing, for nearly all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// Its content was deleted for everybody; only its place is left.
    pub(crate) emptied: bool,
    /// It was taken back.
    pub(crate) revoked: Option<Arc<Revocation>>,
    /// It says something else now.
    pub(crate) edited: Option<Edited>,
}

/// Who took a message back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Revocation {
    /// Who.
    pub(crate) by: UserId,
    /// The role in the group, or the level of the account.
    pub(crate) role: i32,
    /// Whether it was an app administrator.
    pub(crate) app_admin: bool,
    /// The name at that time.
    pub(crate) nickname: String,
    /// When.
    pub(crate) at: Timestamp,
}

/// That a message was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edited {
    /// When last.
    pub(crate) at: Timestamp,
    /// How often.
    pub(crate) times: i64,
}

/// What an edited message said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The content's text.
    pub(crate) content: String,
    /// When it was written.
    pub(crate) written_at: Timestamp,
}

/// One emoji at a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reaction {
    /// The emoji.
    pub(crate) emoji: String,
    /// How many people used it.
    pub(crate) count: i64,
    /// Whether the reader is one of them.
    pub(crate) by_viewer: bool,
}

/// That a message is pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pin {
    /// The place of the message.
    pub(crate) seq: i64,
    /// Who pinned it.
    pub(crate) by: UserId,
    /// When.
    pub(crate) at: Timestamp,
}

/// One message that somebody changes.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// In whose name.
    pub(crate) user: UserId,
    /// The conversation.
    pub(crate) conversation_id: ConversationId,
    /// The place in its log.
    pub(crate) seq: i64,
}

/// Makes a message say something else.
#[derive(Debug, Clone)]
pub(crate) struct EditMessage {
    /// Which, and in whose name.
    pub(crate) target: Target,
    /// OpenIM's content type; it stays the same.
    pub(crate) content_type: i32,
    /// The content, the text of a JSON object.
    pub(crate) content: String,
}

/// For whom messages are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeleteFor {
    /// For the user alone.
    Oneself,
    /// For everybody.
    Everybody,
}

/// Deletes messages.
#[derive(Debug, Clone)]
pub(crate) struct DeleteMessages {
    /// In whose name.
    pub(crate) user: UserId,
    /// The conversation.
    pub(crate) conversation_id: ConversationId,
    /// The places in its log.
    pub(crate) seqs: Vec<i64>,
    /// For whom.
    pub(crate) whom: DeleteFor,
    /// Whether the user's own devices are told by a notification.
    pub(crate) tell_own_devices: bool,
}

/// Deletes old messages for good.
#[derive(Debug, Clone)]
pub(crate) struct PurgeOlder {
    /// In these conversations; in all when empty.
    pub(crate) conversation_ids: Vec<ConversationId>,
    /// How old a message must be.
    pub(crate) age: Duration,
}

/// What a purge came to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Purged {
    /// How many messages are gone.
    pub(crate) messages: i64,
    /// Whether it went through all conversations; otherwise it is to be asked for again.
    pub(crate) complete: bool,
}
