//! The subgraph of rooms; it adds rooms to users and messages, and finds anything.

use async_graphql::{Context, EmptySubscription, ID, Interface, Object, Schema, SimpleObject, Union};
use openim_graphql::Subgraph;

use super::data::{RoomRow, Shared, greeting};
use super::{hosted, shared};

pub(crate) struct User {
    id: String,
    name: Option<String>,
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
    #[graphql(requires = "name")]
    async fn greeting(&self) -> String {
        greeting(self.name.as_deref().unwrap_or("nobody"))
    }
    async fn room(&self, ctx: &Context<'_>) -> Option<Room> {
        shared(ctx).read().rooms.iter().find(|room| room.members.contains(&self.id)).cloned().map(Room)
    }
}

pub(crate) struct Message {
    id: String,
}

#[Object]
impl Message {
    async fn id(&self) -> ID {
        ID(self.id.clone())
    }
    async fn room(&self, ctx: &Context<'_>) -> Option<Room> {
        let data = shared(ctx).read();
        data.message(&self.id).and_then(|message| data.room(&message.room)).map(Room)
    }
}

pub(crate) struct Room(RoomRow);

#[Object]
impl Room {
    async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }
    async fn name(&self) -> &str {
        &self.0.name
    }
    async fn pinned(&self) -> bool {
        self.0.pinned
    }
    async fn members(&self, #[graphql(default = 2)] first: i32) -> Vec<User> {
        self.0.members.iter().take(first.max(0) as usize).map(|id| User { id: id.clone(), name: None }).collect()
    }
    async fn latest(&self, ctx: &Context<'_>) -> Option<Message> {
        let data = shared(ctx).read();
        data.messages.iter().rfind(|message| message.room == self.0.id).map(|message| Message { id: message.id.clone() })
    }
}

/// What a search finds.
#[derive(Union)]
pub(crate) enum Found {
    User(User),
    Message(Message),
    Room(Room),
}

/// What has an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID"))]
pub(crate) enum Node {
    User(User),
    Message(Message),
    Room(Room),
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Viewer {
    #[graphql(shareable)]
    id: ID,
}

#[async_graphql::ComplexObject]
impl Viewer {
    async fn rooms(&self, ctx: &Context<'_>) -> Vec<Room> {
        shared(ctx).read().rooms.iter().filter(|room| room.members.contains(&self.id.0)).cloned().map(Room).collect()
    }
}

pub(crate) struct Query;

fn user(id: &str) -> User {
    User { id: id.to_owned(), name: None }
}

#[Object(name = "Query")]
impl Query {
    #[graphql(shareable)]
    async fn viewer(&self, #[graphql(default_with = "String::from(\"u1\")")] name: String) -> Viewer {
        Viewer { id: ID(name) }
    }
    async fn rooms(&self, ctx: &Context<'_>) -> Vec<Room> {
        shared(ctx).read().rooms.iter().cloned().map(Room).collect()
    }
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Option<Node> {
        let data = shared(ctx).read();
        match id.get(..1)? {
            "u" => data.user(&id).map(|row| Node::User(user(&row.id))),
            "m" => data.message(&id).map(|row| Node::Message(Message { id: row.id })),
            _ => data.room(&id).map(|row| Node::Room(Room(row))),
        }
    }
    async fn search(&self, ctx: &Context<'_>, #[graphql(default = 5)] first: i32) -> Vec<Found> {
        let data = shared(ctx).read();
        let users = data.users.iter().take(2).map(|row| Found::User(user(&row.id)));
        let messages = data.messages.iter().take(2).map(|row| Found::Message(Message { id: row.id.clone() }));
        let rooms = data.rooms.iter().take(2).cloned().map(|row| Found::Room(Room(row)));
        users.chain(messages).chain(rooms).take(first.max(0) as usize).collect()
    }
    #[graphql(entity)]
    async fn find_user(&self, #[graphql(key)] id: ID, name: Option<String>) -> Option<User> {
        Some(User { id: id.0, name })
    }
    #[graphql(entity)]
    async fn find_message(&self, id: ID) -> Option<Message> {
        Some(Message { id: id.0 })
    }
    #[graphql(entity)]
    async fn find_room(&self, ctx: &Context<'_>, id: ID) -> Option<Room> {
        shared(ctx).read().room(&id).map(Room)
    }
}

pub(crate) struct Mutation;

#[Object(name = "Mutation")]
impl Mutation {
    async fn pin(&self, ctx: &Context<'_>, id: ID, pinned: bool) -> Option<Room> {
        shared(ctx).write().pin(&id, pinned).map(Room)
    }
}

pub(crate) fn subgraph(data: Shared) -> std::sync::Arc<dyn Subgraph> {
    hosted("rooms", Schema::build(Query, Mutation, EmptySubscription).enable_federation().data(data).finish())
}
