//! Headers, tokens, paths and bodies: everything before and around an operation.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use openim_core::ErrorCode;
use serde_json::json;

use crate::support::{Door, Graph};

const TIME: &str = "/msg/get_server_time";

fn clock() -> Graph {
    Graph::answering(json!({"serverTime": "2026-11-21T10:20:30.123Z"}))
}

#[tokio::test]
async fn a_call_answers_the_envelope_with_openims_headers() {
    let graph = clock();
    let answer = Door::over(&graph).post_as("user", TIME, "{}").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body, r#"{"errCode":0,"errMsg":"","errDlt":"","data":{"serverTime":1795256430123}}"#);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert_eq!(answer.headers["access-control-max-age"], "172800");
    assert_eq!(answer.headers["access-control-allow-credentials"], "false");
    assert_eq!(answer.headers["x-http-id"].len(), 36);
    let calls = graph.calls();
    assert_eq!((calls[0].user.as_deref(), calls[0].operation_id.as_str()), (Some("user"), "op-1"));
}

#[tokio::test]
async fn headers_are_checked_in_openims_order_before_path_and_body() {
    let door = Door::over(&clock());
    for path in [TIME, "/no/such/path"] {
        let answer = door.post_with(&[], path, "broken").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body, r#"{"errCode":1001,"errMsg":"ArgsError","errDlt":"header must have operationID"}"#);
        let answer = door.post_with(&[("operationID", ""), ("token", "user")], path, "{}").await;
        assert_eq!(answer.detail(), "header must have operationID");
        let answer = door.post_with(&[("operationID", "x")], path, "broken").await;
        assert_eq!(answer.body, r#"{"errCode":1001,"errMsg":"ArgsError","errDlt":"header must have token"}"#);
        for (token, code) in [("expired", 1501), ("rubbish", 1503), ("kicked", 1506), ("unknown", 1507)] {
            assert_eq!(door.post_as(token, path, "broken").await.code(), code, "{token}");
        }
    }
    assert_eq!(door.post_as("user", TIME, "broken").await.code(), 1001);
    assert_eq!(door.post_as("expired", TIME, "{}").await.body, r#"{"errCode":1501,"errMsg":"TokenExpiredError","errDlt":""}"#);
}

#[tokio::test]
async fn token_free_paths_need_the_operation_id_only() {
    let door = Door::over(&Graph::answering(json!({"createAdminToken": {"token": "t", "expireTimeSeconds": 60}})));
    let body = r#"{"secret":"s","userID":"imAdmin"}"#;
    let answer = door.post_with(&[("operationID", "x")], "/auth/get_admin_token", body).await;
    assert_eq!(answer.data(), json!({"token": "t", "expireTimeSeconds": 60}));
    assert_eq!(door.post_with(&[], "/auth/get_admin_token", body).await.code(), 1001);
    // The list names prefixes, as upstream's does: the path decides only afterwards.
    let answer = door.post_with(&[("operationID", "x")], "/auth/parse_token_else", "{}").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(door.post_with(&[("operationID", "x")], "/auth/get_user_token", "{}").await.detail(), "header must have token");
}

#[tokio::test]
async fn unknown_paths_and_other_methods_are_404_text() {
    let door = Door::over(&clock());
    for path in ["/", "/no/such/path", "/third/no_such_route", "/msg/get_server_time/"] {
        let answer = door.post_as("user", path, "{}").await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, "404 page not found"), "{path}");
        assert_eq!(answer.headers["content-type"], "text/plain");
    }
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let request = Request::builder().method(method).uri(TIME).body(Body::empty()).expect("a request");
        let answer = door.send(request).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, "404 page not found"));
    }
}

#[tokio::test]
async fn options_are_answered_on_any_path() {
    let door = Door::over(&clock());
    for path in ["/", TIME, "/no/such/path"] {
        let request = Request::builder().method(Method::OPTIONS).uri(path).body(Body::empty()).expect("a request");
        let answer = door.send(request).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!("Options Request!")));
        assert_eq!(answer.headers["access-control-allow-headers"], "*");
        assert_eq!(answer.headers["access-control-allow-methods"], "*");
    }
}

#[tokio::test]
async fn malformed_bodies_are_400_only_on_gin_bound_routes() {
    let door = Door::over(&clock());
    for body in ["", "{", "[]", "{\"userIDs\":1}", "null null"] {
        let answer = door.post("/user/get_users_info", body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::OK, 1001), "{body}");
        let answer = door.post("/msg/send_msg", body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, 1001), "{body}");
    }
    let answer = door.post("/msg/send_msg", r#"{"sendID":""}"#).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, 1001));
}

#[tokio::test]
async fn a_body_is_read_up_to_16_mib_and_a_cut_one_does_not_parse() {
    let graph = Graph::answering(json!({"usersInfo": []}));
    let door = Door::over(&graph);
    let body = |size: usize| {
        let frame = r#"{"userIDs":[],"x":""}"#;
        format!(r#"{{"userIDs":[],"x":"{}"}}"#, "a".repeat(size - frame.len()))
    };
    let limit = 16 << 20;
    assert_eq!(
        door.post("/user/get_users_info", body(limit)).await.body,
        r#"{"errCode":0,"errMsg":"","errDlt":"","data":{"usersInfo":null}}"#
    );
    assert_eq!(door.post("/user/get_users_info", body(limit + 1)).await.code(), 1001);
    let chunks: Vec<Result<String, std::io::Error>> =
        body(limit + 9).as_bytes().chunks(1 << 20).map(|c| Ok(String::from_utf8_lossy(c).into_owned())).collect();
    let answer = door.post("/user/get_users_info", Body::from_stream(futures_util::stream::iter(chunks))).await;
    assert_eq!(answer.code(), 1001);
    assert_eq!(graph.calls().len(), 1);
}

#[tokio::test]
async fn errors_of_the_graph_become_the_envelope_and_the_first_counts() {
    for (code, number, text) in [
        (ErrorCode::NoPermission, 1002, "NoPermissionError"),
        (ErrorCode::NotFound, 1004, "RecordNotFoundError"),
        (ErrorCode::AlreadyRegistered, 1102, "RegisteredAlreadyError"),
        (ErrorCode::Internal, 500, "ServerInternalError"),
    ] {
        let door = Door::over(&Graph::new(move |_, _| Err((code, "because of <this>"))));
        let answer = door.post_as("user", TIME, "{}").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body, format!(r#"{{"errCode":{number},"errMsg":"{text}","errDlt":"because of \u003cthis\u003e"}}"#));
    }
    let door = Door::over(&Graph::new(|_, _| Err((ErrorCode::TooManyRequests, "slow down"))));
    let answer = door.post_as("user", TIME, "{}").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, 429));
}

#[tokio::test]
async fn a_panic_is_an_empty_500_and_the_door_stays_open() {
    let door = Door::over(&clock());
    let answer = door.post_as("panic", TIME, "{}").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, ""));
    assert_eq!(door.post_as("user", TIME, "{}").await.code(), 0);
}

#[tokio::test]
async fn an_answer_that_does_not_fit_the_contract_tells_nothing_internal() {
    let door = Door::over(&Graph::answering(json!({"serverTime": {"secret": 1}})));
    let answer = door.post_as("user", TIME, "{}").await;
    assert_eq!((answer.code(), answer.detail()), (500, "something went wrong inside".to_owned()));
}

#[tokio::test]
async fn administrators_routes_refuse_others_after_validation() {
    let graph = clock();
    let door = Door::over(&graph);
    assert_eq!(door.post_as("user", "/auth/force_logout", r#"{"userID":"a","platformID":99}"#).await.code(), 1001);
    assert_eq!(door.post_as("user", "/auth/force_logout", r#"{"userID":"a","platformID":1}"#).await.code(), 1002);
    assert_eq!(door.post_as("user", "/user/account_check", r#"{"checkUserIDs":["a","a"]}"#).await.code(), 1001);
    assert_eq!(door.post_as("user", "/user/account_check", r#"{"checkUserIDs":["a"]}"#).await.code(), 1002);
    assert!(graph.calls().is_empty());
}

#[tokio::test]
async fn answers_are_gzipped_for_clients_that_take_it() {
    let users: Vec<_> =
        (0..50).map(|n| json!({"userID": format!("user_{n}"), "appMangerLevel": "ORDINARY", "globalRecvMsgOpt": "RECEIVE"})).collect();
    let door = Door::over(&Graph::answering(json!({"usersInfo": users})));
    let headers = [("operationID", "x"), ("token", "user"), ("accept-encoding", "gzip")];
    let answer = door.post_with(&headers, "/user/get_users_info", r#"{"userIDs":["a"]}"#).await;
    assert_eq!(answer.headers["content-encoding"], "gzip");
    let answer = door.post_as("user", "/user/get_users_info", r#"{"userIDs":["a"]}"#).await;
    assert!(!answer.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn a_call_never_prepares_anything() {
    let graph = clock();
    let door = Door::over(&graph);
    let before = graph.prepared();
    assert_eq!(before, openim_rest::documents().len());
    for _ in 0..20 {
        door.post_as("user", TIME, "{}").await;
    }
    assert_eq!((graph.prepared(), graph.calls().len()), (before, 20));
}
