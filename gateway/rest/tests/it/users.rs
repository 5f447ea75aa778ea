//! The users' routes whose bodies or answers are not what the graph has.

use serde_json::{Value, json};

use crate::support::{Door, Graph};

/// Serves one answer of the graph and returns the route's `data` for an administrator.
async fn data(answer: Value, path: &str, body: Value) -> Value {
    Door::over(&Graph::answering(answer)).post(path, body.to_string()).await.data()
}

/// Returns the variables that a route makes of a body.
async fn variables(path: &str, body: Value) -> Value {
    let graph = Graph::answering(json!({}));
    Door::over(&graph).post(path, body.to_string()).await;
    graph.calls().remove(0).variables
}

#[tokio::test]
async fn repeated_accounts_are_refused_before_the_caller_is_looked_at() {
    let graph = Graph::answering(json!({"admin": {"results": []}}));
    let door = Door::over(&graph);
    let check = async |body: &'static str| door.post_as("user", "/user/account_check", body).await.code();
    assert_eq!(check(r#"{"checkUserIDs":["a","a"]}"#).await, 1001);
    assert_eq!(check(r#"{"checkUserIDs":["a","b"]}"#).await, 1002);
    assert_eq!(graph.calls().len(), 0);
}

#[tokio::test]
async fn commands_keep_what_is_absent_and_clear_what_is_empty() {
    let path = "/user/process_user_command_update";
    let key = json!({"userID": "a", "type": 1, "uuid": "u"});
    assert_eq!(variables(path, key.clone()).await, key);
    let cleared = json!({"userID": "a", "type": 1, "uuid": "u", "value": "", "ex": ""});
    assert_eq!(variables(path, cleared.clone()).await, cleared);
    assert_eq!(variables("/user/process_user_command_add", key.clone()).await, key, "the graph's own default is the empty text");
    let door = Door::over(&Graph::answering(json!({})));
    for bad in [json!({"type": 1, "uuid": "u"}), json!({"userID": "a", "type": 0, "uuid": "u"}), json!({"userID": "a", "type": 1})] {
        for route in ["add", "update", "delete"] {
            assert_eq!(door.post_as("user", &format!("/user/process_user_command_{route}"), bad.to_string()).await.code(), 1001, "{bad}");
        }
    }
}

#[tokio::test]
async fn times_of_commands_are_seconds() {
    let command = json!({"type": 7, "createTime": "2026-11-21T10:20:30.999Z", "uuid": "u", "value": "v", "ex": "e"});
    let answer = json!({"viewer": {"CommandResp": [command]}});
    let expected = json!({"CommandResp": [{"type": 7, "createTime": 1_795_256_430, "uuid": "u", "value": "v", "ex": "e"}]});
    assert_eq!(data(answer.clone(), "/user/process_user_command_get_all", json!({"userID": "a"})).await, expected);
    assert_eq!(data(answer, "/user/process_user_command_get", json!({"userID": "a", "type": 7})).await, expected);
}

#[tokio::test]
async fn a_map_of_values_becomes_entries_and_back() {
    let set = variables("/user/set_user_client_config", json!({"userID": "", "configs": {"a": "1", "b": ""}})).await;
    assert_eq!(set, json!({"entries": [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]}), "nobody named is everybody");
    assert_eq!(variables("/user/set_user_client_config", json!({"userID": "x"})).await, json!({"userID": "x", "entries": []}));
    let got = |configs: Value| data(json!({"configs": configs}), "/user/get_user_client_config", json!({}));
    assert_eq!(got(json!([{"key": "b", "value": "2"}, {"key": "a", "value": "1"}])).await, json!({"configs": {"a": "1", "b": "2"}}));
    assert_eq!(got(json!([])).await, json!({}));
}

#[tokio::test]
async fn values_are_paged_also_without_a_page() {
    let answer = json!({"admin": {"clientConfig": {"total": 1, "configs": [{"node": {"key": "a", "userID": null, "value": "1"}}]}}});
    let path = "/user/page_user_client_config";
    let page = json!({"pagination": {"pageNumber": 1, "showNumber": 10}});
    assert_eq!(data(answer.clone(), path, page).await, json!({"total": 1, "configs": [{"key": "a", "userID": "", "value": "1"}]}));
    assert_eq!(data(answer, path, json!({})).await, json!({"total": 1, "configs": null}));
}

#[tokio::test]
async fn presence_shows_platforms_to_all_and_connections_without_tokens_to_administrators() {
    let statuses =
        json!([{"userID": "a", "status": true, "platformIDs": ["IOS", "WEB"]}, {"userID": "b", "status": false, "platformIDs": []}]);
    let ids = json!({"userIDs": ["a", "b"]});
    assert_eq!(
        data(json!({"statusList": statuses}), "/user/get_users_status", ids.clone()).await,
        json!({"statusList": [{"userID": "a", "status": 1, "platformIDs": [1, 5]}, {"userID": "b", "status": 0, "platformIDs": null}]})
    );
    let open = json!([{"userID": "a", "status": true, "detailPlatformStatus": [{"platformID": "WEB", "connID": "c"}]},
        {"userID": "b", "status": false, "detailPlatformStatus": []}]);
    assert_eq!(
        data(json!({"presences": open}), "/user/get_users_online_status", ids.clone()).await,
        json!([
            {"userID": "a", "status": 1, "detailPlatformStatus": [{"platformID": 5, "connID": "c", "isBackground": false, "token": ""}]},
            {"userID": "b", "status": 0, "detailPlatformStatus": null}
        ])
    );
    let counts = json!([{"userID": "a", "status": true, "singlePlatformToken": [{"platformID": "WEB", "total": 2}]},
        {"userID": "b", "status": false, "singlePlatformToken": []}]);
    let path = "/user/get_users_online_token_detail";
    assert_eq!(
        data(json!({"presences": counts}), path, ids.clone()).await,
        json!([{"userID": "a", "status": 1, "singlePlatformToken": [{"platformID": 5, "total": 2, "token": null}]}])
    );
    assert_eq!(data(json!({"presences": [{"userID": "b", "status": false, "singlePlatformToken": []}]}), path, ids).await, Value::Null);
}

#[tokio::test]
async fn subscribing_to_presence_answers_an_empty_list() {
    let empty = json!({"statusList": null});
    let body = json!({"userID": "a", "userIDs": ["b"], "genre": 1});
    assert_eq!(data(json!({"statusList": []}), "/user/subscribe_users_status", body).await, empty);
    assert_eq!(data(json!({"statusList": []}), "/user/get_subscribe_users_status", json!({"userID": "a"})).await, empty);
    let door = Door::over(&Graph::answering(json!({})));
    let bad = door.post_as("user", "/user/subscribe_users_status", r#"{"userID":"a","userIDs":["b"],"genre":3}"#).await;
    assert_eq!(bad.code(), 1001);
}

#[tokio::test]
async fn notification_accounts_have_an_optional_id_and_level() {
    let add = variables("/user/add_notification_account", json!({"nickName": "Bell", "appMangerLevel": 3})).await;
    assert_eq!(add, json!({"nickname": "Bell", "faceUrl": "", "level": "NOTIFICATION"}));
    let user = json!({"userID": "1234567890", "faceURL": "", "nickName": "Bell", "appMangerLevel": "NOTIFICATION"});
    let added =
        data(json!({"addNotificationAccount": {"user": user}}), "/user/add_notification_account", json!({"nickName": "Bell"})).await;
    assert_eq!(added, json!({"userID": "1234567890", "faceURL": "", "nickName": "Bell", "appMangerLevel": 3}));
    let page = json!({"pageNumber": 2, "showNumber": 5});
    let search = variables("/user/search_notification_account", json!({"pagination": page, "keyword": "", "appManagerLevel": null})).await;
    assert_eq!(search, json!({"first": 5, "offset": 5}));
    let search = variables("/user/search_notification_account", json!({"pagination": page, "keyword": "x", "appManagerLevel": 4})).await;
    assert_eq!(search, json!({"first": 5, "offset": 5, "keyword": "x", "level": "ROBOT"}));
    let update = variables("/user/update_notification_account", json!({"userID": "b", "nickName": "B", "faceURL": ""})).await;
    assert_eq!(update, json!({"id": "b", "nickname": "B"}));
}

#[tokio::test]
async fn registrations_are_counted_by_day() {
    let answer = |days: Value| json!({"admin": {"registrationStatistics": {"total": 3, "before": 1, "count": days}}});
    let path = "/statistics/user/register";
    let body = json!({"start": 1, "end": 2});
    let days = json!([{"date": "2026-01-01", "count": 2}]);
    assert_eq!(data(answer(days), path, body.clone()).await, json!({"total": 3, "before": 1, "count": {"2026-01-01": 2}}));
    assert_eq!(data(answer(json!([])), path, body.clone()).await, json!({"total": 3, "before": 1}));
    assert_eq!(variables(path, body).await, json!({"from": "1970-01-01T00:00:00.001Z", "to": "1970-01-01T00:00:00.002Z"}));
}
