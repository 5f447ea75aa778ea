//! The friends' routes whose bodies or answers are not what the graph has.

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

fn friend(at: &str) -> Value {
    let user = json!({"userID": "b", "nickname": "B", "faceURL": "f", "ex": "x"});
    json!({"ownerUserID": "a", "remark": "r", "createTime": at, "friendUser": user, "addSource": "REQUEST", "operatorUserID": "b",
        "ex": "", "isPinned": true})
}

fn friend_info(at: i64) -> Value {
    let user =
        json!({"userID": "b", "nickname": "B", "faceURL": "f", "ex": "x", "createTime": 0, "appMangerLevel": 0, "globalRecvMsgOpt": 0});
    json!({"ownerUserID": "a", "remark": "r", "createTime": at, "friendUser": user, "addSource": 2, "operatorUserID": "b", "ex": "",
        "isPinned": true})
}

const AT: &str = "2026-11-21T10:20:30.123Z";
const SECONDS: i64 = 1_795_256_430;
const MILLISECONDS: i64 = 1_795_256_430_123;

#[tokio::test]
async fn outcomes_of_asking_and_answering_are_openims_codes() {
    let outcome = async |answer: Value, path: &str, body: Value| Door::over(&Graph::answering(answer)).post(path, body.to_string()).await;
    let ask = json!({"fromUserID": "a", "toUserID": "b"});
    let sent = outcome(json!({"sendFriendRequest": {"status": "SENT"}}), "/friend/add_friend", ask.clone()).await;
    assert_eq!(sent.body, r#"{"errCode":0,"errMsg":"","errDlt":""}"#);
    let twice = outcome(json!({"sendFriendRequest": {"status": "ALREADY_FRIENDS"}}), "/friend/add_friend", ask).await;
    assert_eq!(twice.body, r#"{"errCode":1304,"errMsg":"RelationshipAlreadyError","errDlt":""}"#);
    for (status, result, code) in
        [("ACCEPTED", 1, 0), ("REFUSED", -1, 0), ("TOO_LATE_TO_ACCEPT", 1, 1001), ("TOO_LATE_TO_REFUSE", -1, 1305)]
    {
        let answer = json!({"respondToFriendRequest": {"status": status}});
        let body = json!({"fromUserID": "a", "toUserID": "b", "handleResult": result});
        assert_eq!(outcome(answer, "/friend/add_friend_response", body).await.code(), code, "{status}");
    }
    let neither = json!({"fromUserID": "a", "toUserID": "b", "handleResult": 2});
    assert_eq!(outcome(json!({}), "/friend/add_friend_response", neither).await.code(), 1001);
}

#[tokio::test]
async fn times_of_friends_are_seconds_in_lists_and_milliseconds_in_specified_infos() {
    let edges = json!({"viewer": {"friends": {"total": 1, "friendsInfo": [{"node": friend(AT)}]}}});
    let body = json!({"userID": "a", "pagination": {"pageNumber": 1, "showNumber": 10}});
    assert_eq!(data(edges, "/friend/get_friend_list", body).await, json!({"friendsInfo": [friend_info(SECONDS)], "total": 1}));
    let body = json!({"ownerUserID": "a", "friendUserIDs": ["b"]});
    let some = json!({"viewer": {"friendsInfo": [friend(AT)]}});
    assert_eq!(data(some, "/friend/get_designated_friends", body).await, json!({"friendsInfo": [friend_info(SECONDS)]}));

    let mut part = friend(AT);
    part.as_object_mut().expect("an object").remove("friendUser");
    let user = json!({"userID": "b", "nickname": "B", "faceURL": "", "ex": "", "createTime": AT, "appMangerLevel": "ORDINARY",
        "globalRecvMsgOpt": "SILENT"});
    let contacts = json!({"viewer": {"infos": [{"userInfo": user, "friendInfo": part, "blackInfo": null}]}});
    let infos = data(contacts, "/friend/get_specified_friends_info", json!({"ownerUserID": "a", "userIDList": ["b"]})).await;
    let info = &infos["infos"][0];
    assert_eq!((&info["friendInfo"]["createTime"], &info["friendInfo"]["friendUser"]), (&json!(MILLISECONDS), &json!(null)));
    assert_eq!((&info["userInfo"]["createTime"], &info["userInfo"]["globalRecvMsgOpt"]), (&json!(MILLISECONDS), &json!(2)));
    assert_eq!(info["blackInfo"], json!(null));
}

#[tokio::test]
async fn times_of_blocked_users_are_seconds_in_lists_and_milliseconds_when_specified() {
    let entry = json!({"ownerUserID": "a", "createTime": AT, "blackUserInfo": null, "operatorUserID": "a", "ex": ""});
    let info =
        |at: i64| json!({"ownerUserID": "a", "createTime": at, "blackUserInfo": null, "addSource": 0, "operatorUserID": "a", "ex": ""});
    let edges = json!({"viewer": {"blacks": {"total": 1, "blacks": [{"node": entry}]}}});
    let body = json!({"userID": "a", "pagination": {"pageNumber": 1, "showNumber": 10}});
    assert_eq!(data(edges, "/friend/get_black_list", body).await, json!({"blacks": [info(SECONDS)], "total": 1}));
    let some = json!({"viewer": {"blacksByIds": [entry]}});
    let body = json!({"ownerUserID": "a", "userIDList": ["b"]});
    assert_eq!(data(some, "/friend/get_specified_blacks", body).await, json!({"blacks": [info(MILLISECONDS)], "total": 1}));
}

#[tokio::test]
async fn requests_have_both_names_and_the_two_lists_differ_in_a_capital() {
    let request = json!({"fromUserID": "a", "from": {"fromNickname": "A", "fromFaceURL": "fa"}, "toUserID": "b", "to": null,
        "handleResult": "REFUSED", "reqMsg": "hi", "createTime": AT, "handlerUserID": null, "handleMsg": "", "handleTime": null, "ex": ""});
    let info = json!({"fromUserID": "a", "fromNickname": "A", "fromFaceURL": "fa", "toUserID": "b", "toNickname": "", "toFaceURL": "",
        "handleResult": -1, "reqMsg": "hi", "createTime": MILLISECONDS, "handlerUserID": "", "handleMsg": "", "handleTime": 0, "ex": ""});
    for (path, key) in [("/friend/get_friend_apply_list", "FriendRequests"), ("/friend/get_self_friend_apply_list", "friendRequests")] {
        let edges = json!({"viewer": {"friendRequests": {"total": 1, key: [{"node": request}]}}});
        let body = json!({"userID": "a", "pagination": {"pageNumber": 1, "showNumber": 10}, "handleResults": [0, -1]});
        assert_eq!(data(edges, path, body.clone()).await, json!({key: [info], "total": 1}));
        let sent = variables(path, body).await;
        assert_eq!(sent["states"], json!(["OPEN", "REFUSED"]));
        let all = variables(path, json!({"userID": "a", "pagination": {"pageNumber": 1, "showNumber": 10}})).await;
        assert_eq!(all.get("states"), None);
    }
}

#[tokio::test]
async fn versions_and_hashes_keep_all_bits() {
    let body = json!({"userID": "a", "idHash": u64::MAX});
    assert_eq!(variables("/friend/get_full_friend_user_ids", body).await["idHash"], json!(u64::MAX));
    let list = json!({"viewer": {"friendIds": {"version": {"version": 7, "versionID": "v"}, "equal": true, "userIDs": []}}});
    let known = data(list, "/friend/get_full_friend_user_ids", json!({"userID": "a"})).await;
    assert_eq!(known, json!({"version": 7, "versionID": "v", "equal": true, "userIDs": null}));
    for (path, root) in [("/friend/get_incremental_friends", "friendChanges"), ("/friend/get_incremental_blacks", "blackChanges")] {
        let first = variables(path, json!({"userID": "a"})).await;
        assert_eq!(first, json!({"userID": "a", "versionID": "", "version": 0}), "{path}");
        let delta =
            json!({"version": {"version": 7, "versionID": "v"}, "full": true, "delete": [], "insert": [], "update": [], "sortVersion": 0});
        let answer = data(json!({"viewer": {root: delta}}), path, json!({"userID": "a"})).await;
        assert_eq!((&answer["full"], &answer["insert"], &answer["delete"]), (&json!(true), &json!(null), &json!(null)));
    }
}

#[tokio::test]
async fn absent_wrappers_keep_and_empty_ones_clear() {
    let path = "/friend/update_friends";
    let some = variables(path, json!({"ownerUserID": "a", "friendUserIDs": ["b"], "remark": "", "isPinned": false})).await;
    assert_eq!(some, json!({"ownerUserID": "a", "friendUserIDs": ["b"], "remark": "", "pinned": false}));
    let since = variables("/friend/get_self_unhandled_apply_count", json!({"userID": "a", "time": 1_795_256_430_123_i64})).await;
    assert_eq!(since["since"], json!(AT));
    let all = variables("/friend/get_self_unhandled_apply_count", json!({"userID": "a", "time": 0})).await;
    assert_eq!(all, json!({"userID": "a"}));
}

#[tokio::test]
async fn bodies_without_their_fields_are_refused_before_the_graph() {
    let graph = Graph::answering(json!({}));
    let door = Door::over(&graph);
    let many: Vec<String> = (0..1_001).map(|number| format!("u{number}")).collect();
    for (path, body) in [
        ("add_friend", json!({"fromUserID": "a"})),
        ("add_friend_response", json!({"fromUserID": "a", "toUserID": ""})),
        ("delete_friend", json!({"ownerUserID": "a"})),
        ("set_friend_remark", json!({"friendUserID": "a"})),
        ("add_black", json!({"ownerUserID": "a"})),
        ("remove_black", json!({"blackUserID": "a"})),
        ("get_friend_list", json!({"userID": "a"})),
        ("get_friend_list", json!({"userID": "a", "pagination": {"pageNumber": 0, "showNumber": 1}})),
        ("get_friend_list", json!({"userID": "a", "pagination": {"pageNumber": 1, "showNumber": 1_001}})),
        ("get_black_list", json!({"pagination": {"pageNumber": 1, "showNumber": 1}})),
        ("import_friend", json!({"ownerUserID": "a"})),
        ("import_friend", json!({"ownerUserID": "a", "friendUserIDs": many})),
        ("update_friends", json!({"ownerUserID": "a", "friendUserIDs": many})),
        ("get_specified_friends_info", json!({"ownerUserID": "a", "userIDList": many})),
        ("is_friend", json!({"userID1": "a"})),
        ("get_friend_id", json!({"userID": ""})),
    ] {
        assert_eq!(door.post(&format!("/friend/{path}"), body.to_string()).await.code(), 1001, "{path}");
    }
    let body = json!({"ownerUserID": "a", "friendUserIDs": ["b"]}).to_string();
    assert_eq!(door.post_as("user", "/friend/import_friend", body).await.code(), 1002);
    assert!(graph.calls().is_empty());
}
