//! Composition, the public schema and introspection.

use async_graphql::{EmptyMutation, EmptySubscription, Enum, InputObject, Interface, Object, OneofObject, Schema, SimpleObject};
use openim_federation::{BuildError, Gateway, InProcess};
use serde_json::{Value, json};

use crate::scripted::Scripted;
use crate::world::{code, data_of, hosted, in_process, monolith::monolith, new_data, run};

const INTROSPECTION: &str = "{ __schema { queryType { name } mutationType { name } types { kind name description
    fields { name description type { ...T } args { name defaultValue type { ...T } } isDeprecated } inputFields { name type { ...T } }
    interfaces { name } possibleTypes { name } enumValues { name } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";

/// The types that are ours, with everything that has no order sorted.
fn types(answer: Value) -> Vec<Value> {
    fn sorted(value: Value) -> Value {
        match value {
            Value::Array(items) => {
                let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
                items.sort_by_key(|item| item["name"].as_str().unwrap_or_default().to_owned());
                Value::Array(items)
            }
            Value::Object(fields) => Value::Object(fields.into_iter().map(|(key, value)| (key, sorted(value))).collect()),
            other => other,
        }
    }
    let Value::Array(mut types) = sorted(answer["__schema"]["types"].clone()) else { panic!("no types") };
    let foreign = ["Subscription", "Int", "Float", "String", "Boolean", "ID"];
    types.retain(|ty| !ty["name"].as_str().is_some_and(|name| name.starts_with("__") || foreign.contains(&name)));
    types
}

#[tokio::test]
async fn introspection_equals_the_monoliths() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let got = data_of(&gateway, INTROSPECTION).await;
    assert_eq!(got["__schema"]["mutationType"]["name"], "Mutation");
    let expected = monolith(new_data()).execute(INTROSPECTION).await.data.into_json().expect("JSON");
    let (got, expected) = (types(got), types(expected));
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(&expected) {
        // Descriptions are for people; several subgraphs describe one type.
        let plain = |ty: &Value| ty.to_string().replace("\"description\":null,", "").replace("\"interfaces\":null", "\"interfaces\":[]");
        assert_eq!(plain(got), plain(expected));
    }
}

#[tokio::test]
async fn introspection_mixes_with_data_and_takes_variables() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let document = "query($name: String!, $no: Boolean!) { t: __type(name: $name) { name x: fields @include(if: $no) { name } } rooms { id } u: __typename }";
    let answer = run(&gateway, document, json!({ "name": "Room", "no": false })).await;
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    let data = answer.data.into_json().expect("JSON");
    assert_eq!(data["t"], json!({ "name": "Room" }));
    assert_eq!(data["u"], "Query");
    assert_eq!(data["rooms"][0]["id"], "r1");
    let keys: Vec<_> = data.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(keys, ["t", "rooms", "u"]);
}

#[test]
fn public_schema_has_no_machinery() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    for word in ["join__", "link__", "_entities", "_service", "_Any", "@key", "@join", "federation"] {
        assert!(!gateway.api_sdl().contains(word), "{word}");
    }
    assert!(gateway.supergraph_sdl().contains("join__Graph"));
    expect_test::expect_file!["schema.api.graphql"].assert_eq(gateway.api_sdl());
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Red,
    #[graphql(inaccessible)]
    Secret,
}

#[derive(OneofObject)]
enum Recipient {
    User(String),
    Group(String),
}

#[derive(InputObject)]
struct SendInput {
    to: Recipient,
    #[graphql(default = 1)]
    times: i32,
    tags: Option<Vec<String>>,
}

#[derive(SimpleObject)]
struct Shown {
    name: String,
}

#[derive(SimpleObject)]
#[graphql(inaccessible)]
struct Hidden {
    name: String,
}

#[derive(Interface)]
#[graphql(field(name = "name", ty = "&String"))]
enum Named {
    Shown(Shown),
    Hidden(Hidden),
}

struct Query;

#[Object(name = "Query")]
impl Query {
    async fn colours(&self) -> Vec<Option<Colour>> {
        vec![Some(Colour::Red), Some(Colour::Secret), None]
    }
    async fn named(&self) -> Vec<Option<Named>> {
        vec![Some(Named::Shown(Shown { name: "a".into() })), Some(Named::Hidden(Hidden { name: "b".into() }))]
    }
    async fn send(&self, input: SendInput) -> String {
        let to = match input.to {
            Recipient::User(id) => format!("user {id}"),
            Recipient::Group(id) => format!("group {id}"),
        };
        format!("{to} {} {:?}", input.times, input.tags)
    }
    #[graphql(inaccessible)]
    async fn internal(&self) -> i32 {
        1
    }
}

fn odd_gateway() -> Gateway {
    let subgraph = hosted("odd", Schema::build(Query, EmptyMutation, EmptySubscription).enable_federation().finish());
    Gateway::builder().subgraph("odd", subgraph.sdl(), InProcess(subgraph)).build().expect("a gateway")
}

#[tokio::test]
async fn inaccessible_values_types_and_fields_are_hidden() {
    let gateway = odd_gateway();
    assert_eq!(data_of(&gateway, "{ colours }").await["colours"], json!(["RED", null, null]));
    assert_eq!(data_of(&gateway, "{ named { __typename name } }").await["named"], json!([{ "__typename": "Shown", "name": "a" }, null]));
    assert_eq!(code(&run(&gateway, "{ internal }", Value::Null).await.errors[0]), "GRAPHQL_VALIDATION_FAILED");
    for word in ["Hidden", "SECRET", "internal"] {
        assert!(!gateway.api_sdl().contains(word), "{word}");
    }
}

#[tokio::test]
async fn inputs_with_alternatives_take_exactly_one() {
    let gateway = odd_gateway();
    assert_eq!(data_of(&gateway, r#"{ send(input: { to: { user: "a" } }) }"#).await["send"], "user a 1 None");
    let document = "query($input: SendInput!) { send(input: $input) }";
    let answer = run(&gateway, document, json!({ "input": { "to": { "group": "g" }, "times": 2, "tags": "x" } })).await;
    assert_eq!(answer.data.into_json().expect("JSON")["send"], r#"group g 2 Some(["x"])"#);
    for to in [json!({}), json!({ "user": "a", "group": "b" }), json!({ "user": null }), json!({ "nobody": "a" }), json!("a")] {
        let answer = run(&gateway, document, json!({ "input": { "to": to } })).await;
        assert_eq!(code(&answer.errors[0]), "ARGS_ERROR", "{to}");
    }
    assert!(gateway.api_sdl().contains("@oneOf"));
}

#[test]
fn a_mark_that_several_subgraphs_give_is_there_once() {
    let sdl = |field: &str| {
        format!(
            "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.3\", import: [\"@composeDirective\", \"@shareable\"])
             @link(url: \"https://example.org/marks/v1.0\", import: [\"@mark\"]) @composeDirective(name: \"@mark\")
             directive @mark on OBJECT | FIELD_DEFINITION
             type Query {{ room: Room @shareable @mark }} type Room @mark {{ {field}: Int }}"
        )
    };
    let nothing = || Scripted::json(json!({}));
    let gateway = Gateway::builder().subgraph("a", sdl("a"), nothing()).subgraph("b", sdl("b"), nothing()).build().expect("a gateway");
    assert!(gateway.api_sdl().contains("type Room @mark {"), "{}", gateway.api_sdl());
    assert!(gateway.api_sdl().contains("room: Room @mark\n"), "{}", gateway.api_sdl());
}

#[test]
fn problems_of_composition_are_told() {
    let sdl = |ty: &str| {
        format!("extend schema @link(url: \"https://specs.apollo.dev/federation/v2.3\", import: [\"@key\"]) type Query {{ a: {ty} }}")
    };
    let nothing = || Scripted::json(json!({}));
    let problem =
        Gateway::builder().subgraph("a", sdl("Int"), nothing()).subgraph("b", sdl("String"), nothing()).build().expect_err("refused");
    assert!(matches!(problem, BuildError::Composition(_)), "{problem}");
    assert!(matches!(Gateway::builder().subgraph("a", "type {", nothing()).build(), Err(BuildError::Composition(_))));
    assert!(matches!(Gateway::builder().supergraph("nonsense").build(), Err(BuildError::Supergraph(_))));
    let supergraph = odd_gateway().supergraph_sdl().to_owned();
    assert!(matches!(Gateway::builder().supergraph(supergraph).build(), Err(BuildError::MissingTransport(name)) if name == "odd"));
}
