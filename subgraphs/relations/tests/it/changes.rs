//! Removing, naming and pinning friends.

use std::time::Duration;

use openim_core::ErrorCode::NotFound;
use serde_json::json;

use crate::house::{REMARK, REMOVE, UPDATE, in_each_house};

#[tokio::test]
async fn removing_takes_one_direction_away_and_the_friend_learns_it() {
    in_each_house(async |house| {
        house.befriend("ann", "bob").await;
        let data = house.ok(house.world.user("ann"), REMOVE, json!({"input": {"friendId": "bob"}})).await;
        assert_eq!(data["removeFriend"], json!({"changed": true, "user": {"id": "bob"}}));
        assert_eq!((house.friends("ann").await, house.friends("bob").await), (vec![], vec!["ann".to_owned()]));
        assert_eq!(house.signals(), ["ann hear friends of ann: bob"]);
        let tips = json!({"fromToUserID": {"fromUserID": "ann", "toUserID": "bob"}, "friendVersion": 0, "friendVersionID": ""});
        assert_eq!(house.notifications().await, [(1205, "ann".to_owned(), "bob".to_owned(), tips)]);
        let both = house
            .ok(house.world.user("bob"), "{ friendshipBetween(userId: \"ann\", otherId: \"bob\") { inUsersList inOthersList } }", json!({}))
            .await;
        assert_eq!(both["friendshipBetween"], json!({"inUsersList": false, "inOthersList": true}));
    })
    .await;
}

#[tokio::test]
async fn removing_somebody_who_is_no_friend_changes_and_tells_nothing() {
    in_each_house(async |house| {
        let before = house.viewer("ann", "friendIds { version { id number } }").await;
        let data = house.ok(house.world.user("ann"), REMOVE, json!({"input": {"friendId": "bob"}})).await;
        assert_eq!(data["removeFriend"]["changed"], json!(false));
        assert_eq!(house.viewer("ann", "friendIds { version { id number } }").await, before);
        assert_eq!((house.notifications().await, house.signals()), (vec![], vec![]));
    })
    .await;
}

#[tokio::test]
async fn a_remark_is_told_to_the_owners_devices_only() {
    in_each_house(async |house| {
        house.befriend("ann", "bob").await;
        let input = |remark: &str| json!({"input": {"friendId": "bob", "remark": remark}});
        let data = house.ok(house.world.user("ann"), REMARK, input("Bobby")).await;
        assert_eq!(data["setFriendRemark"]["friendship"]["remark"], "Bobby");
        assert_eq!(house.signals(), ["ann hear friends of ann: bob"]);
        let from_to = json!({"fromUserID": "ann", "toUserID": "bob"});
        let tips = json!({"fromToUserID": from_to, "friendVersion": 0, "friendVersionID": "", "friendSortVersion": 0});
        assert_eq!(house.notifications().await, [(1206, "ann".to_owned(), "ann".to_owned(), tips)]);
        house.ok(house.world.user("ann"), REMARK, input("Bobby")).await;
        assert_eq!((house.notifications().await, house.signals()), (vec![], vec![]));
        let data = house.ok(house.world.user("ann"), REMARK, input("")).await;
        assert_eq!(data["setFriendRemark"]["friendship"]["remark"], "");
        house.fails(house.world.user("ann"), REMARK, json!({"input": {"friendId": "cid", "remark": "x"}}), NotFound).await;
    })
    .await;
}

#[tokio::test]
async fn friends_are_changed_together_and_strangers_are_left_out() {
    in_each_house(async |house| {
        house.import("ann", &["bob", "cid", "dan"]).await;
        let input = json!({"input": {"friendIds": ["dan", "eve", "nobody", "cid"], "pinned": true, "ex": "x"}});
        let data = house.ok(house.world.user("ann"), UPDATE, input).await;
        let entry = |id: &str| json!({"friendId": id, "pinned": true, "remark": "", "ex": "x"});
        assert_eq!(data["updateFriends"]["friendships"], json!([entry("dan"), entry("cid")]));
        assert_eq!(house.friends("ann").await, ["cid", "dan", "bob"]);
        assert_eq!(house.signals(), ["ann hear friends of ann: dan+cid"]);
        let from_to = json!({"fromUserID": "", "toUserID": "ann"});
        let tips = json!({"fromToUserID": from_to, "friendIDs": ["dan", "cid"], "friendVersion": 0, "friendVersionID": ""});
        assert_eq!(house.notifications().await, [(1210, "ann".to_owned(), "ann".to_owned(), tips)]);
    })
    .await;
}

#[tokio::test]
async fn an_update_without_a_change_tells_nobody() {
    in_each_house(async |house| {
        house.import("ann", &["bob"]).await;
        for input in [
            json!({"friendIds": ["bob"]}),
            json!({"friendIds": ["bob"], "pinned": false, "remark": "", "ex": ""}),
            json!({"friendIds": ["eve"], "pinned": true}),
        ] {
            house.ok(house.world.user("ann"), UPDATE, json!({"input": input})).await;
        }
        assert_eq!((house.notifications().await, house.signals()), (vec![], vec![]));
        assert_eq!(house.viewer("ann", "friendIds { version { number } }").await["version"]["number"], json!(1));
    })
    .await;
}

#[tokio::test]
async fn absent_keeps_and_empty_clears() {
    in_each_house(async |house| {
        house.import("ann", &["bob"]).await;
        let run = async |input| {
            house.ok(house.world.user("ann"), UPDATE, json!({"input": input})).await["updateFriends"]["friendships"][0].clone()
        };
        run(json!({"friendIds": ["bob"], "remark": "r", "ex": "e", "pinned": true})).await;
        house.world.advance(Duration::from_secs(1));
        assert_eq!(
            run(json!({"friendIds": ["bob"], "remark": null})).await,
            json!({"friendId": "bob", "pinned": true, "remark": "r", "ex": "e"})
        );
        assert_eq!(run(json!({"friendIds": ["bob"], "ex": ""})).await, json!({"friendId": "bob", "pinned": true, "remark": "r", "ex": ""}));
    })
    .await;
}
