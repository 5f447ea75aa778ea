//! The subgraph of messages; it adds messages to users.

use async_graphql::{Context, ID, Object, Schema, SimpleObject, Subscription};
use futures_util::stream::{Stream, StreamExt};
use openim_graphql::Subgraph;

use super::data::{Attachment, Media, MessageRow, Order, Shared};
use super::{hosted, shared};

#[derive(Clone)]
pub(crate) struct User {
    pub id: String,
    pub name: Option<String>,
}

#[Object]
impl User {
    async fn id(&self) -> ID {
        ID(self.id.clone())
    }
    #[graphql(external)]
    async fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
    async fn unread(&self) -> i32 {
        self.id.len() as i32 * 3
    }
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 2)] first: i32,
        #[graphql(default_with = "Order::Oldest")] order: Order,
    ) -> Vec<Message> {
        shared(ctx).read().messages_of(&self.id, first, order).into_iter().map(Message).collect()
    }
}

pub(crate) struct Message(MessageRow);

#[Object]
impl Message {
    async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }
    async fn text(&self) -> &str {
        &self.0.text
    }
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }
    async fn author(&self) -> Option<User> {
        Some(User { id: self.0.author.clone(), name: None })
    }
    #[graphql(provides = "name")]
    async fn sender(&self, ctx: &Context<'_>) -> User {
        let name = shared(ctx).read().user(&self.0.author).map(|user| user.name);
        User { id: self.0.author.clone(), name }
    }
    async fn attachment(&self) -> Option<Attachment> {
        self.0.attachment.clone()
    }
    async fn media(&self) -> Option<Media> {
        self.0.attachment.clone().map(Media::from)
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Viewer {
    #[graphql(shareable)]
    id: ID,
}

#[async_graphql::ComplexObject]
impl Viewer {
    async fn inbox(&self, ctx: &Context<'_>, #[graphql(default = 3)] first: i32) -> Vec<Message> {
        shared(ctx).read().messages_of(&self.id, first, Order::Newest).into_iter().map(Message).collect()
    }
}

pub(crate) struct Query;

#[Object(name = "Query")]
impl Query {
    #[graphql(shareable)]
    async fn viewer(&self, #[graphql(default_with = "String::from(\"u1\")")] name: String) -> Viewer {
        Viewer { id: ID(name) }
    }
    async fn message(&self, ctx: &Context<'_>, id: ID) -> Option<Message> {
        shared(ctx).read().message(&id).map(Message)
    }
    async fn messages(&self, ctx: &Context<'_>, #[graphql(default = 4)] first: i32) -> Vec<Message> {
        shared(ctx).read().messages.iter().take(first.max(0) as usize).cloned().map(Message).collect()
    }
    #[graphql(entity)]
    async fn find_user(&self, id: ID) -> Option<User> {
        Some(User { id: id.0, name: None })
    }
    #[graphql(entity)]
    async fn find_message(&self, ctx: &Context<'_>, id: ID) -> Option<Message> {
        shared(ctx).read().message(&id).map(Message)
    }
}

pub(crate) struct Mutation;

#[Object(name = "Mutation")]
impl Mutation {
    async fn post(&self, ctx: &Context<'_>, author: ID, text: String) -> Message {
        Message(shared(ctx).write().post(&author, &text))
    }
}

pub(crate) struct Subscription;

#[Subscription(name = "Subscription")]
impl Subscription {
    /// The messages one after the other.
    async fn posted(&self, ctx: &Context<'_>, #[graphql(default = 3)] count: i32) -> impl Stream<Item = Message> {
        let rows: Vec<_> = shared(ctx).read().messages.iter().take(count.max(0) as usize).cloned().collect();
        futures_util::stream::iter(rows).map(Message)
    }

    /// The messages from a place on.
    async fn resumed(&self, ctx: &Context<'_>, after: Option<ID>) -> impl Stream<Item = Message> {
        let data = shared(ctx).clone();
        let start = after.and_then(|after| data.read().messages.iter().position(|message| message.id == after.0).map(|at| at + 1));
        let rows: Vec<_> = data.read().messages.iter().skip(start.unwrap_or(0)).cloned().collect();
        futures_util::stream::iter(rows).map(Message)
    }
}

pub(crate) fn subgraph(data: Shared) -> std::sync::Arc<dyn Subgraph> {
    let schema = Schema::build(Query, Mutation, Subscription).enable_federation().enable_subscription_in_federation();
    hosted("messages", schema.data(data).finish())
}
