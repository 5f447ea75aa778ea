//! The routes of offline push.

use serde_json::json;

use crate::support::{Door, Graph};

const DONE: &str = r#"{"errCode":0,"errMsg":"","errDlt":""}"#;

#[tokio::test]
async fn a_token_goes_to_its_account_with_its_life() {
    let graph = Graph::answering(json!({"registerPushToken": {"pushToken": {"updatedAt": "2026-11-21T10:20:30.999Z"}}}));
    let door = Door::over(&graph);
    let route = "/third/fcm_update_token";
    let body = json!({"platformID": 2, "fcmToken": "t:1", "account": "a", "expireTime": 60});
    assert_eq!(door.post_as("user", route, body.to_string()).await.body, DONE);
    let variables = json!({"platform": "ANDROID", "token": "t:1", "userID": "a", "expiresInSeconds": 60});
    assert_eq!(graph.calls().remove(0).variables, variables);
    for bad in [
        json!({"platformID": 0, "fcmToken": "t", "account": "a"}),
        json!({"platformID": 11, "fcmToken": "t", "account": "a"}),
        json!({"platformID": 1, "fcmToken": "", "account": "a"}),
        json!({"platformID": 1, "fcmToken": "t"}),
    ] {
        assert_eq!(door.post_as("user", route, bad.to_string()).await.code(), 1001, "{bad}");
    }
}

#[tokio::test]
async fn a_number_on_the_icon_is_set() {
    let graph = Graph::answering(json!({"setAppBadge": {"appBadge": 3}}));
    let door = Door::over(&graph);
    let route = "/third/set_app_badge";
    assert_eq!(door.post_as("user", route, json!({"userID": "a", "appUnreadCount": 3}).to_string()).await.body, DONE);
    assert_eq!(graph.calls().remove(0).variables, json!({"userID": "a", "unreadCount": 3}));
    assert_eq!(door.post_as("user", route, json!({"appUnreadCount": 3}).to_string()).await.code(), 1001);
}
