//! Operations that are too big are refused before anything is planned or fetched.

use openim_federation::{Gateway, Limits};
use serde_json::{Value, json};

use crate::world::{code, in_process, new_data, run};

fn gateway(limits: Limits) -> Gateway {
    in_process(&new_data()).limits(limits).build().expect("a gateway")
}

async fn refused(gateway: &Gateway, document: &str, variables: Value) -> bool {
    let answer = run(gateway, document, variables).await;
    match answer.errors.first() {
        None => false,
        Some(error) => {
            assert_eq!(code(error), "LIMIT_EXCEEDED", "{error:?}");
            true
        }
    }
}

#[tokio::test]
async fn depth_aliases_fields_and_root_fields_are_counted_with_fragments() {
    let gateway = gateway(Limits { depth: 3, aliases: 2, root_fields: 2, fields: 6, directives: 2, ..Limits::default() });
    assert!(!refused(&gateway, r#"{ user(id: "u1") { friends { id } } }"#, Value::Null).await);
    assert!(refused(&gateway, r#"{ user(id: "u1") { friends { friends { id } } } }"#, Value::Null).await);
    assert!(
        refused(
            &gateway,
            "{ a: rooms { id } ...F } fragment F on Query { rooms { b: id ...G } } fragment G on Room { c: id }",
            Value::Null
        )
        .await
    );
    assert!(refused(&gateway, "{ rooms { id } messages { id } everybody { id } }", Value::Null).await);
    assert!(refused(&gateway, "{ rooms { id name pinned ...F ...F } } fragment F on Room { id name }", Value::Null).await);
    assert!(refused(&gateway, "{ rooms { id @skip(if: false) @include(if: true) name @skip(if: false) } }", Value::Null).await);
}

#[tokio::test]
async fn text_and_tokens_are_bounded_before_parsing_is_done() {
    let gateway = gateway(Limits { tokens: 50, bytes: 1_000, ..Limits::default() });
    assert!(refused(&gateway, &format!("{{ rooms {{ {} }} }}", "id ".repeat(60)), Value::Null).await);
    assert!(refused(&gateway, &format!("{{ rooms {{ id }} }} # {}", "x".repeat(1_000)), Value::Null).await);
}

#[tokio::test]
async fn deep_nesting_ends_in_an_error_and_not_in_the_stack() {
    let gateway = gateway(Limits::default());
    let nested = format!("{}id{}", "{ a ".repeat(2_000), "}".repeat(2_000));
    assert!(!run(&gateway, &nested, Value::Null).await.errors.is_empty());
    let list = format!("{{ users(ids: {}{}) {{ id }} }}", "[".repeat(2_000), "]".repeat(2_000));
    assert!(!run(&gateway, &list, Value::Null).await.errors.is_empty());
}

#[tokio::test]
async fn fragments_that_grow_exponentially_are_refused_quickly() {
    let gateway = gateway(Limits::default());
    let mut document = "{ rooms { ...F0 } }".to_owned();
    for level in 0..60 {
        document.push_str(&format!(" fragment F{level} on Room {{ ...F{next} ...F{next} }}", next = level + 1));
    }
    document.push_str(" fragment F60 on Room { id }");
    assert!(refused(&gateway, &document, Value::Null).await);
}

#[tokio::test]
async fn cost_multiplies_by_page_sizes_lists_of_ids_and_variables() {
    let gateway = gateway(Limits { cost: 100, ..Limits::default() });
    let document = r#"query($first: Int!, $ids: [ID!]!) { users(ids: $ids) { friends(first: $first) { id } } }"#;
    assert!(!refused(&gateway, document, json!({ "first": 5, "ids": ["u1", "u2"] })).await);
    assert!(refused(&gateway, document, json!({ "first": 50, "ids": ["u1", "u2"] })).await);
    assert!(refused(&gateway, document, json!({ "first": 5, "ids": vec!["u1"; 20] })).await);
    assert!(!refused(&gateway, r#"{ users(ids: ["u1"]) { friends(first: 40) { id } } }"#, Value::Null).await);
    assert!(refused(&gateway, r#"{ users(ids: ["u1"]) { friends(first: 50) { id } } }"#, Value::Null).await);
    assert!(refused(&gateway, "{ everybody { friends(first: 5) { name } } }", Value::Null).await, "a list of unknown length counts as ten");
    // An object has one type: the dearest counts.
    let by_type = "{ search(first: 20) { ... on User { id name } ... on Message { id text } ... on Room { id name } } }";
    assert!(!refused(&gateway, by_type, Value::Null).await);
}

#[tokio::test]
async fn conditions_have_a_bounded_number_of_variables() {
    let gateway = gateway(Limits { directives: 1_000, aliases: 1_000, ..Limits::default() });
    let variables: Vec<_> = (0..40).map(|n| format!("$c{n}: Boolean!")).collect();
    let fields: Vec<_> = (0..40).map(|n| format!("a{n}: id @skip(if: $c{n})")).collect();
    let document = format!("query({}) {{ rooms {{ {} }} }}", variables.join(", "), fields.join(" "));
    assert!(refused(&gateway, &document, Value::Null).await);
}

#[tokio::test]
async fn introspection_can_be_switched_off() {
    let gateway = in_process(&new_data()).introspection(false).build().expect("a gateway");
    let answer = run(&gateway, "{ __schema { queryType { name } } }", Value::Null).await;
    assert_eq!(code(&answer.errors[0]), "NO_PERMISSION");
    let answer = run(&gateway, "{ __typename rooms { __typename } }", Value::Null).await;
    assert!(answer.errors.is_empty());
}
