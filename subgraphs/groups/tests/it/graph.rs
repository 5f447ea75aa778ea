//! The subgraph as a part of the federated graph: its SDL, references from other subgraphs.

use expect_test::expect_file;
use openim_graphql::undescribed;
use openim_testing::TestWorld;
use serde_json::json;

use crate::house::{House, in_each_house};

const REFERENCES: &str = "query($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Group { id name }
    ... on User { id groups { totalCount } } ... on Conversation { id group { id name } } } }";

#[tokio::test]
async fn the_committed_sdl_is_up_to_date() {
    let world = TestWorld::sqlite().await;
    let sdl = House::open(&world).graph.sdl();
    assert_eq!(undescribed(&sdl).unwrap(), [] as [String; 0]);
    expect_file!["../../../../schema/subgraphs/groups.graphql"].assert_eq(&sdl);
}

#[tokio::test]
async fn references_are_resolved_and_foreign_conversations_are_not() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob"]).await;
        let of = json!([
            {"__typename": "Group", "id": "g1"},
            {"__typename": "Group", "id": "nothing"},
            {"__typename": "Group", "id": "no:id"},
            {"__typename": "User", "id": "bob"},
            {"__typename": "Conversation", "ownerId": "bob", "id": "sg_g1"},
            {"__typename": "Conversation", "ownerId": "bob", "id": "si_ann_bob"},
            {"__typename": "Conversation", "ownerId": "ann", "id": "sg_g1"},
        ]);
        let data = house.ok(house.world.user("bob"), REFERENCES, json!({"of": of})).await;
        let found = &data["_entities"];
        assert_eq!(found[0], json!({"__typename": "Group", "id": "g1", "name": "g1"}));
        assert_eq!((&found[1], &found[2]), (&json!(null), &json!(null)));
        assert_eq!(found[3]["groups"]["totalCount"], 1);
        assert_eq!(found[4]["group"]["name"], "g1");
        assert_eq!(found[5]["group"], json!(null));
        assert_eq!(found[6], json!(null), "another one's view");
    })
    .await;
}
