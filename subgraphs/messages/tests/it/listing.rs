//! The list of messages by who, when and what, with exact totals.

use std::time::Duration;

use openim_testing::{TestWorld, for_each_database};
use serde_json::{Value, json};

use crate::stage::Stage;

const LIST: &str = "query($filter: MessageFilterInput, $first: Int, $after: String, $offset: Int) {
    messages(filter: $filter, first: $first, after: $after, offset: $offset) {
        totalCount pageInfo { hasNextPage endCursor } edges { revoked node { conversationId seq recipientId } } } }";

async fn filled(world: &TestWorld) -> Stage {
    let stage = Stage::start(world);
    stage.groups.add("g", &["a", "b"]);
    let pass = || world.advance(Duration::from_secs(1));
    stage.text(world.user("a"), "b", "1", "one").await;
    pass();
    stage.text(world.user("b"), "a", "2", "two").await;
    pass();
    stage
        .send(world.user("a"), json!({"recipient": {"groupId": "g"}, "clientMessageId": "3", "content": {"markdown": {"text": "three"}}}))
        .await;
    pass();
    stage.text(world.user("c"), "desk", "4", "four").await;
    pass();
    stage.text(world.user("a"), "a", "5", "five").await;
    stage
}

async fn list(stage: &Stage, ctx: openim_core::Ctx, variables: Value) -> (Vec<String>, i64) {
    let found = stage.ask(ctx, LIST, variables).await["messages"].clone();
    let edges = found["edges"].as_array().expect("edges");
    let place = |edge: &Value| format!("{}:{}", edge["node"]["conversationId"].as_str().expect("an id"), edge["node"]["seq"]);
    (edges.iter().map(place).collect(), found["totalCount"].as_i64().expect("a count"))
}

async fn end(stage: Stage, world: &TestWorld) {
    stage.stop().await;
    world.take_events().await;
    world.take_signals();
}

#[tokio::test]
async fn an_administrator_lists_everything_and_filters_are_joined_by_and() {
    for_each_database(async |world| {
        let stage = filled(world).await;
        let listed = async |filter: Value| list(&stage, world.admin(), json!({"filter": filter})).await.0;
        assert_eq!(listed(json!({})).await, ["si_a_b:1", "si_a_b:2", "sg_g:1", "si_c_desk:1", "si_a_a:1"]);
        assert_eq!(listed(json!({"senderId": "a"})).await, ["si_a_b:1", "sg_g:1", "si_a_a:1"]);
        assert_eq!(listed(json!({"recipientId": "a"})).await, ["si_a_b:2", "si_a_a:1"]);
        assert_eq!(listed(json!({"recipientId": "g"})).await, ["sg_g:1"]);
        assert_eq!(listed(json!({"senderId": "a", "kind": "SINGLE", "recipientId": "b"})).await, ["si_a_b:1"]);
        assert_eq!(listed(json!({"contentType": 118})).await, ["sg_g:1"]);
        let middle = json!({"since": "2026-01-01T00:00:01Z", "until": "2026-01-01T00:00:03Z"});
        assert_eq!(listed(middle).await, ["si_a_b:2", "sg_g:1"]);
        assert!(listed(json!({"senderId": "nobody"})).await.is_empty());
        assert_eq!(
            list(&stage, world.admin(), json!({"first": 2, "offset": 3})).await,
            (vec!["si_c_desk:1".to_owned(), "si_a_a:1".to_owned()], 5)
        );
        let first = stage.ask(world.admin(), LIST, json!({"first": 2})).await["messages"]["pageInfo"].clone();
        assert_eq!(first["hasNextPage"], true);
        let (next, total) = list(&stage, world.admin(), json!({"first": 2, "after": first["endCursor"]})).await;
        assert_eq!((next, total), (vec!["sg_g:1".to_owned(), "si_c_desk:1".to_owned()], 5));
        for bad in [json!({"first": 0}), json!({"offset": -1}), json!({"after": "x"}), json!({"filter": {"senderId": "not:an:id"}})] {
            assert_eq!(stage.fail(world.admin(), LIST, bad).await.0, "ARGS_ERROR");
        }
        end(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn everybody_else_lists_what_is_their_own() {
    for_each_database(async |world| {
        let stage = filled(world).await;
        let all = json!({});
        let expected = ["si_a_b:1", "si_a_b:2", "sg_g:1", "si_a_a:1"].map(str::to_owned).to_vec();
        assert_eq!(list(&stage, world.user("a"), all.clone()).await, (expected, 4));
        assert_eq!(list(&stage, world.user("b"), json!({"filter": {"senderId": "a"}})).await.0, ["si_a_b:1", "sg_g:1"]);
        assert_eq!(list(&stage, world.user("c"), all.clone()).await, (vec!["si_c_desk:1".to_owned()], 1));
        assert_eq!(list(&stage, world.user("c"), json!({"filter": {"recipientId": "g"}})).await, (vec![], 0));
        assert_eq!(list(&stage, world.user("stranger"), all.clone()).await, (vec![], 0));
        assert_eq!(stage.fail(world.anonymous(), LIST, all).await.0, "UNAUTHENTICATED");
        end(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_back_is_marked_and_what_was_deleted_is_gone() {
    for_each_database(async |world| {
        let stage = filled(world).await;
        stage
            .ask(world.user("a"), "mutation { revokeMessage(input: {conversationId: \"si_a_b\", seq: 1}) { message { seq } } }", json!({}))
            .await;
        let delete = "mutation { deleteMessages(input: {conversationId: \"si_a_b\", seqs: [2], for: SELF}) { __typename } }";
        stage.ask(world.user("a"), delete, json!({})).await;
        let found = stage.ask(world.user("a"), LIST, json!({"filter": {"kind": "SINGLE"}})).await["messages"].clone();
        let marks: Vec<bool> = found["edges"].as_array().expect("edges").iter().map(|edge| edge["revoked"] == true).collect();
        assert_eq!((marks, &found["totalCount"]), (vec![true, false], &json!(2)));
        assert_eq!(list(&stage, world.user("b"), json!({"filter": {"kind": "SINGLE"}})).await.1, 2);
        end(stage, world).await;
    })
    .await;
}
