//! Bodies of the plain JavaScript SDK, which speaks protobuf on its own routes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openim_protocol::jssdk::{GetActiveConversationsReq, GetActiveConversationsResp};
use openim_protocol::prost::Message as _;
use serde_json::{Value, json};

use crate::support::{Answer, Door, Graph};

const ACTIVE: &str = "/jssdk/get_active_conversations";

fn graph() -> Graph {
    let message = json!({"sendID": "u2", "recvID": "u1", "groupID": null, "clientMsgID": "c", "serverMsgID": "s", "senderPlatformID": "WEB",
        "senderNickname": "Two", "senderFaceURL": "", "sessionType": "SINGLE", "msgFrom": "USER", "contentType": 101,
        "content": "{\"content\":\"hello\"}", "seq": 7, "sendTime": "2026-11-21T10:20:30.123Z", "createTime": "2026-11-21T10:20:30.123Z",
        "status": "SENT", "isRead": false, "options": [{"key": "history", "value": true}], "offlinePushInfo": null, "atUserIDList": [],
        "attachedInfo": "", "ex": ""});
    let conversation = json!({"ownerUserID": "u1", "conversationID": "si_u1_u2", "recvMsgOpt": "RECEIVE", "conversationType": "SINGLE",
        "userID": "u2", "groupID": null, "isPinned": true, "attachedInfo": "", "isPrivateChat": false, "groupAtType": "NONE", "ex": "",
        "burnDuration": 30, "minSeq": 0, "maxSeq": 0, "msgDestructTime": 0, "latestMsgDestructTime": null, "isMsgDestruct": false});
    let edge = json!({"conversation": conversation,
        "state": {"maxSeq": 7, "readSeq": 4, "lastMsg": message, "user": null, "contact": {"friend": null}, "group": null}});
    Graph::answering(json!({"viewer": {"activeConversations": {"unreadCount": 3, "conversations": [edge]}}}))
}

async fn post(door: &Door, content_type: &str, body: Vec<u8>) -> Answer {
    door.post_with(&[("operationID", "op-1"), ("token", "user"), ("content-type", content_type)], ACTIVE, body).await
}

#[tokio::test]
async fn a_protobuf_body_gets_protobuf_in_the_envelope() {
    let graph = graph();
    let door = Door::over(&graph);
    let request = GetActiveConversationsReq { owner_user_id: "u1".into(), count: 20 };
    for content_type in ["application/x-protobuf", "application/protobuf"] {
        let answer = post(&door, content_type, request.encode_to_vec()).await;
        assert_eq!(answer.headers["content-type"], "application/json");
        let data = answer.data();
        let data = STANDARD.decode(data.as_str().expect("a text")).expect("base64");
        let answer = GetActiveConversationsResp::decode(data.as_slice()).expect("a message");
        let found = &answer.conversations[0];
        let (view, last) = (found.conversation.as_ref().expect("a view"), found.last_msg.as_ref().expect("a message"));
        assert_eq!((answer.unread_count, found.max_seq, found.read_seq), (3, 7, 4));
        assert_eq!((view.conversation_id.as_str(), view.is_pinned, view.burn_duration), ("si_u1_u2", true, 30));
        assert_eq!((last.content.as_ref(), last.seq), (br#"{"content":"hello"}"#.as_slice(), 7));
    }
    assert_eq!(graph.calls()[0].variables, json!({"count": 20}));
}

#[tokio::test]
async fn both_forms_say_the_same() {
    let door = Door::over(&graph());
    let answer = post(&door, "application/json", br#"{"ownerUserID":"u1","count":20}"#.to_vec()).await.data();
    let protobuf = post(&door, "application/x-protobuf", b"\x0a\x02u1\x10\x14".to_vec()).await.data();
    let protobuf = STANDARD.decode(protobuf.as_str().expect("a text")).expect("base64");
    let from_json: GetActiveConversationsResp = serde_json::from_value(answer).expect("the same message");
    assert_eq!(GetActiveConversationsResp::decode(protobuf.as_slice()).expect("a message"), from_json);
}

#[tokio::test]
async fn other_and_damaged_bodies_are_refused() {
    let graph = graph();
    let door = Door::over(&graph);
    for (content_type, body) in [("text/plain", "{}"), ("application/octet-stream", ""), ("application/x-protobuf", "\n\u{7f}u1")] {
        let answer = post(&door, content_type, body.as_bytes().to_vec()).await;
        assert_eq!((answer.code(), answer.json().get("data")), (1001, None::<&Value>), "{content_type}");
    }
    assert!(graph.calls().is_empty());
}
