//! The people and things that the rows are about, made for many worlds at once.

use std::collections::VecDeque;

use openim_testing::eventually;
use serde_json::{Map, Value, json};

use super::documents::Document;
use crate::harness::{Client, Server};

/// Root fields of one operation; the default limit is 30.
const ALIASES: usize = 30;

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
pub(super) struct Worlds(VecDeque<World>);

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
    /// Makes so many worlds: people, then their things, then waits until everything that follows from them is there.
    pub(super) async fn make(server: &Server, count: usize) -> Self {
        let client = server.client();
        let maker = client.admin().await.graph();
        let people = |number| Caller::PEOPLE.map(|caller| person(number, caller));
        let ids: Vec<String> = (0..count).flat_map(people).collect();
        for some in ids.chunks(1_000) {
            let users: Vec<Value> = some.iter().map(|id| json!({ "id": id, "nickname": id })).collect();
            maker
                .data(
                    "mutation($users: [NewUserInput!]!) { registerUsers(input: {users: $users}) { users { id } } }",
                    json!({ "users": users }),
                )
                .await;
        }
        let token = |id: &String| format!("createUserToken(input: {{userId: \"{id}\", platform: WEB}}) {{ token }}");
        let mut tokens =
            all(&maker, ids.iter().map(token)).await.into_iter().map(|made| made["token"].as_str().expect("a token").to_owned());
        for step in 0..STEPS {
            all(&maker, (0..count).map(|number| thing(step, number))).await;
        }
        let worlds: VecDeque<World> = (0..count)
            .map(|number| {
                let tokens = tokens.by_ref().take(Caller::PEOPLE.len()).collect();
                World { number, client: client.clone(), admin: maker.clone(), tokens }
            })
            .collect();
        for world in &worlds {
            world.settled().await;
        }
        Self(worlds)
    }

    pub(super) fn next(&mut self) -> World {
        self.0.pop_front().expect("enough worlds: raise WORLDS")
    }
}

impl World {
    /// Waits until everybody has the conversations that they should have.
    async fn settled(&self) {
        let (chat, group) = (chat(self.number), format!("sg_{}", group(self.number)));
        for caller in [Caller::Friend, Caller::Member, Caller::GroupAdmin, Caller::Owner] {
            let wanted = if caller == Caller::Friend { vec![&chat] } else { vec![&group] };
            let client = self.client(caller);
            eventually("the conversations are there", async || {
                let query = "query($ids: [ID!]!) { viewer { conversationsById(ids: $ids) { id } } }";
                let found = client.data(query, json!({ "ids": wanted })).await;
                found["viewer"]["conversationsById"].as_array().filter(|found| !found.is_empty()).map(|_| ())
            })
            .await;
        }
    }
}

/// The things of a world, in the order of their making.
const STEPS: usize = 9;

fn thing(step: usize, number: usize) -> String {
    let [stranger, friend, member, admin, owner] = Caller::PEOPLE.map(|caller| person(number, caller));
    let (group, open) = (group(number), open_group(number));
    match step {
        0 => format!("importFriends(input: {{ownerId: \"{owner}\", friendIds: [\"{friend}\"]}}) {{ friendships {{ friendId }} }}"),
        1 => format!("sendFriendRequest(input: {{fromId: \"{member}\", toId: \"{owner}\"}}) {{ status }}"),
        2 => format!(
            "createGroup(input: {{id: \"{group}\", name: \"Team\", ownerId: \"{owner}\", adminIds: [\"{admin}\"], memberIds: [\"{member}\"]}}) {{ group {{ id }} }}"
        ),
        3 => format!(
            "createGroup(input: {{id: \"{open}\", name: \"Open\", ownerId: \"{owner}\", verification: NOBODY}}) {{ group {{ id }} }}"
        ),
        4 => format!("joinGroup(input: {{groupId: \"{group}\", userId: \"{stranger}\", source: SEARCH}}) {{ status }}"),
        5 => format!("addUserCommand(input: {{userId: \"{owner}\", type: 1, uuid: \"one\", value: \"v\"}}) {{ command {{ uuid }} }}"),
        6 => format!(
            "setClientConfig(input: {{userId: \"{owner}\", entries: [{{key: \"theme\", value: \"light\"}}]}}) {{ entries {{ key }} }}"
        ),
        7 => sent(&friend, &format!("userId: \"{owner}\""), number),
        _ => sent(&owner, &format!("groupId: \"{group}\""), number),
    }
}

fn sent(sender: &str, recipient: &str, number: usize) -> String {
    format!(
        "sendMessage(input: {{senderId: \"{sender}\", recipient: {{{recipient}}}, clientMessageId: \"first-{sender}-{number}\", content: {{text: {{text: \"first\"}}}}}}) {{ message {{ seq }} }}"
    )
}

/// Runs mutations, many in one document, and returns what each gave.
async fn all(client: &Client, mutations: impl Iterator<Item = String>) -> Vec<Value> {
    let mut results = Vec::new();
    let mutations: Vec<String> = mutations.collect();
    for some in mutations.chunks(ALIASES) {
        let fields: Vec<String> = some.iter().enumerate().map(|(place, mutation)| format!("m{place}: {mutation}")).collect();
        let mut data = client.data(&format!("mutation {{ {} }}", fields.join(" ")), json!({})).await;
        results.extend((0..some.len()).map(|place| data[format!("m{place}")].take()));
    }
    results
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
