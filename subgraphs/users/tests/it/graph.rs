//! The subgraph as a part of the federated graph: its SDL, references to users, documents that do not fit.

use expect_test::expect_file;
use openim_core::ErrorCode::GraphqlInvalid;
use openim_testing::TestWorld;
use serde_json::json;

use crate::house::{House, in_each_house, settings};

const REFERENCES: &str =
    "query($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { id nickname } } }";

#[tokio::test]
async fn the_committed_sdl_is_up_to_date() {
    let world = TestWorld::sqlite().await;
    let sdl = House::open(&world, settings(), world.cache().clone()).graph.sdl();
    expect_file!["../../../../schema/subgraphs/users.graphql"].assert_eq(&sdl);
}

#[tokio::test]
async fn references_to_unknown_users_are_null() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["alice", "bob"]).await;
        let ids = ["bob", "nobody", "no:id", "alice", "bob"];
        let representations: Vec<_> = ids.iter().map(|id| json!({"__typename": "User", "id": id})).collect();
        let data = house.ok(house.world.user("bob"), REFERENCES, json!({"representations": representations})).await;
        let (alice, bob) = (json!({"id": "alice", "nickname": "alice"}), json!({"id": "bob", "nickname": "bob"}));
        assert_eq!(data["_entities"], json!([bob, null, null, alice, bob]));
    })
    .await;
}

#[tokio::test]
async fn documents_that_do_not_fit_the_schema_are_refused() {
    in_each_house(settings(), async |house: &House<'_>| {
        for document in [
            "{ user(id: \"bob\") { password } }",
            "{ user { id } }",
            "{ users(ids: \"bob\", extra: 1) { id } }",
            "mutation { registerUsers(input: {users: [{id: \"bob\", nickname: \"b\", password: \"x\"}]}) { users { id } } }",
            "mutation { updateUser(input: {id: \"bob\", nickname: 7}) { user { id } } }",
            "{",
        ] {
            house.fails(house.world.admin(), document, json!({}), GraphqlInvalid).await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_mark_of_administrators_fields_survives_composition() {
    let world = TestWorld::sqlite().await;
    let sdl = House::open(&world, settings(), world.cache().clone()).graph.sdl();
    let mut subgraphs = graphql_composition::Subgraphs::default();
    subgraphs.ingest_str(&sdl, "users", Some("http://users")).unwrap();
    let composed = graphql_composition::compose(&mut subgraphs).into_result();
    let graph = composed.unwrap_or_else(|diagnostics| panic!("{:?}", diagnostics.iter_messages().collect::<Vec<_>>()));
    let supergraph = graphql_composition::render_federated_sdl(&graph).unwrap();
    assert!(supergraph.contains("@adminOnly"));
}
