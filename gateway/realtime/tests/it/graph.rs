//! The hub's part in the composed graph: what an event is about is fetched from its owner.

use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, Executor, ID, Object, ObjectType, Request, Schema, SimpleObject};
use futures_util::StreamExt;
use openim_core::{Actor, Platform, Principal};
use openim_federation::{Gateway, InProcess};
use openim_graphql::{Long, SchemaSubgraph, Subgraph};
use serde_json::json;

use crate::support::{Node, chat, user};

#[derive(SimpleObject)]
struct Message {
    conversation_id: ID,
    seq: Long,
    text: String,
}

#[derive(SimpleObject)]
struct Conversation {
    owner_id: ID,
    id: ID,
    unread_count: i32,
}

struct Messages;
#[Object(name = "Query")]
impl Messages {
    async fn server_time(&self) -> i32 {
        0
    }
    #[graphql(entity)]
    async fn message(&self, #[graphql(key)] conversation_id: ID, #[graphql(key)] seq: Long) -> Option<Message> {
        (seq.0 != 2).then(|| Message { text: format!("text {}", seq.0), conversation_id, seq })
    }
}

struct Conversations;
#[Object(name = "Query")]
impl Conversations {
    async fn conversation(&self) -> Option<Conversation> {
        None
    }
    #[graphql(entity)]
    async fn find(&self, #[graphql(key)] owner_id: ID, #[graphql(key)] id: ID) -> Option<Conversation> {
        Some(Conversation { owner_id, id, unread_count: 7 })
    }
}

fn part<Q: ObjectType + 'static>(name: &'static str, query: Q) -> Arc<dyn Subgraph> {
    let schema = Schema::build(query, EmptyMutation, EmptySubscription).enable_federation().finish();
    Arc::new(SchemaSubgraph::new(name, schema, |_, request| request))
}

fn gateway(node: &Node) -> Gateway {
    let parts = [node.hub.subgraph(), part("messages", Messages), part("conversations", Conversations)];
    let builder = parts.into_iter().fold(Gateway::builder(), |builder, part| builder.subgraph(part.name(), part.sdl(), InProcess(part)));
    builder.build().unwrap()
}

#[tokio::test]
async fn the_plan_of_an_event_fetches_what_its_keys_name() {
    let node = Node::new();
    let gateway = gateway(&node);
    let document = "subscription { events { __typename cursor ... on MessageAdded {
        message { conversationId seq text } conversation { id unreadCount } } ... on ConversationRead { readerId reader { id } } } }";
    let principal = Principal::new(user("ann"), Platform::WEB, false);
    let request = Request::new(document).data(node.ctx(Actor::User(principal)));
    let mut events = gateway.execute_stream(request, None);
    let mut next = async || {
        let response = tokio::time::timeout(openim_testing::PATIENCE, events.next()).await.unwrap().unwrap();
        let mut event = serde_json::to_value(response).unwrap();
        assert_eq!(event.get("errors"), None);
        event["data"]["events"].as_object_mut().unwrap().remove("cursor");
        event["data"]["events"].take()
    };
    assert_eq!(next().await, json!({"__typename": "Ready"}));
    node.voice.say(&["ann"], &chat("ann", "bob"), 1, 2);
    let conversation = json!({"id": "si_ann_bob", "unreadCount": 7});
    let message = json!({"conversationId": "si_ann_bob", "seq": 1, "text": "text 1"});
    assert_eq!(next().await, json!({"__typename": "MessageAdded", "message": message, "conversation": conversation}));
    // The second message is not there any more: only its own field is null.
    assert_eq!(next().await, json!({"__typename": "MessageAdded", "message": null, "conversation": conversation}));
}
