//! Operations that are too big are refused before anything is planned or fetched.

use async_graphql::{Value as Data, Variables};
use openim_federation::{Gateway, Limits, SubgraphResponse};
use serde_json::{Value, json};

use crate::scripted::{Scripted, response};
use crate::world::{code, ctx, in_process, new_data, run};

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

const FEDERATION: &str = r#"extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])"#;

/// A gateway to a log that is read by ranges and by lists, as a subgraph that answers with `log`.
fn log(limits: Limits, log: Scripted) -> Gateway {
    let sdl = format!(
        "{FEDERATION} type Query {{ pull(ranges: [RangeInput!]!): [Part!] pick(lists: [ListInput!]!): [Part!] }}
         type Mutation {{ register(input: RegisterInput!): Registered write: [Entry!] }}
         type Part {{ end: Int entries: [Entry!]! }} type Registered {{ entries: [Entry!]! }} type Entry {{ seq: Int text: String }}
         input RangeInput {{ id: ID! begin: Int! end: Int! limit: Int }} input ListInput {{ id: ID! seqs: [Int!]! }}
         input RegisterInput {{ entries: [EntryInput!]! }} input EntryInput {{ text: String }}"
    );
    Gateway::builder().subgraph("log", sdl, log).limits(limits).build().expect("a gateway")
}

#[tokio::test]
async fn cost_sees_lists_and_ranges_inside_of_inputs() {
    let gateway = log(Limits { cost: u64::MAX, ..Limits::default() }, Scripted::json(json!({})));
    let cost = async |document: &str, variables: Value| {
        let plan = gateway.explain(document, None, Variables::from_json(variables)).await.expect("a plan");
        plan["cost"].as_u64().expect("a number")
    };
    let none = Value::Null;
    let pull = |ranges: &str, fields: &str| format!("{{ pull(ranges: [{ranges}]) {{ {fields} }} }}");
    // One for the field; for the range one, and one for each place; for a place of the answer one and one a field.
    let whole = 1 + 1 + 1_000 + 1 + 1_000 * 2;
    assert_eq!(cost(&pull(r#"{id: "a", begin: 1, end: 1000}"#, "entries { text }"), none.clone()).await, whole);
    assert_eq!(cost(&pull(r#"{id: "a", begin: 0, end: 2000000000}"#, "entries { text }"), none.clone()).await, whole);
    assert_eq!(cost(&pull(r#"{id: "a", begin: 1, end: 1000}"#, "end"), none.clone()).await, 1 + 1 + 1_000 + 1);
    assert_eq!(cost(&pull(r#"{id: "a", begin: 9, end: 1}"#, "end"), none.clone()).await, 1 + 1 + 1);
    let document = "query($ranges: [RangeInput!]!) { pull(ranges: $ranges) { entries { text } } }";
    let range = json!({ "id": "a", "begin": 1, "end": 1_000 });
    assert_eq!(cost(document, json!({ "ranges": [range] })).await, whole);
    assert_eq!(
        cost("query($end: Int!) { pull(ranges: [{id: \"a\", begin: 1, end: $end}]) { entries { text } } }", json!({ "end": 1_000 })).await,
        whole
    );
    // Many ranges of one call bring no more than one.
    assert_eq!(cost(document, json!({ "ranges": vec![range; 100] })).await, 1 + 100 * (1 + 10 + 1 + 10 * 2));
    let whole = 1 + 1 + 200 + 1 + 200 * 2;
    let seqs = vec![1; 200];
    let document = "query($lists: [ListInput!]!) { pick(lists: $lists) { entries { text } } }";
    assert_eq!(cost(document, json!({ "lists": [{ "id": "a", "seqs": seqs }] })).await, whole);
    let document = "query($seqs: [Int!]!) { pick(lists: [{id: \"a\", seqs: $seqs}]) { entries { text } } }";
    assert_eq!(cost(document, json!({ "seqs": seqs })).await, whole);
    assert_eq!(cost(&format!("{{ pick(lists: [{{id: \"a\", seqs: {seqs:?}}}]) {{ entries {{ text }} }} }}"), none).await, whole);
    let document = "mutation($input: RegisterInput!) { register(input: $input) { entries { text } } }";
    assert_eq!(cost(document, json!({ "input": { "entries": vec![json!({}); 500] } })).await, 1 + 1 + 500 * 2);
    assert_eq!(
        cost(document, json!({ "input": { "entries": [{}] } })).await,
        1 + 1 + 10 * 2,
        "what is short may still be answered at length"
    );
}

/// A page of a log with texts of this length.
fn page(count: usize, length: usize) -> SubgraphResponse {
    let mut page = response(json!({ "data": { "pick": [{ "entries": vec![json!({ "seq": 1, "text": null }); count] }] } }));
    if let Data::Object(data) = &mut page.data
        && let Some(Data::List(parts)) = data.get_mut("pick")
        && let Some(Data::Object(part)) = parts.first_mut()
        && let Some(Data::List(entries)) = part.get_mut("entries")
    {
        for entry in entries {
            let Data::Object(entry) = entry else { continue };
            entry.insert(async_graphql::Name::new("text"), Data::String("x".repeat(length)));
        }
    }
    page
}

const PICK: &str = r#"{ pick(lists: [{id: "a", seqs: [1]}]) { entries { seq text } } }"#;

#[tokio::test]
async fn an_answer_with_too_many_bytes_is_refused_as_a_whole() {
    let gateway = log(Limits { answer_bytes: 100_000, ..Limits::default() }, Scripted::new(|_| Ok(page(10, 12_000))));
    let answer = run(&gateway, PICK, Value::Null).await;
    assert_eq!(answer.data, Data::Null);
    assert_eq!(answer.errors.iter().map(code).collect::<Vec<_>>(), ["LIMIT_EXCEEDED"]);
    let gateway = log(Limits { answer_bytes: 100_000, ..Limits::default() }, Scripted::new(|_| Ok(page(10, 5_000))));
    assert!(!refused(&gateway, PICK, Value::Null).await);
}

#[tokio::test]
async fn small_values_count_with_what_they_take() {
    let gateway = log(Limits { answer_bytes: 100_000, ..Limits::default() }, Scripted::new(|_| Ok(page(5_000, 0))));
    assert!(refused(&gateway, PICK, Value::Null).await);
}

#[tokio::test]
async fn a_page_of_the_longest_messages_passes() {
    let gateway = log(Limits::default(), Scripted::new(|_| Ok(page(1_000, 64 << 10))));
    assert!(!refused(&gateway, PICK, Value::Null).await);
    // Documents of our own give with it what else a message may have.
    let gateway = log(Limits { answer_bytes: 1, ..Limits::default() }, Scripted::new(|_| Ok(page(1_000, 96 << 10))));
    let prepared = gateway.prepare(PICK, None).expect("prepared");
    assert!(gateway.execute_prepared(&prepared, Variables::default(), &ctx()).await.errors.is_empty());
}

#[tokio::test]
async fn an_entity_counts_for_everybody_who_gets_it() {
    let text = "x".repeat(100_000);
    let things = Scripted::json(json!({ "data": { "things": vec![json!({ "__typename": "Thing", "id": "1" }); 100] } }));
    let texts = Scripted::json(json!({ "data": { "_entities": [{ "__typename": "Thing", "text": text }] } }));
    let gateway = |answer_bytes| {
        Gateway::builder()
            .subgraph(
                "things",
                format!("{FEDERATION} type Query {{ things: [Thing!] }} type Thing @key(fields: \"id\") {{ id: ID! }}"),
                things.clone(),
            )
            .subgraph("texts", format!("{FEDERATION} type Thing @key(fields: \"id\") {{ id: ID! text: String }}"), texts.clone())
            .limits(Limits { answer_bytes, ..Limits::default() })
            .build()
            .expect("a gateway")
    };
    assert!(!refused(&gateway(11_000_000), "{ things { text } }", Value::Null).await);
    assert!(refused(&gateway(5_000_000), "{ things { text } }", Value::Null).await);
}

#[tokio::test]
async fn nothing_is_written_after_an_answer_that_is_too_big() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let writes = Scripted::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(response(json!({ "data": { "write": [{ "text": "x".repeat(2_000) }], "_gw_b": [{ "text": "x".repeat(2_000) }] } })))
    });
    let gateway = log(Limits { answer_bytes: 1_000, ..Limits::default() }, writes);
    assert!(refused(&gateway, "mutation { write { text } b: write { text } }", Value::Null).await);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
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
