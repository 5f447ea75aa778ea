//! Found and listed messages.

use async_graphql::{Context, ID, InputObject, Result, SimpleObject};
use openim_core::{ConversationId, Error, ErrorCode, Timestamp, UserId};
use openim_graphql::{ConversationKind, DateTime, Long, Page, PageInfo};

use super::message::MessageNode;
use super::service;
use crate::model::MessageFilter;
use crate::policy::Reader;
use crate::repository::listing::Place;
use crate::repository::search::Filter;
use crate::service::{Hit, Hits, Listed, Search};

/// Where and when to search.
#[derive(Default, InputObject)]
pub(super) struct MessageSearchFilter {
    /// Only in these conversations, at most 100.
    conversation_ids: Option<Vec<ID>>,
    /// Only what these users sent, at most 100.
    sender_ids: Option<Vec<ID>>,
    /// Only these content types, at most 100.
    content_types: Option<Vec<i32>>,
    /// Only what was sent at or after this moment.
    since: Option<DateTime>,
    /// Only what was sent before this moment.
    until: Option<DateTime>,
}

/// A part of an excerpt.
#[derive(SimpleObject)]
pub(super) struct ExcerptPart {
    /// The text.
    text: String,
    /// Whether it is what was looked for.
    matched: bool,
}

/// A found message in a page.
#[derive(SimpleObject)]
pub(super) struct MessageSearchEdge {
    /// Where it stands in the list.
    cursor: String,
    /// The message.
    node: MessageNode,
    /// Where the message says what was looked for, in parts that put together are the text around it.
    excerpt: Vec<ExcerptPart>,
}

/// A page of found messages, the newest first. How many there are in all is not counted.
#[derive(SimpleObject)]
pub(super) struct MessageSearchConnection {
    /// The messages. A page may have fewer than asked for although more follow.
    edges: Vec<MessageSearchEdge>,
    /// Where the page lies; `endCursor` goes on also behind a page without messages.
    page_info: PageInfo,
}

/// Searches as a reader.
pub(super) async fn search(
    ctx: &Context<'_>,
    reader: Reader,
    text: String,
    filter: Option<MessageSearchFilter>,
    page: (Option<i32>, Option<String>),
) -> Result<MessageSearchConnection> {
    let page = Page::new(page.0, page.1, None)?;
    let after = page.after.as_deref().map(|text| text.parse::<i64>().map_err(|_| foreign())).transpose()?;
    let filter = filter.unwrap_or_default();
    let ids = |ids: Option<Vec<ID>>| ids.unwrap_or_default().into_iter().map(|id| id.0);
    let search = Search {
        text,
        conversations: ids(filter.conversation_ids).map(ConversationId::parse).collect::<openim_core::Result<_>>()?,
        filter: Filter {
            senders: ids(filter.sender_ids).map(UserId::parse).collect::<openim_core::Result<_>>()?,
            content_types: filter.content_types.unwrap_or_default(),
            since: filter.since.map(|time| time.0),
            until: filter.until.map(|time| time.0),
        },
        after,
        limit: usize::try_from(page.limit).unwrap_or(0),
    };
    let Hits { hits, next } = service(ctx)?.search(&reader, search).await?;
    let page_info = PageInfo {
        has_next_page: next.is_some(),
        has_previous_page: after.is_some(),
        start_cursor: hits.first().map(|hit| hit.cursor.to_string()),
        end_cursor: next.or_else(|| hits.last().map(|hit| hit.cursor)).map(|cursor| cursor.to_string()),
    };
    let edge = |hit: Hit| MessageSearchEdge {
        cursor: hit.cursor.to_string(),
        node: MessageNode::new(hit.message, reader.clone()),
        excerpt: hit.excerpt.into_iter().map(|part| ExcerptPart { text: part.text, matched: part.matched }).collect(),
    };
    Ok(MessageSearchConnection { edges: hits.into_iter().map(edge).collect(), page_info })
}

/// Which messages: those that have all of it.
#[derive(Default, InputObject)]
pub(super) struct MessageFilterInput {
    /// Sent by this user.
    sender_id: Option<ID>,
    /// Sent to this user or this group.
    recipient_id: Option<ID>,
    /// Of this content type, as it was sent.
    content_type: Option<i32>,
    /// In this kind of conversation; notification streams are none.
    kind: Option<ConversationKind>,
    /// Sent at or after this moment.
    since: Option<DateTime>,
    /// Sent before this moment.
    until: Option<DateTime>,
}

impl MessageFilterInput {
    pub(super) fn filter(self) -> openim_core::Result<MessageFilter> {
        // Ids of users and of groups are made of the same characters.
        let recipient = self.recipient_id.map(|id| UserId::parse(id.0)).transpose()?;
        Ok(MessageFilter {
            sender: self.sender_id.map(|id| UserId::parse(id.0)).transpose()?,
            recipient: recipient.map(|id| id.to_string()),
            content_type: self.content_type,
            kind: self.kind.map(Into::into),
            since: self.since.map(|time| time.0),
            until: self.until.map(|time| time.0),
        })
    }
}

/// A listed message in a page.
#[derive(SimpleObject)]
pub(super) struct ListedMessageEdge {
    /// Where it stands in the list.
    cursor: String,
    /// The message.
    node: MessageNode,
    /// Whether it was taken back.
    revoked: bool,
}

/// A page of listed messages, in the order in which they were sent.
#[derive(SimpleObject)]
pub(super) struct ListedMessageConnection {
    /// The messages.
    edges: Vec<ListedMessageEdge>,
    /// Where the page lies.
    page_info: PageInfo,
    /// How many there are in all.
    total_count: Long,
}

impl ListedMessageConnection {
    pub(super) fn new(listed: Listed, has_previous_page: bool, reader: &Reader) -> Self {
        let edges: Vec<_> = listed
            .messages
            .into_iter()
            .map(|(place, message)| ListedMessageEdge {
                cursor: cursor(place),
                revoked: message.state.revoked.is_some(),
                node: MessageNode::new(message, reader.clone()),
            })
            .collect();
        let page_info = PageInfo {
            has_next_page: listed.more,
            has_previous_page,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, page_info, total_count: Long(listed.total) }
    }
}

fn cursor((at, log, seq): Place) -> String {
    openim_graphql::Place { at, id: format!("{log}:{seq}") }.text()
}

/// Reads a cursor of the list.
pub(super) fn place(text: &str) -> openim_core::Result<Place> {
    let place = openim_graphql::Place::parse(text)?;
    let (log, seq) = place.id.split_once(':').ok_or_else(foreign)?;
    Ok((Timestamp(place.at.0), log.parse().map_err(|_| foreign())?, seq.parse().map_err(|_| foreign())?))
}

fn foreign() -> Error {
    Error::new(ErrorCode::Args, "after is no cursor of this list")
}

/// Returns a number of a page.
pub(super) fn long(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
