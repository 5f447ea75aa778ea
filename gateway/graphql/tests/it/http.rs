//! One answer a request: bodies, methods, authentication, limits.

use std::sync::atomic::Ordering;
use std::time::Duration;

use openim_core::ErrorCode;
use serde_json::json;

use crate::support::{Server, answer, code, soon};

#[tokio::test]
async fn a_query_is_answered_for_the_caller_of_the_token() {
    let server = Server::start().await;
    let token = server.login("alice");
    let query = json!({ "query": "{ me }" });
    for request in [server.post(&query).bearer_auth(&token), server.post(&query).header("token", &token)] {
        assert_eq!(answer(request).await, (200, json!({ "data": { "me": "alice" } })));
    }
    assert_eq!(answer(server.post(&query)).await, (200, json!({ "data": { "me": "nobody" } })));
}

#[tokio::test]
async fn variables_operation_name_and_get_work() {
    let server = Server::start().await;
    let query = "query A { me } query B($t: String!) { echo(text: $t) }";
    let body = json!({ "query": query, "operationName": "B", "variables": { "t": "hé" } });
    assert_eq!(answer(server.post(&body)).await.1, json!({ "data": { "echo": "hé" } }));
    let get = "/graphql?query=query(%24t%3AString!)%7Becho(text%3A%24t)%7D&variables=%7B%22t%22%3A%22x%22%7D";
    assert_eq!(answer(server.get(get)).await, (200, json!({ "data": { "echo": "x" } })));
}

#[tokio::test]
async fn every_answer_carries_the_operation_id() {
    let server = Server::start().await;
    for name in ["operationID", "x-operation-id"] {
        let response = server.post(&json!({ "query": "{ operation }" })).header(name, "op-7").send().await.unwrap();
        assert_eq!(response.headers()["x-operation-id"], "op-7");
        assert_eq!(response.json::<serde_json::Value>().await.unwrap()["data"]["operation"], "op-7");
    }
    let made = server.post_raw("text/plain", "x").send().await.unwrap();
    assert_eq!(made.headers()["x-operation-id"].len(), 32);
}

#[tokio::test]
async fn a_bad_token_is_refused_before_anything_runs() {
    let server = Server::start().await;
    server.refuse("old", ErrorCode::TokenExpired);
    let bump = json!({ "query": "mutation { bump }" });
    let (status, body) = answer(server.post(&bump).bearer_auth("old")).await;
    assert_eq!((status, code(&body)), (401, "TOKEN_EXPIRED"));
    assert_eq!(body["errors"][0]["extensions"]["errCode"], 1501);
    assert!(body.get("data").is_none());
    let (status, body) = answer(server.post(&bump).header("authorization", "Basic abc")).await;
    assert_eq!((status, code(&body)), (401, "TOKEN_MALFORMED"));
    assert_eq!(server.probe.bumps.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn bodies_that_are_no_request_are_refused_with_a_reason() {
    let server = Server::start().await;
    for (body, status, word) in [
        ("", 400, "ARGS_ERROR"),
        ("{", 400, "ARGS_ERROR"),
        ("5", 400, "ARGS_ERROR"),
        ("{}", 400, "ARGS_ERROR"),
        (r#"{"query":5}"#, 400, "ARGS_ERROR"),
        (r#"{"query":"{ me }","variables":[1]}"#, 400, "ARGS_ERROR"),
        (r#"{"query":"{ me }","variables":"{}"}"#, 400, "ARGS_ERROR"),
        (r#"{"query":"{ me }","operationName":1}"#, 400, "ARGS_ERROR"),
        (r#"{"query":"{ me }","extensions":7}"#, 400, "ARGS_ERROR"),
        (r#"{"query":"{ me }","extensions":{"persistedQuery":1}}"#, 400, "ARGS_ERROR"),
        ("[]", 400, "ARGS_ERROR"),
        ("[1]", 400, "ARGS_ERROR"),
    ] {
        let (got, answer) = answer(server.post_raw("application/json", body)).await;
        assert_eq!((got, code(&answer)), (status, word), "{body}");
        assert!(answer.get("data").is_none(), "{body}");
    }
    let nested = format!(r#"{{"query":"{{ me }}","variables":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000));
    assert_eq!(answer(server.post_raw("application/json", nested)).await.0, 400);
}

#[tokio::test]
async fn content_types_that_any_page_may_send_are_refused() {
    let server = Server::start().await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "image/png", "application/json; charset=latin1", ""] {
        let (status, body) = answer(server.post_raw(content_type, r#"{"query":"mutation { bump }"}"#)).await;
        assert_eq!((status, code(&body)), (415, "ARGS_ERROR"), "{content_type}");
    }
    assert_eq!(server.probe.bumps.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn forms_with_files_are_no_requests() {
    let server = Server::start().await;
    let part = |name: &str, content: &str| format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n");
    let file = "--b\r\ncontent-disposition: form-data; name=\"0\"; filename=\"a\"\r\n\r\na\r\n--b--\r\n";
    let operation = r#"{"query":"mutation { bump }","variables":{"file":null}}"#;
    let form = format!("{}{}{file}", part("operations", operation), part("map", r#"{"0":["variables.file"]}"#));
    let token = server.login("alice");
    for (name, value) in [("accept", "*/*"), ("x-operation-id", "up"), ("apollo-require-preflight", "true"), ("token", token.as_str())] {
        let request = server.post_raw("multipart/form-data; boundary=b", form.clone()).header(name, value);
        let (status, body) = answer(request).await;
        assert_eq!((status, code(&body)), (415, "ARGS_ERROR"), "{name}");
        assert!(body["errors"][0]["message"].as_str().unwrap().contains("startUpload"), "{body}");
    }
    assert_eq!(server.probe.bumps.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let server = Server::start().await;
    let long = "x".repeat(2 * 1024 * 1024);
    let (status, body) = answer(server.post(&json!({ "query": "{ me }", "variables": { "a": long } }))).await;
    assert_eq!((status, code(&body)), (413, "LIMIT_EXCEEDED"));
    let chunks = futures_util::stream::iter((0..32).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024])));
    let (status, body) = answer(server.post_raw("application/json", reqwest::Body::wrap_stream(chunks))).await;
    assert_eq!((status, code(&body)), (413, "LIMIT_EXCEEDED"), "without content-length");
}

#[tokio::test]
async fn a_mutation_by_get_is_refused() {
    let server = Server::start().await;
    for query in ["mutation%7Bbump%7D", "query%20A%7Bme%7D%20mutation%20B%7Bbump%7D&operationName=B", "%23%0D%0Amutation%7Bbump%7D"] {
        let response = server.get(&format!("/graphql?query={query}")).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 405, "{query}");
        assert_eq!(response.headers()["allow"], "POST");
    }
    assert_eq!(server.probe.bumps.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn gets_that_say_nothing_clear_are_400() {
    let server = Server::start().await;
    for query in ["", "?query=", "?variables=x&query=%7Bme%7D", "?extensions=%5B%5D&query=%7Bme%7D", "?query=%7Bme%7D&query=%7Bme%7D"] {
        assert_eq!(answer(server.get(&format!("/graphql{query}"))).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn other_methods_are_405() {
    let server = Server::start().await;
    for method in [reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::PATCH] {
        let response = server.request(method).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 405);
        assert_eq!(response.headers()["allow"], "GET, POST");
    }
}

#[tokio::test]
async fn an_operations_own_reason_goes_before_the_headers() {
    let server = Server::start().await;
    let (plain, own) = (json!({ "query": "{ why }" }), json!({ "query": "{ why }", "extensions": { "auditReason": "own" } }));
    let (_, body) = answer(server.post(&own)).await;
    assert_eq!(body["data"]["why"], "own");
    let (_, body) = answer(server.post(&json!([plain, own])).header("audit-reason", "all%20of%20them")).await;
    assert_eq!((&body[0]["data"]["why"], &body[1]["data"]["why"]), (&json!("all of them"), &json!("own")));
    let (status, body) = answer(server.post(&json!({ "query": "{ why }", "extensions": { "auditReason": 7 } }))).await;
    assert_eq!((status, &body["errors"][0]["extensions"]["code"]), (400, &json!("ARGS_ERROR")));
}

#[tokio::test]
async fn a_batch_is_answered_in_order_up_to_its_limit() {
    let server = Server::start().await;
    let one = json!({ "query": "{ me }" });
    let batch =
        json!([{ "query": "{ echo(text: \"a\") }" }, { "query": "{ nothing }" }, { "query": "subscription { ticks { number } }" }, one]);
    let (status, body) = answer(server.post(&batch)).await;
    assert_eq!((status, &body[0]["data"]["echo"], &body[3]["data"]["me"]), (200, &json!("a"), &json!("nobody")));
    assert_eq!(body[1]["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(body[2]["errors"][0]["extensions"]["code"], "ARGS_ERROR");
    let (status, body) = answer(server.post(&json!(vec![one; 11]))).await;
    assert_eq!((status, code(&body)), (400, "LIMIT_EXCEEDED"));
}

#[tokio::test]
async fn an_operation_is_given_up_at_its_deadline() {
    let server = Server::with(|settings| settings.deadline = Duration::from_millis(60)).await;
    let (status, body) = answer(server.post(&json!({ "query": "{ forever }" }))).await;
    assert_eq!((status, code(&body)), (200, "DEADLINE_EXCEEDED"));
    let server = Server::start().await;
    let (_, body) = answer(server.post(&json!({ "query": "{ remaining }" }))).await;
    assert_eq!(body["data"]["remaining"], 30_000, "resolvers know it too");
}

#[tokio::test]
async fn inner_failures_are_not_told() {
    let server = Server::start().await;
    let (status, body) = answer(server.post(&json!({ "query": "{ fail }" }))).await;
    assert_eq!((status, code(&body)), (200, "INTERNAL"));
    assert_eq!(body["data"], serde_json::Value::Null);
    assert!(!body.to_string().contains("secret"), "{body}");
}

#[tokio::test]
async fn introspection_can_be_switched_off() {
    let server = Server::with(|settings| settings.introspection = false).await;
    let (_, body) = answer(server.post(&json!({ "query": "{ __schema { types { name } } }" }))).await;
    assert_eq!(code(&body), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(answer(server.post(&json!({ "query": "{ __typename }" }))).await.1["data"]["__typename"], "Query");
}

#[tokio::test]
async fn a_body_that_never_comes_is_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = Server::with(|settings| settings.deadline = Duration::from_millis(60)).await;
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut seen = [0_u8; 12];
    soon(stream.read_exact(&mut seen)).await.unwrap();
    assert_eq!(&seen, b"HTTP/1.1 408");
}

#[tokio::test]
async fn a_subscription_that_is_only_explained_needs_no_stream() {
    let server = Server::start().await;
    let body = json!({ "query": "subscription { ticks { number } }", "extensions": { "explain": "plan" } });
    let (status, body) = answer(server.post(&body)).await;
    // This executor explains nothing; what matters is that it was asked.
    assert_eq!((status, code(&body)), (200, "GRAPHQL_VALIDATION_FAILED"));
}
