//! Subgraphs that fail, lie, lag or are away: what the client sees.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Executor, Request, Variables};
use openim_core::{ManualClock, Runtime, Timestamp};
use openim_federation::{Gateway, SubgraphTransport, TransportError};
use serde_json::{Value, json};

use crate::scripted::{Scripted, response};
use crate::world::{code, ctx, ctx_on, ctx_with, data_of, in_process, new_data, run, subgraphs};

/// A gateway whose subgraph `users` is replaced.
fn with_users(users: impl SubgraphTransport) -> Gateway {
    let data = new_data();
    let mut builder = Gateway::builder();
    let mut users = Some(users);
    for subgraph in subgraphs(&data) {
        let (name, sdl) = (subgraph.name(), subgraph.sdl());
        builder = match users.take_if(|_| name == "users") {
            Some(users) => builder.subgraph(name, sdl, users),
            None => builder.subgraph(name, sdl, openim_federation::InProcess(subgraph)),
        };
    }
    builder.build().expect("a gateway")
}

fn path(error: &async_graphql::ServerError) -> Value {
    serde_json::to_value(&error.path).expect("JSON")
}

#[tokio::test]
async fn unreachable_subgraph_is_null_with_a_code_and_a_path() {
    let gateway = with_users(Scripted::new(|_| Err(TransportError::Unreachable("gone".into()))));
    let answer =
        run(&gateway, r#"{ text: message(id: "m1") { text author { nickname unread } } user(id: "u1") { name } }"#, Value::Null).await;
    assert_eq!(
        answer.data.clone().into_json().expect("JSON"),
        json!({ "text": { "text": "text 1", "author": { "nickname": null, "unread": 6 } }, "user": null })
    );
    assert_eq!(answer.errors.len(), 2, "{:?}", answer.errors);
    for error in &answer.errors {
        assert_eq!(code(error), "UNAVAILABLE");
        assert!(!error.message.contains("gone"));
    }
    assert_eq!(path(&answer.errors[0]), json!(["user"]));
    assert_eq!(path(&answer.errors[1]), json!(["text", "author"]));
}

#[tokio::test]
async fn late_subgraph_ends_at_the_deadline_and_the_rest_is_answered() {
    struct Never;
    #[async_trait::async_trait]
    impl SubgraphTransport for Never {
        async fn execute(
            &self,
            request: openim_federation::SubgraphRequest,
        ) -> Result<openim_federation::SubgraphResponse, TransportError> {
            tokio::time::timeout(request.ctx.remaining(), std::future::pending()).await.unwrap_or(Err(TransportError::DeadlineExceeded))
        }
        async fn subscribe(
            &self,
            _: openim_federation::SubgraphRequest,
        ) -> Result<futures_util::stream::BoxStream<'static, Result<openim_federation::SubgraphResponse, TransportError>>, TransportError>
        {
            Err(TransportError::DeadlineExceeded)
        }
    }
    let gateway = with_users(Never);
    // The clock stands: who is not late is in time on a slow machine, too.
    let runtime = Runtime { clock: Arc::new(ManualClock::new(Timestamp(0))), ..Runtime::system() };
    let short = ctx_on(runtime, Duration::from_millis(100));
    let request = Request::new(r#"{ message(id: "m1") { text } user(id: "u1") { unread } }"#).data(short);
    let answer = gateway.execute(request).await;
    assert_eq!(answer.data.into_json().expect("JSON"), json!({ "message": { "text": "text 1" }, "user": null }));
    assert_eq!(code(&answer.errors[0]), "DEADLINE_EXCEEDED");
    assert_eq!(path(&answer.errors[0]), json!(["user"]));
    let request = Request::new("{ messages { text } }").data(ctx_with(Duration::ZERO));
    assert_eq!(code(&gateway.execute(request).await.errors[0]), "DEADLINE_EXCEEDED");
}

#[tokio::test]
async fn entities_error_reaches_every_object_that_used_the_entity() {
    // Messages 1 and 7 have the same author; the error names its place among the representations.
    let users = Scripted::new(|request| {
        assert!(request.op.query.contains("_entities"));
        let Some(async_graphql::Value::List(asked)) = request.variables.get(&async_graphql::Name::new("representations")) else { panic!() };
        assert_eq!(asked.len(), 6, "equal representations are sent once");
        let entities: Vec<_> = (0..6).map(|n| if n == 0 { json!({ "_gw_text": null }) } else { json!({ "_gw_text": "nick" }) }).collect();
        let error = json!({ "message": "no", "path": ["_entities", 0, "_gw_text"], "locations": [{ "line": 1, "column": 2 }] });
        Ok(response(json!({ "data": { "_entities": entities }, "errors": [error] })))
    });
    let answer = run(&with_users(users), "{ all: messages(first: 8) { author { text: nickname } } }", Value::Null).await;
    let paths: Vec<_> = answer.errors.iter().map(path).collect();
    assert_eq!(paths, [json!(["all", 0, "author", "text"]), json!(["all", 6, "author", "text"])]);
    assert!(answer.errors.iter().all(|error| error.locations.is_empty() && code(error) == "INTERNAL"));
    assert_eq!(answer.data.into_json().expect("JSON")["all"][0], json!({ "author": { "text": null } }));
}

#[tokio::test]
async fn entities_errors_without_an_index_belong_to_the_entities_that_lack_the_field() {
    let users = Scripted::new(|_| {
        let entities = json!([{ "nickname": "a" }, {}, { "nickname": "c" }, {}]);
        let error = |code: &str| json!({ "message": "no", "path": ["_entities", "nickname"], "extensions": { "code": code } });
        Ok(response(json!({ "data": { "_entities": entities }, "errors": [error("FIRST"), error("SECOND")] })))
    });
    let answer = run(&with_users(users), "{ messages(first: 4) { author { nickname } } }", Value::Null).await;
    let found: Vec<_> = answer.errors.iter().map(|error| (code(error), path(error))).collect();
    let expected = [
        ("FIRST".to_owned(), json!(["messages", 1, "author", "nickname"])),
        ("SECOND".to_owned(), json!(["messages", 3, "author", "nickname"])),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn null_where_none_may_be_goes_up_to_the_nearest_nullable_parent() {
    // The failing field is left out of its object, as the subgraphs' library does it.
    let error = json!({ "message": "no", "path": ["user", "friends", 0, "name"], "extensions": { "code": "RECORD_NOT_FOUND" } });
    let users = Scripted::json(json!({ "data": { "user": { "friends": [{}, { "name": "b" }] } }, "errors": [error] }));
    let answer = run(&with_users(users), r#"{ user(id: "u3") { friends { name } } messages(first: 1) { text } }"#, Value::Null).await;
    assert_eq!(answer.data.into_json().expect("JSON"), json!({ "user": null, "messages": [{ "text": "text 1" }] }));
    assert_eq!(code(&answer.errors[0]), "RECORD_NOT_FOUND");
    assert_eq!(path(&answer.errors[0]), json!(["user", "friends", 0, "name"]));
}

#[tokio::test]
async fn lies_of_a_subgraph_become_null_and_not_data() {
    let users = Scripted::json(json!({ "data": { "user": { "name": "a", "friends": "none", "nickname": { "deep": 1 } }, "users": null } }));
    let gateway = with_users(users);
    let answer = run(&gateway, r#"{ user(id: "u3") { name friends { name } } }"#, Value::Null).await;
    assert_eq!(answer.data.into_json().expect("JSON"), json!({ "user": null }));
    // `users` must not be null and has no nullable parent: the answer has no data and says why.
    let answer = run(&gateway, r#"{ users(ids: []) { name } }"#, Value::Null).await;
    assert_eq!(answer.data, async_graphql::Value::Null);
    assert_eq!(code(&answer.errors[0]), "INTERNAL");
}

#[tokio::test]
async fn mutation_stops_after_a_field_that_must_not_be_null() {
    let data = new_data();
    let mut builder = Gateway::builder();
    for subgraph in subgraphs(&data) {
        let (name, sdl) = (subgraph.name(), subgraph.sdl());
        builder = match name {
            "messages" => {
                builder.subgraph(name, sdl, Scripted::json(json!({ "data": null, "errors": [{ "message": "no", "path": ["post"] }] })))
            }
            _ => builder.subgraph(name, sdl, openim_federation::InProcess(subgraph)),
        };
    }
    let gateway = builder.build().expect("a gateway");
    let document =
        r#"mutation { rename(id: "u1", name: "x") { name } post(author: "u1", text: "") { id } pin(id: "r1", pinned: true) { id } }"#;
    let answer = run(&gateway, document, Value::Null).await;
    assert_eq!(answer.data, async_graphql::Value::Null);
    assert_eq!(data.read().log, ["rename u1 x"]);
}

#[tokio::test]
async fn bad_documents_and_variables_are_refused_with_codes_and_positions() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let bad = run(&gateway, "{ user(id: 1) { nonsense } }", Value::Null).await;
    assert_eq!(code(&bad.errors[0]), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!((bad.errors[0].locations[0].line, bad.errors[0].locations[0].column), (1, 17));
    for document in [
        "",
        "{",
        "query A { rooms { id } } query B { rooms { id } }",
        "{ ...F } fragment F on Query { ...F }",
        "subscription { posted { id } rooms }",
    ] {
        assert_eq!(code(&run(&gateway, document, Value::Null).await.errors[0]), "GRAPHQL_VALIDATION_FAILED", "{document}");
    }
    let document = "query($ids: [ID!]!, $times: Int) { users(ids: $ids) { label(times: $times) } }";
    for variables in
        [json!({}), json!({ "ids": null }), json!({ "ids": [null] }), json!({ "ids": [], "times": "1" }), json!({ "ids": [{}] })]
    {
        let answer = run(&gateway, document, variables.clone()).await;
        assert_eq!(code(&answer.errors[0]), "ARGS_ERROR", "{variables}");
    }
    let named = Request::new("query A { rooms { id } } query B { rooms { name } }").operation_name("B").data(ctx());
    assert_eq!(gateway.execute(named).await.data.into_json().expect("JSON")["rooms"][0], json!({ "name": "room 1" }));
}

#[tokio::test]
async fn request_without_a_context_is_refused_unless_a_default_is_given() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let answer = gateway.execute(Request::new("{ rooms { id } }")).await;
    assert_eq!(code(&answer.errors[0]), "UNAUTHENTICATED");
    let gateway = in_process(&new_data()).default_ctx(ctx).build().expect("a gateway");
    let answer = gateway.execute(Request::new("{ rooms { id } }").variables(Variables::default())).await;
    assert!(answer.errors.is_empty());
    assert_eq!(data_of(&gateway, "{ rooms { id } }").await["rooms"][0]["id"], "r1");
}

#[tokio::test]
async fn remote_subgraphs_are_bounded_and_tell_what_is_wrong_only_to_the_log() {
    use crate::world::{host, users};
    use openim_federation::proof::ProofSigner;
    use openim_federation::{Http, HttpOptions};

    let signer = Arc::new(ProofSigner::new("shared secret"));
    let url = host::host(users::subgraph(new_data()), Arc::clone(&signer)).await;
    let good = HttpOptions { signer: Some(signer), ..HttpOptions::default() };
    let document = r#"{ user(id: "u1") { name } }"#;
    for (address, options, expected) in [
        (url.as_str(), good.clone(), None),
        (&url, HttpOptions { max_answer_bytes: 10, ..good.clone() }, Some("LIMIT_EXCEEDED")),
        (&url, HttpOptions::default(), Some("INTERNAL")),
        (&url, HttpOptions { signer: Some(Arc::new(ProofSigner::new("wrong"))), ..good.clone() }, Some("INTERNAL")),
        ("http://127.0.0.1:1/", good, Some("UNAVAILABLE")),
    ] {
        let gateway = with_users(Http::new(address, options).expect("a transport"));
        let answer = run(&gateway, document, Value::Null).await;
        assert_eq!(answer.errors.first().map(code), expected.map(str::to_owned), "{address} {:?}", answer.errors);
        assert_eq!(answer.errors.first().map(path), expected.map(|_| json!(["user"])));
    }
    for bad in ["ftp://host/", "nonsense", ""] {
        assert!(Http::new(bad, HttpOptions::default()).is_err(), "{bad}");
    }
}
