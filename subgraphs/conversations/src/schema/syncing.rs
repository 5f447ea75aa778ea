//! Incremental sync of the list of conversations.

use async_graphql::{ID, SimpleObject};
use openim_graphql::{IdList, Long, ULong, Version};
use openim_platform::versions;

use super::conversation::Conversation;
use crate::model::{IdSnapshot, ListDelta};

/// What changed in the list of conversations since a version. Read positions and new messages are no changes of the list.
#[derive(Debug, SimpleObject)]
pub(crate) struct ConversationListChanges {
    /// Where the list stands now: what to store and name the next time.
    version: Version,
    /// Everything must be loaded again: the version is unknown or too many changes followed it. The lists are empty then.
    full: bool,
    /// Conversations that were added.
    inserted: Vec<Conversation>,
    /// Conversations whose settings or limits changed.
    updated: Vec<Conversation>,
    /// The ids of conversations that were removed.
    deleted_ids: Vec<ID>,
}

impl From<ListDelta> for ConversationListChanges {
    fn from(delta: ListDelta) -> Self {
        Self {
            version: version(delta.version),
            full: delta.full,
            inserted: delta.inserted.into_iter().map(Conversation::from).collect(),
            updated: delta.updated.into_iter().map(Conversation::from).collect(),
            deleted_ids: delta.deleted.into_iter().map(ID).collect(),
        }
    }
}

/// Encodes all ids of the list.
pub(crate) fn id_list(ids: IdSnapshot) -> IdList {
    IdList { version: version(ids.version), hash: ULong(ids.hash), equal: ids.equal, ids: ids.ids.into_iter().map(ID).collect() }
}

fn version(version: versions::Version) -> Version {
    Version { id: version.id, number: Long(version.number) }
}
