//! The GraphQL face: decodes, calls one use case, encodes.

mod conversation;
mod inputs;
mod loaders;
mod message;
mod mutation;
mod references;
mod syncing;
mod viewer;

use std::sync::Arc;

use async_graphql::{Context, EmptySubscription, ID, Object, Result, Schema};
use openim_core::{Ctx, GroupId, UserId};
use openim_graphql::{Long, SchemaSubgraph, Subgraph, caller, loader_error, viewer_id};

use crate::service::Service;
use conversation::{Conversation, parse_id};
use loaders::Rows;
use message::Message;
use mutation::Mutation;
use references::{Group, User};
use viewer::Viewer;

/// Makes the schema into a part of the graph.
pub(crate) fn subgraph(service: Arc<Service>) -> Arc<dyn Subgraph> {
    let schema = Schema::build(Query, Mutation, EmptySubscription).data(service.clone()).enable_federation().finish();
    Arc::new(SchemaSubgraph::new("conversations", schema, move |ctx: &Ctx, request| loaders::provide(request, &service, ctx)))
}

fn service<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Service>> {
    ctx.data::<Arc<Service>>()
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
        Ok(service(ctx)?.conversation(caller, owner, &id).await?.map(Conversation::from))
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

    /// Finds what a message has here: who has read it.
    #[graphql(entity)]
    async fn find_message(
        &self,
        #[graphql(key)] conversation_id: ID,
        #[graphql(key)] seq: Long,
        sender_id: Option<ID>,
    ) -> Result<Option<Message>> {
        let Some(id) = parse_id(&conversation_id) else { return Ok(None) };
        Ok(Some(Message(id, seq.0, sender_id.and_then(|sender| UserId::parse(sender.0).ok()))))
    }

    /// Finds what a user has here: the caller's conversation with that user.
    #[graphql(entity)]
    async fn find_user(&self, #[graphql(key)] id: ID) -> Result<Option<User>> {
        Ok(UserId::parse(id.0).ok().map(User))
    }

    /// Finds what a group has here: the caller's view of its conversation.
    #[graphql(entity)]
    async fn find_group(&self, #[graphql(key)] id: ID) -> Result<Option<Group>> {
        Ok(GroupId::parse(id.0).ok().map(Group))
    }
}
