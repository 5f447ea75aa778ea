//! What a call is in GraphQL: for whoever moves from one to the other.

use serde_json::json;

use crate::support::{Answer, Door, Graph};

async fn translated(graph: &Graph, token: &str, path: &str, body: &str) -> Answer {
    let headers = [("operationID", "op-1"), ("token", token), ("translate", "graphql")];
    Door::over(graph).post_with(&headers, path, body.to_owned()).await
}

#[tokio::test]
async fn a_call_is_told_as_an_operation_with_its_variables_and_not_made() {
    let graph = Graph::answering(json!({}));
    let body = r#"{"userID":"ann","pagination":{"pageNumber":3,"showNumber":20}}"#;
    let told = translated(&graph, "user", "/friend/get_friend_list", body).await.data();
    assert_eq!(told["operationName"], "GetFriendList");
    assert_eq!(told["variables"], json!({"userID": "ann", "first": 20, "offset": 40}));
    let query = told["query"].as_str().expect("a text");
    assert!(query.starts_with("query GetFriendList(") && !query.contains("@flatten") && !query.contains("@pageSize"), "{query}");
    assert!(graph.calls().is_empty(), "nothing is run");
}

#[tokio::test]
async fn numbers_are_told_as_the_words_they_stand_for() {
    let graph = Graph::answering(json!({}));
    let body = r#"{"users":[{"userID":"ann","nickname":"Ann","appMangerLevel":2}]}"#;
    let told = translated(&graph, "admin", "/user/user_register", body).await.data();
    assert_eq!(told["variables"]["users"][0]["level"], "ADMIN", "{told}");
}

#[tokio::test]
async fn a_call_that_would_be_refused_is_refused() {
    let graph = Graph::answering(json!({}));
    assert_eq!(translated(&graph, "user", "/friend/get_friend_list", "{}").await.code(), 1001);
    assert_eq!(translated(&graph, "user", "/user/user_register", r#"{"users":[{"userID":"a","nickname":"A"}]}"#).await.code(), 1002);
}
