//! Forms of answers, and what browsers need: CORS, the explorer, headers.

use serde_json::json;

use crate::support::{Server, answer, code};

#[tokio::test]
async fn the_form_of_the_answer_decides_its_status() {
    let server = Server::start().await;
    for (accept, content_type, status) in [
        ("application/graphql-response+json", "application/graphql-response+json; charset=utf-8", 400),
        ("application/json", "application/json; charset=utf-8", 200),
        ("*/*", "application/json; charset=utf-8", 200),
    ] {
        let response = server.post(&json!({ "query": "{ nothing }" })).header("accept", accept).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.status().as_u16(), status, "{accept}");
        let body: serde_json::Value = response.json().await.unwrap();
        assert_eq!(code(&body), "GRAPHQL_VALIDATION_FAILED");
        assert!(body.get("data").is_none());
    }
    let ran = server.post(&json!({ "query": "{ fail }" })).header("accept", "application/graphql-response+json");
    assert_eq!(answer(ran).await.0, 200, "a field failed, the operation ran");
}

#[tokio::test]
async fn a_form_that_is_not_had_is_406() {
    let server = Server::start().await;
    let (status, body) = answer(server.post(&json!({ "query": "{ me }" })).header("accept", "image/png")).await;
    assert_eq!((status, code(&body)), (406, "ARGS_ERROR"));
    let (status, _) = answer(server.post(&json!({ "query": "subscription { ticks { number } }" }))).await;
    assert_eq!(status, 406);
}

#[tokio::test]
async fn answers_carry_security_headers() {
    let server = Server::start().await;
    let response = server.post(&json!({ "query": "{ me }" })).send().await.unwrap();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ] {
        assert_eq!(response.headers()[name], value);
    }
}

#[tokio::test]
async fn only_listed_origins_may_read_answers() {
    let server = Server::with(|settings| settings.allowed_origins = vec!["https://chat.example.com".into()]).await;
    let preflight = |origin: &'static str| {
        server.request(reqwest::Method::OPTIONS).header("origin", origin).header("access-control-request-method", "POST")
    };
    let allowed = preflight("https://chat.example.com").send().await.unwrap();
    assert_eq!(allowed.headers()["access-control-allow-origin"], "https://chat.example.com");
    assert!(allowed.headers()["access-control-allow-headers"].to_str().unwrap().contains("authorization"));
    let foreign = preflight("https://evil.example.com").send().await.unwrap();
    assert!(!foreign.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn browsers_get_an_explorer_that_needs_no_other_host() {
    let server = Server::start().await;
    let accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    let page = server.get("/graphql").header("accept", accept).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("http"), "{policy}");
    let html = page.text().await.unwrap();
    for file in ["/graphql/explorer.js", "/graphql/explorer.css"] {
        assert!(html.contains(file));
        let text = server.get(file).send().await.unwrap().text().await.unwrap();
        assert!(!text.contains("https://") && !text.contains("//unpkg"), "{file}");
    }
    assert!(!html.contains("https://"));

    let closed = Server::with(|settings| settings.explorer = false).await;
    assert_eq!(closed.get("/graphql").header("accept", accept).send().await.unwrap().status().as_u16(), 400);
    assert_eq!(closed.get("/graphql/explorer.js").send().await.unwrap().status().as_u16(), 404);
}
