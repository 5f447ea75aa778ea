//! The lean way of answering a stream gives what async-graphql gives.

use async_graphql::{Request, Variables};
use futures_util::StreamExt;
use openim_contracts::SignalKind;
use openim_core::{Actor, Platform, Principal};
use openim_realtime::Settings;
use openim_testing::PATIENCE;
use serde_json::{Value, json};

use crate::support::{DOCUMENT, Node, audience, chat, user};

/// A directive that changes nothing leaves a document to async-graphql.
const WHOLE: &str = "@include(if: true)";

const DOCUMENTS: &[&str] = &[
    DOCUMENT,
    "subscription { events { cursor } }",
    "subscription { events(presenceOf: [\"bob\"]) { __typename cursor ... on PresenceChanged { user { id } online platforms } } }",
    "subscription { e: events(after: null) { t: __typename c: cursor ... on MessageAdded { m: message { __typename s: seq } message { seq } } } }",
    "subscription { events { ...all ... on Event { cursor } } }
     fragment all on Event { __typename ... on ConversationRead { ...read } ... on MessageAdded { conversation { ownerId } } }
     fragment read on ConversationRead { reader { id __typename } readSeq ... on Event { again: cursor } ... on ConversationRead { readerId } }",
    "subscription($after: EventCursor = \"none\") { events(after: $after) { __typename ... on Reset { reason cursor } ... on UserChanged { user { id } } } }",
];

async fn answers(node: &Node, document: &str) -> Vec<Value> {
    let principal = Principal::new(user("ann"), Platform::WEB, false);
    let request = Request::new(document).variables(Variables::from_json(json!({})));
    let mut stream = node.subgraph.subscribe(node.ctx(Actor::User(principal)), request);
    let mut answers = Vec::new();
    let mut next = async || tokio::time::timeout(PATIENCE, stream.next()).await.unwrap();
    answers.extend(next().await.map(|response| serde_json::to_value(response).unwrap()));
    let conversation_id = chat("ann", "bob");
    node.voice.say(&["ann"], &conversation_id, 1, 2);
    let reader = user("bob");
    node.voice.signal(audience(&["ann"]), SignalKind::ConversationRead { conversation_id: conversation_id.clone(), reader, read_seq: 1 });
    node.voice.signal(audience(&["ann"]), SignalKind::ConversationChanged { conversation_id: conversation_id.clone() });
    node.voice.mark(&["ann"]);
    for kind in crate::news::every_kind() {
        node.voice.signal(audience(&["ann"]), kind);
    }
    node.voice.say(&["ann"], &conversation_id, 90, 90);
    let revoked = SignalKind::SessionsRevoked { user_id: user("ann"), platform: Platform::WEB, token_hashes: Vec::new() };
    // `Ready`, two messages, three signals, a gap; and the reset of a bad cursor.
    let news = crate::news::every_kind().len();
    let expected = news + if document.contains("none") || document.contains("bob") { 8 } else { 7 };
    while answers.len() < expected {
        answers.push(serde_json::to_value(next().await.unwrap()).unwrap());
    }
    node.voice.signal(audience(&["ann"]), revoked);
    while let Some(response) = next().await {
        let mut last = serde_json::to_value(response).unwrap();
        // Only async-graphql knows where in the text the stream was asked for.
        let error = last["errors"][0].as_object_mut().unwrap();
        error.retain(|name, _| name == "message" || name == "extensions");
        answers.push(json!({ "errors": last["errors"] }));
    }
    answers
}

#[tokio::test]
async fn both_ways_of_answering_agree() {
    for document in DOCUMENTS {
        let settings = Settings { max_missed: 10, ..Settings::default() };
        let whole = document.replacen("cursor", &format!("cursor {WHOLE}"), 1);
        let lean = answers(&Node::with(settings), document).await;
        assert_eq!(lean, answers(&Node::with(settings), &whole).await, "{document}");
        assert!(lean.len() >= 8, "{lean:?}");
    }
}

#[tokio::test]
async fn what_is_not_in_the_schema_is_refused_as_ever() {
    let node = Node::new();
    for bad in
        ["subscription { events { nonsense } }", "subscription { events { cursor { x } } }", "subscription { events(after: 3) { cursor } }"]
    {
        let principal = Principal::new(user("ann"), Platform::WEB, false);
        let mut stream = node.subgraph.subscribe(node.ctx(Actor::User(principal)), Request::new(bad));
        let answer = serde_json::to_value(stream.next().await.unwrap()).unwrap();
        assert!(answer["errors"][0]["extensions"]["code"].is_string(), "{bad}: {answer}");
    }
    assert_eq!(node.hub.streams(), 0);
}
