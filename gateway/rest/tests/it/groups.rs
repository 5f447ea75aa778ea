//! The groups' routes whose bodies or answers are not what the graph has.

use openim_core::ErrorCode;
use serde_json::{Value, json};

use crate::support::{Door, Graph};

/// Serves one answer of the graph and returns the route's `data` for an administrator.
async fn data(answer: Value, path: &str, body: Value) -> Value {
    Door::over(&Graph::answering(answer)).post(path, body.to_string()).await.data()
}

/// Returns the variables that a route makes of a body.
async fn variables(path: &str, body: Value) -> Value {
    let graph = Graph::answering(json!({}));
    Door::over(&graph).post_as("user", path, body.to_string()).await;
    graph.calls().remove(0).variables
}

/// Returns the codes of several bodies; none of them reaches the graph.
async fn refused(path: &str, bodies: &[Value]) -> Vec<i64> {
    let graph = Graph::answering(json!({}));
    let door = Door::over(&graph);
    let mut codes = Vec::new();
    for body in bodies {
        codes.push(door.post_as("user", path, body.to_string()).await.code());
    }
    assert_eq!(graph.calls().len(), 0, "{path}");
    codes
}

/// A group as the documents select it.
fn group() -> Value {
    json!({"groupID": "g", "groupName": "Tea", "notification": "", "introduction": "", "faceURL": "", "ownerUserID": "ann",
        "createTime": "2026-11-21T10:20:30.123Z", "memberCount": 3, "ex": "", "status": "MUTED", "creatorUserID": "ann",
        "groupType": "WORKING", "needVerification": "NOBODY", "lookMemberInfo": "FORBIDDEN", "applyMemberFriend": "ALLOWED",
        "notificationUpdateTime": null, "notificationUserID": null})
}

/// The same group as the contract says it.
fn group_info() -> Value {
    json!({"groupID": "g", "groupName": "Tea", "notification": "", "introduction": "", "faceURL": "", "ownerUserID": "ann",
        "createTime": 1_795_256_430_123_i64, "memberCount": 3, "ex": "", "status": 3, "creatorUserID": "ann",
        "groupType": 2, "needVerification": 2, "lookMemberInfo": 1, "applyMemberFriend": 0,
        "notificationUpdateTime": 0, "notificationUserID": ""})
}

fn member(muted: Value) -> Value {
    json!({"groupID": "g", "userID": "ann", "roleLevel": "OWNER", "joinTime": "2026-11-21T10:20:30.123Z", "nickname": "Ann",
        "faceURL": "", "joinSource": "INVITATION", "operatorUserID": null, "ex": "", "muteEndTime": muted, "inviterUserID": "bob"})
}

fn member_info(muted: i64) -> Value {
    json!({"groupID": "g", "userID": "ann", "roleLevel": 100, "joinTime": 1_795_256_430_123_i64, "nickname": "Ann", "faceURL": "",
        "appMangerLevel": 0, "joinSource": 2, "operatorUserID": "", "ex": "", "muteEndTime": muted, "inviterUserID": "bob"})
}

#[tokio::test]
async fn a_new_group_is_taken_from_the_body_without_what_the_server_decides() {
    let path = "/group/create_group";
    let info = json!({"groupID": "", "groupName": "Tea", "groupType": 2, "needVerification": 1, "status": 2, "memberCount": 9,
        "notificationUserID": "x", "createTime": 5});
    let made = variables(path, json!({"groupInfo": info, "ownerUserID": "ann", "memberUserIDs": ["bob"]})).await;
    assert_eq!(
        made,
        json!({"type": "WORKING", "name": "Tea", "notification": "", "introduction": "", "faceUrl": "", "ex": "",
            "verification": "EVERYBODY", "lookMemberInfo": "ALLOWED", "applyMemberFriend": "ALLOWED", "ownerUserID": "ann",
            "adminUserIDs": [], "memberUserIDs": ["bob"]})
    );
    let full = json!({"groupID": "g", "groupType": 2, "creatorUserID": "cid"});
    let made = variables(path, json!({"groupInfo": full, "ownerUserID": "ann", "adminUserIDs": ["bob"], "sendMessage": false})).await;
    assert_eq!((&made["id"], &made["creatorId"], &made["sendMessage"]), (&json!("g"), &json!("cid"), &json!(false)));
    assert_eq!(data(json!({"createGroup": {"groupInfo": group()}}), path, body(2)).await, json!({"groupInfo": group_info()}));
    let too_many: Vec<_> = (0..1001).map(|n| n.to_string()).collect();
    let bad = [
        json!({"ownerUserID": "ann"}),
        json!({"groupInfo": {"groupType": 2}}),
        json!({"groupInfo": {"groupType": 3}, "ownerUserID": "ann"}),
        json!({"groupInfo": {"groupType": 2, "needVerification": 3}, "ownerUserID": "ann"}),
        json!({"groupInfo": {"groupType": 2}, "ownerUserID": "ann", "memberUserIDs": too_many}),
    ];
    assert_eq!(refused(path, &bad).await, [1001; 5]);
}

fn body(group_type: i64) -> Value {
    json!({"groupInfo": {"groupType": group_type}, "ownerUserID": "ann"})
}

#[tokio::test]
async fn the_two_updates_differ_in_what_empty_means() {
    let old = json!({"groupInfoForSet": {"groupID": "g", "notification": "hi", "ex": "", "needVerification": 0}});
    assert_eq!(
        variables("/group/set_group_info", old).await,
        json!({"groupID": "g", "name": "", "notification": "hi", "introduction": "", "faceUrl": "", "ex": "",
            "verification": "APPLICANTS"}),
        "the document adds that empty texts keep"
    );
    let new = json!({"groupID": "g", "notification": "", "lookMemberInfo": 1, "ex": null});
    assert_eq!(
        variables("/group/set_group_info_ex", new).await,
        json!({"groupID": "g", "notification": "", "lookMemberInfo": "FORBIDDEN"})
    );
    assert_eq!(refused("/group/set_group_info", &[json!({}), json!({"groupInfoForSet": {}})]).await, [1001; 2]);
    assert_eq!(refused("/group/set_group_info_ex", &[json!({"groupID": "g", "needVerification": 7})]).await, [1001]);
}

#[tokio::test]
async fn who_joins_is_called_inviter() {
    let path = "/group/join_group";
    let by_search = variables(path, json!({"groupID": "g", "reqMessage": "please", "joinSource": 3, "inviterUserID": "dan"})).await;
    assert_eq!(by_search, json!({"groupID": "g", "userID": "dan", "reqMessage": "please", "joinSource": "SEARCH", "ex": ""}));
    let nobody = variables(path, json!({"groupID": "g", "joinSource": 4})).await;
    assert_eq!(nobody, json!({"groupID": "g", "reqMessage": "", "joinSource": "QR_CODE", "ex": ""}));
    let bad = [json!({"groupID": "g"}), json!({"groupID": "g", "joinSource": 5}), json!({"groupID": "g", "joinSource": 2})];
    assert_eq!(refused(path, &bad).await, [1001; 3]);
}

#[tokio::test]
async fn answers_and_roles_are_numbers() {
    let answer = json!({"groupID": "g", "fromUserID": "dan", "handledMsg": "no", "handleResult": -1});
    assert_eq!(variables("/group/group_application_response", answer).await["handleResult"], "REFUSED");
    let path = "/group/set_group_member_info";
    let members = json!([{"groupID": "g", "userID": "a", "roleLevel": 60}, {"groupID": "g", "userID": "b", "nickname": "", "ex": null}]);
    assert_eq!(
        variables(path, json!({"members": members})).await,
        json!({"members": [{"groupId": "g", "userId": "a", "role": "ADMIN"}, {"groupId": "g", "userId": "b", "nickname": ""}]})
    );
    assert_eq!(refused(path, &[json!({}), json!({"members": [{"groupID": "g", "userID": "a", "roleLevel": 0}]})]).await, [1001; 2]);
    assert_eq!(refused("/group/mute_group_member", &[json!({"groupID": "g", "userID": "a", "mutedSeconds": 0})]).await, [1001]);
}

#[tokio::test]
async fn members_show_no_level_and_no_end_of_a_mute_that_never_was() {
    let page = json!({"pageNumber": 2, "showNumber": 2});
    let asked = json!({"groupID": "g", "pagination": page, "filter": 5, "keyword": ""});
    assert_eq!(
        variables("/group/get_group_member_list", asked.clone()).await,
        json!({"groupID": "g", "roles": ["OWNER", "ADMIN"], "first": 2, "offset": 2})
    );
    let all = variables("/group/get_group_member_list", json!({"groupID": "g", "pagination": page, "keyword": "an"})).await;
    assert_eq!(all, json!({"groupID": "g", "keyword": "an", "roles": [], "first": 2, "offset": 2}));
    let edges = json!([{"node": member(Value::Null)}, {"node": member(json!("2026-11-21T10:20:30.999Z"))}]);
    assert_eq!(
        data(json!({"group": {"members": {"total": 4, "members": edges}}}), "/group/get_group_member_list", asked).await,
        json!({"total": 4, "members": [member_info(0), member_info(1_795_256_430_999)]})
    );
    let bad = json!({"groupID": "g", "pagination": page, "filter": 6});
    assert_eq!(refused("/group/get_group_member_list", &[bad, json!({"groupID": "g"})]).await, [1001; 2]);
}

#[tokio::test]
async fn a_group_that_is_not_there_is_like_one_that_may_not_be_seen() {
    let door = Door::over(&Graph::answering(json!({"group": null})));
    let page = json!({"pageNumber": 1, "showNumber": 2});
    let body = json!({"groupID": "g", "userIDs": ["a"], "userID": "a", "pagination": page}).to_string();
    // What the user is told, what an administrator is told.
    for (route, user, admin) in [
        ("get_group_member_list", 1002, 0),
        ("get_group_members_info", 1002, 0),
        ("get_group_member_user_id", 1002, 0),
        ("get_full_group_member_user_ids", 1002, 0),
        ("get_incremental_group_members", 1002, 1004),
        ("get_group_users_req_application_list", 1002, 1201),
        ("get_specified_user_group_request_info", 1004, 1004),
    ] {
        let path = format!("/group/{route}");
        let told = (door.post_as("user", &path, body.clone()).await.code(), door.post(&path, body.clone()).await.code());
        assert_eq!(told, (user, admin), "{route}");
    }
    let list = door.post("/group/get_group_member_list", body).await.data();
    assert_eq!(list, json!({"total": 0, "members": null}));
}

#[tokio::test]
async fn the_graphs_refusals_keep_their_codes() {
    for (code, number) in [(ErrorCode::NotFound, 1004), (ErrorCode::NoPermission, 1002), (ErrorCode::GroupDismissed, 1204)] {
        let door = Door::over(&Graph::new(move |_, _| Err((code, "refused"))));
        assert_eq!(door.post_as("user", "/group/mute_group", r#"{"groupID":"g"}"#).await.code(), number);
    }
}

#[tokio::test]
async fn requests_show_who_would_enter_what() {
    let page = json!({"pageNumber": 1, "showNumber": 10});
    let asked = json!({"fromUserID": "ann", "pagination": page, "handleResults": [0, -1]});
    let path = "/group/get_recv_group_applicationList";
    assert_eq!(
        variables(path, asked.clone()).await,
        json!({"fromUserID": "ann", "groupIDs": [], "statuses": ["OPEN", "REFUSED"], "first": 10, "offset": 0})
    );
    let user = json!({"userID": "dan", "nickname": "Dan", "faceURL": "", "ex": ""});
    let request = json!({"userInfo": user, "groupInfo": group(), "handleResult": "REFUSED", "reqMsg": "please", "handleMsg": "no",
        "reqTime": "2026-11-21T10:20:30.123Z", "handleUserID": null, "handleTime": null, "ex": "", "joinSource": "SEARCH",
        "inviterUserID": null});
    let expected = json!({"userInfo": user, "groupInfo": group_info(), "handleResult": -1, "reqMsg": "please", "handleMsg": "no",
        "reqTime": 1_795_256_430_123_i64, "handleUserID": "", "handleTime": 0, "ex": "", "joinSource": 3, "inviterUserID": ""});
    let listed = json!({"viewer": {"groupRequestsReceived": {"total": 1, "groupRequests": [{"node": request}]}}});
    assert_eq!(data(listed, path, asked).await, json!({"total": 1, "groupRequests": [expected]}));
    let of_user = json!({"group": {"requestsByUsers": {"total": 1, "groupRequests": [request]}}});
    let asked = json!({"groupID": "g", "userID": "dan"});
    assert_eq!(
        data(of_user, "/group/get_specified_user_group_request_info", asked).await,
        json!({"total": 1, "groupRequests": [expected]})
    );
}

#[tokio::test]
async fn a_found_group_stands_beside_its_owner() {
    let path = "/group/get_groups";
    let asked = json!({"pagination": {"pageNumber": 1, "showNumber": 10}, "groupName": "Tea"});
    assert_eq!(variables(path, asked.clone()).await, json!({"first": 10, "offset": 0, "name": "Tea"}));
    let edge = json!({"groupInfo": group(), "owned": {"groupOwnerUserID": "ann", "owner": {"groupOwnerUserName": "Ann"}}});
    assert_eq!(
        data(json!({"searchGroups": {"total": 1, "groups": [edge]}}), path, asked).await,
        json!({"total": 1, "groups": [{"groupInfo": group_info(), "groupOwnerUserName": "Ann", "groupOwnerUserID": "ann"}]})
    );
}

#[tokio::test]
async fn a_version_is_two_fields_and_the_group_comes_only_when_it_changed() {
    let asked = json!({"groupID": "g", "versionID": "66a0c0ffee00000000000001", "version": 4});
    assert_eq!(variables("/group/get_incremental_group_members", asked.clone()).await, asked);
    let version = json!({"version": 5, "versionID": "66a0c0ffee00000000000001"});
    let changes = |group: Value, inserted: Value| json!({"version": version, "full": false, "delete": ["bob"], "insert": inserted, "update": [], "group": group, "sortVersion": 5});
    let expected = |group: Value, inserted: Value| {
        json!({"version": 5, "versionID": "66a0c0ffee00000000000001", "full": false, "delete": ["bob"], "insert": inserted,
            "update": null, "group": group, "sortVersion": 5})
    };
    let one = changes(group(), json!([member(Value::Null)]));
    assert_eq!(
        data(json!({"group": {"memberChanges": one}}), "/group/get_incremental_group_members", asked.clone()).await,
        expected(group_info(), json!([member_info(0)]))
    );
    let path = "/group/get_incremental_group_members_batch";
    let batch = json!({"userID": "ann", "reqList": [asked, {"groupID": "h"}]});
    assert_eq!(
        variables(path, batch.clone()).await,
        json!({"requests": [{"groupId": "g", "since": {"id": "66a0c0ffee00000000000001", "number": 4}},
            {"groupId": "h", "since": {"id": "", "number": 0}}]})
    );
    let list = json!([{"groupId": "h", "changes": changes(Value::Null, json!([]))}]);
    assert_eq!(
        data(json!({"viewer": {"memberChangesBatch": list}}), path, batch).await,
        json!({"respList": {"h": expected(Value::Null, Value::Null)}})
    );
    assert_eq!(data(json!({"viewer": {"memberChangesBatch": []}}), path, json!({})).await, json!({}), "an empty map has no key");
    assert_eq!(refused(path, &[json!({"reqList": [null]})]).await, [1001]);
}

#[tokio::test]
async fn hashes_are_whole_numbers_of_64_bits() {
    let path = "/group/get_full_group_member_user_ids";
    let body = format!(r#"{{"groupID":"g","idHash":{}}}"#, u64::MAX);
    let graph =
        Graph::answering(json!({"group": {"memberIds": {"version": {"version": 3, "versionID": "v"}, "equal": true, "userIDs": []}}}));
    let answer = Door::over(&graph).post(path, body).await;
    assert_eq!(graph.calls()[0].variables, json!({"groupID": "g", "idHash": u64::MAX}));
    assert_eq!(answer.data(), json!({"version": 3, "versionID": "v", "equal": true, "userIDs": null}));
    assert_eq!(variables("/group/get_full_join_group_ids", json!({"userID": "a"})).await, json!({"userID": "a", "idHash": 0}));
    let abstracts = json!({"groupAbstractInfos": [{"groupID": "g", "groupMemberNumber": 2, "groupMemberListHash": u64::MAX}]});
    assert_eq!(data(abstracts.clone(), "/group/get_group_abstract_info", json!({"groupIDs": ["g"]})).await, abstracts);
}

#[tokio::test]
async fn open_requests_are_counted_since_a_time_in_milliseconds() {
    let path = "/group/get_group_application_unhandled_count";
    let since = variables(path, json!({"userID": "a", "time": 1_719_900_000_123_i64})).await;
    assert_eq!(since, json!({"userID": "a", "time": "2024-07-02T06:00:00.123Z"}));
    assert_eq!(variables(path, json!({"userID": "a"})).await, json!({"userID": "a"}));
    assert_eq!(data(json!({"viewer": {"count": 2}}), path, json!({"userID": "a"})).await, json!({"count": 2}));
}

#[tokio::test]
async fn new_groups_are_counted_by_day_for_administrators() {
    let path = "/statistics/group/create";
    let range = json!({"start": 1_719_900_000_000_i64, "end": 1_719_986_400_000_i64});
    let days = json!([{"date": "2024-07-03", "count": 2}, {"date": "2024-07-02", "count": 1}]);
    let answer = json!({"admin": {"groupCreationStatistics": {"total": 9, "before": 6, "count": days}}});
    assert_eq!(data(answer, path, range.clone()).await, json!({"total": 9, "before": 6, "count": {"2024-07-02": 1, "2024-07-03": 2}}));
    assert_eq!(refused(path, &[json!({}), range]).await, [1001, 1002]);
}
