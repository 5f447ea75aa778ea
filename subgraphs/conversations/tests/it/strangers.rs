//! What those see who must not see anything.

use openim_testing::for_each_database;
use serde_json::json;

use crate::support::House;

const FIELDS: &[&str] = &[
    "conversations { totalCount }",
    "allConversations { id }",
    "conversation(id: \"si_ann_bob\") { id }",
    "conversationsById(ids: [\"si_ann_bob\"]) { id }",
    "heads { maxSeq }",
    "readPositions { readSeq }",
    "changesSince(since: \"2020-01-01T00:00:00Z\") { truncated }",
    "conversationChanges { full }",
    "conversationIds { equal }",
    "id",
];

#[tokio::test]
async fn a_viewer_opens_to_its_owner_and_to_administrators_only() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "bob", 3).await;
        for field in FIELDS {
            let named = format!("{{ viewer(as: \"ann\") {{ {field} }} }}");
            assert_eq!(house.code(world.user("eve"), &named, json!({})).await, "NO_PERMISSION", "{field}");
            assert_eq!(house.code(world.anonymous(), &named, json!({})).await, "UNAUTHENTICATED", "{field}");
            assert_eq!(house.code(world.anonymous(), &format!("{{ viewer {{ {field} }} }}"), json!({})).await, "UNAUTHENTICATED");
            house.data(world.user("ann"), &named, json!({})).await;
            house.data(world.admin(), &named, json!({})).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_entity_of_somebody_else_is_not_there() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 3).await;
        let document = "query($all: [_Any!]!) { _entities(representations: $all) { ... on Conversation { ownerId unreadCount } } }";
        let entity = |owner: &str| json!({"__typename": "Conversation", "ownerId": owner, "id": id.as_str()});
        let all = json!({"all": [entity("ann"), entity("bob"), entity("no one"), entity("eve")]});
        let bob = json!({"ownerId": "bob", "unreadCount": 3});
        let ann = json!({"ownerId": "ann", "unreadCount": 0});
        assert_eq!(house.data(world.user("bob"), document, all.clone()).await["_entities"], json!([null, bob, null, null]));
        assert_eq!(house.data(world.user("eve"), document, all.clone()).await["_entities"], json!([null, null, null, null]));
        assert_eq!(house.data(world.anonymous(), document, all.clone()).await["_entities"], json!([null, null, null, null]));
        assert_eq!(house.data(world.admin(), document, all).await["_entities"], json!([ann, bob, null, null]));
    })
    .await;
}

#[tokio::test]
async fn a_conversation_by_id_is_the_callers_own_or_nothing() {
    for_each_database(async |world| {
        let house = House::new(world);
        house.chat("ann", "bob", 3).await;
        let document = "{ conversation(id: \"si_ann_bob\") { ownerId } }";
        assert_eq!(house.data(world.user("ann"), document, json!({})).await["conversation"], json!({"ownerId": "ann"}));
        assert_eq!(house.data(world.user("eve"), document, json!({})).await["conversation"], json!(null));
        assert_eq!(house.code(world.anonymous(), document, json!({})).await, "UNAUTHENTICATED");
    })
    .await;
}
