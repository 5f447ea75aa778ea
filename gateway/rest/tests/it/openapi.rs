//! The description for people and generators.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;

use crate::support::{Door, Graph};

#[tokio::test]
async fn every_served_route_is_described_with_its_graphql() {
    let door = Door::over(&Graph::answering(json!({})));
    let request = Request::get("/openapi.json").body(Body::empty()).expect("a request");
    let api = door.send(request).await.json();
    let paths = api["paths"].as_object().expect("paths");
    assert_eq!(paths.len(), openim_rest::documents().len());
    for (path, source) in openim_rest::documents() {
        let path = path.split_once("/*").map_or_else(|| (*path).to_owned(), |(start, name)| format!("{start}/{{{name}}}"));
        let [operation] = paths[&path].as_object().expect("the path").values().collect::<Vec<_>>()[..] else {
            panic!("{path} has one method")
        };
        assert_eq!(operation["x-graphql"], *source, "{path}");
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{path} has no comment at the top");
        let data = &operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["data"];
        for reference in [data["$ref"].as_str(), operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()]
            .into_iter()
            .flatten()
        {
            let name = reference.rsplit('/').next().expect("a name");
            assert!(api["components"]["schemas"].get(name).is_some(), "{reference}");
        }
    }
}

#[tokio::test]
async fn the_page_is_served() {
    let door = Door::over(&Graph::answering(json!({})));
    let answer = door.send(Request::get("/docs/rest/").body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("swagger"));
}

#[tokio::test]
async fn callers_and_rules_are_described() {
    let door = Door::over(&Graph::answering(json!({})));
    let api = door.send(Request::get("/openapi.json").body(Body::empty()).expect("a request")).await.json();
    let register = &api["paths"]["/user/user_register"]["post"];
    assert_eq!(register["x-caller"], "administrator");
    assert_eq!(register["x-rules"], json!(["users present", "users[] present", "users[].userID word", "users[].nickname non_empty"]));
    assert_eq!(api["paths"]["/auth/parse_token"]["post"]["x-caller"], "anybody");
}
