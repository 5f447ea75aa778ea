//! The roots for reading, and the entities by their keys.

use async_graphql::{Context, ID, Object, Result};
use openim_core::{ConversationId, OperationId, UserId};
use openim_graphql::{DateTime, Long, Page, caller, viewer_id};

use super::admin::Admin;
use super::conversation::Conversation;
use super::found::{self, ListedMessageConnection, MessageFilterInput};
use super::loaders::{self, MessageKey};
use super::message::MessageNode;
use super::sending::SendStatusValue;
use super::service;
use super::viewer::Viewer;
use crate::policy::Reader;

/// The roots for reading.
pub(super) struct Query;

/// Reading.
#[Object(name = "Query")]
impl Query {
    /// One's own things. Needs a token.
    #[graphql(shareable)]
    async fn viewer(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "as", desc = "Another user whose things to open; app administrators only. Naming oneself is allowed.")]
        as_user: Option<ID>,
    ) -> Result<Option<Viewer>> {
        Ok(Some(Viewer(viewer_id(caller(ctx)?, as_user)?)))
    }

    /// What only app administrators may see.
    #[graphql(shareable, directive = openim_graphql::admin_only::apply())]
    async fn admin(&self, ctx: &Context<'_>) -> Result<Option<Admin>> {
        caller(ctx)?.require_admin()?;
        Ok(Some(Admin))
    }

    /// The stored messages that have all of what is asked for, in the order in which they were sent: for app administrators
    /// those of all conversations, for everybody else what they may see of their own.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which messages; all when left out.")] filter: Option<MessageFilterInput>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
    ) -> Result<ListedMessageConnection> {
        let reader = Reader::of(caller(ctx)?)?;
        let page = Page::new(first, after, offset)?;
        let after = page.after.as_deref().map(found::place).transpose()?;
        let (offset, limit) = (found::long(page.offset), found::long(page.limit));
        let listed = service(ctx)?.list(&reader, &filter.unwrap_or_default().filter()?, after, offset, limit).await?;
        Ok(ListedMessageConnection::new(listed, offset > 0 || after.is_some(), &reader))
    }

    /// The server's clock. Needs a token.
    async fn server_time(&self, ctx: &Context<'_>) -> Result<DateTime> {
        let caller = caller(ctx)?;
        Reader::of(caller)?;
        Ok(caller.now().into())
    }

    /// Whether a message is known to have been sent by an administrator in this operation. Needs a token.
    async fn send_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The operation's id; that of this very request when left out.")] operation_id: Option<String>,
    ) -> Result<SendStatusValue> {
        let caller = caller(ctx)?;
        Reader::of(caller)?;
        let operation = match operation_id {
            Some(id) => OperationId::parse(&id)?,
            None => caller.operation_id().clone(),
        };
        Ok(service(ctx)?.send_status(&operation).await?.into())
    }

    /// One message; null when there never was one or the caller may not see it. A message that was deleted, for everybody or
    /// by the caller, is a place with `status: DELETED`. Participants and app administrators may.
    async fn message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversation.")] conversation_id: ID,
        #[graphql(desc = "The place in its log.")] seq: Long,
    ) -> Result<Option<MessageNode>> {
        let caller = caller(ctx)?;
        let reader = Reader::of(caller)?;
        let place = service(ctx)?.message(caller, &ConversationId::parse(conversation_id.0)?, seq.0).await?;
        Ok(place.map(|place| MessageNode::slot(place, reader)))
    }

    /// A message by its key.
    #[graphql(entity)]
    async fn find_message_by_key(&self, ctx: &Context<'_>, conversation_id: ID, seq: Long) -> Result<Option<MessageNode>> {
        let (Ok(reader), Ok(conversation_id)) = (Reader::of(caller(ctx)?), ConversationId::parse(conversation_id.0)) else {
            return Ok(None);
        };
        let place = loaders::load(ctx, MessageKey { reader: reader.clone(), conversation_id, seq: seq.0 }).await?;
        Ok(place.map(|place| MessageNode::slot(place, reader)))
    }

    /// A conversation by its key.
    #[graphql(entity)]
    async fn find_conversation_by_key(&self, ctx: &Context<'_>, owner_id: ID, id: ID) -> Result<Option<Conversation>> {
        let (Ok(owner), Ok(id)) = (UserId::parse(owner_id.0), ConversationId::parse(id.0)) else { return Ok(None) };
        let allowed = caller(ctx)?.require_self_or_admin(&owner).is_ok();
        Ok(allowed.then(|| Conversation::new(owner, id)))
    }
}
