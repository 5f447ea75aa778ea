//! The SDL: committed, and with a description on everything.

use expect_test::expect_file;
use openim_testing::TestWorld;
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn the_committed_sdl_is_the_current_one() {
    let world = TestWorld::sqlite().await;
    let stage = Stage::start(&world);
    expect_file!["../../../../schema/subgraphs/messages.graphql"].assert_eq(&stage.subgraph.sdl());
    stage.stop().await;
}

#[tokio::test]
async fn everything_has_a_description() {
    let world = TestWorld::sqlite().await;
    let stage = Stage::start(&world);
    let query = "{ __schema { types { name kind description fields { name description args { name description } } inputFields { name description } enumValues { name description } } } }";
    let schema = stage.ask(world.anonymous(), query, json!({})).await;
    let mut bare = Vec::new();
    let mut check = |place: String, thing: &Value| {
        if thing["description"].as_str().unwrap_or_default().is_empty() {
            bare.push(place);
        }
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for of in list(&schema["__schema"]["types"]) {
        let name = of["name"].as_str().unwrap_or_default().to_owned();
        // What GraphQL and federation bring along themselves.
        if name.starts_with('_') || (of["kind"] == json!("SCALAR") && !["Long", "DateTime"].contains(&name.as_str())) {
            continue;
        }
        check(name.clone(), &of);
        for field in list(&of["fields"]).iter().filter(|field| !field["name"].as_str().is_some_and(|name| name.starts_with('_'))) {
            let place = format!("{name}.{}", field["name"]);
            for argument in list(&field["args"]) {
                check(format!("{place}({})", argument["name"]), &argument);
            }
            check(place, field);
        }
        for part in list(&of["inputFields"]).iter().chain(&list(&of["enumValues"])) {
            check(format!("{name}.{}", part["name"]), part);
        }
    }
    assert!(bare.is_empty(), "without a description: {bare:#?}");
    stage.stop().await;
}
