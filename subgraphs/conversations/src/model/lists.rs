//! What lists and streams tell of many conversations.

use openim_contracts::ConversationHead;
use openim_core::{ConversationId, Timestamp, UserId};
use openim_graphql::{Page, Place};
use openim_platform::versions::Version;

use super::{Conversation, unread, visible_max};

/// A conversation with the end of its log, when it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) row: Conversation,
    pub(crate) head: Option<ConversationHead>,
}

impl Listed {
    /// Returns when something last happened: the newest message, else the row's making.
    pub(crate) fn activity(&self) -> Timestamp {
        self.newest_at().unwrap_or(self.row.created_at)
    }

    /// Returns when the newest message was sent; for who has left when that was, whatever is said afterwards.
    pub(crate) fn newest_at(&self) -> Option<Timestamp> {
        let head = self.head.as_ref().filter(|head| head.max_seq > 0)?;
        // A row that was moved here from elsewhere does not know when its owner left.
        Some(if self.row.max_seq > 0 { self.row.membership_at.max(self.row.created_at) } else { head.last_time })
    }

    /// Tells whether there is a message that the owner can see.
    pub(crate) fn started(&self) -> bool {
        let first = |head: &ConversationHead| self.row.min_seq.max(head.min_seq).max(1);
        self.head.as_ref().is_some_and(|head| visible_max(&self.row, head) >= first(head))
    }

    /// Returns the cursor of this entry.
    pub(crate) fn place(&self, order: ListOrder) -> Place {
        let id = self.row.id.to_string();
        match order {
            ListOrder::Activity => Place { at: self.activity(), id },
            ListOrder::PinnedFirst => {
                Place { at: self.activity(), id: format!("{}{id}", if self.row.preferences.pinned { '+' } else { '-' }) }
            }
            ListOrder::Age => age(&self.row),
        }
    }

    /// Returns how many messages the owner has not read.
    pub(crate) fn unread(&self) -> i64 {
        self.head.as_ref().map_or(0, |head| unread(&self.row, head))
    }
}

/// Returns the cursor of a row among the owner's rows by age.
pub(crate) fn age(row: &Conversation) -> Place {
    Place { at: row.created_at, id: row.id.to_string() }
}

/// In which order conversations are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ListOrder {
    /// The newest activity first.
    #[default]
    Activity,
    /// Pinned ones first, each part by activity.
    PinnedFirst,
    /// The oldest rows first: the order of the full list of ids.
    Age,
}

/// Which of an owner's ids are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// All.
    All,
    /// Those on top.
    Pinned,
    /// Those that are received without a sound.
    Silent,
}

/// Which part of a user's conversations is wanted.
#[derive(Debug, Clone)]
pub(crate) struct ListQuery {
    pub(crate) page: Page,
    pub(crate) order: ListOrder,
    /// Only these.
    pub(crate) only: Option<Vec<ConversationId>>,
    /// Only those with a message to see.
    pub(crate) started: bool,
}

/// A page of a user's conversations.
#[derive(Debug, Clone)]
pub(crate) struct ListPage {
    pub(crate) items: ListItems,
    pub(crate) total: u64,
    /// What was counted in all of them; none when the page could be made without looking at the others.
    pub(crate) tally: Option<Tally>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
}

/// The entries of a page with their cursors.
#[derive(Debug, Clone)]
pub(crate) enum ListItems {
    /// The ends of their logs are known already.
    Listed(Vec<(String, Listed)>),
    /// Only the rows were read.
    Rows(Vec<(String, Conversation)>),
}

/// What is counted in all conversations of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// How many have a message to see.
    pub(crate) started: usize,
    /// How many messages are unread.
    pub(crate) unread: i64,
}

impl Tally {
    /// Counts.
    pub(crate) fn of(all: &[Listed]) -> Self {
        let started = all.iter().filter(|listed| listed.started()).count();
        Self { started, unread: all.iter().map(Listed::unread).fold(0, i64::saturating_add) }
    }
}

/// The end of one of a user's logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogEnd {
    pub(crate) id: ConversationId,
    pub(crate) max_seq: i64,
    pub(crate) live: bool,
}

/// How far a user has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) id: ConversationId,
    pub(crate) read_seq: i64,
    pub(crate) max_seq: i64,
    pub(crate) max_seq_at: Option<Timestamp>,
    pub(crate) pinned: bool,
}

/// Somebody's read position that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) reader: UserId,
    pub(crate) read_seq: i64,
}

/// What happened in one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) id: ConversationId,
    pub(crate) max_seq: i64,
    pub(crate) row_changed: bool,
    pub(crate) reads: Vec<Read>,
}

/// What happened since a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) conversations: Vec<Change>,
    pub(crate) truncated: bool,
}

/// What changed in an owner's list since a version.
#[derive(Debug, Clone)]
pub(crate) struct ListDelta {
    pub(crate) version: Version,
    pub(crate) full: bool,
    pub(crate) inserted: Vec<Conversation>,
    pub(crate) updated: Vec<Conversation>,
    pub(crate) deleted: Vec<String>,
}

/// All ids of an owner's list.
#[derive(Debug, Clone)]
pub(crate) struct IdSnapshot {
    pub(crate) version: Version,
    pub(crate) hash: u64,
    pub(crate) equal: bool,
    pub(crate) ids: Vec<String>,
}

/// A page of who has read a message.
#[derive(Debug, Clone)]
pub(crate) struct ReaderPage {
    /// With their positions, which order the list.
    pub(crate) readers: Vec<(i64, UserId)>,
    pub(crate) has_next: bool,
}
