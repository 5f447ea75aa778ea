//! Asking somebody to become friends.

use std::time::Duration;

use openim_core::ErrorCode::{CannotAddYourself, NotFound};
use openim_testing::START;
use serde_json::json;

use crate::house::{REMOVE, SEND, envelopes, in_each_house, text};

#[tokio::test]
async fn the_asked_one_is_told_with_both_names_and_both_streams_hear_of_it() {
    in_each_house(async |house| {
        let input = json!({"input": {"toId": "bob", "message": "it's <ann>", "ex": "{}"}});
        let data = house.ok(house.world.user("ann"), SEND, input).await;
        assert_eq!(text(&data["sendFriendRequest"]["status"]), "SENT");
        let request = &data["sendFriendRequest"]["request"];
        assert_eq!((&request["state"], &request["handlerId"], &request["handledAt"]), (&json!("OPEN"), &json!(null), &json!(null)));
        assert_eq!(house.signals(), ["ann+bob hear request ann>bob"]);
        let tips = json!({
            "fromToUserID": {"fromUserID": "ann", "toUserID": "bob"},
            "request": {
                "fromUserID": "ann", "fromNickname": "ANN", "fromFaceURL": "http://faces/ann",
                "toUserID": "bob", "toNickname": "BOB", "toFaceURL": "http://faces/bob",
                "handleResult": 0, "reqMsg": "it's <ann>", "createTime": START.0, "handlerUserID": "", "handleMsg": "",
                "handleTime": 0, "ex": "{}",
            },
        });
        assert_eq!(house.notifications().await, [(1203, "ann".to_owned(), "bob".to_owned(), tips)]);
    })
    .await;
}

#[tokio::test]
async fn asking_again_opens_the_same_request_anew_and_keeps_who_answered() {
    in_each_house(async |house| {
        house.send("ann", "bob").await;
        assert_eq!(house.answer("bob", "ann", "REFUSE").await, "REFUSED");
        house.world.advance(Duration::from_secs(60));
        let data = house.ok(house.world.user("ann"), SEND, json!({"input": {"toId": "bob", "message": "please", "ex": "2"}})).await;
        let request = &data["sendFriendRequest"]["request"];
        assert_eq!((&request["state"], &request["message"], &request["ex"]), (&json!("OPEN"), &json!("please"), &json!("2")));
        assert_eq!((&request["reply"], &request["handlerId"]), (&json!(""), &json!("bob")));
        assert!(request["handledAt"].as_str() < request["createdAt"].as_str(), "{request}");
        let sent = house.viewer("ann", "friendRequests(direction: SENT) { totalCount }").await;
        assert_eq!(sent["totalCount"], json!(1));
    })
    .await;
}

#[tokio::test]
async fn mutual_friends_need_not_ask_but_one_sided_ones_may() {
    in_each_house(async |house| {
        house.befriend("ann", "bob").await;
        assert_eq!(house.send("ann", "bob").await, "ALREADY_FRIENDS");
        assert_eq!(house.send("bob", "ann").await, "ALREADY_FRIENDS");
        assert_eq!(house.notifications().await, []);
        house.ok(house.world.user("bob"), REMOVE, json!({"input": {"friendId": "ann"}})).await;
        assert_eq!(house.send("ann", "bob").await, "SENT");
    })
    .await;
}

#[tokio::test]
async fn oneself_and_unknown_users_cannot_be_asked() {
    in_each_house(async |house| {
        let to = |id: &str| json!({"input": {"toId": id}});
        house.fails(house.world.user("ann"), SEND, to("ann"), CannotAddYourself).await;
        house.fails(house.world.user("ann"), SEND, to("nobody"), NotFound).await;
        house.fails(house.world.admin(), SEND, json!({"input": {"fromId": "nobody", "toId": "ann"}}), NotFound).await;
        assert_eq!(house.notifications().await, []);
    })
    .await;
}

#[tokio::test]
async fn a_blocked_user_may_still_ask() {
    in_each_house(async |house| {
        house.ok(house.world.user("bob"), crate::house::BLOCK, json!({"input": {"blockedId": "ann"}})).await;
        house.forget().await;
        assert_eq!(house.send("ann", "bob").await, "SENT");
        assert_eq!(envelopes(&house.notifications().await), [(1203, "ann", "bob")]);
    })
    .await;
}

#[tokio::test]
async fn requests_are_listed_newest_first_by_side_and_state() {
    in_each_house(async |house| {
        for from in ["bob", "cid", "dan"] {
            house.send(from, "ann").await;
            house.world.advance(Duration::from_secs(1));
        }
        house.send("ann", "eve").await;
        house.answer("ann", "cid", "REFUSE").await;
        let list = |filter: &str| {
            format!("friendRequests({filter}) {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ fromId toId }} }} }}")
        };
        let all = house.viewer("ann", &list("direction: RECEIVED, first: 2")).await;
        assert_eq!((&all["totalCount"], &all["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
        assert_eq!((&all["edges"][0]["node"]["fromId"], &all["edges"][1]["node"]["fromId"]), (&json!("dan"), &json!("cid")));
        let rest = list(&format!("direction: RECEIVED, first: 2, after: \"{}\"", text(&all["pageInfo"]["endCursor"])));
        let rest = house.viewer("ann", &rest).await;
        assert_eq!((rest["edges"].as_array().unwrap().len(), &rest["edges"][0]["node"]["fromId"]), (1, &json!("bob")));
        let open = house.viewer("ann", &list("direction: RECEIVED, states: [OPEN, OPEN]")).await;
        assert_eq!((&open["totalCount"], &open["edges"][1]["node"]["fromId"]), (&json!(2), &json!("bob")));
        let sent = house.viewer("ann", &list("direction: SENT, states: []")).await;
        assert_eq!(sent["edges"], json!([{"node": {"fromId": "ann", "toId": "eve"}}]));
        let beyond = house.viewer("ann", &list("direction: RECEIVED, offset: 9")).await;
        assert_eq!((&beyond["totalCount"], &beyond["edges"]), (&json!(3), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn the_count_of_waiting_requests_starts_after_a_moment() {
    in_each_house(async |house| {
        house.send("bob", "ann").await;
        house.world.advance(Duration::from_secs(1));
        house.send("cid", "ann").await;
        house.send("dan", "ann").await;
        house.answer("ann", "dan", "ACCEPT").await;
        assert_eq!(house.viewer("ann", "unhandledFriendRequestCount").await, json!(2));
        assert_eq!(house.viewer("ann", "unhandledFriendRequestCount(since: \"2026-01-01T00:00:00Z\")").await, json!(1));
        assert_eq!(house.viewer("ann", "unhandledFriendRequestCount(since: \"2026-01-01T00:00:01Z\")").await, json!(0));
    })
    .await;
}

#[tokio::test]
async fn requests_between_two_users_come_in_both_directions() {
    in_each_house(async |house| {
        house.send("bob", "ann").await;
        house.send("ann", "bob").await;
        house.send("ann", "cid").await;
        let document = "{ friendRequestsBetween(userId: \"ann\", otherId: \"bob\") { fromId } }";
        let data = house.ok(house.world.user("bob"), document, json!({})).await;
        assert_eq!(data["friendRequestsBetween"], json!([{"fromId": "ann"}, {"fromId": "bob"}]));
    })
    .await;
}
