//! One test for each known way to answer wrongly.

use serde_json::{Value, json};

use crate::world::{data_of, in_process, new_data, run};

#[tokio::test]
async fn alias_equal_to_a_key_does_not_feed_the_key() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let data = data_of(&gateway, r#"{ user(id: "u2") { id: name name: id unread greeting __typename } }"#).await;
    let expected = json!({ "id": "user 2", "name": "u2", "unread": 6, "greeting": "hello user 2", "__typename": "User" });
    assert_eq!(data["user"], expected);
}

#[tokio::test]
async fn keys_of_the_answer_are_in_the_clients_order() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let document = r#"{ b: serial1 : __typename a: user(id: "u2") { unread name z: id greeting big } }"#.replace("serial1 : ", "");
    let data = data_of(&gateway, &document).await;
    assert_eq!(
        data.to_string(),
        r#"{"b":"Query","a":{"unread":6,"name":"user 2","z":"u2","greeting":"hello user 2","big":9223372036854775805}}"#
    );
}

#[tokio::test]
async fn nothing_is_fetched_below_a_skipped_field() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let document = r#"query($no: Boolean!, $yes: Boolean!) {
        user(id: "u2") { name ... @include(if: $no) { unread @skip(if: $no) } ... on User @skip(if: $yes) { greeting @include(if: $yes) } }
    }"#;
    let variables = json!({ "no": false, "yes": true });
    let plan = gateway.explain(document, None, async_graphql::Variables::from_json(variables.clone())).await.expect("a plan");
    assert_eq!(plan["parts"][0]["step"]["kind"], "fetch", "{plan}");
    let response = run(&gateway, document, variables).await;
    assert_eq!(response.data.into_json().expect("JSON"), json!({ "user": { "name": "user 2" } }));
    let response = run(&gateway, document, json!({ "no": true, "yes": false })).await;
    assert_eq!(response.data.into_json().expect("JSON"), json!({ "user": { "name": "user 2" } }));
}

#[tokio::test]
async fn object_with_every_field_skipped_is_empty() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    assert_eq!(data_of(&gateway, r#"{ user(id: "u1") { name @skip(if: true) } }"#).await, json!({ "user": {} }));
    assert_eq!(data_of(&gateway, r#"{ user(id: "u1") @skip(if: true) { name } }"#).await, json!({}));
    assert_eq!(data_of(&gateway, r#"{ user(id: "u9") { name @skip(if: true) } }"#).await, json!({ "user": null }));
}

#[tokio::test]
async fn mutation_fields_run_one_after_the_other() {
    let data = new_data();
    let gateway = in_process(&data).build().expect("a gateway");
    let answer = data_of(
        &gateway,
        r#"mutation {
            __typename
            a: rename(id: "u1", name: "x") { greeting }
            pin(id: "r1", pinned: true) { members(first: 1) { name } }
            b: rename(id: "u1", name: "y") { greeting unread }
            post(author: "u1", text: "t") { id author { name } }
        }"#,
    )
    .await;
    assert_eq!(answer["__typename"], "Mutation");
    assert_eq!(answer["a"], json!({ "greeting": "hello x" }));
    assert_eq!(answer["pin"]["members"][0]["name"], "x");
    assert_eq!(answer["b"], json!({ "greeting": "hello y", "unread": 6 }));
    assert_eq!(answer["post"], json!({ "id": "m10", "author": { "name": "y" } }));
    assert_eq!(data.read().log, ["rename u1 x", "pin r1 true", "rename u1 y", "post u1 t"]);
}

#[tokio::test]
async fn one_name_may_stand_for_different_arguments_by_type() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let document = r#"{
        a: node(id: "u1") { ...Both } b: node(id: "m1") { ...Both } c: node(id: "r1") { ... on Room { x: members(first: 1) { label(prefix: "r") } } }
        user(id: "u1") { one: label(prefix: "1") two: label(prefix: "2") label unread }
    }
    fragment Both on Node { ... on User { x: messages(first: 1) { id } } ... on Message { x: sender { label(prefix: "m", times: 2) } } }"#;
    // The shapes of `x` differ only in ways that may differ.
    let response = run(&gateway, document, Value::Null).await;
    assert!(!response.errors.is_empty(), "a list and an object under one name are refused");
    let document = document.replace("x: sender { label(prefix: \"m\", times: 2) }", "y: sender { label(prefix: \"m\", times: 2) }");
    let data = data_of(&gateway, &document).await;
    assert_eq!(data["a"], json!({ "x": [{ "id": "m6" }] }));
    assert_eq!(data["b"], json!({ "y": { "label": "muser 2user 2" } }));
    assert_eq!(data["c"], json!({ "x": [{ "label": "ruser 1" }] }));
    assert_eq!(data["user"], json!({ "one": "1user 1", "two": "2user 1", "label": "user 1", "unread": 6 }));
}

#[tokio::test]
async fn whole_numbers_keep_64_bits_and_bigger_ones_do_no_harm() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let data = data_of(&gateway, r#"{ users(ids: ["u1"]) { big } }"#).await;
    assert_eq!(data.to_string(), format!(r#"{{"users":[{{"big":{}}}]}}"#, i64::MAX - 1));
    for number in ["99999999999999999999", "9223372036854775808", "1e400", "2147483648"] {
        let response = run(&gateway, &format!(r#"{{ user(id: "u1") {{ label(times: {number}) }} }}"#), Value::Null).await;
        assert!(!response.errors.is_empty(), "{number}");
    }
}

#[tokio::test]
async fn strings_arrive_as_they_were_written() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let text = "a \"b\" \\ \n\t\u{1}\u{7f} 张三 {}";
    let document = format!(
        r#"query($p: String!) {{ user(id: "u1") {{ a: label(prefix: {}, times: 0) b: label(prefix: $p, times: 0) }} }}"#,
        json!(text)
    );
    let response = run(&gateway, &document, json!({ "p": text })).await;
    assert_eq!(response.data.into_json().expect("JSON")["user"], json!({ "a": text, "b": text }));
}

#[tokio::test]
async fn missing_entity_makes_the_nearest_nullable_parent_null() {
    let data = new_data();
    data.write().messages[0].author = "u99".to_owned();
    let gateway = in_process(&data).build().expect("a gateway");
    let answer =
        data_of(&gateway, r#"{ message(id: "m1") { text author { id name } } messages(first: 2) { author { name nickname } } }"#).await;
    assert_eq!(answer["message"], json!({ "text": "text 1", "author": null }));
    assert_eq!(answer["messages"], json!([{ "author": null }, { "author": { "name": "user 3", "nickname": null } }]));
    let answer = data_of(&gateway, r#"{ message(id: "m1") { author { id nickname } } }"#).await;
    assert_eq!(answer["message"]["author"], json!({ "id": "u99", "nickname": null }));
}

#[tokio::test]
async fn shared_roots_are_fetched_side_by_side_and_merged() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let document = r#"{ viewer(name: "u2") { id user { name } inbox(first: 1) { text } rooms { name } } }"#;
    let plan = gateway.explain(document, None, Default::default()).await.expect("a plan");
    assert_eq!(plan["parts"][0]["step"]["kind"], "parallel", "{plan}");
    let expected = json!({ "id": "u2", "user": { "name": "user 2" }, "inbox": [{ "text": "text 7" }], "rooms": [{ "name": "room 1" }, { "name": "room 2" }] });
    assert_eq!(data_of(&gateway, document).await["viewer"], expected);
}

#[tokio::test]
async fn provided_fields_are_not_fetched_again() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let plan = gateway.explain(r#"{ message(id: "m1") { sender { name } } }"#, None, Default::default()).await.expect("a plan");
    assert_eq!(plan["parts"][0]["step"]["subgraph"], "messages", "{plan}");
}

#[tokio::test]
async fn default_values_and_single_items_are_coerced() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let document = "query($ids: [ID!]!, $times: Int = 2) { users(ids: $ids) { label(times: $times) } }";
    let response = run(&gateway, document, json!({ "ids": "u1", "stray": 1 })).await;
    assert_eq!(response.data.into_json().expect("JSON"), json!({ "users": [{ "label": "user 1user 1" }] }));
    let response = run(&gateway, document, json!({ "ids": ["u1", "u2"], "times": 0 })).await;
    assert_eq!(response.data.into_json().expect("JSON"), json!({ "users": [{ "label": "" }, { "label": "" }] }));
}

#[tokio::test]
async fn requires_inside_an_entity_of_the_same_type_is_refused_and_not_guessed() {
    // The planner's known gap (planner.rs). When this starts to succeed, the fuzz need not tolerate it either.
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let response = run(&gateway, "{ everybody { room { members { greeting } } } }", Value::Null).await;
    assert_eq!(crate::world::code(&response.errors[0]), "INTERNAL");
    let data = data_of(&gateway, r#"{ message(id: "m1") { room { members { greeting } } } }"#).await;
    assert_eq!(data["message"]["room"]["members"][0]["greeting"], "hello user 2");
}
