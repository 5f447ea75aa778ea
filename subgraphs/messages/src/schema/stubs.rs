//! Entities of other subgraphs, by their keys only.

use async_graphql::{ID, SimpleObject};
use openim_core::{GroupId, UserId};

/// An account; the users subgraph knows the rest.
#[derive(SimpleObject)]
#[graphql(unresolvable = "id")]
pub(super) struct User {
    /// OpenIM's userID.
    id: ID,
}

impl From<&UserId> for User {
    fn from(id: &UserId) -> Self {
        Self { id: ID::from(id.as_str()) }
    }
}

/// A group; the groups subgraph knows the rest.
#[derive(SimpleObject)]
#[graphql(unresolvable = "id")]
pub(super) struct Group {
    /// OpenIM's groupID.
    id: ID,
}

impl From<&GroupId> for Group {
    fn from(id: &GroupId) -> Self {
        Self { id: ID::from(id.as_str()) }
    }
}
