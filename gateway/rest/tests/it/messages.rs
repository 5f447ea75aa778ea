//! What applications send, and what administrators look up.

use axum::http::StatusCode;
use openim_core::ErrorCode;
use serde_json::{Value, json};

use crate::support::{Door, Graph};

const SENT_AT: &str = "2026-11-21T10:20:30.123Z";

/// A graph in which every send goes well.
fn sending(field: &'static str, changes: Value) -> Graph {
    Graph::new(move |_, _| {
        let message = json!({"serverMsgID": "s", "clientMsgID": "c", "sendTime": SENT_AT});
        Ok(json!({field: {"message": message, "changes": changes}}))
    })
}

fn sent() -> Value {
    json!({"serverMsgID": "s", "clientMsgID": "c", "sendTime": 1_795_256_430_123_i64})
}

#[tokio::test]
async fn what_the_application_changed_is_told_by_name() {
    let changes = json!([{"name": "content", "value": "{\"content\":\"good\"}"}, {"name": "options", "value": {"unreadCount": false}}]);
    let graph = sending("sendMessage", changes);
    let body = json!({"sendID": "a", "recvID": "b", "content": {"content": "bad"}, "contentType": 101, "sessionType": 1});
    let mut expected = sent();
    expected["modify"] = json!({"content": "{\"content\":\"good\"}", "options": {"unreadCount": false}});
    assert_eq!(Door::over(&graph).post("/msg/send_msg", body.to_string()).await.data(), expected);
}

#[tokio::test]
async fn a_business_notification_has_one_recipient() {
    let graph = sending("sendBusinessNotification", json!([]));
    let door = Door::over(&graph);
    let path = "/msg/send_business_notification";
    let body = json!({"sendUserID": "a", "recvUserID": "b", "key": "k", "data": "d"});
    assert_eq!(door.post(path, body.to_string()).await.data(), sent());
    let body = json!({"sendUserID": "a", "recvGroupID": "g", "sendMsg": true, "reliabilityLevel": 2});
    assert_eq!(door.post(path, body.to_string()).await.data(), sent());
    let calls = graph.calls();
    let plain = json!({"senderId": "a", "recipient": {"userId": "b"}, "key": "k", "data": "d", "stored": false, "asMessage": false});
    assert_eq!(calls[0].variables["input"], plain);
    assert_eq!(calls[1].variables["input"], json!({"senderId": "a", "recipient": {"groupId": "g"}, "stored": true, "asMessage": true}));
    for (body, status) in [
        (json!({"sendUserID": "a"}), StatusCode::OK),
        (json!({"sendUserID": "a", "recvUserID": "b", "recvGroupID": "g"}), StatusCode::OK),
        (json!({"recvUserID": "b"}), StatusCode::BAD_REQUEST),
        (json!({"sendUserID": "a", "recvUserID": "b", "reliabilityLevel": "2"}), StatusCode::BAD_REQUEST),
    ] {
        let answer = door.post(path, body.to_string()).await;
        assert_eq!((answer.status, answer.code()), (status, 1001), "{body}");
    }
    let body = json!({"sendUserID": "a", "recvUserID": "b"});
    assert_eq!(door.post_as("user", path, body.to_string()).await.code(), 1002);
    assert_eq!(graph.calls().len(), 2);
}

#[tokio::test]
async fn a_simple_message_takes_its_key_from_the_url() {
    let graph = sending("sendSimpleMessage", json!([]));
    let door = Door::over(&graph);
    let push = json!({"title": "t"});
    let body = json!({"sendID": "b", "content": "hi", "ex": "e", "offlinePushInfo": push}).to_string();
    assert_eq!(door.post_as("user", "/msg/send_simple_msg?key=ab%2Bc%3D%3D", body).await.data(), sent());
    let body = json!({"content": "hi"}).to_string();
    assert_eq!(door.post_as("user", "/msg/send_simple_msg?other=1&key=ab+c==", body.clone()).await.data(), sent());
    let calls = graph.calls();
    let push = json!({"title": "t", "description": "", "ex": "", "iosSound": "", "iosBadgeCount": false, "signalInfo": ""});
    assert_eq!(calls[0].variables["input"], json!({"replyKey": "ab+c==", "text": "hi", "senderId": "b", "ex": "e", "offlinePush": push}));
    assert_eq!(calls[1].variables["input"], json!({"replyKey": "ab+c==", "text": "hi"}));
    assert_eq!(door.post_as("user", "/msg/send_simple_msg", body.clone()).await.code(), 1001);
    let empty = door.post_as("user", "/msg/send_simple_msg?key=k", "{}").await;
    assert_eq!((empty.status, empty.code()), (StatusCode::BAD_REQUEST, 1001));
    let in_body = json!({"content": "hi", "key": "k"}).to_string();
    assert_eq!(door.post_as("user", "/msg/send_simple_msg", in_body).await.code(), 1001, "the key is no field of the body");
    assert_eq!(graph.calls().len(), 2);
}

#[tokio::test]
async fn the_status_of_a_send_is_a_number() {
    for (word, number) in [("UNKNOWN", 0), ("SUCCEEDED", 2)] {
        let graph = Graph::answering(json!({ "status": word }));
        assert_eq!(Door::over(&graph).post_as("user", "/msg/check_msg_is_send_success", "{}").await.data(), json!({ "status": number }));
        assert_eq!(graph.calls()[0].operation_id, "op-1");
    }
}

#[tokio::test]
async fn a_search_asks_for_what_is_given_and_pages() {
    let node = json!({"serverMsgID": "s", "clientMsgID": "c", "sendID": "a", "recvID": "g", "groupID": "g", "receiver": null,
        "senderPlatformID": "WEB", "senderNickname": "A", "senderFaceURL": "f", "group": {"groupName": "G", "groupFaceURL": "gf",
        "groupMemberCount": 3, "groupOwner": "o", "groupType": "WORKING"}, "sessionType": "GROUP", "msgFrom": "USER", "contentType": 101,
        "content": "{}", "status": "SENT", "sendTime": SENT_AT, "createTime": SENT_AT, "ex": "", "seq": 7});
    let graph = Graph::answering(json!({"messages": {"chatLogsNum": 31, "chatLogs": [{"isRevoked": true, "chatLog": node}]}}));
    let door = Door::over(&graph);
    let body = json!({"sendID": "a", "recvID": "g", "contentType": 101, "sessionType": 3, "sendTime": "2026-11-21",
        "pagination": {"pageNumber": 3, "showNumber": 10}});
    let data = door.post_as("user", "/msg/search_msg", body.to_string()).await.data();
    assert_eq!((&data["chatLogsNum"], &data["chatLogs"][0]["isRevoked"]), (&json!(31), &json!(true)));
    let log = &data["chatLogs"][0]["chatLog"];
    assert_eq!(
        (&log["recvID"], &log["recvNickname"], &log["groupName"], &log["groupType"]),
        (&json!("g"), &json!(""), &json!("G"), &json!(2))
    );
    let variables = &graph.calls()[0].variables;
    let filter = json!({"senderId": "a", "recipientId": "g", "contentType": 101, "kind": "GROUP",
        "since": "2026-11-21T00:00:00.000Z", "until": "2026-11-22T00:00:00.000Z"});
    assert_eq!((&variables["filter"], &variables["first"], &variables["offset"]), (&filter, &json!(10), &json!(20)));
    door.post("/msg/search_msg", r#"{"pagination":{"pageNumber":1,"showNumber":1}}"#).await;
    assert_eq!(graph.calls()[1].variables["filter"], json!({}));
    for (field, value) in [("sendTime", json!("yesterday")), ("sendTime", json!("2026-02-30")), ("sessionType", json!(9))] {
        let body = json!({field: value, "pagination": {"pageNumber": 1, "showNumber": 1}});
        assert_eq!(door.post("/msg/search_msg", body.to_string()).await.code(), 1001, "{body}");
    }
}

#[tokio::test]
async fn statistics_are_for_administrators() {
    let graph = Graph::new(|name, _| match name {
        "StatisticsUserActive" => {
            let user = json!({"userID": "a", "nickname": "A", "faceURL": "", "ex": "", "createTime": SENT_AT, "appMangerLevel": "ORDINARY",
                "globalRecvMsgOpt": "RECEIVE"});
            Ok(
                json!({"admin": {"activeUsers": {"totals": {"msgCount": 5, "userCount": 2}, "dateCount": [{"date": "2026-11-21", "count": 5}],
                "users": [{"user": user, "count": 4}, {"user": null, "count": 1}]}}}),
            )
        }
        "StatisticsGroupActive" => {
            Ok(json!({"admin": {"activeGroups": {"totals": {"msgCount": 0, "groupCount": 0}, "dateCount": [], "groups": []}}}))
        }
        _ => Err((ErrorCode::Internal, "unexpected")),
    });
    let door = Door::over(&graph);
    let body = json!({"start": 1_795_219_200_000_i64, "end": 1_795_305_600_000_i64, "ase": true, "group": true,
        "pagination": {"pageNumber": 1, "showNumber": 20}});
    let data = door.post("/statistics/user/active", body.to_string()).await.data();
    assert_eq!((&data["msgCount"], &data["userCount"], &data["dateCount"]), (&json!(5), &json!(2), &json!({"2026-11-21": 5})));
    assert_eq!((&data["users"][0]["user"]["userID"], &data["users"][0]["count"]), (&json!("a"), &json!(4)));
    let variables = &graph.calls()[0].variables;
    assert_eq!(
        (&variables["from"], &variables["group"], &variables["ase"]),
        (&json!("2026-11-21T00:00:00.000Z"), &json!(true), &json!(true))
    );
    let data = door.post("/statistics/group/active", body.to_string()).await.data();
    assert_eq!(data, json!({"msgCount": 0, "groupCount": 0, "groups": null}));
    for path in ["/statistics/user/active", "/statistics/group/active"] {
        assert_eq!(door.post_as("user", path, body.to_string()).await.code(), 1002);
    }
}
