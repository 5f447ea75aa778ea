//! A log: the one ordered list of a conversation's messages, shared by all of its readers.

use std::sync::Arc;

use openim_contracts::Audience;
use openim_core::{ConversationId, ConversationKind, GroupId, Timestamp, UserId};

/// Who a log is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Parties {
    /// Two people, in id order; the same one twice for a chat with oneself.
    Pair(UserId, UserId),
    /// The members of a group.
    Group(GroupId),
}

impl Parties {
    /// Puts two people in id order.
    pub(crate) fn pair(a: &UserId, b: &UserId) -> Self {
        if a <= b { Self::Pair(a.clone(), b.clone()) } else { Self::Pair(b.clone(), a.clone()) }
    }

    /// Returns the people of a pair, each once; none for a group, whose members another domain knows.
    pub(crate) fn people(&self) -> Vec<UserId> {
        match self {
            Self::Pair(a, b) if a == b => vec![a.clone()],
            Self::Pair(a, b) => vec![a.clone(), b.clone()],
            Self::Group(_) => Vec::new(),
        }
    }
}

/// What identifies a log. The parties are stored with it because an id cannot be split back into them: ids of people may
/// contain the separator, so that two pairs can make the same text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogKey {
    /// The conversation.
    pub(crate) id: ConversationId,
    /// What kind it is.
    pub(crate) kind: ConversationKind,
    /// Who it is for.
    pub(crate) parties: Parties,
}

/// A log as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Log {
    /// The short number that stands for the id in every other table.
    pub(crate) no: i64,
    /// What identifies it.
    pub(crate) key: LogKey,
}

/// Returns who hears of new messages: both people of a pair, or one signal for a group of any size.
pub(crate) fn audience(key: &LogKey) -> Audience {
    match &key.parties {
        Parties::Pair(..) => Audience::Users(key.parties.people()),
        // Who follows a group's conversation also hears of its notification stream.
        Parties::Group(group) => Audience::Conversation(ConversationId::group(group)),
    }
}

/// The end of a log.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// The log.
    pub(crate) log: Arc<Log>,
    /// The newest seq, 0 while empty.
    pub(crate) max_seq: i64,
    /// The first seq that is kept for everybody.
    pub(crate) min_seq: i64,
    /// When the newest message was sent.
    pub(crate) last_sent_at: Timestamp,
    /// When the newest message was stored.
    pub(crate) last_stored_at: Timestamp,
    /// Who sent the newest message.
    pub(crate) last_sender: Option<UserId>,
}

/// The part of a log that one reader may see.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    /// The log's end.
    pub(crate) head: Head,
    /// The first visible seq.
    pub(crate) lower: i64,
    /// The last visible seq; below `lower` when nothing is visible.
    pub(crate) upper: i64,
    /// When the reader left, if one who has: messages are shown as they were before.
    pub(crate) left_at: Option<Timestamp>,
    /// The reader, if one who has deleted messages for themselves somewhere: then it is to be looked which.
    pub(crate) hider: Option<UserId>,
}

impl Window {
    /// Tells whether a seq is visible.
    pub(crate) fn contains(&self, seq: i64) -> bool {
        self.lower <= seq && seq <= self.upper
    }
}
