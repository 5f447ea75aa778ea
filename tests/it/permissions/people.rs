//! The people and things that the rows are about: worlds that are all alike, made while rows are run.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::documents::Document;
use crate::harness::{Client, Server, soon};

/// So many worlds are made at the same time.
const MAKERS: usize = 2;
/// So many worlds wait for a row that needs one.
const READY: usize = 4;
/// The time between two looks at a world that is being made.
const PAUSE: Duration = Duration::from_millis(5);

/// Who runs a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Anonymous,
    Stranger,
    Friend,
    Member,
    GroupAdmin,
    Owner,
    AppAdmin,
}

impl Caller {
    pub(super) const ALL: [Self; 7] =
        [Self::Anonymous, Self::Stranger, Self::Friend, Self::Member, Self::GroupAdmin, Self::Owner, Self::AppAdmin];

    /// The people of a world, who have accounts of their own in it.
    const PEOPLE: [Self; 5] = [Self::Stranger, Self::Friend, Self::Member, Self::GroupAdmin, Self::Owner];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Stranger => "stranger",
            Self::Friend => "friend",
            Self::Member => "member",
            Self::GroupAdmin => "group admin",
            Self::Owner => "owner",
            Self::AppAdmin => "app admin",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Anonymous => "nobody",
            Self::GroupAdmin => "admin",
            Self::AppAdmin => "imAdmin",
            other => other.label(),
        }
    }
}

/// One set of people with their things.
pub(super) struct World {
    number: usize,
    client: Client,
    admin: Client,
    tokens: Vec<String>,
}

/// Worlds that nobody has used yet.
pub(super) struct Worlds(mpsc::Receiver<World>);

impl World {
    pub(super) fn client(&self, caller: Caller) -> Client {
        match caller {
            Caller::Anonymous => self.client.clone(),
            Caller::AppAdmin => self.admin.clone(),
            person => {
                let place = Caller::PEOPLE.iter().position(|one| *one == person).expect("a person");
                self.client.with_token(&self.tokens[place])
            }
        }
    }

    /// Returns what a document's variables stand for when `caller` runs it.
    pub(super) fn variables(&self, caller: Caller, document: &Document) -> Value {
        let mut variables = Map::new();
        for name in &document.variables {
            variables.insert(name.clone(), json!(self.variable(caller, name)));
        }
        Value::Object(variables)
    }

    fn variable(&self, caller: Caller, name: &str) -> String {
        let number = self.number;
        match name {
            "me" if caller == Caller::AppAdmin => "imAdmin".to_owned(),
            "me" => person(number, caller),
            "owner" => person(number, Caller::Owner),
            "friend" => person(number, Caller::Friend),
            "member" => person(number, Caller::Member),
            "admin" => person(number, Caller::GroupAdmin),
            "stranger" => person(number, Caller::Stranger),
            "applicant" => person(number, Caller::Stranger),
            "group" => group(number),
            "open" => open_group(number),
            "chat" => chat(number),
            "groupChat" => format!("sg_{}", group(number)),
            "ownersFile" => format!("{}/file", person(number, Caller::Owner)),
            "secret" => crate::harness::SECRET.to_owned(),
            "fresh" => format!("fresh{number}{}", caller.word()),
            "token" => self.tokens[0].clone(),
            "now" => "2030-01-01T00:00:00Z".to_owned(),
            "past" => "2020-01-01T00:00:00Z".to_owned(),
            other => panic!("no row knows ${other}"),
        }
    }
}

impl Worlds {
    /// Makes worlds for as long as somebody takes them.
    pub(super) async fn make(server: &Server) -> Self {
        let client = server.client();
        let maker = client.admin().await.graph();
        let (made, worlds) = mpsc::channel(READY);
        for first in 0..MAKERS {
            let (client, maker, made) = (client.clone(), maker.clone(), made.clone());
            tokio::spawn(async move {
                let mut number = first;
                while let Ok(place) = made.reserve().await {
                    place.send(World::make(number, &client, &maker).await);
                    number += MAKERS;
                }
            });
        }
        Self(worlds)
    }

    pub(super) async fn next(&mut self) -> World {
        self.0.recv().await.expect("whoever makes worlds does not fail")
    }
}

/// Makes one world. A document that is the same for all of them is planned once.
const MAKE: &str = r#"mutation(
    $people: [NewUserInput!]!, $stranger: ID!, $friend: ID!, $member: ID!, $admin: ID!, $owner: ID!, $group: ID!, $open: ID!
) {
    registerUsers(input: {users: $people}) { users { id } }
    token0: createUserToken(input: {userId: $stranger, platform: WEB}) { token }
    token1: createUserToken(input: {userId: $friend, platform: WEB}) { token }
    token2: createUserToken(input: {userId: $member, platform: WEB}) { token }
    token3: createUserToken(input: {userId: $admin, platform: WEB}) { token }
    token4: createUserToken(input: {userId: $owner, platform: WEB}) { token }
    importFriends(input: {ownerId: $owner, friendIds: [$friend]}) { friendships { friendId } }
    sendFriendRequest(input: {fromId: $member, toId: $owner}) { status }
    team: createGroup(input: {id: $group, name: "Team", ownerId: $owner, adminIds: [$admin], memberIds: [$member]}) { group { id } }
    open: createGroup(input: {id: $open, name: "Open", ownerId: $owner, verification: NOBODY}) { group { id } }
    joinGroup(input: {groupId: $group, userId: $stranger, source: SEARCH}) { status }
    addUserCommand(input: {userId: $owner, type: 1, uuid: "one", value: "v"}) { command { uuid } }
    setClientConfig(input: {userId: $owner, entries: [{key: "theme", value: "light"}]}) { entries { key } }
}"#;

/// Lets people write, once they have been told of their friendship and their group: so messages have the same places in all
/// worlds.
const WRITE: &str = r#"mutation($friend: ID!, $owner: ID!, $group: ID!) {
    toOwner: sendMessage(input: {senderId: $friend, recipient: {userId: $owner}, clientMessageId: "first", content: {text: {text: "first"}}}) {
        message { seq }
    }
    toTeam: sendMessage(input: {senderId: $owner, recipient: {groupId: $group}, clientMessageId: "first", content: {text: {text: "first"}}}) {
        message { seq }
    }
}"#;

/// Asks which conversations everybody has, and which of them are rows already: a view is there a moment before its row.
const VIEWS: &str = "query($ids: [ID!]!, $friend: ID!, $member: ID!, $admin: ID!, $owner: ID!) {
    friend: viewer(as: $friend) { conversationsById(ids: $ids) { maxSeq } conversationIds { ids } }
    member: viewer(as: $member) { conversationsById(ids: $ids) { maxSeq } conversationIds { ids } }
    admin: viewer(as: $admin) { conversationsById(ids: $ids) { maxSeq } conversationIds { ids } }
    owner: viewer(as: $owner) { conversationsById(ids: $ids) { maxSeq } conversationIds { ids } }
}";

impl World {
    /// Makes people and their things, and waits until everything that follows from them is there.
    async fn make(number: usize, client: &Client, maker: &Client) -> Self {
        let ids = Caller::PEOPLE.map(|caller| person(number, caller));
        let people = ids.each_ref().map(|id| json!({ "id": id, "nickname": id }));
        let [stranger, friend, member, admin, owner] = &ids;
        let things = json!({ "people": people, "stranger": stranger, "friend": friend, "member": member, "admin": admin, "owner": owner,
            "group": group(number), "open": open_group(number) });
        let made = maker.data(MAKE, things).await;
        let tokens = (0..ids.len()).map(|place| made[format!("token{place}")]["token"].as_str().expect("a token").to_owned());
        let world = Self { number, client: client.clone(), admin: maker.clone(), tokens: tokens.collect() };
        let people = json!({ "friend": friend, "member": member, "admin": admin, "owner": owner, "group": group(number) });
        world.has(&["friend", "owner"], &chat(number), &people).await;
        world.has(&["member", "admin", "owner"], &format!("sg_{}", group(number)), &people).await;
        maker.data(WRITE, people).await;
        world
    }

    /// Waits until people have a conversation with a message in it.
    async fn has(&self, people: &[&str], conversation: &str, ids: &Value) {
        let mut asked = ids.clone();
        asked["ids"] = json!([conversation]);
        let waiting = async {
            loop {
                let found = self.admin.data(VIEWS, asked.clone()).await;
                let there = |person: &&str| {
                    let rows = found[person]["conversationIds"]["ids"].as_array();
                    found[person]["conversationsById"][0]["maxSeq"].as_i64() > Some(0)
                        && rows.is_some_and(|rows| rows.contains(&json!(conversation)))
                };
                if people.iter().all(there) {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        soon("the conversations are there", waiting).await;
    }
}

fn person(number: usize, caller: Caller) -> String {
    format!("{}{number}", caller.word())
}

fn group(number: usize) -> String {
    format!("team{number}")
}

/// A group that anybody may enter.
fn open_group(number: usize) -> String {
    format!("open{number}")
}

fn chat(number: usize) -> String {
    let (friend, owner) = (person(number, Caller::Friend), person(number, Caller::Owner));
    format!("si_{friend}_{owner}")
}
