//! What this subgraph adds to `Conversation`: its log.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::{ConversationId, Error, ErrorCode, UserId};
use openim_graphql::{DateTime, Long, MAX_PAGE, PageInfo, caller};

use super::additions::PinnedMessage;
use super::loaders::{self, NewestKey, PinsKey, WindowKey};
use super::message::MessageNode;
use super::service;
use crate::model::Window;
use crate::policy::Reader;
use crate::service::LogPage;

/// How long a page is when the caller does not say.
const USUAL_PAGE: i32 = 20;

/// One user's view of a conversation.
pub(super) struct Conversation {
    owner: UserId,
    id: ConversationId,
}

impl Conversation {
    pub(super) fn new(owner: UserId, id: ConversationId) -> Self {
        Self { owner, id }
    }

    fn reader(&self) -> Reader {
        Reader::User(self.owner.clone())
    }

    /// Returns the owner's window, `None` when there is no log yet or the owner takes no part.
    async fn window(&self, ctx: &Context<'_>) -> Result<Option<Window>> {
        caller(ctx)?.require_self_or_admin(&self.owner)?;
        loaders::load(ctx, WindowKey { reader: self.reader(), conversation_id: self.id.clone() }).await
    }
}

/// One user's view of a conversation. Its owner and app administrators may read it.
#[Object(name = "Conversation")]
impl Conversation {
    /// Whose view it is.
    async fn owner_id(&self) -> ID {
        ID::from(self.owner.as_str())
    }

    /// OpenIM's conversationID.
    async fn id(&self) -> ID {
        ID::from(self.id.as_str())
    }

    /// The log, in ascending order, newest page first: without arguments the newest 20. `last` with `before` walks back,
    /// `first` with `after` forward. Places whose message is gone are left out, so that a page may be shorter.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many places from the start of the range, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts: the seq of a message.")] after: Option<String>,
        #[graphql(desc = "How many places from the end of the range, 1 to 100; 20 when neither first nor last is given.")] last: Option<
            i32,
        >,
        #[graphql(desc = "The cursor before which the page ends: the seq of a message.")] before: Option<String>,
    ) -> Result<MessageConnection> {
        if first.is_some() && last.is_some() {
            return Err(Error::new(ErrorCode::Args, "give either first or last").into());
        }
        let limit = first.or(last).unwrap_or(USUAL_PAGE);
        if !(1..=MAX_PAGE).contains(&limit) {
            return Err(Error::new(ErrorCode::Args, format!("first and last must be from 1 to {MAX_PAGE}")).into());
        }
        let (after, before) = (cursor(after)?, cursor(before)?);
        let Some(window) = self.window(ctx).await? else { return Ok(MessageConnection::default()) };
        let page = service(ctx)?.page(window, i64::from(limit), before, after, first.is_none()).await?;
        Ok(MessageConnection::new(page, &self.reader()))
    }

    /// The messages at these seqs in the order asked, each once, those outside of what the owner may see left out; a place whose
    /// message is gone has `status: DELETED`. At most 1,000.
    async fn messages_by_seq(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The seqs, at most 1,000.")] seqs: Vec<Long>,
    ) -> Result<Vec<MessageNode>> {
        let Some(window) = self.window(ctx).await? else { return Ok(Vec::new()) };
        let seqs: Vec<i64> = seqs.into_iter().map(|seq| seq.0).collect();
        let slots = service(ctx)?.slots_of(&window, &seqs).await?;
        Ok(slots.into_iter().map(|slot| MessageNode::slot(slot, self.reader())).collect())
    }

    /// The newest message that the owner may see; null while there is none.
    async fn latest_message(&self, ctx: &Context<'_>) -> Result<Option<MessageNode>> {
        let Some(window) = self.window(ctx).await? else { return Ok(None) };
        let newest = loaders::load(ctx, NewestKey(window)).await?;
        Ok(newest.map(|message| MessageNode::new(message, self.reader())))
    }

    /// What is pinned in the conversation and visible to the owner, the newest pin first; at most 100.
    async fn pinned_messages(&self, ctx: &Context<'_>) -> Result<Vec<PinnedMessage>> {
        let Some(window) = self.window(ctx).await? else { return Ok(Vec::new()) };
        let pins = loaders::load(ctx, PinsKey { reader: self.reader(), window }).await?.unwrap_or_default();
        Ok(pins.into_iter().map(|(message, pin)| PinnedMessage::new(MessageNode::new(message, self.reader()), &pin)).collect())
    }

    /// The newest seq that the owner may see; 0 while there is none.
    async fn max_seq(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(Long(self.window(ctx).await?.map_or(0, |window| window.upper)))
    }

    /// The first seq that the owner may see.
    async fn min_seq(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(Long(self.window(ctx).await?.map_or(1, |window| window.lower)))
    }

    /// When the newest message of the conversation was sent, for who has left the group the newest that the owner may see;
    /// null while there is none.
    async fn last_message_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        let Some(window) = self.window(ctx).await?.filter(|window| window.head.max_seq > 0) else { return Ok(None) };
        if window.upper == window.head.max_seq {
            return Ok(Some(window.head.last_sent_at.into()));
        }
        let newest = loaders::load(ctx, NewestKey(window)).await?;
        Ok(newest.map(|message| message.envelope.sent_at.into()))
    }
}

/// Reads a cursor of a log.
pub(super) fn cursor(text: Option<String>) -> Result<Option<i64>> {
    let parse = |text: String| text.parse::<i64>().map_err(|_| Error::new(ErrorCode::Args, "a cursor is the seq of a message").into());
    text.map(parse).transpose()
}

/// A page of a conversation's log.
#[derive(Default, SimpleObject)]
pub(super) struct MessageConnection {
    /// The messages, ascending.
    edges: Vec<MessageEdge>,
    /// Where the page lies.
    page_info: PageInfo,
    /// How many places of the log the owner may see, those whose message is gone included.
    total_count: Long,
}

/// A message in a page.
#[derive(SimpleObject)]
pub(super) struct MessageEdge {
    /// The message's seq.
    cursor: String,
    /// The message.
    node: MessageNode,
}

impl MessageConnection {
    fn new(page: LogPage, reader: &Reader) -> Self {
        let LogPage { messages, first, last, window } = page;
        let filled = first <= last;
        // The cursors are the ends of the range, not of the list: a page of gone messages does not stop a walk.
        let page_info = PageInfo {
            has_previous_page: filled && first > window.lower,
            has_next_page: filled && last < window.upper,
            start_cursor: filled.then(|| first.to_string()),
            end_cursor: filled.then(|| last.to_string()),
        };
        let edge = |message| MessageNode::new(message, reader.clone());
        let edges = messages.into_iter().map(|message| MessageEdge { cursor: message.seq.to_string(), node: edge(message) }).collect();
        Self { edges, page_info, total_count: Long((window.upper - window.lower + 1).max(0)) }
    }
}
