//! `openim gateway`: the federation over somebody else's supergraph.

use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::harness::{Binary, Client};

const SUPERGRAPH: &str = r#"
schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
{ query: Query }
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
scalar join__FieldSet
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph { GREETINGS @join__graph(name: "greetings", url: "URL") }
type Query @join__type(graph: GREETINGS) { hello: String }
"#;

async fn greetings() -> String {
    let answer = |Json(request): Json<Value>| async move {
        assert!(request["query"].as_str().is_some_and(|query| query.contains("hello")), "{request}");
        Json(json!({ "data": { "hello": "world" } }))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/graphql", post(answer))).await });
    format!("http://{address}/graphql")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_supergraph_is_served_and_its_addresses_can_be_replaced() {
    let (binary, url) = (Binary::new(), greetings().await);
    let replaced = format!("greetings={url}");
    let cases =
        [(SUPERGRAPH.replace("URL", &url), vec![]), (SUPERGRAPH.replace("URL", "http://127.0.0.1:1"), vec!["--subgraph", &replaced])];
    for (sdl, flags) in cases {
        let file = binary.folder().join("supergraph.graphql");
        std::fs::write(&file, sdl).expect("writable");
        let file = file.display().to_string();
        let mut process = binary.gateway(&[&["--supergraph", &file][..], &flags].concat()).await;
        let client = Client::new(process.address);
        assert_eq!(client.data("{ hello __typename }", json!({})).await, json!({ "hello": "world", "__typename": "Query" }));
        assert_eq!(client.with_token("some").code("{ hello }", json!({})).await, "TOKEN_UNKNOWN");
        process.signal("TERM").await;
        assert_eq!(process.ended().await, Some(0));
    }
}

#[tokio::test]
async fn a_subgraph_that_the_supergraph_does_not_have_is_refused() {
    let binary = Binary::new();
    let file = binary.folder().join("supergraph.graphql");
    std::fs::write(&file, SUPERGRAPH).expect("writable");
    let output = binary.run(&["gateway", "--supergraph", &file.display().to_string(), "--subgraph", "other=http://127.0.0.1:1"], &[]).await;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("--subgraph other: the supergraph has no such subgraph"), "{text}");
}
