//! The benchmark's small chat, split into three subgraphs as a federation has it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::{ComplexObject, Context, EmptyMutation, EmptySubscription, Object, Request, Schema, SimpleObject};
use openim_graphql::{SchemaSubgraph, Subgraph};

use super::data;

/// Returns the three subgraphs.
pub(super) fn subgraphs() -> Vec<Arc<dyn Subgraph>> {
    let users = Schema::build(UserQuery, EmptyMutation, EmptySubscription).enable_federation().finish();
    let messages = Schema::build(MessageQuery, EmptyMutation, EmptySubscription).enable_federation().finish();
    let groups = Schema::build(GroupQuery, EmptyMutation, EmptySubscription).enable_federation().finish();
    vec![
        Arc::new(SchemaSubgraph::new("users", users, |_, request| with_loader(request))),
        Arc::new(SchemaSubgraph::new("messages", messages, |_, request| request)),
        Arc::new(SchemaSubgraph::new("groups", groups, |_, request| request)),
    ]
}

/// The users of one request.
pub(super) type Users = DataLoader<UserLoader, HashMapCache>;

/// Gives a request its loader.
pub(super) fn with_loader(request: Request) -> Request {
    request.data(Users::with_cache(UserLoader, tokio::spawn, HashMapCache::default()).delay(Duration::ZERO))
}

/// Loads users of a request in one go, as a subgraph over a database does.
pub(super) struct UserLoader;

impl Loader<u32> for UserLoader {
    type Value = User;
    type Error = Infallible;

    async fn load(&self, keys: &[u32]) -> Result<HashMap<u32, User>, Infallible> {
        Ok(keys.iter().map(|key| (*key, User::new(*key))).collect())
    }
}

#[derive(Clone, SimpleObject)]
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

struct UserQuery;

#[Object(name = "Query")]
impl UserQuery {
    async fn user(&self, id: u32) -> User {
        User::new(id)
    }

    async fn users(&self, first: u32) -> Vec<User> {
        (0..first).map(User::new).collect()
    }

    #[graphql(entity)]
    async fn find_user(&self, ctx: &Context<'_>, id: u32) -> async_graphql::Result<Option<User>> {
        Ok(ctx.data::<Users>()?.load_one(id).await.unwrap_or_default())
    }
}

#[derive(SimpleObject)]
#[graphql(complex, name = "User")]
struct UserWithUnread {
    id: u32,
}

#[ComplexObject]
impl UserWithUnread {
    async fn unread(&self) -> u32 {
        data::unread(self.id)
    }
}

#[derive(SimpleObject)]
struct Message {
    seq: u32,
    text: String,
    sender: UserWithUnread,
}

#[derive(SimpleObject)]
#[graphql(complex, name = "Group")]
struct GroupWithMessages {
    id: u32,
}

#[ComplexObject]
impl GroupWithMessages {
    async fn messages(&self, last: u32) -> Vec<Message> {
        (0..last).map(|seq| Message { seq, text: data::text(seq), sender: UserWithUnread { id: data::sender(self.id, seq) } }).collect()
    }
}

struct MessageQuery;

#[Object(name = "Query")]
impl MessageQuery {
    async fn message_count(&self) -> u32 {
        data::MESSAGES
    }

    #[graphql(entity)]
    async fn find_user(&self, id: u32) -> UserWithUnread {
        UserWithUnread { id }
    }

    #[graphql(entity)]
    async fn find_group(&self, id: u32) -> GroupWithMessages {
        GroupWithMessages { id }
    }
}

#[derive(SimpleObject)]
struct Group {
    id: u32,
    name: String,
}

struct GroupQuery;

#[Object(name = "Query")]
impl GroupQuery {
    async fn group(&self, id: u32) -> Group {
        Group { id, name: data::group(id) }
    }

    #[graphql(entity)]
    async fn find_group(&self, id: u32) -> Group {
        Group { id, name: data::group(id) }
    }
}
