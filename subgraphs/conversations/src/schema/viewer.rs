//! `Viewer`'s part here: lists of one user's conversations.

use async_graphql::{ComplexObject, Context, Enum, Error, ID, Object, Result, SimpleObject};
use openim_core::{ConversationId, UserId};
use openim_graphql::{DateTime, IdList, Long, Page, PageInfo, ULong, VersionInput, caller};
use openim_platform::versions::Version;
use tokio::sync::OnceCell;

use super::conversation::{Conversation, parse_id};
use super::service;
use super::syncing::{ConversationListChanges, id_list};
use crate::error::argument;
use crate::model::{Change, Changes, Kept, ListItems, ListOrder, ListPage, ListQuery, LogEnd, Position, Read, Tally};

/// The most ids of one request.
const MAX_IDS: usize = 1_000;
/// How many conversations a client shows at the start.
const MAX_ACTIVE: i64 = 500;
const USUAL_ACTIVE: i64 = 100;

/// One user's own things.
pub(crate) struct Viewer {
    pub(crate) owner: UserId,
}

/// The things of the caller, or of the user an app administrator named.
#[Object]
impl Viewer {
    /// Whose things these are.
    #[graphql(shareable)]
    async fn id(&self) -> ID {
        ID(self.owner.to_string())
    }

    /// The conversations, the newest activity first unless another order is wanted.
    async fn conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "In which order.", default)] order: ConversationOrder,
        #[graphql(desc = "Only these conversations, at most 1,000; all when left out.")] ids: Option<Vec<ID>>,
    ) -> Result<ConversationConnection> {
        let only = ids.map(|ids| parse_ids(&ids)).transpose()?;
        let query = ListQuery { page: Page::new(first, after, offset)?, order: order.into(), only, started: false };
        let page = service(ctx)?.list(caller(ctx)?, &self.owner, query).await?;
        Ok(ConversationConnection::new(self.owner.clone(), page))
    }

    /// The conversations with a message to see, pinned ones first, then the newest activity: what a client shows at the
    /// start.
    async fn active_conversations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 500; 100 when left out or out of that range.")] limit: Option<Long>,
        #[graphql(desc = "Only these conversations, at most 1,000, and all of them; `limit` is ignored then.")] ids: Option<Vec<ID>>,
    ) -> Result<ConversationConnection> {
        let only = ids.map(|ids| parse_ids(&ids)).transpose()?;
        let limit = match (&only, limit) {
            (Some(_), _) => i64::try_from(MAX_IDS).unwrap_or(i64::MAX),
            (None, Some(Long(limit))) if (1..=MAX_ACTIVE).contains(&limit) => limit,
            (None, _) => USUAL_ACTIVE,
        };
        let page = Page { limit: limit.unsigned_abs(), after: None, offset: 0 };
        let query = ListQuery { page, order: ListOrder::PinnedFirst, only, started: true };
        let page = service(ctx)?.list(caller(ctx)?, &self.owner, query).await?;
        Ok(ConversationConnection::new(self.owner.clone(), page))
    }

    /// The ids of the conversations that the viewer keeps on top, the oldest first, at most 10,000.
    async fn pinned_conversation_ids(&self, ctx: &Context<'_>) -> Result<Vec<ID>> {
        let ids = service(ctx)?.ids_of(caller(ctx)?, &self.owner, Kept::Pinned).await?;
        Ok(ids.into_iter().map(ID).collect())
    }

    /// The ids of the conversations that the viewer receives without offline push, the oldest first, at most 10,000.
    async fn silent_conversation_ids(&self, ctx: &Context<'_>) -> Result<Vec<ID>> {
        let ids = service(ctx)?.ids_of(caller(ctx)?, &self.owner, Kept::Silent).await?;
        Ok(ids.into_iter().map(ID).collect())
    }

    /// All conversations at once, the last touched first, at most 10,000.
    async fn all_conversations(&self, ctx: &Context<'_>) -> Result<Vec<Conversation>> {
        let rows = service(ctx)?.all(caller(ctx)?, &self.owner).await?;
        Ok(rows.into_iter().map(Conversation::from).collect())
    }

    /// One conversation; null when there is none of this id.
    async fn conversation(&self, ctx: &Context<'_>, #[graphql(desc = "The conversation's id.")] id: ID) -> Result<Option<Conversation>> {
        let Some(id) = parse_id(&id) else { return Ok(None) };
        Ok(service(ctx)?.conversation(caller(ctx)?, &self.owner, &id).await?.map(Conversation::from))
    }

    /// The conversations that exist among some ids, in the order asked.
    async fn conversations_by_id(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversations' ids, at most 1,000.")] ids: Vec<ID>,
    ) -> Result<Vec<Conversation>> {
        let rows = service(ctx)?.views(caller(ctx)?, &self.owner, parse_ids(&ids)?).await?;
        Ok(rows.into_iter().map(Conversation::from).collect())
    }

    /// The ends of the logs: of the conversations, of their notification streams and of the viewer's own stream.
    async fn heads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these conversations, at most 1,000, and their notification streams.")] ids: Option<Vec<ID>>,
        #[graphql(
            desc = "Whether logs without any message, and those of conversations that the viewer has deleted, are told, too.",
            default = false
        )]
        include_empty: bool,
    ) -> Result<Vec<ConversationHead>> {
        let only = ids.map(|ids| parse_ids(&ids)).transpose()?;
        let ends = service(ctx)?.ends(caller(ctx)?, &self.owner, only, include_empty).await?;
        Ok(ends.into_iter().map(ConversationHead::from).collect())
    }

    /// How far the viewer has read. Conversations that the viewer does not have are left out.
    async fn read_positions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversations, at most 1,000; all when left out or empty.")] ids: Option<Vec<ID>>,
    ) -> Result<Vec<ReadPosition>> {
        let only = ids.filter(|ids| !ids.is_empty()).map(|ids| parse_ids(&ids)).transpose()?;
        let positions = service(ctx)?.positions(caller(ctx)?, &self.owner, only).await?;
        Ok(positions.into_iter().map(ReadPosition::from).collect())
    }

    /// What changed in the list of conversations since a version that the client stored.
    async fn conversation_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version of the client's copy; left out or empty the first time.")] since: Option<VersionInput>,
    ) -> Result<ConversationListChanges> {
        let since = since.unwrap_or_default();
        let known = Version { id: since.id, number: since.number.0 };
        Ok(service(ctx)?.changes(caller(ctx)?, &self.owner, &known).await?.into())
    }

    /// The ids of all conversations, the oldest first, at most 10,000: what a client compares its copy with.
    async fn conversation_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "OpenIM's `idHash` of the client's ids; when it is right, no ids are sent.")] known_hash: Option<ULong>,
    ) -> Result<IdList> {
        Ok(id_list(service(ctx)?.ids(caller(ctx)?, &self.owner, known_hash.map(|hash| hash.0)).await?))
    }

    /// What happened since a moment, by the server's clock: what an event stream asks when it resumes.
    async fn changes_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment, inclusive.")] since: DateTime,
    ) -> Result<ConversationChanges> {
        Ok(service(ctx)?.changes_since(caller(ctx)?, &self.owner, since.0).await?.into())
    }
}

/// In which order conversations come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub(crate) enum ConversationOrder {
    /// The newest activity first.
    #[default]
    Activity,
    /// Pinned ones first, each part by activity.
    PinnedFirst,
    /// The oldest views first: the order of `conversationIds`.
    Age,
}

impl From<ConversationOrder> for ListOrder {
    fn from(order: ConversationOrder) -> Self {
        match order {
            ConversationOrder::Activity => Self::Activity,
            ConversationOrder::PinnedFirst => Self::PinnedFirst,
            ConversationOrder::Age => Self::Age,
        }
    }
}

/// A page of conversations.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct ConversationConnection {
    /// The conversations with their cursors.
    edges: Vec<ConversationEdge>,
    /// Where the page lies.
    page_info: PageInfo,
    /// How many conversations there are.
    total_count: i32,
    #[graphql(skip)]
    owner: UserId,
    #[graphql(skip)]
    tally: OnceCell<Tally>,
}

#[ComplexObject]
impl ConversationConnection {
    /// How many of them have a message to see.
    async fn started_count(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(i32::try_from(self.tally(ctx).await?.started).unwrap_or(i32::MAX))
    }

    /// How many messages are unread in all of them.
    async fn total_unread(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(i32::try_from(self.tally(ctx).await?.unread).unwrap_or(i32::MAX))
    }
}

impl ConversationConnection {
    async fn tally(&self, ctx: &Context<'_>) -> Result<Tally> {
        Ok(*self.tally.get_or_try_init(async || service(ctx)?.tally(caller(ctx)?, &self.owner).await.map_err(Error::from)).await?)
    }

    fn new(owner: UserId, page: ListPage) -> Self {
        let edges: Vec<_> = match page.items {
            ListItems::Listed(items) => {
                items.into_iter().map(|(cursor, listed)| ConversationEdge { cursor, node: listed.into() }).collect()
            }
            ListItems::Rows(rows) => rows.into_iter().map(|(cursor, row)| ConversationEdge { cursor, node: row.into() }).collect(),
        };
        Self {
            page_info: PageInfo {
                has_next_page: page.has_next,
                has_previous_page: page.has_previous,
                start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                end_cursor: edges.last().map(|edge| edge.cursor.clone()),
            },
            edges,
            total_count: i32::try_from(page.total).unwrap_or(i32::MAX),
            owner,
            tally: OnceCell::new_with(page.tally),
        }
    }
}

/// A conversation in a page.
#[derive(Debug, SimpleObject)]
pub(crate) struct ConversationEdge {
    /// What a next page starts after.
    cursor: String,
    /// The conversation.
    node: Conversation,
}

/// The end of a log.
#[derive(Debug, SimpleObject)]
pub(crate) struct ConversationHead {
    /// The conversation or notification stream.
    conversation_id: ID,
    /// The newest seq; 0 while the log is empty.
    max_seq: Long,
    /// Whether new messages concern the viewer; false after leaving a group.
    live: bool,
}

impl From<LogEnd> for ConversationHead {
    fn from(end: LogEnd) -> Self {
        Self { conversation_id: ID(end.id.into()), max_seq: Long(end.max_seq), live: end.live }
    }
}

/// How far a log was read.
#[derive(Debug, SimpleObject)]
pub(crate) struct ReadPosition {
    /// The conversation.
    conversation_id: ID,
    /// Everything up to here was read.
    read_seq: Long,
    /// The newest seq the viewer can see.
    max_seq: Long,
    /// When the newest message was sent, for who has left the group when that was; null while there is none.
    max_seq_at: Option<DateTime>,
    /// Whether the viewer keeps the conversation on top.
    pinned: bool,
}

impl From<Position> for ReadPosition {
    fn from(position: Position) -> Self {
        Self {
            conversation_id: ID(position.id.into()),
            read_seq: Long(position.read_seq),
            max_seq: Long(position.max_seq),
            max_seq_at: position.max_seq_at.map(DateTime),
            pinned: position.pinned,
        }
    }
}

/// What happened since a moment.
#[derive(Debug, SimpleObject)]
pub(crate) struct ConversationChanges {
    /// The conversations something happened in, by id, at most 1,000.
    conversations: Vec<ConversationChange>,
    /// Whether there were more: then everything should be loaded again.
    truncated: bool,
}

impl From<Changes> for ConversationChanges {
    fn from(changes: Changes) -> Self {
        Self { conversations: changes.conversations.into_iter().map(ConversationChange::from).collect(), truncated: changes.truncated }
    }
}

/// What happened in one conversation.
#[derive(Debug, SimpleObject)]
pub(crate) struct ConversationChange {
    /// The conversation.
    conversation_id: ID,
    /// The newest seq; 0 while the log is empty.
    max_seq: Long,
    /// Whether the viewer's row was made or its settings changed.
    row_changed: bool,
    /// The read positions that moved: the viewer's own and, in chats of two, the other one's.
    reads: Vec<MovedPosition>,
}

impl From<Change> for ConversationChange {
    fn from(change: Change) -> Self {
        Self {
            conversation_id: ID(change.id.into()),
            max_seq: Long(change.max_seq),
            row_changed: change.row_changed,
            reads: change.reads.into_iter().map(MovedPosition::from).collect(),
        }
    }
}

/// A read position that moved.
#[derive(Debug, SimpleObject)]
pub(crate) struct MovedPosition {
    /// The reader.
    user_id: ID,
    /// Everything up to here was read.
    read_seq: Long,
}

impl From<Read> for MovedPosition {
    fn from(read: Read) -> Self {
        Self { user_id: ID(read.reader.into()), read_seq: Long(read.read_seq) }
    }
}

/// Impossible ids name no conversation and are left out.
fn parse_ids(ids: &[ID]) -> openim_core::Result<Vec<ConversationId>> {
    if ids.len() > MAX_IDS {
        return Err(argument("at most 1000 ids at a time"));
    }
    Ok(ids.iter().filter_map(parse_id).collect())
}
