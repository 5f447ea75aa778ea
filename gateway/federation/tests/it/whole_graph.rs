//! The project's own graph under the limits that clients have: what tools and honest clients ask passes, what multiplies is
//! refused before it runs.

use std::future::ready;

use async_graphql::Response;
use openim_federation::{Gateway, Limits};
use serde_json::{Value, json};

use crate::scripted::Scripted;
use crate::world::{code, run};

const SUPERGRAPH: &str = include_str!("../../../../schema/supergraph.graphql");
const SUBGRAPHS: [&str; 7] = ["users", "relations", "groups", "messages", "conversations", "third", "realtime"];

/// The graph over subgraphs that know nothing, with the limits that the configuration begins with.
fn graph() -> Gateway {
    let limits = Limits { tokens: 4_000, aliases: 50, ..Limits::default() };
    let builder = Gateway::builder().supergraph(SUPERGRAPH).limits(limits);
    let nothing = || Scripted::json(json!({ "data": {} }));
    SUBGRAPHS.into_iter().fold(builder, |builder, name| builder.transport(name, nothing())).build().expect("a gateway")
}

/// What tools ask of a schema, with all their options: `depth` times `ofType`.
fn asked_by_tools(depth: usize) -> String {
    let reference = format!("kind name {}{}", "ofType { kind name ".repeat(depth), "}".repeat(depth));
    format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} mutationType {{ name kind }}
           subscriptionType {{ name kind }} types {{ ...FullType }}
           directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description specifiedByURL
           fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ ...InputValue }} type {{ ...TypeRef }}
             isDeprecated deprecationReason }}
           inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }}
           enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} possibleTypes {{ ...TypeRef }} }}
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue isDeprecated deprecationReason }}
         fragment TypeRef on __Type {{ {reference} }}"
    )
}

fn aliases(count: usize, prefix: &str, field: &str) -> String {
    (0..count).map(|n| format!("{prefix}{n}: {field} ")).collect()
}

/// A short document whose answer is a product of the numbers of types and fields.
fn multiplied(a: usize, b: usize, c: usize) -> String {
    format!(
        "{{ __schema {{ types {{ {} }} }} }} fragment K on __Field {{ type {{ ...M }} }} fragment M on __Type {{ {} }}
         fragment L on __Field {{ {} }}",
        aliases(a, "a", "fields { ...K }"),
        aliases(b, "b", "fields { ...L }"),
        aliases(c, "c", "name")
    )
}

fn refused(answer: &Response) -> bool {
    answer.errors.first().is_some_and(|error| code(error) == "LIMIT_EXCEEDED")
}

#[tokio::test]
async fn what_tools_ask_of_the_schema_passes() {
    let graph = graph();
    for depth in [3, 7, 9] {
        let answer = run(&graph, &asked_by_tools(depth), Value::Null).await;
        assert!(answer.errors.is_empty(), "{depth}: {:?}", answer.errors);
        let data = answer.data.into_json().expect("JSON");
        assert!(data["__schema"]["types"].as_array().is_some_and(|types| types.len() > 300));
    }
    let one = r#"{ __type(name: "Message") { name fields { name type { name ofType { name } } } } }"#;
    assert_eq!(run(&graph, one, Value::Null).await.data.into_json().expect("JSON")["__type"]["name"], "Message");
}

#[tokio::test]
async fn questions_about_the_schema_count_like_others() {
    let graph = graph();
    let named = format!("{{ __schema {{ types {{ {} }} }} }}", aliases(51, "a", "name"));
    let long = format!("{{ __schema {{ types {{ {} }} }} }}", "...F ".repeat(101)) + " fragment F on __Type { " + &"name ".repeat(20) + "}";
    let deep = format!("{{ __schema {{ types {{ {}name{} }} }} }}", "ofType { ".repeat(14), "}".repeat(14));
    for document in [named, long, deep] {
        assert!(refused(&run(&graph, &document, Value::Null).await), "{document}");
    }
}

#[tokio::test]
async fn a_question_that_multiplies_the_schema_is_refused_before_it_runs() {
    let graph = graph();
    for (a, b, c) in [(5, 5, 5), (10, 10, 5), (15, 15, 10)] {
        let document = multiplied(a, b, c);
        assert!(document.len() < 2_000);
        assert!(refused(&run(&graph, &document, Value::Null).await), "{a} {b} {c}");
    }
    let described = format!("{{ __schema {{ types {{ {} }} }} }}", aliases(50, "a", "fields { description args { description } }"));
    assert!(refused(&run(&graph, &described, Value::Null).await));
    let data_too = format!("{{ eventLimits {{ maxMissed }} {}", multiplied(5, 5, 5).trim_start_matches('{'));
    assert!(refused(&run(&graph, &data_too, Value::Null).await));
}

#[tokio::test]
async fn answering_about_the_schema_holds_no_worker() {
    let graph = graph();
    let document = asked_by_tools(9);
    // The second time nothing is left to parse or plan.
    assert!(!refused(&run(&graph, &document, Value::Null).await));
    tokio::select! {
        biased;
        _ = run(&graph, &document, Value::Null) => panic!("the worker made the answer itself"),
        () = ready(()) => {}
    }
}

#[tokio::test]
async fn pulls_count_the_messages_that_they_may_bring() {
    let graph = graph();
    let pull = |count| {
        let pull = r#"pullMessages(ranges: [{ conversationId: "si_a_b", begin: 1, end: 1000 }]) { messages { rawText } }"#;
        format!("{{ viewer {{ {} }} }}", aliases(count, "a", pull))
    };
    assert!(!refused(&run(&graph, &pull(1), Value::Null).await));
    assert!(refused(&run(&graph, &pull(5), Value::Null).await));
    let pick = |count| {
        format!(
            "query($l: [SeqListInput!]!) {{ viewer {{ {} }} }}",
            aliases(count, "a", "messagesBySeqs(lists: $l) { messages { rawText } }")
        )
    };
    let lists = json!({ "l": [{ "conversationId": "si_a_b", "seqs": vec![1; 1_000] }] });
    assert!(!refused(&run(&graph, &pick(1), lists.clone()).await));
    assert!(refused(&run(&graph, &pick(5), lists).await));
}
