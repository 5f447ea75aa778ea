//! What cannot be: each gets its code, and nothing is half done.

use openim_core::ErrorCode::{Args, GraphqlInvalid};
use serde_json::{Value, json};

use crate::house::{BLOCK, House, IMPORT, REMARK, REMOVE, RESPOND, SEND, UNBLOCK, UPDATE, in_each_house};

const BAD_IDS: [&str; 6] = ["", "a:b", "a b", "a/b", "a\nb", "0123456789_0123456789_0123456789_0123456789_0123456789_0123456789"];

#[tokio::test]
async fn impossible_ids_are_refused_where_something_is_changed() {
    in_each_house(async |house| {
        for id in BAD_IDS {
            for (document, input) in [
                (SEND, json!({"toId": id})),
                (SEND, json!({"fromId": id, "toId": "bob"})),
                (RESPOND, json!({"fromId": id, "answer": "ACCEPT"})),
                (IMPORT, json!({"ownerId": id, "friendIds": ["bob"]})),
                (IMPORT, json!({"ownerId": "ann", "friendIds": ["bob", id]})),
                (REMOVE, json!({"friendId": id})),
                (REMARK, json!({"friendId": id, "remark": "x"})),
                (UPDATE, json!({"friendIds": [id]})),
                (BLOCK, json!({"blockedId": id})),
                (UNBLOCK, json!({"ownerId": id, "blockedId": "bob"})),
            ] {
                house.fails(house.world.admin(), document, json!({"input": input}), Args).await;
            }
            house.fails(house.world.admin(), "query($id: ID) { viewer(as: $id) { friendIds { equal } } }", json!({"id": id}), Args).await;
        }
        assert_eq!(house.notifications().await, []);
    })
    .await;
}

#[tokio::test]
async fn ids_with_underscores_name_exactly_one_pair() {
    in_each_house(async |house| {
        // Joined by an underscore both pairs would read alike.
        house.register(&["a_b", "c", "a", "b_c"]);
        house.import("a_b", &["c"]).await;
        assert_eq!((house.friends("a_b").await, house.friends("a").await), (vec!["c".to_owned()], vec![]));
        let document = "{ friendshipBetween(userId: \"a\", otherId: \"b_c\") { inUsersList inOthersList } }";
        let data = house.ok(house.world.user("a"), document, json!({})).await;
        assert_eq!(data["friendshipBetween"], json!({"inUsersList": false, "inOthersList": false}));
    })
    .await;
}

#[tokio::test]
async fn texts_are_bounded() {
    in_each_house(async |house| {
        house.import("ann", &["bob"]).await;
        let (words, ex) = ("x".repeat(4_097), "x".repeat(65_537));
        for (document, input) in [
            (SEND, json!({"toId": "cid", "message": words})),
            (SEND, json!({"toId": "cid", "ex": ex})),
            (SEND, json!({"toId": "cid", "message": "a\u{0}b"})),
            (RESPOND, json!({"fromId": "cid", "answer": "REFUSE", "reply": words})),
            (REMARK, json!({"friendId": "bob", "remark": "x".repeat(256)})),
            (UPDATE, json!({"friendIds": ["bob"], "remark": "x".repeat(256)})),
            (UPDATE, json!({"friendIds": ["bob"], "ex": ex})),
            (BLOCK, json!({"blockedId": "bob", "ex": ex})),
        ] {
            house.fails(house.world.user("ann"), document, json!({"input": input}), Args).await;
        }
        assert_eq!((house.notifications().await, house.signals()), (vec![], vec![]));
        house.ok(house.world.user("ann"), SEND, json!({"input": {"toId": "cid", "message": "", "ex": ""}})).await;
    })
    .await;
}

async fn lists(house: &House<'_>, ids: Value) {
    for field in ["friendsByIds(ids: $ids) { friendId }", "blacksByIds(ids: $ids) { blockedId }", "contacts(ids: $ids) { block { ex } }"] {
        let document = format!("query($ids: [ID!]!) {{ viewer {{ {field} }} }}");
        house.fails(house.world.user("ann"), &document, json!({"ids": ids}), Args).await;
    }
    house.fails(house.world.user("ann"), UPDATE, json!({"input": {"friendIds": ids, "pinned": true}}), Args).await;
    house.fails(house.world.admin(), IMPORT, json!({"input": {"ownerId": "ann", "friendIds": ids}}), Args).await;
}

#[tokio::test]
async fn lists_of_ids_are_bounded_and_have_each_id_once() {
    in_each_house(async |house| {
        let many: Vec<String> = (0..10_000).map(|number| format!("u{number}")).collect();
        house.register(&many);
        lists(house, json!(many)).await;
        lists(house, json!(many[..1_001])).await;
        lists(house, json!(["bob", "cid", "bob"])).await;
        for field in ["blacksByIds(ids: []) { blockedId }", "contacts(ids: []) { block { ex } }"] {
            house.fails(house.world.user("ann"), &format!("{{ viewer {{ {field} }} }}"), json!({}), Args).await;
        }
        house.fails(house.world.user("ann"), UPDATE, json!({"input": {"friendIds": [], "pinned": true}}), Args).await;
        assert_eq!(house.notifications().await, []);
    })
    .await;
}

#[tokio::test]
async fn documents_that_do_not_fit_the_schema_are_refused() {
    in_each_house(async |house| {
        for document in [
            "{ viewer { friendRequests { totalCount } } }",
            "{ viewer { friendRequests(direction: SIDEWAYS) { totalCount } } }",
            "mutation { respondToFriendRequest(input: {fromId: \"bob\", answer: MAYBE}) { status } }",
            "mutation { updateFriends(input: {pinned: true}) { friendships { ex } } }",
            "{",
        ] {
            house.fails(house.world.user("ann"), document, json!({}), GraphqlInvalid).await;
        }
    })
    .await;
}
