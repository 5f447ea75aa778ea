//! What this domain adds to messages: who has read them.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use openim_core::{ConversationId, UserId};
use openim_graphql::{Long, Page, PageInfo, caller, loader_error};

use super::loaders::Counts;
use super::references::User;
use super::service;
use crate::error::argument;
use crate::service::Written;

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
        count(ctx, &self.key()).await
    }

    /// Who has read it, its sender left out: who has read least far first. Whoever reads on between two pages may come twice.
    /// Null for who may not know.
    #[graphql(requires = "senderId")]
    async fn readers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
    ) -> Result<Option<MessageReaderConnection>> {
        let page = Page::new(first, after, None)?;
        let after = page.after.as_deref().map(place).transpose()?;
        let message = self.key();
        let Some(found) = service(ctx)?.readers(caller(ctx)?, &message, after.as_ref(), page.limit).await? else { return Ok(None) };
        let edge =
            |(position, reader): (i64, UserId)| MessageReaderEdge { cursor: format!("{position}:{reader}"), node: Some(User(reader)) };
        let edges: Vec<_> = found.readers.into_iter().map(edge).collect();
        let page_info = PageInfo {
            has_next_page: found.has_next,
            has_previous_page: after.is_some(),
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Ok(Some(MessageReaderConnection { edges, page_info, message }))
    }
}

impl Message {
    fn key(&self) -> Written {
        (self.0.clone(), self.1, self.2.clone())
    }
}

async fn count(ctx: &Context<'_>, message: &Written) -> Result<Option<i32>> {
    let count = ctx.data::<Counts>()?.load_one(message.clone()).await.map_err(loader_error)?;
    Ok(count.map(|count| i32::try_from(count).unwrap_or(i32::MAX)))
}

/// Reads a cursor: a position and a reader.
fn place(text: &str) -> openim_core::Result<(i64, UserId)> {
    let read = || {
        let (position, reader) = text.split_once(':')?;
        Some((position.parse().ok()?, UserId::parse(reader).ok()?))
    };
    read().ok_or_else(|| argument("after is no cursor of this list"))
}

/// A page of who has read a message.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct MessageReaderConnection {
    /// The readers with their cursors.
    edges: Vec<MessageReaderEdge>,
    /// Where the page lies.
    page_info: PageInfo,
    #[graphql(skip)]
    message: Written,
}

#[ComplexObject]
impl MessageReaderConnection {
    /// How many have read it.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(count(ctx, &self.message).await?.unwrap_or(0))
    }
}

/// A reader in a page.
#[derive(SimpleObject)]
pub(crate) struct MessageReaderEdge {
    /// What a next page starts after.
    cursor: String,
    /// The reader.
    node: Option<User>,
}
