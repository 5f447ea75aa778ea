//! Files: addresses that fit the caller, pictures by texts, and the one route that leads elsewhere.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use openim_core::ErrorCode;
use serde_json::{Value, json};

use crate::support::{Answer, Door, Graph};

const PART: &str = "/files/temp/aa/bb?until=1&signature=c";

/// A graph that puts `base` before its addresses, as ours does.
fn graph() -> Graph {
    Graph::new(|name, variables| {
        let address = |path: &str| format!("{}{path}", variables["base"].as_str().unwrap_or_default());
        Ok(match name {
            "InitiateMultipartUpload" => json!({"startUpload": {"file": null, "upload": {
                "uploadID": "u1", "partSize": 5_242_880, "expireTime": "2026-11-21T10:20:30.123Z",
                "sign": {"parts": [{"partNumber": 1, "url": address(PART), "header": [{"key": "a", "values": ["b"]}]}]}}}}),
            "CompleteMultipartUpload" => json!({"completeUpload": {"file": {"url": address("/object/user/a.png")}}}),
            "AuthSign" => json!({"viewer": {"upload": null}}),
            "InitiateFormData" => json!({"startFormUpload": {"upload": {"id": "u2"}, "form": {"url": address(PART), "file": "file",
                "formData": [{"name": "key", "value": "temp/a"}], "expires": "2026-11-21T10:20:30.123Z", "successCodes": [200, 204]}}}),
            "AccessUrl" => json!({"fileAccess": {"url": address("/files/x"), "expireTime": "2026-11-21T10:20:30.123Z"}}),
            _ => match variables["name"].as_str().unwrap_or_default() {
                "user/none" => return Err((ErrorCode::NotFound, "there is no such file")),
                "user/text" => return Err((ErrorCode::FileRefused, "the file is no picture")),
                "user/closed" => return Err((ErrorCode::Unauthenticated, "a token is required")),
                _ => json!({"fileAccess": {"url": address("/files/x")}}),
            },
        })
    })
}

async fn get(door: &Door, headers: &[(&str, &str)], path: &str) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    door.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn an_upload_has_the_contracts_shape_and_addresses_of_the_callers_server() {
    let graph = graph();
    let door = Door::over(&graph);
    let body = r#"{"hash":"5d41402abc4b2a76b9719d911017c592","size":5,"partSize":1,"maxParts":-1,"cause":"c","name":"user/a.png","contentType":"image/png","urlPrefix":"http://elsewhere/"}"#;
    let headers = [("operationID", "x"), ("token", "user"), ("host", "im.example.com:10002")];
    let answer = door.post_with(&headers, "/object/initiate_multipart_upload", body).await;
    let sign = format!(
        r#"{{"url":"","query":null,"header":null,"parts":[{{"partNumber":1,"url":"http://im.example.com:10002{PART}","query":null,"header":[{{"key":"a","values":["b"]}}]}}]}}"#
    );
    let sign = sign.replace('&', "\\u0026");
    let expected = format!(
        r#"{{"errCode":0,"errMsg":"","errDlt":"","data":{{"url":"","upload":{{"uploadID":"u1","partSize":5242880,"sign":{sign},"expireTime":1795256430123}}}}}}"#
    );
    assert_eq!(answer.body, expected);
    assert_eq!(graph.calls()[0].variables["maxParts"], -1);

    let complete = r#"{"uploadID":"u1","parts":["5d41402abc4b2a76b9719d911017c592"],"name":"user/a.png"}"#;
    for (name, value, base) in [
        ("x-request-api", "https://api.example.com/im/", "https://api.example.com/im"),
        ("x-request-api", "javascript:alert(1)", "http://im.example.com:10002"),
        ("x-forwarded-proto", "https", "https://im.example.com:10002"),
    ] {
        let mut headers = headers.to_vec();
        headers.push((name, value));
        let data = door.post_with(&headers, "/object/complete_multipart_upload", complete).await.data();
        assert_eq!(data, json!({"url": format!("{base}/object/user/a.png")}));
    }
}

#[tokio::test]
async fn an_unknown_upload_is_500_and_a_form_tells_its_fields() {
    let door = Door::over(&graph());
    for token in ["user", "admin"] {
        assert_eq!(door.post_as(token, "/object/auth_sign", r#"{"uploadID":"u9","partNumbers":[1]}"#).await.code(), 500);
    }
    let data = door.post_as("user", "/object/initiate_form_data", r#"{"name":"user/a","size":3}"#).await.data();
    let expected = json!({"id": "u2", "url": PART, "file": "file", "header": null, "formData": {"key": "temp/a"},
        "expires": 1_795_256_430_123_i64, "successCodes": [200, 204]});
    assert_eq!(data, expected);
}

#[tokio::test]
async fn pictures_are_asked_for_by_texts() {
    let graph = graph();
    let door = Door::over(&graph);
    for (query, image) in [
        (r#"{"type":"image","format":"jpg","width":"100","height":"x"}"#, json!({"format": "JPEG", "width": 100, "height": 0})),
        (r#"{"type":"image"}"#, json!({"format": "PNG", "width": 0, "height": 0})),
        (r#"{"type":"","width":"1"}"#, Value::Null),
        ("{}", Value::Null),
    ] {
        let body = format!(r#"{{"name":"user/a","query":{query}}}"#);
        assert_eq!(door.post_as("user", "/object/access_url", body).await.data()["expireTime"], 1_795_256_430_123_i64);
        assert_eq!(graph.calls().pop().map(|call| call.variables["image"].clone()), Some(image), "{query}");
    }
    let bad = r#"{"name":"user/a","query":{"type":"video"}}"#;
    assert_eq!(door.post_as("user", "/object/access_url", bad).await.code(), 1001);
}

#[tokio::test]
async fn a_name_leads_to_a_signed_address_without_any_header() {
    let graph = graph();
    let door = Door::over(&graph);
    let answer = get(&door, &[("host", "h")], "/object/user/%E5%BC%A0%20a.png?type=image&width=10&operationID=mine&width=20").await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(answer.headers["location"], "http://h/files/x");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    let call = &graph.calls()[0];
    assert_eq!((call.operation_id.as_str(), &call.user), ("mine", &None));
    assert_eq!(call.variables["name"], "user/张 a.png");
    assert_eq!(call.variables["image"], json!({"format": "PNG", "width": 10, "height": 0}));
    assert_eq!(get(&door, &[("token", "user")], "/object/user/a").await.headers["location"], "/files/x");
    assert_eq!(graph.calls()[1].user.as_deref(), Some("user"));
    // A name may be that of a route of POST.
    assert_eq!(get(&door, &[], "/object/part_limit").await.headers["location"], "/files/x");
    assert_eq!(graph.calls()[2].variables["name"], "part_limit");
}

#[tokio::test]
async fn what_goes_wrong_is_told_as_text() {
    let door = Door::over(&graph());
    for (path, status) in [
        ("/object/user/none", StatusCode::NOT_FOUND),
        ("/object/user/text?type=image", StatusCode::INTERNAL_SERVER_ERROR),
        ("/object/user/a?type=video", StatusCode::BAD_REQUEST),
        ("/object/", StatusCode::BAD_REQUEST),
        ("/object/%2f", StatusCode::BAD_REQUEST),
        ("/object/user/closed", StatusCode::BAD_REQUEST),
    ] {
        let answer = get(&door, &[], path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.headers["content-type"].to_str().expect("text").starts_with("text/plain"));
        assert!(!answer.body.is_empty() && !answer.body.contains('{'), "{path}: {}", answer.body);
    }
    assert_eq!(get(&door, &[("token", "kicked")], "/object/user/a").await.status, StatusCode::UNAUTHORIZED);
    // POST to a path of the wildcard is no route.
    assert_eq!(door.post_as("user", "/object/user/a", "{}").await.status, StatusCode::NOT_FOUND);
}
