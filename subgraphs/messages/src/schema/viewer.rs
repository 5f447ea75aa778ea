//! What this subgraph adds to `Viewer`: pulling by ranges, and what is new since a moment.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use openim_core::{ConversationId, UserId};
use openim_graphql::{DateTime, Long};

use super::enums::PullOrderValue;
use super::found::{self, MessageSearchConnection, MessageSearchFilter};
use super::message::MessageNode;
use super::service;
use crate::model::{Pull, PulledRange, SeqRange};
use crate::policy::Reader;

/// One's own things.
pub(super) struct Viewer(pub(super) UserId);

/// A part of a conversation's log.
#[derive(InputObject)]
pub(super) struct SeqRangeInput {
    /// The conversation, or the notification stream that belongs to it.
    conversation_id: ID,
    /// The first seq wanted; 0 for the beginning.
    begin: Long,
    /// The last seq wanted.
    end: Long,
    /// At most this many places, the newest of the range; all when left out. Notification streams ignore it.
    limit: Option<Long>,
}

/// Single places of a conversation's log.
#[derive(InputObject)]
pub(super) struct SeqListInput {
    /// The conversation, or the notification stream that belongs to it.
    conversation_id: ID,
    /// The seqs wanted.
    seqs: Vec<Long>,
}

/// A pulled part of a conversation's log.
#[derive(SimpleObject)]
pub(super) struct MessageRange {
    /// The conversation's id.
    conversation_id: ID,
    /// Whether it is a notification stream.
    notification: bool,
    /// One entry for each seq, ascending unless single seqs were asked for; `status: DELETED` where the message is gone.
    messages: Vec<MessageNode>,
    /// Whether nothing visible lies beyond the range in the direction of the pull.
    is_end: bool,
    /// The visible end in that direction when `isEnd`, otherwise 0.
    end_seq: Long,
}

impl MessageRange {
    fn new(range: PulledRange, reader: &Reader) -> Self {
        Self {
            conversation_id: ID::from(range.conversation_id.as_str()),
            notification: range.notification,
            messages: range.slots.into_iter().map(|slot| MessageNode::slot(slot, reader.clone())).collect(),
            is_end: range.is_end,
            end_seq: Long(range.end_seq),
        }
    }
}

/// What was stored in a conversation since a moment.
#[derive(SimpleObject)]
pub(super) struct StoredRange {
    /// The conversation's id.
    conversation_id: ID,
    /// The first seq.
    first_seq: Long,
    /// The last seq.
    last_seq: Long,
}

/// A kind of notification that was given without being stored.
#[derive(SimpleObject)]
pub(super) struct Announcement {
    /// OpenIM's content type, such as 1203 for a friend request.
    content_type: i32,
    /// The group that was told; null for the viewer alone.
    group_id: Option<ID>,
}

/// One's own things, or for an app administrator those of the user named by `as`.
#[Object(name = "Viewer")]
impl Viewer {
    /// Whose things these are.
    #[graphql(shareable)]
    async fn id(&self) -> ID {
        ID::from(self.0.as_str())
    }

    /// Parts of the logs of own conversations, as OpenIM's pull by seq: ranges are cut to what may be seen, those that are
    /// foreign, unknown or empty are left out. At most 100 ranges, and 1,000 places over all of them: the first ranges are
    /// served first, each with its newest places. Ranges of one conversation must not overlap.
    async fn pull_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The parts wanted, at most 100.")] ranges: Vec<SeqRangeInput>,
        #[graphql(desc = "In which direction the client walks, for isEnd; ascending when left out.")] order: Option<PullOrderValue>,
    ) -> Result<Vec<MessageRange>> {
        let range = |input: SeqRangeInput| {
            let conversation_id = ConversationId::parse(input.conversation_id.0).ok()?;
            Some(SeqRange { conversation_id, begin: input.begin.0, end: input.end.0, limit: input.limit.map(|limit| limit.0) })
        };
        // An id that is none names no conversation, and what is unknown is left out.
        let pull = Pull { ranges: ranges.into_iter().filter_map(range).collect(), order: order.map(Into::into).unwrap_or_default() };
        let reader = Reader::User(self.0.clone());
        let pulled = service(ctx)?.pull(&reader, &pull).await?;
        Ok(pulled.into_iter().map(|range| MessageRange::new(range, &reader)).collect())
    }

    /// Single places of the logs of own conversations, in the order asked, each once: what a client reads that fills gaps or pages
    /// through a history by its seqs. Each list has an answer; places that may not be seen are left out of it, and those of
    /// foreign or unknown conversations. `isEnd` when a list reaches beyond what may be seen in the direction of the walk.
    /// At most 100 lists, one of a conversation, and 1,000 seqs over all of them.
    async fn messages_by_seqs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The places wanted, at most 100 lists.")] lists: Vec<SeqListInput>,
        #[graphql(desc = "In which direction the client walks, for isEnd; ascending when left out.")] order: Option<PullOrderValue>,
    ) -> Result<Vec<MessageRange>> {
        let list = |input: SeqListInput| {
            let seqs = input.seqs.into_iter().map(|seq| seq.0).collect();
            Ok((ConversationId::parse(input.conversation_id.0)?, seqs))
        };
        let lists = lists.into_iter().map(list).collect::<openim_core::Result<Vec<_>>>()?;
        let reader = Reader::User(self.0.clone());
        let picked = service(ctx)?.pick(&reader, &lists, order.map(Into::into).unwrap_or_default()).await?;
        Ok(picked.into_iter().map(|range| MessageRange::new(range, &reader)).collect())
    }

    /// Own messages that have all words of a text, the newest first. Case, accents and width do not matter; the last word may be
    /// the beginning of a longer one; Chinese, Japanese and Korean text is found by any of its parts. What was sent is found
    /// about a second later. Groups that the viewer has left are looked through when they are named.
    async fn search_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words, at most 1,024 bytes.")] text: String,
        #[graphql(desc = "Where and when; everywhere and always when left out.")] filter: Option<MessageSearchFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
    ) -> Result<MessageSearchConnection> {
        found::search(ctx, Reader::User(self.0.clone()), text, filter, (first, after)).await
    }

    /// The kinds of notifications that were given to the viewer, or to a group the viewer is in, since a moment without
    /// being stored: what they told of should be looked at again. For streams that resume.
    async fn announced_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment, by the server's clock, inclusive.")] since: DateTime,
    ) -> Result<Vec<Announcement>> {
        let announced = service(ctx)?.announced_since(&self.0, since.0).await?;
        Ok(announced
            .into_iter()
            .map(|one| Announcement { content_type: one.content_type, group_id: one.group.map(|group| ID::from(group.as_str())) })
            .collect())
    }

    /// What was stored in own conversations at or after a moment, for streams that resume: at most the newest 1,000 places
    /// of each. The moment is compared with the server's clock at the beginning of a commit; ask with a margin of seconds.
    async fn stored_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversations, at most 1,000.")] conversation_ids: Vec<ID>,
        #[graphql(desc = "The moment, by the server's clock.")] since: DateTime,
    ) -> Result<Vec<StoredRange>> {
        let ids: Vec<_> = conversation_ids.into_iter().filter_map(|id| ConversationId::parse(id.0).ok()).collect();
        let ranges = service(ctx)?.stored_since(&Reader::User(self.0.clone()), &ids, since.0).await?;
        Ok(ranges
            .into_iter()
            .map(|range| StoredRange {
                conversation_id: ID::from(range.conversation_id.as_str()),
                first_seq: Long(range.first),
                last_seq: Long(range.last),
            })
            .collect())
    }
}
