//! Parts of lists: places, pages, changes.

use openim_core::{Timestamp, UserId};
use openim_platform::versions::Version;

use super::{BlockEntry, Friendship, RequestState};

/// Where a friend stands in the list: pinned ones first, then by age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FriendPlace {
    /// Whether it is in the first part.
    pub(crate) pinned: bool,
    /// When they became friends.
    pub(crate) created_at: Timestamp,
    /// The order of those of the same moment.
    pub(crate) friend: UserId,
}

/// Where an entry stands in a black list: by age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockPlace {
    /// Since when.
    pub(crate) created_at: Timestamp,
    /// The order of those of the same moment.
    pub(crate) blocked: UserId,
}

/// Where a request stands in a list of requests: the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestPlace {
    /// When it was asked.
    pub(crate) created_at: Timestamp,
    /// The order of those of the same moment: the other one's id.
    pub(crate) other: UserId,
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slice<P> {
    /// After which place it starts.
    pub(crate) after: Option<P>,
    /// How many are skipped.
    pub(crate) offset: u64,
    /// How many are wanted.
    pub(crate) limit: u64,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Whether more follow.
    pub(crate) has_next: bool,
    /// Whether some precede.
    pub(crate) has_previous: bool,
}

impl<T> Listed<T> {
    /// Makes a page of what was read: one more than wanted tells whether more follow.
    pub(crate) fn of<P>(mut items: Vec<T>, slice: &Slice<P>) -> Self {
        let limit = usize::try_from(slice.limit).unwrap_or(usize::MAX);
        let has_next = items.len() > limit;
        items.truncate(limit);
        Self { items, has_next, has_previous: slice.after.is_some() || slice.offset > 0 }
    }
}

/// Which side of requests an owner looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// What others asked the owner.
    Received,
    /// What the owner asked others.
    Sent,
}

/// Which requests a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestFilter {
    /// Which side.
    pub(crate) direction: Direction,
    /// Which states; all when empty.
    pub(crate) states: Vec<RequestState>,
}

/// All ids of a list and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdsAt {
    /// Where the list stands.
    pub(crate) version: Version,
    /// The ids, in the order of the list.
    pub(crate) ids: Vec<UserId>,
    /// OpenIM's `idHash` of them.
    pub(crate) hash: u64,
}

/// What changed in a list of friends since a version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FriendDelta {
    /// Where the list stands now.
    pub(crate) version: Version,
    /// Everything must be loaded.
    pub(crate) full: bool,
    /// New friends.
    pub(crate) inserted: Vec<Friendship>,
    /// Changed friends.
    pub(crate) updated: Vec<Friendship>,
    /// Who is no friend any more.
    pub(crate) deleted: Vec<String>,
    /// The version that changed the order; 0 when it did not change.
    pub(crate) sort_version: i64,
}

/// What changed in a black list since a version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct BlockDelta {
    /// Where the list stands now.
    pub(crate) version: Version,
    /// Everything must be loaded.
    pub(crate) full: bool,
    /// New entries.
    pub(crate) inserted: Vec<BlockEntry>,
    /// Changed entries.
    pub(crate) updated: Vec<BlockEntry>,
    /// Who is not blocked any more.
    pub(crate) deleted: Vec<String>,
}
