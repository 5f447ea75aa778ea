//! One tour through friends and groups, over GraphQL and over OpenIM's REST: both leave the same state, and everybody hears
//! the same notifications.

use serde_json::{Value, json};

use crate::harness::{Client, PATIENCE, Rest, Server, Socket};

const PEOPLE: [&str; 3] = ["ann", "bob", "cid"];
const LISTEN: &str = "subscription { events { __typename
  ... on NotificationReceived { contentType senderId receiverId groupId conversationId content }
  ... on ConversationChanged { conversation { id maxSeqLimit } }
} }";
const ASK: &str = "mutation($to: ID!) { sendFriendRequest(input: {toId: $to, message: \"It is me\"}) { status } }";

/// A step as GraphQL and as REST: who, the operation, the route, the body; and the notification that says it is done, with
/// those who hear it.
type Step = (&'static str, &'static str, &'static str, &'static str, (i64, &'static [&'static str]));

const STEPS: &[Step] = &[
    (
        "ann",
        "mutation { sendFriendRequest(input: {toId: \"bob\", message: \"It is me\"}) { status } }",
        "/friend/add_friend",
        r#"{"fromUserID": "ann", "toUserID": "bob", "reqMsg": "It is me"}"#,
        (1203, &["ann", "bob"]),
    ),
    (
        "bob",
        "mutation { respondToFriendRequest(input: {fromId: \"ann\", answer: ACCEPT, reply: \"Gladly\"}) { status } }",
        "/friend/add_friend_response",
        r#"{"fromUserID": "ann", "toUserID": "bob", "handleResult": 1, "handleMsg": "Gladly"}"#,
        (1201, &["ann", "bob"]),
    ),
    (
        "ann",
        "mutation { setFriendRemark(input: {friendId: \"bob\", remark: \"Bobby\"}) { friendship { remark } } }",
        "/friend/set_friend_remark",
        r#"{"ownerUserID": "ann", "friendUserID": "bob", "remark": "Bobby"}"#,
        (1206, &["ann"]),
    ),
    (
        "ann",
        "mutation { createGroup(input: {id: \"club\", name: \"Club\", memberIds: [\"bob\", \"cid\"]}) { group { id } } }",
        "/group/create_group",
        r#"{"groupInfo": {"groupID": "club", "groupName": "Club", "groupType": 2}, "ownerUserID": "ann", "memberUserIDs": ["bob", "cid"]}"#,
        (1501, &PEOPLE),
    ),
    (
        "ann",
        "mutation { muteGroupMember(input: {groupId: \"club\", userId: \"cid\", seconds: 600}) { member { userId } } }",
        "/group/mute_group_member",
        r#"{"groupID": "club", "userID": "cid", "mutedSeconds": 600}"#,
        (1512, &PEOPLE),
    ),
    (
        "ann",
        "mutation { updateGroup(input: {groupId: \"club\", name: \"The club\"}) { group { name } } }",
        "/group/set_group_info_ex",
        r#"{"groupID": "club", "groupName": "The club"}"#,
        (1520, &PEOPLE),
    ),
    (
        "ann",
        "mutation { removeGroupMembers(input: {groupId: \"club\", userIds: [\"cid\"], reason: \"loud\"}) { group { id } } }",
        "/group/kick_group",
        r#"{"groupID": "club", "kickedUserIDs": ["cid"], "reason": "loud"}"#,
        (1508, &PEOPLE),
    ),
    (
        "ann",
        "mutation { transferGroup(input: {groupId: \"club\", fromId: \"ann\", toId: \"bob\"}) { group { ownerId } } }",
        "/group/transfer_group",
        r#"{"groupID": "club", "oldOwnerUserID": "ann", "newOwnerUserID": "bob"}"#,
        (1507, &["ann", "bob"]),
    ),
    (
        "bob",
        "mutation { dismissGroup(input: {groupId: \"club\"}) { group { status } } }",
        "/group/dismiss_group",
        r#"{"groupID": "club"}"#,
        (1511, &["ann", "bob"]),
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tour_by_graphql_and_by_rest_leaves_the_same_state_and_notifications() -> anyhow::Result<()> {
    let graphql = tour(async |client, step| {
        client.data(step.1, json!({})).await;
    })
    .await?;
    let rest = tour(async |client, step| {
        let rest: Rest = client.rest();
        rest.call(step.2, serde_json::from_str(step.3).expect("a body")).await;
    })
    .await?;
    for (name, heard) in PEOPLE.iter().zip(&graphql.heard) {
        let types: Vec<i64> = heard.iter().filter_map(|event| event["contentType"].as_i64()).collect();
        let wanted: &[i64] = match *name {
            "ann" => &[1201, 1203, 1203, 1206, 1501, 1507, 1508, 1511, 1512, 1520],
            "bob" => &[1201, 1203, 1203, 1501, 1507, 1508, 1511, 1512, 1520],
            _ => &[1203, 1203, 1501, 1508, 1512, 1520],
        };
        let told: Vec<i64> = wanted.iter().copied().filter(|one| !types.contains(one)).collect();
        assert!(told.is_empty(), "{name} has not heard {told:?}, but {types:?}");
    }
    assert_eq!(serde_json::to_string_pretty(&graphql.heard)?, serde_json::to_string_pretty(&rest.heard)?);
    assert_eq!(serde_json::to_string_pretty(&graphql.state)?, serde_json::to_string_pretty(&rest.state)?);
    Ok(())
}

struct Outcome {
    /// What each of the people heard, sorted.
    heard: Vec<Vec<Value>>,
    /// What each of them has in the end.
    state: Vec<Value>,
}

async fn tour(take: impl AsyncFn(&Client, &Step)) -> anyhow::Result<Outcome> {
    let server = Server::start().await?;
    let tokens = server.admin().await.users(&PEOPLE.map(|id| (id, id))).await;
    let clients: Vec<Client> = tokens.iter().map(|token| server.client().with_token(token)).collect();
    let client = |name: &str| clients.iter().zip(PEOPLE).find(|(_, one)| *one == name).map(|(client, _)| client).expect("a person");
    let mut ears = Vec::new();
    for (name, client) in PEOPLE.into_iter().zip(&clients) {
        let mut socket = client.socket().await;
        socket.subscribe("tour", LISTEN, json!({})).await;
        socket.event("Ready").await;
        ears.push(Ear { name, socket, heard: Vec::new() });
    }
    for step in STEPS {
        take(client(step.0), step).await;
        for ear in &mut ears {
            ear.settled(step).await;
        }
    }
    // Notifications of one operation after the other are given in this order: these are the last that anybody hears.
    client("cid").data(ASK, json!({ "to": "ann" })).await;
    client("cid").data(ASK, json!({ "to": "bob" })).await;
    let mut heard = Vec::new();
    for mut ear in ears {
        let asked = if ear.name == "cid" { 2 } else { 1 };
        ear.until(|heard| heard.iter().filter(|event| event["contentType"] == 1203 && event["senderId"] == "cid").count() == asked).await;
        let mut events: Vec<Value> =
            ear.heard.into_iter().filter(|event| event["__typename"] == "NotificationReceived").map(plain).collect();
        events.sort_by_key(Value::to_string);
        heard.push(events);
    }
    let mut state = Vec::new();
    for client in &clients {
        state.push(plain(state_of(client).await));
    }
    Ok(Outcome { heard, state })
}

/// One of the people listens.
struct Ear {
    name: &'static str,
    socket: Socket,
    heard: Vec<Value>,
}

impl Ear {
    /// Listens until everything that matters was heard.
    async fn until(&mut self, enough: impl Fn(&[Value]) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !enough(&self.heard) {
            let next = tokio::time::timeout_at(deadline, self.socket.next()).await;
            let mut event = next.unwrap_or_else(|_| panic!("{} has only heard {:#?}", self.name, self.heard));
            self.heard.push(event["events"].take());
        }
    }

    /// Waits until a step is told, and until what it causes in other domains is there: only then does this stream hear of the
    /// group, or no more.
    async fn settled(&mut self, step: &Step) {
        let (told, hearers) = step.4;
        if hearers.contains(&self.name) {
            self.until(|heard| heard.iter().any(|event| event["contentType"] == told)).await;
        }
        let row = |event: &Value| event["conversation"]["id"] == "sg_club";
        let frozen = |event: &Value| row(event) && event["conversation"]["maxSeqLimit"].as_i64().is_some_and(|limit| limit > 0);
        let changes = |heard: &[Value]| heard.iter().filter(|event| event["contentType"] == 1300).count();
        match (told, self.name) {
            (1501, _) => self.until(|heard| heard.iter().any(row) && changes(heard) == 1).await,
            (1508, "cid") => self.until(|heard| heard.iter().any(frozen) && changes(heard) == 2).await,
            _ => {}
        }
    }
}

async fn state_of(client: &Client) -> Value {
    const STATE: &str = "{ viewer {
      friends(first: 10) { edges { node { friendId remark pinned source } } }
      received: friendRequests(direction: RECEIVED, first: 10) { edges { node { fromId state message reply handlerId } } }
      sent: friendRequests(direction: SENT, first: 10) { edges { node { toId state message reply handlerId } } }
      groups(first: 10) { edges { node { id } } }
      allConversations { id kind minSeqLimit maxSeqLimit messages(last: 50) { edges { node { seq contentType senderId rawText } } } }
    } group(id: \"club\") { name status ownerId } }";
    let mut state = client.data(STATE, json!({})).await;
    if let Some(conversations) = state.pointer_mut("/viewer/allConversations").and_then(Value::as_array_mut) {
        conversations.sort_by_key(|conversation| conversation["id"].to_string());
    }
    state
}

/// Replaces what differs between any two runs: moments, and the identities of version logs.
fn plain(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => fields.values_mut().for_each(|field| *field = plain(field.take())),
        Value::Array(items) => items.iter_mut().for_each(|item| *item = plain(item.take())),
        Value::Number(number) if number.as_i64().is_some_and(|number| number > 1_000_000_000_000) => value = json!("a moment"),
        Value::String(text) if text.len() == 24 && text.bytes().all(|digit| digit.is_ascii_hexdigit()) => value = json!("an identity"),
        // The content of a stored notification is JSON in JSON.
        Value::String(text) if text.starts_with('{') => {
            if let Ok(inner) = serde_json::from_str(text) {
                value = plain(inner);
            }
        }
        _ => {}
    }
    value
}
