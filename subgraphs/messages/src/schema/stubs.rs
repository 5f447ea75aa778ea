//! Entities of other subgraphs, by their keys only.

use async_graphql::{ID, SimpleObject};
use openim_core::UserId;

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
