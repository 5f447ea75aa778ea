//! The conversations' routes whose bodies or answers are not what the graph has.

use serde_json::{Value, json};

use crate::support::{Door, Graph};

const AT: &str = "2026-11-21T10:20:30.123Z";
const MILLISECONDS: i64 = 1_795_256_430_123;

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

fn row() -> Value {
    json!({"ownerUserID": "a", "conversationID": "si_a_b", "recvMsgOpt": "SILENT", "conversationType": "SINGLE", "userID": "b", "groupID": null,
        "isPinned": true, "attachedInfo": "", "isPrivateChat": false, "groupAtType": "NONE", "ex": "", "burnDuration": 0, "minSeq": 0, "maxSeq": 0,
        "msgDestructTime": 0, "latestMsgDestructTime": null, "isMsgDestruct": false})
}

fn contract_row() -> Value {
    json!({"ownerUserID": "a", "conversationID": "si_a_b", "recvMsgOpt": 2, "conversationType": 1, "userID": "b", "groupID": "", "isPinned": true,
        "attachedInfo": "", "isPrivateChat": false, "groupAtType": 0, "ex": "", "burnDuration": 0, "minSeq": 0, "maxSeq": 0, "msgDestructTime": 0,
        "latestMsgDestructTime": 0, "isMsgDestruct": false})
}

#[tokio::test]
async fn settings_that_are_given_are_set_and_absent_ones_stay() {
    let path = "/conversation/set_conversations";
    let conversation = json!({"conversationID": "si_a_b", "conversationType": 1, "userID": "b", "groupID": "", "recvMsgOpt": 0, "isPinned": false,
        "ex": "", "attachedInfo": null, "burnDuration": 30, "groupAtType": 0, "msgDestructTime": 60, "isMsgDestruct": true, "minSeq": 7});
    let sent = variables(path, json!({"userIDs": ["a"], "conversation": conversation})).await;
    let expected = json!({"userIDs": ["a"], "conversationID": "si_a_b", "kind": "SINGLE", "peerId": "b", "receiveOption": "RECEIVE", "pinned": false,
        "ex": "", "burnDuration": 30, "groupAtType": "NONE", "destructAfter": 60, "isDestructing": true});
    assert_eq!(sent, expected);
    let sent = variables(path, json!({"userIDs": ["a"], "conversation": {"conversationType": 3, "groupID": "g", "isPinned": true}})).await;
    assert_eq!(sent, json!({"userIDs": ["a"], "kind": "GROUP", "groupId": "g", "pinned": true}));

    let graph = Graph::answering(json!({"updateConversations": {"changedOwnerIds": []}}));
    let door = Door::over(&graph);
    for bad in [
        json!({}),
        json!({"userIDs": ["a"]}),
        json!({"conversation": {"conversationType": 3, "groupID": "g"}}),
        json!({"userIDs": ["a"], "conversation": {"userID": "b"}}),
        json!({"userIDs": ["a"], "conversation": {"conversationType": 1}}),
        json!({"userIDs": ["a"], "conversation": {"conversationType": 3}}),
        json!({"userIDs": ["a"], "conversation": {"conversationType": 2, "groupID": "g"}}),
        json!({"userIDs": ["a"], "conversation": {"conversationType": 1, "userID": "b", "recvMsgOpt": 3}}),
    ] {
        assert_eq!(door.post(path, bad.to_string()).await.code(), 1001, "{bad}");
    }
    assert!(graph.calls().is_empty());
    let good = json!({"userIDs": ["a"], "conversation": {"conversationType": 1, "userID": "b"}});
    assert_eq!(door.post(path, good.to_string()).await.body, r#"{"errCode":0,"errMsg":"","errDlt":""}"#);
}

#[tokio::test]
async fn lists_and_their_versions_are_openims() {
    let delta = json!({"version": {"version": 7, "versionID": "v"}, "full": false, "delete": ["si_a_c"], "insert": [row()], "update": []});
    let body = json!({"userID": "a", "versionID": "v", "version": 6});
    let changes = data(json!({"viewer": {"conversationChanges": delta}}), "/conversation/get_incremental_conversations", body).await;
    let expected = json!({"version": 7, "versionID": "v", "full": false, "delete": ["si_a_c"], "insert": [contract_row()], "update": null});
    assert_eq!(changes, expected);
    let first = variables("/conversation/get_incremental_conversations", json!({"userID": "a"})).await;
    assert_eq!(first, json!({"userID": "a", "versionID": "", "version": 0}));

    let ids = json!({"viewer": {"conversationIds": {"version": {"version": 7, "versionID": "v"}, "equal": false, "conversationIDs": ["si_a_b"]}}});
    let ids = data(ids, "/conversation/get_full_conversation_ids", json!({"userID": "a", "idHash": u64::MAX})).await;
    assert_eq!(ids, json!({"version": 7, "versionID": "v", "equal": false, "conversationIDs": ["si_a_b"]}));

    let page = json!({"viewer": {"conversations": {"total": 1, "conversations": [{"node": row()}]}}});
    let body = json!({"userID": "a", "pagination": {"pageNumber": 1, "showNumber": 300}});
    let owned = data(page.clone(), "/conversation/get_owner_conversation", body).await;
    assert_eq!(owned, json!({"total": 1, "conversations": [contract_row()]}));
    for (path, field) in [("get_pinned_conversation_ids", "conversationIDs"), ("get_not_notify_conversation_ids", "conversationIDs")] {
        let some = data(json!({"viewer": {field: ["si_a_b"]}}), &format!("/conversation/{path}"), json!({"userID": "a"})).await;
        assert_eq!(some, json!({"conversationIDs": ["si_a_b"]}));
    }
}

#[tokio::test]
async fn the_sorted_list_has_the_newest_message_and_its_group() {
    let message = json!({"serverMsgID": "s", "clientMsgID": "c", "sessionType": "GROUP", "sendID": "b", "recvID": null, "senderName": "B",
        "faceURL": "f", "groupID": "g", "conversation": {"group": {"groupName": "G", "groupFaceURL": "", "groupType": "WORKING", "groupMemberCount": 3}},
        "LatestMsgRecvTime": AT, "msgFrom": "USER", "contentType": 101, "content": "{}", "ex": ""});
    let node = |message: Value| json!({"node": {"conversationID": "sg_g", "recvMsgOpt": "RECEIVE", "unreadCount": 2, "IsPinned": true, "msgInfo": message}});
    let page = json!({"viewer": {"conversations": {"conversationTotal": 1, "unreadTotal": 2, "conversationElems": [node(message), node(json!(null))]}}});
    let body = json!({"userID": "a", "pagination": {"pageNumber": 1, "showNumber": 10}});
    let list = data(page, "/conversation/get_sorted_conversation_list", body).await;
    let info = json!({"serverMsgID": "s", "clientMsgID": "c", "sessionType": 3, "sendID": "b", "recvID": "", "senderName": "B", "faceURL": "f",
        "groupID": "g", "groupName": "G", "groupFaceURL": "", "groupType": 2, "groupMemberCount": 3, "LatestMsgRecvTime": MILLISECONDS, "msgFrom": 100,
        "contentType": 101, "content": "{}", "ex": ""});
    let entry = |info: Value| json!({"conversationID": "sg_g", "recvMsgOpt": 0, "unreadCount": 2, "IsPinned": true, "msgInfo": info});
    assert_eq!(list, json!({"conversationTotal": 1, "unreadTotal": 2, "conversationElems": [entry(info), entry(json!(null))]}));
    let some = variables(
        "/conversation/get_sorted_conversation_list",
        json!({"userID": "a", "conversationIDs": ["sg_g"], "pagination": {"pageNumber": 2, "showNumber": 10}}),
    )
    .await;
    assert_eq!(some, json!({"userID": "a", "conversationIDs": ["sg_g"], "first": 10, "offset": 10}));
}

#[tokio::test]
async fn deleting_and_clearing_pass_on_what_is_given() {
    let days = variables("/conversation/delete_conversations", json!({"ownerUserID": "a", "needDeleteTime": 30})).await;
    assert_eq!(days, json!({"ownerUserID": "a", "needDeleteTime": 30}));
    let ids =
        variables("/conversation/delete_conversations", json!({"ownerUserID": "a", "needDeleteTime": 0, "conversationIDs": ["x"]})).await;
    assert_eq!(ids, json!({"ownerUserID": "a", "conversationIDs": ["x"]}));
    for (given, expected) in [
        (json!({"isSyncSelf": true}), json!({"userID": "a", "conversationIDs": ["x"], "self": true, "other": false})),
        (json!({"IsSyncOther": true}), json!({"userID": "a", "conversationIDs": ["x"], "self": false, "other": true})),
    ] {
        let body = json!({"userID": "a", "conversationIDs": ["x"], "deleteSyncOpt": given});
        assert_eq!(variables("/msg/clear_conversation_msg", body).await, expected);
    }
    assert_eq!(
        variables("/msg/clear_conversation_msg", json!({"userID": "a", "conversationIDs": ["x"]})).await["conversationIDs"],
        json!(["x"])
    );
    assert_eq!(variables("/msg/user_clear_all_msg", json!({"userID": "a"})).await["userID"], json!("a"));
    let absent = variables("/conversation/update_conversations_by_user", json!({"userID": "a"})).await;
    assert_eq!(absent, json!({"userID": "a"}));

    let door = Door::over(&Graph::answering(json!({})));
    for (path, body) in [
        ("/msg/clear_conversation_msg", json!({"userID": "a"})),
        ("/msg/clear_conversation_msg", json!({"conversationIDs": []})),
        ("/msg/user_clear_all_msg", json!({})),
        ("/msg/mark_msgs_as_read", json!({"userID": "a", "conversationID": "x"})),
        ("/msg/mark_msgs_as_read", json!({"userID": "a", "conversationID": "x", "seqs": [1, 0]})),
        ("/msg/set_conversation_has_read_seq", json!({"userID": "a", "conversationID": "x", "hasReadSeq": 0})),
    ] {
        assert_eq!(door.post(path, body.to_string()).await.code(), 1001, "{path} {body}");
    }
}

#[tokio::test]
async fn the_web_sdk_gets_conversations_with_what_it_shows_of_them() {
    let message = json!({"sendID": "b", "recvID": "a", "groupID": null, "clientMsgID": "c", "serverMsgID": "s", "senderPlatformID": "WEB",
        "senderNickname": "B", "senderFaceURL": "", "sessionType": "SINGLE", "msgFrom": "USER", "contentType": 101, "content": "{}", "seq": 5,
        "sendTime": AT, "createTime": AT, "status": "SENT", "isRead": false, "options": [], "offlinePushInfo": null, "atUserIDList": [],
        "attachedInfo": "", "ex": ""});
    let user = json!({"userID": "b", "nickname": "B", "faceURL": "", "ex": "", "createTime": AT, "appMangerLevel": "ORDINARY",
        "globalRecvMsgOpt": "RECEIVE"});
    let friend = json!({"ownerUserID": "a", "friendUserID": "b", "remark": "r", "createTime": AT, "addSource": "REQUEST", "operatorUserID": "b",
        "ex": "", "isPinned": false});
    let state = json!({"maxSeq": 5, "readSeq": 3, "lastMsg": message, "user": user, "contact": {"friend": friend}, "group": null});
    let page = json!({"viewer": {"activeConversations": {"unreadCount": 2, "conversations": [{"conversation": row(), "state": state}]}}});
    for (path, body) in [
        ("/jssdk/get_active_conversations", json!({"ownerUserID": "somebody", "count": 20})),
        ("/jssdk/get_conversations", json!({"ownerUserID": "somebody", "conversationIDs": ["si_a_b"]})),
    ] {
        let answer = data(page.clone(), path, body).await;
        let entry = &answer["conversations"][0];
        assert_eq!((&answer["unreadCount"], &entry["conversation"]), (&json!(2), &contract_row()), "{path}");
        assert_eq!((&entry["maxSeq"], &entry["readSeq"], &entry["lastMsg"]["content"]), (&json!(5), &json!(3), &json!("e30=")));
        assert_eq!((&entry["user"]["createTime"], &entry["friend"]["addSource"]), (&json!(MILLISECONDS), &json!(2)));
        assert_eq!(entry["group"], json!(null));
    }
    assert_eq!(variables("/jssdk/get_active_conversations", json!({"count": 20})).await, json!({"count": 20}));
    assert_eq!(variables("/jssdk/get_conversations", json!({})).await, json!({"conversationIDs": []}));
}
