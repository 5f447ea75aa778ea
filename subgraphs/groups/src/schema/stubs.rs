//! Entities of other subgraphs, with what this one adds to them.

use async_graphql::{Context, ID, Object, Result};
use openim_core::{ConversationId, ConversationKind, GroupId, UserId};
use openim_graphql::{Page, caller};

use super::connections::{GroupConnection, Listed};
use super::cursors;
use super::group::Group;
use super::loaders::load_group;
use super::service;

/// An account; the users subgraph knows the rest.
#[derive(Debug, Clone)]
pub(crate) struct User(pub(crate) UserId);

/// A user. What is here are the groups.
#[Object]
impl User {
    /// The user's id (OpenIM `userID`).
    async fn id(&self) -> ID {
        ID::from(self.0.as_str())
    }

    /// The groups the user is in, by name, then by age; dismissed ones are left out. For the user and app administrators.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
    ) -> Result<Option<GroupConnection>> {
        joined(ctx, &self.0, Page::new(first, after, offset)?).await.map(Some)
    }
}

/// Returns a page of a user's groups.
pub(super) async fn joined(ctx: &Context<'_>, user: &UserId, page: Page) -> Result<GroupConnection> {
    let slice = cursors::slice(page, cursors::joined)?;
    let page = service(ctx)?.joined(caller(ctx)?, user, &slice).await?;
    Ok(GroupConnection { page, listed: Listed::Joined(user.clone()) })
}

/// One user's view of a conversation; the conversations subgraph knows the rest.
#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    pub(super) owner: UserId,
    pub(super) id: ConversationId,
}

/// One user's view of a conversation. What is here is its group.
#[Object]
impl Conversation {
    /// Whose view it is.
    async fn owner_id(&self) -> ID {
        ID::from(self.owner.as_str())
    }

    /// The conversation's id (OpenIM `conversationID`).
    async fn id(&self) -> ID {
        ID::from(self.id.as_str())
    }

    /// The group of a group's conversation; null elsewhere.
    async fn group(&self, ctx: &Context<'_>) -> Result<Option<Group>> {
        match group_of(&self.id) {
            Some(id) => load_group(ctx, id).await,
            None => Ok(None),
        }
    }
}

fn group_of(id: &ConversationId) -> Option<GroupId> {
    if id.kind() != ConversationKind::Group {
        return None;
    }
    let (_, group) = id.as_str().split_once('_')?;
    GroupId::parse(group).ok()
}
