//! Documents of our own: prepared once, executed without parsing or planning.

use async_graphql::{Executor as _, Request, Response, Value, Variables};
use openim_core::Ctx;
use openim_federation::{Gateway, OperationKind};
use serde_json::json;

use crate::world::{admin, code, ctx, in_process, new_data, over_http};

const DOCUMENT: &str = r#"
    query GetUsers($ids: [ID!]!, $times: Int = 2, $more: Boolean! = false) {
        users(ids: $ids) { userID: id @unix(unit: MILLISECONDS) label(times: $times) greeting @include(if: $more) }
    }
"#;
const DIRECTIVES: &str = "directive @unix(unit: Unit!) on FIELD enum Unit { MILLISECONDS }";

#[tokio::test]
async fn prepared_documents_know_their_variables_and_ignore_rendering_directives() {
    let gateway = in_process(&new_data()).directives(DIRECTIVES).build().expect("a gateway");
    let prepared = gateway.prepare(DOCUMENT, None).expect("a prepared document");
    assert_eq!((prepared.kind(), prepared.name()), (OperationKind::Query, Some("GetUsers")));
    let variables: Vec<_> = prepared.variables().iter().map(|v| (v.name.as_str(), v.ty.as_str(), v.nullable, v.default.clone())).collect();
    let expected = [
        ("ids", "[ID!]!", false, None),
        ("times", "Int", true, Some(Value::from(2))),
        ("more", "Boolean!", false, Some(Value::from(false))),
    ];
    assert_eq!(variables, expected);
    let run = |variables| gateway.execute_prepared(&prepared, Variables::from_json(variables), Box::leak(Box::new(ctx())));
    let answer = run(json!({ "ids": ["u2"] })).await;
    assert_eq!(answer.data.into_json().expect("JSON"), json!({ "users": [{ "userID": "u2", "label": "user 2user 2" }] }));
    let answer = run(json!({ "ids": ["u2"], "times": 1, "more": true })).await;
    assert_eq!(answer.data.into_json().expect("JSON")["users"][0]["greeting"], "hello user 2");
    assert!(!gateway.api_sdl().contains("@unix"), "clients do not see them");
    let refused = crate::world::run(&gateway, DOCUMENT, json!({ "ids": [] })).await;
    assert_eq!(code(&refused.errors[0]), "GRAPHQL_VALIDATION_FAILED", "and cannot use them");
}

#[tokio::test]
async fn prepare_says_what_is_wrong() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let problems = gateway.prepare("query { users { nonsense } }", None).expect_err("refused");
    assert!(!problems.is_empty());
    assert!(problems.iter().all(|problem| code(problem) == "GRAPHQL_VALIDATION_FAILED"));
    assert!(gateway.prepare("query A { rooms { id } }", Some("B")).is_err());
}

#[tokio::test]
async fn explain_shows_the_fetches_and_their_times() {
    let gateway = over_http(&new_data()).await.build().expect("a gateway");
    let document = r#"{ message(id: "m1") { author { name room { id } } } }"#;
    let plan = gateway.explain(document, None, Variables::default()).await.expect("a plan");
    assert_eq!(plan["kind"], "query");
    assert_eq!(plan["parts"][0]["step"]["kind"], "sequence");
    assert!(plan["cost"].as_u64().is_some_and(|cost| cost > 0), "{plan}");
    let run = explained(&gateway, admin(), document, "run").await;
    let data = serde_json::to_value(&run.data).expect("JSON");
    assert_eq!(data["message"]["author"]["name"], "user 2");
    let run = serde_json::to_value(&run.extensions["explain"]).expect("JSON");
    assert_eq!(run["fetches"].as_array().expect("fetches").len(), 3, "{run}");
    assert_eq!(run["parts"], plan["parts"]);
}

#[tokio::test]
async fn only_administrators_see_plans_and_what_changes_something_is_not_run() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let query = r#"{ message(id: "m1") { id } }"#;
    let foreign = explained(&gateway, ctx(), query, "plan").await;
    assert_eq!((code(&foreign.errors[0]).as_str(), foreign.extensions.len()), ("NO_PERMISSION", 0));
    let planned = explained(&gateway, admin(), query, "plan").await;
    assert_eq!((planned.data, planned.errors.len()), (Value::Null, 0));
    let unclear = explained(&gateway, admin(), query, "everything").await;
    assert_eq!(code(&unclear.errors[0]), "ARGS_ERROR");
    let wrong = explained(&gateway, admin(), "{ nonsense }", "run").await;
    assert_eq!(code(&wrong.errors[0]), "GRAPHQL_VALIDATION_FAILED");
    for (document, kind) in
        [("mutation { pin(id: \"r1\", pinned: true) { id } }", "mutation"), ("subscription { posted { id } }", "subscription")]
    {
        let answer = explained(&gateway, admin(), document, "run").await;
        assert_eq!(serde_json::to_value(&answer.extensions["explain"]).expect("JSON")["kind"], kind);
        assert_eq!(answer.data, Value::Null);
    }
}

async fn explained(gateway: &Gateway, ctx: Ctx, document: &str, wanted: &str) -> Response {
    let mut request = Request::new(document).data(ctx);
    request.extensions.insert("explain".to_owned(), Value::from(wanted));
    gateway.execute(request).await
}
