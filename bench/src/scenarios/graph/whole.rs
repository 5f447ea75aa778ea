//! The same chat as one schema: what the gateway is compared with.

use async_graphql::{ComplexObject, Context, EmptyMutation, EmptySubscription, Object, Schema, SimpleObject};

use super::data;
use super::split::{User as UserRow, Users};

/// The monolith.
pub(super) type Whole = Schema<Query, EmptyMutation, EmptySubscription>;

/// Builds it.
pub(super) fn schema() -> Whole {
    Schema::build(Query, EmptyMutation, EmptySubscription).finish()
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct User {
    id: u32,
    name: String,
    face_url: String,
    created_at: i64,
}

impl User {
    fn new(id: u32) -> Self {
        Self { id, name: data::name(id), face_url: data::face(id), created_at: data::time(id) }
    }
}

#[ComplexObject]
impl User {
    async fn unread(&self) -> u32 {
        data::unread(self.id)
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Message {
    #[graphql(skip)]
    group: u32,
    seq: u32,
    text: String,
}

#[ComplexObject]
impl Message {
    async fn sender(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<User>> {
        let id = data::sender(self.group, self.seq);
        let row: Option<UserRow> = ctx.data::<Users>()?.load_one(id).await.unwrap_or_default();
        Ok(row.map(|_| User::new(id)))
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Group {
    id: u32,
    name: String,
}

#[ComplexObject]
impl Group {
    async fn messages(&self, last: u32) -> Vec<Message> {
        (0..last).map(|seq| Message { group: self.id, seq, text: data::text(seq) }).collect()
    }
}

pub(super) struct Query;

#[Object]
impl Query {
    async fn user(&self, id: u32) -> User {
        User::new(id)
    }

    async fn users(&self, first: u32) -> Vec<User> {
        (0..first).map(User::new).collect()
    }

    async fn group(&self, id: u32) -> Group {
        Group { id, name: data::group(id) }
    }

    async fn message_count(&self) -> u32 {
        data::MESSAGES
    }
}
