//! What this domain adds to users and groups: the caller's own view of the conversation with them.

use async_graphql::{Context, ID, Object, Result};
use openim_core::{ConversationId, GroupId, UserId};
use openim_graphql::{caller, loader_error};

use super::conversation::Conversation;
use super::loaders::Rows;

/// A user, defined elsewhere in the graph.
#[derive(Debug, Clone)]
pub(crate) struct User(pub(crate) UserId);

/// A user, as the conversations domain sees one.
#[Object]
impl User {
    /// The user's id (OpenIM `userID`).
    async fn id(&self) -> ID {
        ID::from(self.0.as_str())
    }

    /// The caller's view of the chat with this user; null when there is none.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        let owner = &caller(ctx)?.principal()?.user_id;
        row(ctx, owner, ConversationId::single(owner, &self.0)).await
    }
}

/// A group, defined elsewhere in the graph.
#[derive(Debug, Clone)]
pub(crate) struct Group(pub(crate) GroupId);

/// A group, as the conversations domain sees one.
#[Object]
impl Group {
    /// The group's id (OpenIM `groupID`).
    async fn id(&self) -> ID {
        ID::from(self.0.as_str())
    }

    /// The caller's view of the group's conversation; null when there is none.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>> {
        let owner = &caller(ctx)?.principal()?.user_id;
        row(ctx, owner, ConversationId::group(&self.0)).await
    }
}

async fn row(ctx: &Context<'_>, owner: &UserId, id: ConversationId) -> Result<Option<Conversation>> {
    let row = ctx.data::<Rows>()?.load_one((owner.clone(), id)).await.map_err(loader_error)?;
    Ok(row.map(Conversation::from))
}
