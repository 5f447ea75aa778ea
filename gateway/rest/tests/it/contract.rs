//! Every route of the contract: served or listed as missing; bodies and answers of the users' and conversations' routes.

use expect_test::expect_file;
use serde_json::json;

use crate::support::{Door, Graph};

#[test]
fn routes_without_a_document_are_listed() {
    let door = Door::over(&Graph::answering(json!({})));
    let missing = door.rest.missing();
    assert_eq!(missing.len() + openim_rest::documents().len(), 153);
    expect_file!["../../../../schema/rest/MISSING.txt"].assert_eq(&format!("{}\n", missing.join("\n")));
}

#[tokio::test]
async fn registering_passes_users_on_and_answers_without_data() {
    let graph = Graph::answering(json!({"registerUsers": {"users": []}}));
    let door = Door::over(&graph);
    let body = r#"{"users":[{"userID":"a","nickname":"A","appMangerLevel":4,"globalRecvMsgOpt":2},{"userID":"b","nickname":"B"}]}"#;
    assert_eq!(door.post("/user/user_register", body).await.body, r#"{"errCode":0,"errMsg":"","errDlt":""}"#);
    let users = graph.calls()[0].variables["users"].clone();
    assert_eq!(users[0], json!({"id": "a", "nickname": "A", "faceUrl": "", "ex": "", "level": "ROBOT", "globalReceiveOption": "SILENT"}));
    assert_eq!(users[1]["level"], "ORDINARY");
    for bad in [
        "{}",
        r#"{"users":[null]}"#,
        r#"{"users":[{"userID":"a b","nickname":"A"}]}"#,
        r#"{"users":[{"userID":"a","nickname":""}]}"#,
        r#"{"users":[{"userID":"a","nickname":"A","appMangerLevel":9}]}"#,
    ] {
        assert_eq!(door.post("/user/user_register", bad).await.code(), 1001, "{bad}");
    }
    assert_eq!(graph.calls().len(), 1);
}

#[tokio::test]
async fn the_two_profile_updates_differ_in_what_empty_means() {
    let graph = Graph::answering(json!({"updateUser": {"user": {"id": "user"}}}));
    let door = Door::over(&graph);
    let body = r#"{"userInfo":{"userID":"user","nickname":"","ex":"","globalRecvMsgOpt":0}}"#;
    assert_eq!(door.post_as("user", "/user/update_user_info", body).await.code(), 0);
    assert_eq!(door.post_as("user", "/user/update_user_info_ex", body).await.code(), 0);
    let calls = graph.calls();
    assert_eq!((calls[0].name.as_str(), calls[1].name.as_str()), ("UpdateUserInfo", "UpdateUserInfoEx"));
    assert_eq!(calls[0].variables, json!({"id": "user"}));
    assert_eq!(calls[1].variables, json!({"id": "user", "nickname": "", "ex": "", "option": "RECEIVE"}));
    assert_eq!(door.post_as("user", "/user/update_user_info", "{}").await.code(), 1001);
    assert_eq!(door.post_as("user", "/user/update_user_info_ex", r#"{"userInfo":{}}"#).await.code(), 1001);
}

#[tokio::test]
async fn tokens_are_made_for_known_platforms_only() {
    let door = Door::over(&Graph::answering(json!({"createUserToken": {"token": "t", "expireTimeSeconds": 7_776_000}})));
    let ok = door.post("/auth/get_user_token", r#"{"userID":"a","platformID":11}"#).await;
    assert_eq!(ok.data(), json!({"token": "t", "expireTimeSeconds": 7_776_000}));
    assert_eq!(door.post("/auth/get_user_token", r#"{"userID":"a","platformID":99}"#).await.code(), 1001);
}

#[tokio::test]
async fn a_token_tells_its_end_in_seconds() {
    let info = json!({"tokenInfo": {"userID": "a", "platformID": "HARMONY_OS", "expireTimeSeconds": "2026-11-21T10:20:30.999Z"}});
    let door = Door::over(&Graph::answering(info));
    let answer = door.post_with(&[("operationID", "x")], "/auth/parse_token", r#"{"token":"t"}"#).await;
    assert_eq!(answer.data(), json!({"userID": "a", "platformID": 11, "expireTimeSeconds": 1_795_256_430}));
}

#[tokio::test]
async fn a_missing_conversation_is_1004_and_missing_ones_of_many_are_left_out() {
    let door = Door::over(&Graph::new(|name, _| {
        Ok(match name {
            "GetConversation" => json!({"viewer": {"conversation": []}}),
            _ => json!({"viewer": {"conversations": []}}),
        })
    }));
    let answer = door.post_as("user", "/conversation/get_conversation", r#"{"ownerUserID":"user","conversationID":"si_a_b"}"#).await;
    assert_eq!(answer.code(), 1004);
    let answer = door.post_as("user", "/conversation/get_conversations", r#"{"ownerUserID":"user","conversationIDs":["si_a_b"]}"#).await;
    assert_eq!(answer.body, r#"{"errCode":0,"errMsg":"","errDlt":"","data":{"conversations":null}}"#);
}

#[tokio::test]
async fn read_marks_need_their_fields() {
    let graph = Graph::answering(json!({"markConversationRead": {"conversation": {"id": "si_a_b"}}}));
    let door = Door::over(&graph);
    let path = "/msg/mark_conversation_as_read";
    let body = r#"{"userID":"user","conversationID":"si_a_b","hasReadSeq":3,"seqs":[2,3]}"#;
    assert_eq!(door.post_as("user", path, body).await.body, r#"{"errCode":0,"errMsg":"","errDlt":""}"#);
    for bad in [
        r#"{"userID":"user","conversationID":"si_a_b","hasReadSeq":0}"#,
        r#"{"userID":"user","conversationID":"si_a_b","hasReadSeq":1,"seqs":[1,0]}"#,
        r#"{"userID":"user","hasReadSeq":1}"#,
        r#"{"userID":"user","conversationID":"si_a_b","hasReadSeq":"1"}"#,
    ] {
        assert_eq!(door.post_as("user", path, bad).await.code(), 1001, "{bad}");
    }
    assert_eq!(graph.calls().len(), 1);
}
