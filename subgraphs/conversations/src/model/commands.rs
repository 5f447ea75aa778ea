//! What callers want changed.

use openim_core::{ConversationId, ConversationKind, GroupId, UserId};

use super::{Conversation, PreferencesChange};

/// Marks messages as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarkRead {
    pub(crate) owner: UserId,
    pub(crate) id: ConversationId,
    pub(crate) mark: Mark,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Everything up to a seq, and single messages beside it; beyond the end it means the end.
    Conversation { read_seq: i64, seqs: Vec<i64> },
    /// These messages, and with the last of them everything before.
    Messages(Vec<i64>),
    /// Everything up to a seq, for the owner's own devices.
    Position(i64),
}

/// A conversation as a client names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// The id; worked out of the rest when it is left out.
    pub(crate) id: Option<ConversationId>,
    pub(crate) kind: ConversationKind,
    pub(crate) peer: Option<UserId>,
    pub(crate) group: Option<GroupId>,
}

/// Changes the settings of some owners in one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Update {
    pub(crate) owners: Vec<UserId>,
    pub(crate) conversation: Named,
    pub(crate) change: PreferencesChange,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Updated {
    /// The owners' rows, in the order of the owners.
    pub(crate) rows: Vec<Conversation>,
    /// Whose rows were made or changed.
    pub(crate) changed: Vec<UserId>,
}

/// Deletes conversations from an owner's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delete {
    pub(crate) owner: UserId,
    /// These.
    pub(crate) ids: Option<Vec<ConversationId>>,
    /// Those without a message for so many days.
    pub(crate) quiet_days: Option<i64>,
}

/// Which of an owner's conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    /// These.
    Ids(Vec<ConversationId>),
    /// All.
    All,
}

/// Clears conversations: nobody, or not the owner, sees what is in them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clear {
    pub(crate) owner: UserId,
    pub(crate) which: Which,
    pub(crate) for_everybody: bool,
    pub(crate) tell_own_devices: bool,
}
