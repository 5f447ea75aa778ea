//! The subgraph as a part of the federated graph: its SDL and references into it.

use expect_test::expect_file;
use openim_platform::webhooks::Webhooks;
use openim_testing::TestWorld;
use serde_json::{Value, json};

use crate::house::{BLOCK, House, in_each_house};

#[tokio::test]
async fn the_committed_sdl_is_up_to_date() {
    let world = TestWorld::sqlite().await;
    let sdl = House::open(&world, Webhooks::disabled()).graph.sdl();
    expect_file!["../../../../schema/subgraphs/relations.graphql"].assert_eq(&sdl);
    assert_eq!(openim_graphql::undescribed(&sdl).unwrap(), [] as [String; 0]);
}

const REFERENCES: &str = "query($all: [_Any!]!) { _entities(representations: $all) {
    ... on Friendship { ownerId friendId } ... on BlockEntry { ownerId blockedId } ... on FriendRequest { fromId toId } } }";

#[tokio::test]
async fn what_the_caller_may_not_see_is_not_there() {
    in_each_house(async |house| {
        house.befriend("ann", "bob").await;
        house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": "bob"}})).await;
        let friendship = |owner: &str, friend: &str| json!({"__typename": "Friendship", "ownerId": owner, "friendId": friend});
        let block = json!({"__typename": "BlockEntry", "ownerId": "ann", "blockedId": "bob"});
        let request = json!({"__typename": "FriendRequest", "fromId": "ann", "toId": "bob"});
        let unknown = json!({"__typename": "FriendRequest", "fromId": "ann", "toId": "no id!"});
        let all = json!({"all": [friendship("ann", "bob"), friendship("bob", "ann"), friendship("ann", "eve"), block, request, unknown]});
        let ann = json!({"ownerId": "ann", "friendId": "bob"});
        let bob = json!({"ownerId": "bob", "friendId": "ann"});
        let (block, request) = (json!({"ownerId": "ann", "blockedId": "bob"}), json!({"fromId": "ann", "toId": "bob"}));
        let none = Value::Null;
        for (ctx, expected) in [
            (house.world.user("ann"), json!([ann, none, none, block, request, none])),
            (house.world.user("bob"), json!([none, bob, none, none, request, none])),
            (house.world.user("eve"), json!([none, none, none, none, none, none])),
            (house.world.anonymous(), json!([none, none, none, none, none, none])),
            (house.world.admin(), json!([ann, bob, none, block, request, none])),
        ] {
            let actor = format!("{:?}", ctx.actor());
            assert_eq!(house.ok(ctx, REFERENCES, all.clone()).await["_entities"], expected, "{actor}");
        }
    })
    .await;
}

#[tokio::test]
async fn users_show_what_lies_between_them_and_the_caller() {
    in_each_house(async |house| {
        house.import("ann", &["bob", "cid"]).await;
        house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": "cid"}})).await;
        house.send("dan", "ann").await;
        let document = "query($all: [_Any!]!) { _entities(representations: $all) { ... on User { id friendship { ownerId friendId } blocked
            friendRequests { fromId } } } }";
        let of = |ids: &[&str]| json!({"all": ids.iter().map(|id| json!({"__typename": "User", "id": id})).collect::<Vec<_>>()});
        let data = house.ok(house.world.user("ann"), document, of(&["bob", "cid", "dan", "no id!"])).await;
        let friendship = |id: &str| json!({"ownerId": "ann", "friendId": id});
        let expected = json!([
            {"id": "bob", "friendship": friendship("bob"), "blocked": false, "friendRequests": []},
            {"id": "cid", "friendship": friendship("cid"), "blocked": true, "friendRequests": []},
            {"id": "dan", "friendship": null, "blocked": false, "friendRequests": [{"fromId": "dan"}]},
            null,
        ]);
        assert_eq!(data["_entities"], expected);
        // Cid does not learn of it.
        let data = house.ok(house.world.user("cid"), document, of(&["ann"])).await;
        assert_eq!(data["_entities"][0]["blocked"], json!(false));
        let by = "query($all: [_Any!]!) { _entities(representations: $all) { ... on User { blocked(by: \"ann\") } } }";
        assert_eq!(house.ok(house.world.admin(), by, of(&["cid"])).await["_entities"][0]["blocked"], json!(true));
    })
    .await;
}
