//! The subgraph of users.

use async_graphql::{Context, EmptySubscription, ID, Object, Schema, SimpleObject};
use openim_graphql::{Long, Subgraph};

use super::data::{Level, Shared, UserRow, big, label};
use super::{hosted, shared};

pub(crate) struct User(UserRow);

#[Object]
impl User {
    async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }
    #[graphql(shareable)]
    async fn name(&self) -> &str {
        &self.0.name
    }
    async fn nickname(&self) -> Option<&str> {
        self.0.nickname.as_deref()
    }
    async fn level(&self) -> Level {
        self.0.level
    }
    async fn big(&self) -> Long {
        big(self.0.big)
    }
    async fn label(&self, #[graphql(default)] prefix: String, #[graphql(default = 1)] times: i32) -> String {
        label(&self.0, &prefix, times)
    }
    async fn friends(&self, ctx: &Context<'_>, #[graphql(default = 2)] first: i32) -> Vec<Self> {
        let data = shared(ctx).read();
        self.0.friends.iter().take(first.max(0) as usize).filter_map(|id| data.user(id)).map(Self).collect()
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Viewer {
    #[graphql(shareable)]
    id: ID,
    #[graphql(skip)]
    row: Option<UserRow>,
}

#[async_graphql::ComplexObject]
impl Viewer {
    async fn user(&self) -> Option<User> {
        self.row.clone().map(User)
    }
}

pub(crate) struct Query;

#[Object(name = "Query")]
impl Query {
    #[graphql(shareable)]
    async fn viewer(&self, ctx: &Context<'_>, #[graphql(default_with = "String::from(\"u1\")")] name: String) -> Viewer {
        Viewer { row: shared(ctx).read().user(&name), id: ID(name) }
    }
    async fn user(&self, ctx: &Context<'_>, id: ID) -> Option<User> {
        shared(ctx).read().user(&id).map(User)
    }
    async fn users(&self, ctx: &Context<'_>, ids: Vec<ID>) -> Vec<User> {
        let data = shared(ctx).read();
        ids.iter().filter_map(|id| data.user(id)).map(User).collect()
    }
    async fn everybody(&self, ctx: &Context<'_>) -> Vec<Option<User>> {
        shared(ctx).read().users.iter().cloned().map(|user| Some(User(user))).chain([None]).collect()
    }
    #[graphql(entity)]
    async fn find_user(&self, ctx: &Context<'_>, id: ID) -> Option<User> {
        shared(ctx).read().user(&id).map(User)
    }
}

pub(crate) struct Mutation;

#[Object(name = "Mutation")]
impl Mutation {
    async fn rename(&self, ctx: &Context<'_>, id: ID, name: String) -> Option<User> {
        shared(ctx).write().rename(&id, &name).map(User)
    }
}

pub(crate) fn subgraph(data: Shared) -> std::sync::Arc<dyn Subgraph> {
    hosted("users", Schema::build(Query, Mutation, EmptySubscription).enable_federation().data(data).finish())
}
