//! The GraphQL face: decodes, calls one use case, encodes.

mod conversation;
mod inputs;
mod loaders;
mod syncing;
mod viewer;

use std::sync::Arc;

use async_graphql::{Context, EmptySubscription, ID, Object, Result, Schema};
use openim_core::{Ctx, UserId};
use openim_graphql::{SchemaSubgraph, Subgraph, caller, loader_error, viewer_id};

use crate::service::Service;
use conversation::{Conversation, parse_id};
use inputs::{MarkConversationReadInput, MarkConversationReadPayload};
use loaders::Rows;
use viewer::Viewer;

/// Makes the schema into a part of the graph.
pub(crate) fn subgraph(service: Arc<Service>) -> Arc<dyn Subgraph> {
    let schema = Schema::build(Query, Mutation, EmptySubscription).data(service.clone()).enable_federation().finish();
    Arc::new(SchemaSubgraph::new("conversations", schema, move |ctx: &Ctx, request| loaders::provide(request, &service, ctx)))
}

struct Query;

/// Reading.
#[Object(name = "Query")]
impl Query {
    /// The door to one's own things.
    #[graphql(shareable)]
    async fn viewer(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "as", desc = "Another user, for app administrators only; naming oneself is allowed.")] as_user: Option<ID>,
    ) -> Result<Option<Viewer>> {
        Ok(Some(Viewer { owner: viewer_id(caller(ctx)?, as_user)? }))
    }

    /// One of the caller's conversations; null when the caller has none of this id.
    async fn conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The conversation's id, OpenIM `conversationID`.")] id: ID,
    ) -> Result<Option<Conversation>> {
        let caller = caller(ctx)?;
        let owner = &caller.principal()?.user_id;
        let Some(id) = parse_id(&id) else { return Ok(None) };
        Ok(ctx.data::<Arc<Service>>()?.conversation(caller, owner, &id).await?.map(Conversation::from))
    }

    /// Finds a conversation for another subgraph; one that the caller may not see is not there.
    #[graphql(entity)]
    async fn find_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(key)] owner_id: ID,
        #[graphql(key)] id: ID,
    ) -> Result<Option<Conversation>> {
        let (Ok(owner), Some(id)) = (UserId::parse(owner_id.0), parse_id(&id)) else { return Ok(None) };
        let row = ctx.data::<Rows>()?.load_one((owner, id)).await.map_err(loader_error)?;
        Ok(row.map(Conversation::from))
    }
}

struct Mutation;

/// Writing.
#[Object(name = "Mutation")]
impl Mutation {
    /// Marks a conversation as read up to a place. Never moves the position back; repeating it changes nothing. The
    /// owner's streams and, in chats of two, the other one's get `ConversationRead`.
    async fn mark_conversation_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was read, by whom.")] input: MarkConversationReadInput,
    ) -> Result<MarkConversationReadPayload> {
        let caller = caller(ctx)?;
        let row = ctx.data::<Arc<Service>>()?.mark_read(caller, input.command(caller)?).await?;
        Ok(MarkConversationReadPayload { conversation: row.into() })
    }
}
