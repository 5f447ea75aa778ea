//! What this domain adds to messages: who has read them.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::{ConversationId, UserId};
use openim_graphql::{Long, Page, PageInfo, caller, loader_error};

use super::loaders::Counts;
use super::references::User;
use super::service;
use crate::error::argument;

/// A message: its conversation, its place, and who wrote it.
pub(crate) struct Message(pub(crate) ConversationId, pub(crate) i64, pub(crate) Option<UserId>);

/// A message, as the conversations domain sees one. Who has read it is known from read positions: whoever has read further
/// has read it, too. Participants of a chat, members of a group and app administrators may know.
#[Object]
impl Message {
    /// The conversation's id.
    async fn conversation_id(&self) -> ID {
        ID::from(self.0.as_str())
    }

    /// The place in the conversation's log.
    async fn seq(&self) -> Long {
        Long(self.1)
    }

    /// Who wrote it.
    #[graphql(external)]
    async fn sender_id(&self) -> Option<ID> {
        self.2.as_ref().map(|sender| ID::from(sender.as_str()))
    }

    /// How many have read it, its sender not counted; null for who may not know, and outside of chats and groups.
    #[graphql(requires = "senderId")]
    async fn read_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let key = (self.0.clone(), self.1, self.2.clone());
        let count = ctx.data::<Counts>()?.load_one(key).await.map_err(loader_error)?;
        Ok(count.map(|count| i32::try_from(count).unwrap_or(i32::MAX)))
    }

    /// Who has read it, in id order, its sender left out; null for who may not know.
    #[graphql(requires = "senderId")]
    async fn readers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
    ) -> Result<Option<MessageReaderConnection>> {
        let page = Page::new(first, after, None)?;
        let after = page.after.map(UserId::parse).transpose().map_err(|_| argument("after is no cursor of this list"))?;
        let key = (self.0.clone(), self.1, self.2.clone());
        let Some(found) = service(ctx)?.readers(caller(ctx)?, &key, after.as_ref(), page.limit).await? else { return Ok(None) };
        let edges: Vec<_> =
            found.readers.into_iter().map(|reader| MessageReaderEdge { cursor: reader.to_string(), node: Some(User(reader)) }).collect();
        Ok(Some(MessageReaderConnection {
            page_info: PageInfo {
                has_next_page: found.has_next,
                has_previous_page: after.is_some(),
                start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                end_cursor: edges.last().map(|edge| edge.cursor.clone()),
            },
            edges,
            total_count: i32::try_from(found.total).unwrap_or(i32::MAX),
        }))
    }
}

/// A page of who has read a message.
#[derive(SimpleObject)]
pub(crate) struct MessageReaderConnection {
    /// The readers with their cursors.
    edges: Vec<MessageReaderEdge>,
    /// Where the page lies.
    page_info: PageInfo,
    /// How many have read it.
    total_count: i32,
}

/// A reader in a page.
#[derive(SimpleObject)]
pub(crate) struct MessageReaderEdge {
    /// What a next page starts after.
    cursor: String,
    /// The reader.
    node: Option<User>,
}
