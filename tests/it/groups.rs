//! A group talks: members hear everything by one stream, those who are removed hear that and no more, and who comes back
//! learns what was missed.

use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Client, Server};

const CREATE: &str =
    "mutation($id: ID!, $members: [ID!]!) { createGroup(input: {id: $id, name: \"Club\", memberIds: $members}) { group { id } } }";
const REMOVE: &str = "mutation($user: ID!) { removeGroupMembers(input: {groupId: \"club\", userIds: [$user]}) { group { id } } }";
const SEND: &str = "mutation($text: String!, $at: [ID!], $key: ID!) {
  sendMessage(input: {recipient: {groupId: \"club\"}, clientMessageId: $key, atUserIds: $at, content: {text: {text: $text}}}) { message { seq } } }";
const LIVE: &str = "subscription($after: EventCursor) { events(after: $after) {
  __typename cursor
  ... on MessageAdded { message { seq contentType content { ... on TextContent { text } } } conversation { id groupAtType unreadCount } }
  ... on ConversationChanged { conversation { id groupAtType maxSeqLimit } }
  ... on JoinedGroupsChanged { group { id name } }
  ... on NotificationReceived { contentType sender { nickname } group { id name } content }
  ... on ListsChanged { lists groups { id name } contentTypes }
  ... on Reset { reason }
} }";

async fn say(from: &Client, text: &str, at: Value) -> i64 {
    let sent = from.data(SEND, json!({"text": text, "at": at, "key": text})).await;
    sent["sendMessage"]["message"]["seq"].as_i64().expect("a seq")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_hear_what_is_said_and_who_is_removed_hears_that_and_no_more() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob, cid) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await, server.user("cid", "Cid").await);
    let mut live = bob.socket().await;
    live.subscribe("live", LIVE, json!({})).await;
    live.event("Ready").await;

    ann.data(CREATE, json!({"id": "club", "members": ["bob", "cid"]})).await;
    assert_eq!(live.event("JoinedGroupsChanged").await["group"], json!({"id": "club", "name": "Club"}));
    // The row of the conversation appears, and with it the stream follows the group.
    assert_eq!(live.event("ConversationChanged").await["conversation"]["id"], "sg_club");

    let seq = say(&ann, "look", json!(["AtAllTag"])).await;
    let told = loop {
        let event = live.event("MessageAdded").await;
        if event["message"]["seq"] == seq {
            break event;
        }
    };
    assert_eq!((&told["message"]["content"]["text"], &told["conversation"]["id"]), (&json!("look"), &json!("sg_club")), "{told}");
    // A moment later everybody's view of the group is marked, but for who named everybody.
    let mark = "{ conversation(id: \"sg_club\") { groupAtType group { name memberCount } } }";
    let marked = async |client: &Client, wanted: &str| {
        eventually(wanted, async || {
            let found = client.data(mark, json!({})).await["conversation"].take();
            (found["groupAtType"] == wanted).then_some(found)
        })
        .await
    };
    assert_eq!(marked(&cid, "ALL").await["group"], json!({"name": "Club", "memberCount": 3}));
    marked(&ann, "NONE").await;

    ann.data(REMOVE, json!({"user": "bob"})).await;
    // Told and frozen by two handlers, in either order.
    let (mut removed, mut frozen) = (Value::Null, 0);
    while removed.is_null() || frozen == 0 {
        let event = live.next().await["events"].take();
        match event["__typename"].as_str() {
            Some("NotificationReceived") if event["contentType"] == 1508 => removed = event,
            Some("ConversationChanged") => frozen = event["conversation"]["maxSeqLimit"].as_i64().expect("a limit"),
            _ => {}
        }
    }
    assert_eq!((&removed["sender"]["nickname"], &removed["group"]["id"]), (&json!("Ann"), &json!("club")), "{removed}");
    assert_eq!(removed["content"]["kickedUserList"][0]["userID"], "bob", "{removed}");
    let after = say(&ann, "without Bob", Value::Null).await;
    assert!(after > frozen);
    let read = "query($seq: Long!) { message(conversationId: \"sg_club\", seq: $seq) { seq } }";
    assert_eq!(bob.data(read, json!({"seq": seq})).await["message"]["seq"], seq);
    assert_eq!(bob.data(read, json!({"seq": after})).await["message"], Value::Null);
    assert_eq!(cid.data(read, json!({"seq": after})).await["message"]["seq"], after);
    assert_eq!(bob.code(SEND, json!({"text": "still here?", "at": null, "key": "k"})).await, "NOT_IN_GROUP");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_is_told_the_missed_messages_and_which_lists_to_look_at() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let mut live = bob.socket().await;
    live.subscribe("live", LIVE, json!({})).await;
    let cursor = live.event("Ready").await["cursor"].clone();
    drop(live);

    ann.data(CREATE, json!({"id": "club", "members": ["bob"]})).await;
    ann.data("mutation { blockUser(input: {blockedId: \"bob\"}) { __typename } }", json!({})).await;
    let seq = say(&ann, "missed", Value::Null).await;
    // A view is there a moment before its row.
    eventually("the row is there", async || {
        let rows = bob.data("{ viewer { conversationIds { ids } } }", json!({})).await;
        rows["viewer"]["conversationIds"]["ids"].as_array().is_some_and(|ids| ids.contains(&json!("sg_club"))).then_some(())
    })
    .await;

    let mut resumed = bob.socket().await;
    resumed.subscribe("live", LIVE, json!({ "after": cursor })).await;
    let (mut said, mut lists) = (false, Value::Null);
    while !said || lists.is_null() {
        let event = resumed.next().await["events"].take();
        assert_ne!(event["__typename"], "Reset", "{event}");
        said |= event["message"]["seq"] == seq;
        if event["__typename"] == "ListsChanged" {
            lists = event["lists"].clone();
        }
    }
    assert!(lists.as_array().expect("a list").contains(&json!("JOINED_GROUPS")), "{lists}");

    let chat = "mutation { sendMessage(input: {recipient: {userId: \"ann\"}, clientMessageId: \"k\", content: {text: {text: \"hi\"}}}) { duplicate } }";
    assert_eq!(bob.code(chat, json!({})).await, "BLOCKED_BY_PEER");
    Ok(())
}
