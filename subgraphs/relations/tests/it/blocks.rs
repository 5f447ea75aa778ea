//! Black lists.

use std::time::Duration;

use openim_core::ErrorCode::NotFound;
use serde_json::json;

use crate::house::{BLOCK, UNBLOCK, in_each_house, text};

#[tokio::test]
async fn blocking_is_told_to_the_owners_devices_only() {
    in_each_house(async |house| {
        house.befriend("ann", "bob").await;
        let data = house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": "bob", "ex": "x"}})).await;
        let entry = json!({"blockedId": "bob", "ex": "x", "operatorId": "ann"});
        assert_eq!(data["blockUser"], json!({"changed": true, "entry": entry}));
        assert_eq!(house.signals(), ["ann hear blacks of ann: bob"]);
        let tips = json!({"fromToUserID": {"fromUserID": "ann", "toUserID": "bob"}});
        assert_eq!(house.notifications().await, [(1207, "ann".to_owned(), "ann".to_owned(), tips.clone())]);
        assert_eq!(house.friends("ann").await, ["bob"], "the friend stays");

        let data = house.ok(house.world.user("ann"), UNBLOCK, json!({"input": {"blockedId": "bob"}})).await;
        assert_eq!(data["unblockUser"], json!({"changed": true, "user": {"id": "bob"}}));
        assert_eq!(house.signals(), ["ann hear blacks of ann: bob"]);
        assert_eq!(house.notifications().await, [(1208, "ann".to_owned(), "ann".to_owned(), tips)]);
    })
    .await;
}

#[tokio::test]
async fn blocking_twice_and_unblocking_nobody_change_and_tell_nothing() {
    in_each_house(async |house| {
        house.ok(house.world.admin(), BLOCK, json!({"input": {"ownerId": "ann", "blockedId": "bob", "ex": "first"}})).await;
        house.forget().await;
        let data = house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": "bob", "ex": "second"}})).await;
        let entry = json!({"blockedId": "bob", "ex": "first", "operatorId": "imAdmin"});
        assert_eq!(data["blockUser"], json!({"changed": false, "entry": entry}));
        let data = house.ok(house.world.user("ann"), UNBLOCK, json!({"input": {"blockedId": "cid"}})).await;
        assert_eq!(data["unblockUser"]["changed"], json!(false));
        assert_eq!((house.notifications().await, house.signals()), (vec![], vec![]));
        house.fails(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": "nobody"}}), NotFound).await;
        house.fails(house.world.admin(), BLOCK, json!({"input": {"ownerId": "nobody", "blockedId": "ann"}}), NotFound).await;
    })
    .await;
}

#[tokio::test]
async fn the_list_is_in_the_order_of_blocking_and_pages_meet() {
    in_each_house(async |house| {
        for blocked in ["eve", "bob", "dan"] {
            house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": blocked}})).await;
            house.world.advance(Duration::from_secs(1));
        }
        let page =
            house.viewer("ann", "blacks(first: 2) { totalCount pageInfo { hasNextPage endCursor } edges { node { blockedId } } }").await;
        assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
        assert_eq!(page["edges"], json!([{"node": {"blockedId": "eve"}}, {"node": {"blockedId": "bob"}}]));
        let rest = format!(
            "blacks(after: \"{}\") {{ edges {{ node {{ blockedId }} }} pageInfo {{ hasNextPage hasPreviousPage }} }}",
            text(&page["pageInfo"]["endCursor"])
        );
        let rest = house.viewer("ann", &rest).await;
        assert_eq!(rest["edges"], json!([{"node": {"blockedId": "dan"}}]));
        assert_eq!(rest["pageInfo"], json!({"hasNextPage": false, "hasPreviousPage": true}));
        let some = house.viewer("ann", "blacksByIds(ids: [\"dan\", \"cid\", \"nobody\", \"eve\"]) { blockedId }").await;
        assert_eq!(some, json!([{"blockedId": "dan"}, {"blockedId": "eve"}]));
    })
    .await;
}

#[tokio::test]
async fn changes_of_the_black_list_are_told_by_version() {
    in_each_house(async |house| {
        let changes = "blackChanges(since: {id: \"ID\", number: NUMBER}) { version { id number } full deletedIds inserted { blockedId } updated { blockedId } }";
        let first = house.viewer("ann", &changes.replace("ID\"", "\"").replace("NUMBER", "0")).await;
        assert_eq!((&first["full"], &first["version"]["number"]), (&json!(true), &json!(1)));
        for blocked in ["bob", "cid"] {
            house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": blocked}})).await;
        }
        house.ok(house.world.user("ann"), UNBLOCK, json!({"input": {"blockedId": "bob"}})).await;
        let since = changes.replace("ID\"", &format!("{}\"", text(&first["version"]["id"]))).replace("NUMBER", "1");
        let next = house.viewer("ann", &since).await;
        assert_eq!((&next["full"], &next["version"]["number"]), (&json!(false), &json!(4)));
        assert_eq!((&next["inserted"], &next["updated"], &next["deletedIds"]), (&json!([{"blockedId": "cid"}]), &json!([]), &json!(["bob"])));
    })
    .await;
}
