//! The data that the subgraphs and the monolith answer from.

use std::sync::Arc;

use async_graphql::{Enum, Interface, SimpleObject, Union};
use openim_graphql::Long;
use parking_lot::RwLock;

#[derive(Debug, Clone)]
pub(crate) struct UserRow {
    pub id: String,
    pub name: String,
    pub nickname: Option<String>,
    pub level: Level,
    pub big: i64,
    pub friends: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct MessageRow {
    pub id: String,
    pub author: String,
    pub room: String,
    pub text: String,
    pub name: Option<String>,
    pub attachment: Option<Attachment>,
}

#[derive(Debug, Clone)]
pub(crate) struct RoomRow {
    pub id: String,
    pub name: String,
    pub members: Vec<String>,
    pub pinned: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Level {
    Ordinary,
    Admin,
    Robot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Order {
    Newest,
    Oldest,
}

#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Image {
    pub url: String,
    pub width: i32,
    pub size: Option<i32>,
}

#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct File {
    pub url: String,
    pub name: String,
    pub size: Option<i32>,
}

#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Link {
    pub url: String,
    pub title: Option<String>,
}

/// What a message may carry.
#[derive(Debug, Clone, Union)]
pub(crate) enum Attachment {
    Image(Image),
    File(File),
    Link(Link),
}

/// What has an address.
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "url", ty = "&String"))]
pub(crate) enum Media {
    Image(Image),
    File(File),
    Link(Link),
}

impl From<Attachment> for Media {
    fn from(attachment: Attachment) -> Self {
        match attachment {
            Attachment::Image(image) => Self::Image(image),
            Attachment::File(file) => Self::File(file),
            Attachment::Link(link) => Self::Link(link),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Data {
    pub users: Vec<UserRow>,
    pub messages: Vec<MessageRow>,
    pub rooms: Vec<RoomRow>,
    pub log: Vec<String>,
}

pub(crate) type Shared = Arc<RwLock<Data>>;

impl Data {
    pub(crate) fn new() -> Self {
        let users = (1..=6_i64).map(|n| UserRow {
            id: format!("u{n}"),
            name: format!("user {n}"),
            nickname: (n % 2 == 0).then(|| format!("nick {n}")),
            level: [Level::Ordinary, Level::Admin, Level::Robot][n as usize % 3],
            big: i64::MAX - n,
            friends: (1..n).map(|friend| format!("u{friend}")).collect(),
        });
        let messages = (1..=9_i32).map(|n| MessageRow {
            id: format!("m{n}"),
            author: format!("u{}", n % 6 + 1),
            room: format!("r{}", n % 3 + 1),
            text: format!("text {n}"),
            name: (n % 4 != 0).then(|| format!("message {n}")),
            attachment: match n % 4 {
                0 => None,
                1 => Some(Attachment::Image(Image { url: format!("i{n}"), width: n, size: (n % 3 == 0).then_some(n * 10) })),
                2 => Some(Attachment::File(File { url: format!("f{n}"), name: format!("file {n}"), size: Some(n) })),
                _ => Some(Attachment::Link(Link { url: format!("l{n}"), title: (n % 2 == 1).then(|| format!("title {n}")) })),
            },
        });
        let rooms = (1..=3).map(|n| RoomRow {
            id: format!("r{n}"),
            name: format!("room {n}"),
            members: (n..n + 3).map(|user| format!("u{user}")).collect(),
            pinned: n == 2,
        });
        Self { users: users.collect(), messages: messages.collect(), rooms: rooms.collect(), log: Vec::new() }
    }

    pub(crate) fn user(&self, id: &str) -> Option<UserRow> {
        self.users.iter().find(|user| user.id == id).cloned()
    }

    pub(crate) fn message(&self, id: &str) -> Option<MessageRow> {
        self.messages.iter().find(|message| message.id == id).cloned()
    }

    pub(crate) fn room(&self, id: &str) -> Option<RoomRow> {
        self.rooms.iter().find(|room| room.id == id).cloned()
    }

    pub(crate) fn messages_of(&self, author: &str, first: i32, order: Order) -> Vec<MessageRow> {
        let mut messages: Vec<_> = self.messages.iter().filter(|message| message.author == author).cloned().collect();
        if order == Order::Newest {
            messages.reverse();
        }
        messages.truncate(first.max(0) as usize);
        messages
    }

    pub(crate) fn rename(&mut self, id: &str, name: &str) -> Option<UserRow> {
        self.log.push(format!("rename {id} {name}"));
        let user = self.users.iter_mut().find(|user| user.id == id)?;
        user.name = name.to_owned();
        Some(user.clone())
    }

    pub(crate) fn post(&mut self, author: &str, text: &str) -> MessageRow {
        self.log.push(format!("post {author} {text}"));
        let id = format!("m{}", self.messages.len() + 1);
        let row = MessageRow { id, author: author.to_owned(), room: "r1".to_owned(), text: text.to_owned(), name: None, attachment: None };
        self.messages.push(row.clone());
        row
    }

    pub(crate) fn pin(&mut self, id: &str, pinned: bool) -> Option<RoomRow> {
        self.log.push(format!("pin {id} {pinned}"));
        let room = self.rooms.iter_mut().find(|room| room.id == id)?;
        room.pinned = pinned;
        Some(room.clone())
    }
}

pub(crate) fn label(user: &UserRow, prefix: &str, times: i32) -> String {
    format!("{prefix}{}", user.name.repeat(times.clamp(0, 3) as usize))
}

pub(crate) fn greeting(name: &str) -> String {
    format!("hello {name}")
}

pub(crate) fn big(value: i64) -> Long {
    Long(value)
}
