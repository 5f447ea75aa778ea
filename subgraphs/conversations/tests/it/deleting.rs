//! Leaving a list, and returning to it.

use std::time::Duration;

use openim_contracts::{Audience, Signal, SignalKind};
use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::support::{House, user};

const DELETE: &str = "mutation($input: DeleteConversationsInput!) { deleteConversations(input: $input) { deletedIds } }";
const SYNC: &str = "query($since: VersionInput) { viewer { allConversations { id } conversationIds { ids } heads { conversationId }
    conversationChanges(since: $since) { version { id number } inserted { id pinned } updated { id } deletedIds } } }";
const ROW: &str = "query($id: ID!) { conversation(id: $id) { unreadCount readSeq pinned minSeqLimit } }";

async fn delete(house: &House<'_>, name: &str, input: Value) -> Value {
    house.data(house.world.user(name), DELETE, json!({"input": input})).await["deleteConversations"]["deletedIds"].clone()
}

async fn sync(house: &House<'_>, name: &str, since: &Value) -> Value {
    house.data(house.world.user(name), SYNC, json!({"since": since})).await["viewer"].clone()
}

async fn row(house: &House<'_>, name: &str, id: &str) -> Value {
    house.data(house.world.user(name), ROW, json!({"id": id})).await["conversation"].clone()
}

#[tokio::test]
async fn a_deleted_conversation_is_gone_from_every_list_and_other_devices_hear_of_it() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 3).await;
        let since = sync(&house, "bob", &Value::Null).await["conversationChanges"]["version"].clone();
        assert_eq!(delete(&house, "bob", json!({"conversationIds": [id.as_str(), "si_bob_eve"]})).await, json!([id.as_str()]));
        let kind = SignalKind::ConversationChanged { conversation_id: id.clone() };
        assert_eq!(world.take_signals(), [Signal { audience: Audience::Users(vec![user("bob")]), kind }]);
        let tips = json!({"userID": "", "conversationIDList": [id.as_str()]});
        assert_eq!(house.asked.take(), [(1300, vec!["bob".to_owned()], tips)]);

        let after = sync(&house, "bob", &since).await;
        assert_eq!((&after["allConversations"], &after["conversationIds"]["ids"], &after["heads"]), (&json!([]), &json!([]), &json!([])));
        assert_eq!(after["conversationChanges"]["deletedIds"], json!([id.as_str()]));
        assert_eq!(row(&house, "bob", id.as_str()).await, json!(null));
        let input = json!({"input": {"conversationId": id.as_str(), "readSeq": 1}});
        assert_eq!(house.code(world.user("bob"), crate::support::MARK, input).await, "RECORD_NOT_FOUND");
        // Streams still follow it, and the other one's list is another.
        let heads = house.data(world.user("bob"), "{ viewer { heads(includeEmpty: true) { conversationId maxSeq } } }", json!({})).await;
        assert!(heads["viewer"]["heads"].as_array().unwrap().contains(&json!({"conversationId": id.as_str(), "maxSeq": 3})), "{heads}");
        assert_eq!(sync(&house, "ann", &Value::Null).await["allConversations"], json!([{"id": id.as_str()}]));
        // Deleting it again is no news.
        assert_eq!(delete(&house, "bob", json!({"conversationIds": [id.as_str()]})).await, json!([]));
        assert_eq!(house.asked.take(), []);
    })
    .await;
}

#[tokio::test]
async fn what_is_seen_before_its_row_is_deleted() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = openim_core::ConversationId::parse("si_ann_bob").unwrap();
        house.log(&id, 2, "ann", &["ann", "bob"]);
        assert_eq!(row(&house, "bob", id.as_str()).await["unreadCount"], json!(2), "a view");
        assert_eq!(delete(&house, "bob", json!({"conversationIds": [id.as_str()]})).await, json!([id.as_str()]));
        assert_eq!(row(&house, "bob", id.as_str()).await, Value::Null);
        assert_eq!(delete(&house, "eve", json!({"conversationIds": [id.as_str()]})).await, json!([]), "a stranger has no view");
        assert_ne!(row(&house, "ann", id.as_str()).await, Value::Null, "the other one's is another");
    })
    .await;
}

#[tokio::test]
async fn it_returns_with_a_new_message_once_as_a_new_one_with_only_the_new_messages_unread() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 3).await;
        let set = json!({"input": {"conversationId": id.as_str(), "pinned": true}});
        house
            .data(world.user("bob"), "mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { changed } }", set)
            .await;
        delete(&house, "bob", json!({"conversationIds": [id.as_str()]})).await;
        let since = sync(&house, "bob", &Value::Null).await["conversationChanges"]["version"].clone();
        assert_eq!(sync(&house, "bob", &since).await["allConversations"], json!([]), "nothing new, nothing shown");
        world.take_signals();

        world.advance(Duration::from_secs(1));
        house.log(&id, 5, "ann", &["ann", "bob"]);
        let back = sync(&house, "bob", &since).await;
        assert_eq!(back["allConversations"], json!([{"id": id.as_str()}]));
        assert_eq!(back["conversationChanges"]["inserted"], json!([{"id": id.as_str(), "pinned": false}]));
        assert_eq!(world.take_signals().len(), 1);
        let shown = row(&house, "bob", id.as_str()).await;
        assert_eq!((&shown["unreadCount"], &shown["readSeq"]), (&json!(2), &json!(3)));
        let now = back["conversationChanges"]["version"].clone();
        assert_eq!(sync(&house, "bob", &now).await["conversationChanges"]["inserted"], json!([]), "inserted once");
    })
    .await;
}

#[tokio::test]
async fn who_writes_into_it_has_it_again_and_late_news_of_old_messages_bring_nothing_back() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 3).await;
        delete(&house, "ann", json!({"conversationIds": [id.as_str()]})).await;
        house.read_advanced(&[("ann", &id, 3)]).await;
        assert_eq!(sync(&house, "ann", &Value::Null).await["allConversations"], json!([]));
        house.log(&id, 4, "ann", &["ann", "bob"]);
        house.read_advanced(&[("ann", &id, 4)]).await;
        let document = "query($all: [_Any!]!) { _entities(representations: $all) { ... on Conversation { id } } }";
        let all = json!({"all": [{"__typename": "Conversation", "ownerId": "ann", "id": id.as_str()}]});
        assert_eq!(house.data(world.user("ann"), document, all).await["_entities"], json!([{"id": id.as_str()}]));
    })
    .await;
}

#[tokio::test]
async fn quiet_conversations_are_deleted_by_their_age_and_empty_ones_stay() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "me", 1).await;
        house.joined("g", &["me"], 0).await;
        world.advance(Duration::from_secs(10 * 24 * 60 * 60));
        house.chat("bob", "me", 1).await;
        assert_eq!(delete(&house, "me", json!({"olderThanDays": 11})).await, json!([]));
        assert_eq!(delete(&house, "me", json!({"olderThanDays": 9})).await, json!(["si_ann_me"]));
        for input in [json!({}), json!({"olderThanDays": 0}), json!({"olderThanDays": 1, "conversationIds": []})] {
            assert_eq!(house.code(world.user("me"), DELETE, json!({"input": input})).await, "ARGS_ERROR");
        }
        let foreign = json!({"input": {"ownerId": "me", "olderThanDays": 1}});
        assert_eq!(house.code(world.user("eve"), DELETE, foreign.clone()).await, "NO_PERMISSION");
        assert_eq!(house.code(world.anonymous(), DELETE, foreign).await, "UNAUTHENTICATED");
    })
    .await;
}

#[tokio::test]
async fn entering_the_group_again_or_setting_something_brings_it_back_and_leaving_does_not() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.groups.add("g", &["ann", "me"]);
        let id = house.joined("g", &["ann", "me"], 0).await;
        house.log(&id, 3, "ann", &[]);
        delete(&house, "me", json!({"conversationIds": ["sg_g"]})).await;
        world.advance(Duration::from_secs(1));
        let since = sync(&house, "me", &Value::Null).await["conversationChanges"]["version"].clone();
        house.asked.take();
        house.left("g", &["me"], 3).await;
        let left = sync(&house, "me", &since).await;
        assert_eq!((&left["allConversations"], &left["conversationChanges"]["updated"]), (&json!([]), &json!([])));
        assert_eq!(house.asked.take(), []);
        world.advance(Duration::from_secs(1));
        house.joined("g", &["me"], 0).await;
        assert_eq!(sync(&house, "me", &since).await["conversationChanges"]["inserted"], json!([{"id": "sg_g", "pinned": false}]));

        delete(&house, "me", json!({"conversationIds": ["sg_g"]})).await;
        let set = json!({"input": {"conversationId": "sg_g", "pinned": true}});
        house
            .data(world.user("me"), "mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { changed } }", set)
            .await;
        assert_eq!(sync(&house, "me", &since).await["conversationChanges"]["inserted"], json!([{"id": "sg_g", "pinned": true}]));
    })
    .await;
}

#[tokio::test]
async fn limits_outlive_the_deletion() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 3).await;
        let clear = json!({"input": {"conversationIds": [id.as_str()]}});
        house
            .data(
                world.user("bob"),
                "mutation($input: ClearConversationsInput!) { clearConversations(input: $input) { clearedIds } }",
                clear,
            )
            .await;
        delete(&house, "bob", json!({"conversationIds": [id.as_str()]})).await;
        let reader = openim_conversations::reader(world.store().clone());
        let state = reader.reader_states(&user("bob"), std::slice::from_ref(&id)).await.unwrap()[0].unwrap();
        assert_eq!(state.min_seq, 4, "what was cleared stays cleared");
    })
    .await;
}
