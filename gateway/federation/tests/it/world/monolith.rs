//! One schema of everything: what the gateway's answers are compared with.

use async_graphql::{ComplexObject, Context, EmptySubscription, ID, Interface, Object, Schema, SimpleObject, Union};
use openim_graphql::Long;

use super::data::{Attachment, Level, Media, MessageRow, Order, RoomRow, Shared, UserRow, big, greeting, label};
use super::shared;

pub(crate) type Monolith = Schema<Query, Mutation, EmptySubscription>;

pub(crate) struct User(UserRow);

#[Object]
impl User {
    async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }
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
    async fn unread(&self) -> i32 {
        self.0.id.len() as i32 * 3
    }
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 2)] first: i32,
        #[graphql(default_with = "Order::Oldest")] order: Order,
    ) -> Vec<Message> {
        shared(ctx).read().messages_of(&self.0.id, first, order).into_iter().map(Message).collect()
    }
    async fn greeting(&self) -> String {
        greeting(&self.0.name)
    }
    async fn room(&self, ctx: &Context<'_>) -> Option<Room> {
        shared(ctx).read().rooms.iter().find(|room| room.members.contains(&self.0.id)).cloned().map(Room)
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
    async fn author(&self, ctx: &Context<'_>) -> Option<User> {
        shared(ctx).read().user(&self.0.author).map(User)
    }
    async fn sender(&self, ctx: &Context<'_>) -> User {
        User(shared(ctx).read().user(&self.0.author).expect("an author"))
    }
    async fn attachment(&self) -> Option<Attachment> {
        self.0.attachment.clone()
    }
    async fn media(&self) -> Option<Media> {
        self.0.attachment.clone().map(Media::from)
    }
    async fn room(&self, ctx: &Context<'_>) -> Option<Room> {
        shared(ctx).read().room(&self.0.room).map(Room)
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
    async fn members(&self, ctx: &Context<'_>, #[graphql(default = 2)] first: i32) -> Vec<User> {
        let data = shared(ctx).read();
        self.0.members.iter().take(first.max(0) as usize).filter_map(|id| data.user(id)).map(User).collect()
    }
    async fn latest(&self, ctx: &Context<'_>) -> Option<Message> {
        shared(ctx).read().messages.iter().rfind(|message| message.room == self.0.id).cloned().map(Message)
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
    id: ID,
}

#[ComplexObject]
impl Viewer {
    async fn user(&self, ctx: &Context<'_>) -> Option<User> {
        shared(ctx).read().user(&self.id).map(User)
    }
    async fn inbox(&self, ctx: &Context<'_>, #[graphql(default = 3)] first: i32) -> Vec<Message> {
        shared(ctx).read().messages_of(&self.id, first, Order::Newest).into_iter().map(Message).collect()
    }
    async fn rooms(&self, ctx: &Context<'_>) -> Vec<Room> {
        shared(ctx).read().rooms.iter().filter(|room| room.members.contains(&self.id.0)).cloned().map(Room).collect()
    }
}

pub(crate) struct Query;

#[Object(name = "Query")]
impl Query {
    async fn viewer(&self, #[graphql(default_with = "String::from(\"u1\")")] name: String) -> Viewer {
        Viewer { id: ID(name) }
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
    async fn message(&self, ctx: &Context<'_>, id: ID) -> Option<Message> {
        shared(ctx).read().message(&id).map(Message)
    }
    async fn messages(&self, ctx: &Context<'_>, #[graphql(default = 4)] first: i32) -> Vec<Message> {
        shared(ctx).read().messages.iter().take(first.max(0) as usize).cloned().map(Message).collect()
    }
    async fn rooms(&self, ctx: &Context<'_>) -> Vec<Room> {
        shared(ctx).read().rooms.iter().cloned().map(Room).collect()
    }
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Option<Node> {
        let data = shared(ctx).read();
        match id.get(..1)? {
            "u" => data.user(&id).map(|row| Node::User(User(row))),
            "m" => data.message(&id).map(|row| Node::Message(Message(row))),
            _ => data.room(&id).map(|row| Node::Room(Room(row))),
        }
    }
    async fn search(&self, ctx: &Context<'_>, #[graphql(default = 5)] first: i32) -> Vec<Found> {
        let data = shared(ctx).read();
        let users = data.users.iter().take(2).cloned().map(|row| Found::User(User(row)));
        let messages = data.messages.iter().take(2).cloned().map(|row| Found::Message(Message(row)));
        let rooms = data.rooms.iter().take(2).cloned().map(|row| Found::Room(Room(row)));
        users.chain(messages).chain(rooms).take(first.max(0) as usize).collect()
    }
}

pub(crate) struct Mutation;

#[Object(name = "Mutation")]
impl Mutation {
    async fn rename(&self, ctx: &Context<'_>, id: ID, name: String) -> Option<User> {
        shared(ctx).write().rename(&id, &name).map(User)
    }
    async fn post(&self, ctx: &Context<'_>, author: ID, text: String) -> Message {
        Message(shared(ctx).write().post(&author, &text))
    }
    async fn pin(&self, ctx: &Context<'_>, id: ID, pinned: bool) -> Option<Room> {
        shared(ctx).write().pin(&id, pinned).map(Room)
    }
}

pub(crate) fn monolith(data: Shared) -> Monolith {
    Schema::build(Query, Mutation, EmptySubscription).data(data).finish()
}
