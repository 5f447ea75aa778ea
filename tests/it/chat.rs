//! Two people talk: GraphQL, graphql-transport-ws and REST show the same conversation.

use openim_testing::eventually;
use serde_json::{Value, json};

use crate::harness::{Client, Server};

const SEND: &str = "mutation($to: ID!, $text: String!, $key: ID!) {
  sendMessage(input: {recipient: {userId: $to}, clientMessageId: $key, content: {text: {text: $text}}}) { duplicate message { seq id conversationId } }
}";
const LIVE: &str = "subscription($after: EventCursor) { events(after: $after) {
  __typename cursor
  ... on MessageAdded { message { seq senderId sender { nickname } content { __typename ... on TextContent { text } } } conversation { id unreadCount peer { nickname } } }
  ... on ConversationRead { readerId readSeq conversation { id unreadCount } }
  ... on Reset { reason }
} }";
const INBOX: &str = "{ viewer { user { nickname } conversations(first: 10) { totalUnread edges { node {
  id unreadCount readSeq peer { id nickname } latestMessage { seq senderId content { ... on TextContent { text } } }
} } } } }";

async fn send(from: &Client, to: &str, text: &str, key: &str) -> Value {
    let mut data = from.data(SEND, json!({ "to": to, "text": text, "key": key })).await;
    data["sendMessage"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_sends_the_other_sees_at_every_door() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let mut live = bob.socket().await;
    live.subscribe("live", LIVE, json!({})).await;
    live.event("Ready").await;

    let sent = send(&ann, "bob", "hello Bob", "k1").await;
    assert_eq!(
        (&sent["duplicate"], &sent["message"]["seq"], &sent["message"]["conversationId"]),
        (&json!(false), &json!(1), &json!("si_ann_bob"))
    );
    let event = live.event("MessageAdded").await;
    assert_eq!(event["message"]["content"]["text"], "hello Bob", "{event}");
    assert_eq!(event["message"]["sender"]["nickname"], "Ann", "{event}");

    // The same over REST, as OpenIM's clients pull it.
    let pulled = bob
        .rest()
        .call(
            "/msg/pull_msg_by_seq",
            json!({ "userID": "bob", "seqRanges": [{ "conversationID": "si_ann_bob", "begin": 1, "end": 1, "num": 1 }] }),
        )
        .await;
    let message = &pulled["msgs"]["si_ann_bob"]["Msgs"][0];
    assert_eq!((&message["sendID"], &message["recvID"], &message["seq"]), (&json!("ann"), &json!("bob"), &json!(1)), "{pulled}");
    inbox_with(&bob, 1).await;
    let newest = bob.rest().call("/msg/newest_seq", json!({ "userID": "bob" })).await;
    assert_eq!(newest["maxSeqs"]["si_ann_bob"], 1, "{newest}");

    // And back, sent by REST, seen by GraphQL.
    let mut anns = ann.socket().await;
    anns.subscribe("live", LIVE, json!({})).await;
    anns.event("Ready").await;
    let admin = server.admin().await;
    let body = json!({ "sendID": "bob", "recvID": "ann", "senderPlatformID": 5, "contentType": 101, "sessionType": 1, "content": { "content": "hello Ann" } });
    let by_rest = admin.call("/msg/send_msg", body).await;
    assert!(by_rest["serverMsgID"].as_str().is_some_and(|id| !id.is_empty()), "{by_rest}");
    loop {
        let event = anns.event("MessageAdded").await;
        if event["message"]["seq"] == 2 {
            assert_eq!(
                (&event["message"]["senderId"], &event["message"]["content"]["text"]),
                (&json!("bob"), &json!("hello Ann")),
                "{event}"
            );
            break;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_counts_fall_when_the_reader_has_read_and_the_sender_hears_of_it() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let mut live = ann.socket().await;
    live.subscribe("live", LIVE, json!({})).await;
    live.event("Ready").await;
    for number in 1..=3 {
        send(&ann, "bob", &format!("message {number}"), &format!("k{number}")).await;
    }
    let inbox = inbox_with(&bob, 3).await;
    let node = &inbox["viewer"]["conversations"]["edges"][0]["node"];
    assert_eq!((&node["id"], &node["unreadCount"], &node["peer"]["nickname"]), (&json!("si_ann_bob"), &json!(3), &json!("Ann")), "{inbox}");
    assert_eq!(node["latestMessage"]["content"]["text"], "message 3", "{inbox}");
    let own = ann.data(INBOX, json!({})).await;
    assert_eq!(own["viewer"]["conversations"]["totalUnread"], 0, "one's own messages are read: {own}");

    let read =
        "mutation($id: ID!) { markConversationRead(input: {conversationId: $id, readSeq: 3}) { conversation { unreadCount readSeq } } }";
    let marked = bob.data(read, json!({ "id": "si_ann_bob" })).await;
    assert_eq!(marked["markConversationRead"]["conversation"], json!({ "unreadCount": 0, "readSeq": 3 }));
    loop {
        let event = live.event("ConversationRead").await;
        if event["readerId"] == "bob" {
            assert_eq!(event["readSeq"], 3, "{event}");
            break;
        }
    }
    let seqs = bob.rest().call("/msg/get_conversations_has_read_and_max_seq", json!({ "userID": "bob" })).await;
    assert_eq!((&seqs["seqs"]["si_ann_bob"]["hasReadSeq"], &seqs["seqs"]["si_ann_bob"]["maxSeq"]), (&json!(3), &json!(3)), "{seqs}");
    Ok(())
}

/// Waits until the row that the first message makes for its receiver is there and counts.
async fn inbox_with(reader: &Client, unread: i64) -> Value {
    eventually(&format!("{unread} unread"), async || {
        let inbox = reader.data(INBOX, json!({})).await;
        (inbox["viewer"]["conversations"]["totalUnread"] == unread).then_some(inbox)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_send_gives_the_first_result() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, _bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let first = send(&ann, "bob", "once", "same key").await;
    let again = send(&ann, "bob", "once", "same key").await;
    assert_eq!((&first["duplicate"], &again["duplicate"]), (&json!(false), &json!(true)));
    assert_eq!(first["message"], again["message"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_resumes_from_its_cursor_without_loss() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await, server.user("bob", "Bob").await);
    let mut live = bob.socket().await;
    live.subscribe("live", LIVE, json!({})).await;
    live.event("Ready").await;
    send(&ann, "bob", "seen", "k1").await;
    let cursor = live.event("MessageAdded").await["cursor"].clone();
    drop(live);
    for number in 2..=6 {
        send(&ann, "bob", "missed", &format!("k{number}")).await;
    }

    let mut resumed = bob.socket().await;
    resumed.subscribe("live", LIVE, json!({ "after": cursor })).await;
    let mut seqs = Vec::new();
    while seqs.last() != Some(&6) {
        let event = resumed.next().await["events"].take();
        assert_ne!(event["__typename"], "Reset", "{event}");
        if event["__typename"] == "MessageAdded" {
            seqs.push(event["message"]["seq"].as_i64().expect("a seq"));
        }
    }
    // At least once, in order: a message near the cursor may come again.
    seqs.dedup();
    assert!(seqs.is_sorted(), "{seqs:?}");
    assert!((2..=6).all(|seq| seqs.contains(&seq)), "{seqs:?}");
    Ok(())
}
