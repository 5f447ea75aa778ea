//! The two sending routes: free content to the graph's input.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Door, Graph};

fn graph() -> Graph {
    Graph::new(|name, _| {
        let message = json!({"serverMsgID": "s", "clientMsgID": "c", "sendTime": "2026-11-21T10:20:30.123Z"});
        Ok(match name {
            "SendMsg" => json!({"sendMessage": {"message": message, "changes": []}}),
            _ => json!({"sendMessageBatch": {"results": [{"recvID": "b", "message": message}], "failedUserIDs": [{"receiverId": "x"}]}}),
        })
    })
}

fn body(extra: Value) -> String {
    let mut body = json!({"sendID": "a", "recvID": "b", "content": {"content": "hi"}, "contentType": 101, "sessionType": 1});
    body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
    body.to_string()
}

async fn input(extra: Value) -> Value {
    let graph = graph();
    let answer = Door::over(&graph).post("/msg/send_msg", body(extra)).await;
    assert_eq!(answer.data(), json!({"serverMsgID": "s", "clientMsgID": "c", "sendTime": 1_795_256_430_123_i64}));
    graph.calls()[0].variables["input"].clone()
}

#[tokio::test]
async fn a_text_goes_to_its_receiver() {
    let input = input(json!({"senderNickname": "A", "content": {"z": 1, "content": "hi"}})).await;
    assert_eq!(input["senderId"], "a");
    assert_eq!(input["recipient"], json!({"userId": "b"}));
    assert_eq!(input["senderNickname"], "A");
    assert_eq!(input["source"], "SYSTEM");
    assert_eq!(input["content"], json!({"raw": {"contentType": 101, "text": r#"{"content":"hi","z":1}"#}}));
    for absent in ["clientMessageId", "sentAt", "senderPlatform", "offlinePush", "onlineOnly", "notOfflinePush", "ex"] {
        assert_eq!(input.get(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn switches_times_and_push_texts_are_passed_on() {
    let push = json!({"title": "t", "iOSBadgeCount": true});
    let extra = json!({"sendTime": 1_795_256_430_123_i64, "senderPlatformID": 3, "isOnlineOnly": true, "notOfflinePush": true, "offlinePushInfo": push});
    let input = input(extra).await;
    assert_eq!((&input["sentAt"], &input["senderPlatform"]), (&json!("2026-11-21T10:20:30.123Z"), &json!("WINDOWS")));
    assert_eq!((&input["onlineOnly"], &input["notOfflinePush"]), (&json!(true), &json!(true)));
    let expected = json!({"title": "t", "description": "", "ex": "", "iosSound": "", "iosBadgeCount": true, "signalInfo": ""});
    assert_eq!(input["offlinePush"], expected);
}

#[tokio::test]
async fn a_group_is_the_recipient_of_session_type_3() {
    assert_eq!(input(json!({"groupID": "g", "sessionType": 3})).await["recipient"], json!({"groupId": "g"}));
}

#[tokio::test]
async fn a_notice_is_wrapped_and_has_session_type_4_whatever_was_sent() {
    let notice = json!({"notificationName": "n", "notificationType": 1, "text": "<t>"});
    let input = input(json!({"contentType": 1400, "content": notice})).await;
    let text = r#"{"detail":"{\"notificationName\":\"n\",\"notificationType\":1,\"text\":\"\\u003ct\\u003e\"}"}"#;
    assert_eq!(input["content"]["raw"]["text"], text);
    assert_eq!(input["recipient"], json!({"userId": "b"}));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_the_graph() {
    let graph = graph();
    let door = Door::over(&graph);
    for (extra, status) in [
        (json!({"contentType": 107}), StatusCode::OK),
        (json!({"content": {}}), StatusCode::OK),
        (json!({"sessionType": 4}), StatusCode::OK),
        (json!({"sessionType": 2, "groupID": "g"}), StatusCode::OK),
        (json!({"senderPlatformID": 99}), StatusCode::OK),
        (json!({"sessionType": 3}), StatusCode::BAD_REQUEST),
        (json!({"recvID": ""}), StatusCode::BAD_REQUEST),
        (json!({"content": null}), StatusCode::BAD_REQUEST),
        (json!({"content": "text"}), StatusCode::BAD_REQUEST),
        (json!({"contentType": 0}), StatusCode::BAD_REQUEST),
        (json!({"contentType": "101"}), StatusCode::BAD_REQUEST),
    ] {
        let answer = door.post("/msg/send_msg", body(extra.clone())).await;
        assert_eq!((answer.status, answer.code()), (status, 1001), "{extra}");
    }
    assert_eq!(door.post_as("user", "/msg/send_msg", body(json!({}))).await.code(), 1002);
    assert!(graph.calls().is_empty());
}

#[tokio::test]
async fn a_batch_answers_who_got_it_and_who_did_not() {
    let graph = graph();
    let door = Door::over(&graph);
    let answer = door.post("/msg/batch_send_msg", body(json!({"recvIDs": ["b", "x"]}))).await;
    let sent = json!({"serverMsgID": "s", "clientMsgID": "c", "sendTime": 1_795_256_430_123_i64, "recvID": "b"});
    assert_eq!(answer.data(), json!({"results": [sent], "failedUserIDs": ["x"]}));
    assert_eq!(door.post("/msg/batch_send_msg", body(json!({}))).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(door.post("/msg/batch_send_msg", body(json!({"recvIDs": [], "isSendAll": true}))).await.code(), 0);
    let calls = graph.calls();
    assert_eq!(calls[0].variables["input"]["receiverIds"], json!(["b", "x"]));
    assert_eq!(calls[1].variables["input"]["all"], true);
}
