//! Uploads by the multipart request specification.

use openim_graphql_door::Settings;
use serde_json::json;

use crate::support::{Server, answer, code};

const OPERATIONS: &str = r#"{"query":"mutation($f:[Upload!]!){upload(files:$f)}","variables":{"f":[null,null]}}"#;

fn form(parts: &[(&str, &str)]) -> String {
    let mut form = String::new();
    for (name, content) in parts {
        let file = if name.len() == 1 { format!("; filename=\"{name}.txt\"\r\ncontent-type: text/plain") } else { String::new() };
        form.push_str(&format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"));
    }
    form + "--b--\r\n"
}

async fn upload(server: &Server, parts: &[(&str, &str)]) -> (u16, serde_json::Value) {
    answer(server.post_raw("multipart/form-data; boundary=b", form(parts)).header("x-operation-id", "up")).await
}

fn small(settings: &mut Settings) {
    settings.upload_limit = 10;
    settings.upload_files = 2;
}

#[tokio::test]
async fn files_reach_their_variables() {
    let server = Server::start().await;
    let map = r#"{"0":["variables.f.0"],"1":["variables.f.1"]}"#;
    let (status, body) = upload(&server, &[("operations", OPERATIONS), ("map", map), ("0", "one"), ("1", "two")]).await;
    assert_eq!((status, body), (200, json!({ "data": { "upload": ["0.txt: one", "1.txt: two"] } })));
    let batch = format!("[{OPERATIONS}]");
    let map = r#"{"0":["0.variables.f.0","0.variables.f.1"]}"#;
    let (_, body) = upload(&server, &[("operations", &batch), ("map", map), ("0", "one")]).await;
    assert_eq!(body, json!([{ "data": { "upload": ["0.txt: one", "0.txt: one"] } }]));
}

#[tokio::test]
async fn files_over_the_limits_are_refused() {
    let server = Server::with(small).await;
    let map = r#"{"0":["variables.f.0"]}"#;
    let (status, body) = upload(&server, &[("operations", OPERATIONS), ("map", map), ("0", "more than ten bytes")]).await;
    assert_eq!((status, code(&body)), (413, "LIMIT_EXCEEDED"));
    let map = r#"{"0":["variables.f.0"],"1":["variables.f.1"],"2":["variables.f.1"]}"#;
    let (status, body) = upload(&server, &[("operations", OPERATIONS), ("map", map), ("0", "a"), ("1", "b"), ("2", "c")]).await;
    assert_eq!((status, code(&body)), (400, "LIMIT_EXCEEDED"));
}

#[tokio::test]
async fn forms_that_do_not_fit_together_are_refused() {
    let server = Server::start().await;
    let good = r#"{"0":["variables.f.0"]}"#;
    for parts in [
        vec![("map", good), ("operations", OPERATIONS), ("0", "a")],
        vec![("operations", OPERATIONS)],
        vec![("operations", OPERATIONS), ("map", good)],
        vec![("operations", OPERATIONS), ("map", good), ("1", "a")],
        vec![("operations", OPERATIONS), ("map", "[]"), ("0", "a")],
        vec![("operations", OPERATIONS), ("map", r#"{"0":["variables.g.0"]}"#), ("0", "a")],
        vec![("operations", OPERATIONS), ("map", r#"{"0":["f.0"]}"#), ("0", "a")],
        vec![("operations", "{"), ("map", good), ("0", "a")],
    ] {
        let (status, body) = upload(&server, &parts).await;
        assert_eq!((status, code(&body)), (400, "ARGS_ERROR"), "{parts:?}");
    }
    let broken = answer(server.post_raw("multipart/form-data; boundary=b", "--b\r\nnonsense").header("token", "")).await;
    assert_eq!(broken.0, 400);
    assert_eq!(answer(server.post_raw("multipart/form-data", "x").header("x-operation-id", "a")).await.0, 400);
}
