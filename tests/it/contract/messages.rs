//! `/msg`: messages are sent, pulled, read, found, and taken back.

use openim_testing::eventually;
use serde_json::{Value, json};

use super::story::{Story, page, texts};

pub(super) const CHAT: &str = "si_ann_bob";
pub(super) const OTHER_CHAT: &str = "si_ann_dan";

/// `{"content":"hello"}`.
const HELLO: &str = "eyJjb250ZW50IjoiaGVsbG8ifQ==";
/// `{"sendID":"ann","recvID":"bob","groupID":""}`, as an application hears of a message.
const KEY: &str = "eyJzZW5kSUQiOiJhbm4iLCJyZWN2SUQiOiJib2IiLCJncm91cElEIjoiIn0=";

/// The places of three messages that ann sent to bob.
pub(super) struct Said(i64, i64, i64);

pub(super) async fn send(story: &mut Story) -> Said {
    let push = json!({ "title": "Ann", "desc": "hello", "ex": "", "iOSPushSound": "bell", "iOSBadgeCount": true, "signalInfo": "" });
    let body = json!({"sendID": "ann", "recvID": "bob", "senderNickname": "Annie", "senderFaceURL": "https://pictures.example.com/a.png",
        "senderPlatformID": 1, "content": {"content": "hello"}, "contentType": 101, "sessionType": 1, "offlinePushInfo": push, "ex": "e"});
    let sent = story.call("imAdmin", "/msg/send_msg", body).await;
    assert!([&sent["serverMsgID"], &sent["clientMsgID"]].iter().all(|id| id.as_str().is_some_and(|id| id.len() == 32)), "{sent}");
    assert_eq!(story.call("imAdmin", "/msg/check_msg_is_send_success", json!({})).await["status"], 2);
    let first = found(story, "bob", CHAT, &sent).await;
    let mut expected = json!({"sendID": "ann", "recvID": "bob", "groupID": "", "clientMsgID": sent["clientMsgID"],
        "serverMsgID": sent["serverMsgID"], "senderPlatformID": 1, "senderNickname": "Annie", "senderFaceURL": "https://pictures.example.com/a.png",
        "sessionType": 1, "msgFrom": 200, "contentType": 101, "content": HELLO, "seq": first["seq"], "sendTime": sent["sendTime"],
        "createTime": first["createTime"], "status": 2, "isRead": false, "offlinePushInfo": push, "atUserIDList": null, "attachedInfo": "",
        "ex": "e"});
    if let Some(options) = first.get("options") {
        expected["options"] = options.clone();
    }
    assert_eq!(first, expected);

    let again =
        json!({ "sendID": "ann", "recvIDs": ["bob", "ghost"], "content": { "content": "again" }, "contentType": 101, "sessionType": 1 });
    let sent = story.call("imAdmin", "/msg/batch_send_msg", again).await;
    assert_eq!((texts(&sent["results"], "/recvID"), &sent["failedUserIDs"]), (vec!["bob"], &json!(["ghost"])));
    let second = found(story, "bob", CHAT, &sent["results"][0]).await;
    let text = |from: &str, to: &str, text: &str| json!({ "sendID": from, "recvID": to, "content": { "content": text }, "contentType": 101, "sessionType": 1 });
    let sent = story.call("imAdmin", "/msg/send_msg", text("ann", "bob", "once more")).await;
    let third = found(story, "bob", CHAT, &sent).await;
    story.call("imAdmin", "/msg/send_msg", text("dan", "ann", "psst")).await;
    to_the_group(story).await;
    let seq = |message: &Value| message["seq"].as_i64().expect("a seq");
    Said(seq(&first), seq(&second), seq(&third))
}

async fn to_the_group(story: &mut Story) {
    let look = json!({"sendID": "cid", "groupID": "team", "content": {"text": "look", "atUserList": ["bob"]}, "contentType": 106,
        "sessionType": 3, "notOfflinePush": true});
    let sent = story.call("imAdmin", "/msg/send_msg", look).await;
    let heard = found(story, "ann", "sg_team", &sent).await;
    assert_eq!(
        (&heard["groupID"], &heard["atUserIDList"], &heard["options"]["offlinePush"]),
        (&json!("team"), &json!(["bob"]), &json!(false))
    );
    let order = json!({"sendUserID": "ann", "recvUserID": "bob", "key": "order", "data": "{\"number\":1}", "sendMsg": false, "reliabilityLevel": 2});
    let sent = story.call("imAdmin", "/msg/send_business_notification", order).await;
    let heard = found(story, "bob", "n_ann_bob", &sent).await;
    assert_eq!(heard["contentType"], 2001);
}

/// Waits for a message that was sent.
async fn found(story: &mut Story, who: &str, conversation: &str, sent: &Value) -> Value {
    let range = json!({ "userID": who, "seqRanges": [{ "conversationID": conversation, "begin": 1, "end": 100, "num": 100 }], "order": 0 });
    let part = if conversation.starts_with("n_") { "notificationMsgs" } else { "msgs" };
    let one = |told: &Value| {
        let messages = told.pointer(&format!("/{part}/{conversation}/Msgs")).and_then(Value::as_array);
        messages.and_then(|all| all.iter().find(|one| one["serverMsgID"] == sent["serverMsgID"])).cloned()
    };
    let told = story.until(who, "/msg/pull_msg_by_seq", range, |told| one(told).is_some()).await;
    one(&told).expect("it is there")
}

/// Returns what somebody sees at a place of a conversation.
async fn at(story: &mut Story, who: &str, conversation: &str, seq: i64) -> Value {
    let range = json!({ "userID": who, "seqRanges": [{ "conversationID": conversation, "begin": seq, "end": seq, "num": 1 }] });
    let told = story.call(who, "/msg/pull_msg_by_seq", range).await;
    told["msgs"][conversation]["Msgs"][0].clone()
}

pub(super) async fn read(story: &mut Story, said: &Said) {
    let newest = story.until("bob", "/msg/newest_seq", json!({ "userID": "bob" }), |told| !told["maxSeqs"][CHAT].is_null()).await;
    assert!(newest["maxSeqs"][CHAT].as_i64() >= Some(said.2), "{newest}");
    let mark = |seq: &str, value: Value| json!({ "conversationID": CHAT, "userID": "bob", seq: value });
    story.call("bob", "/msg/mark_msgs_as_read", mark("seqs", json!([said.0]))).await;
    assert_eq!(position(story).await["hasReadSeq"], said.0);
    story.call("bob", "/msg/mark_conversation_as_read", mark("hasReadSeq", json!(said.1))).await;
    assert_eq!(position(story).await["hasReadSeq"], said.1);
    story.call("bob", "/msg/set_conversation_has_read_seq", mark("hasReadSeq", json!(said.2))).await;
    let position = position(story).await;
    assert_eq!((&position["hasReadSeq"], position["maxSeq"].as_i64() >= Some(said.2)), (&json!(said.2), true));
    assert_eq!(at(story, "ann", CHAT, said.2).await["isRead"], true);

    let path = format!("/msg/send_simple_msg?key={KEY}");
    let sent = story.call("bob", &path, json!({ "sendID": "bob", "content": "*yes*", "ex": "x" })).await;
    let answer = found(story, "ann", CHAT, &sent).await;
    assert_eq!(
        (&answer["sendID"], &answer["recvID"], &answer["contentType"], &answer["msgFrom"]),
        (&json!("bob"), &json!("ann"), &json!(118), &json!(100))
    );
    let wanted = json!({ "sendID": "ann", "recvID": "bob", "contentType": 101, "sessionType": 1, "pagination": page() });
    let hits = story.call("ann", "/msg/search_msg", wanted).await;
    assert_eq!(hits["chatLogsNum"], 3);
    let hit = hits["chatLogs"].as_array().into_iter().flatten().find(|hit| hit["chatLog"]["seq"] == said.0).expect("the first one");
    assert_eq!((&hit["chatLog"]["content"], &hit["chatLog"]["recvNickname"]), (&json!("{\"content\":\"hello\"}"), &json!("Bob")));
    let now = story.call("ann", "/msg/get_server_time", json!({})).await["serverTime"].as_i64();
    assert!(now >= hit["chatLog"]["sendTime"].as_i64(), "{now:?}");
}

async fn position(story: &mut Story) -> Value {
    let asked = json!({ "userID": "bob", "conversationIDs": [CHAT], "returnPinned": true });
    let told = story.call("bob", "/msg/get_conversations_has_read_and_max_seq", asked).await;
    assert_eq!(told["pinnedConversationIDs"], json!([CHAT]));
    told["seqs"][CHAT].clone()
}

pub(super) async fn take_back(story: &mut Story, said: &Said) {
    story.call("ann", "/msg/revoke_msg", json!({ "conversationID": CHAT, "seq": said.0, "userID": "ann" })).await;
    assert_eq!(at(story, "bob", CHAT, said.0).await["contentType"], 2101);
    let sync = json!({ "IsSyncSelf": true, "IsSyncOther": false });
    let hidden = json!({ "conversationID": CHAT, "seqs": [said.1], "userID": "bob", "deleteSyncOpt": sync });
    story.call("bob", "/msg/delete_msgs", hidden).await;
    assert_eq!((&at(story, "bob", CHAT, said.1).await["status"], &at(story, "ann", CHAT, said.1).await["status"]), (&json!(4), &json!(2)));
    story.call("imAdmin", "/msg/delete_msg_phsical_by_seq", json!({ "conversationID": CHAT, "seqs": [said.2] })).await;
    assert_eq!(at(story, "ann", CHAT, said.2).await["status"], 4);

    story.call("bob", "/msg/clear_conversation_msg", json!({ "conversationIDs": [CHAT], "userID": "bob", "deleteSyncOpt": sync })).await;
    assert_eq!(at(story, "bob", CHAT, said.1).await, Value::Null);
    assert_eq!(at(story, "ann", CHAT, said.1).await["status"], 2);
    story.call("ann", "/msg/user_clear_all_msg", json!({ "userID": "ann" })).await;
    assert_eq!(at(story, "ann", CHAT, said.1).await, Value::Null);

    assert_eq!(at(story, "dan", OTHER_CHAT, 1).await["status"], 2);
    let old = json!({ "conversationIDs": [OTHER_CHAT], "timestamp": 1 });
    // As soon as it is a second old.
    eventually("the other conversation is empty", async || {
        story.call("imAdmin", "/msg/delete_msg_physical", old.clone()).await;
        at(story, "dan", OTHER_CHAT, 1).await.is_null().then_some(())
    })
    .await;
}
