//! Who may not send what, and the code that says so. Nothing of it is stored.

use openim_contracts::{ReaderState, Standing};
use openim_entities::messages::message;
use openim_messages::MessagesSettings;
use openim_testing::for_each_database;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::stage::{Stage, settings};

fn text(to: &str) -> Value {
    json!({"recipient": {"userId": to}, "clientMessageId": "1", "content": {"text": {"text": "hi"}}})
}

fn with(mut input: Value, key: &str, value: Value) -> Value {
    input[key] = value;
    input
}

#[tokio::test]
async fn every_refusal_has_its_code_and_stores_nothing() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.people.add("deaf", 1, 1);
        stage.states.set("c", "si_a_c", ReaderState { receive_option: 1, ..ReaderState::default() });
        let notice = json!({"systemNotice": {"name": "ops", "noticeType": 1, "text": "hello"}});
        let raw = |content_type: i32, text: &str| json!({"raw": {"contentType": content_type, "text": text}});
        let long = format!("{{\"content\":\"{}\"}}", "x".repeat(64 * 1024));
        let content = |content: Value| with(text("b"), "content", content);
        let cases = [
            ("a", with(text("b"), "senderId", json!("c")), "NO_PERMISSION", "another user"),
            ("a", with(text("b"), "clientMessageId", Value::Null), "ARGS_ERROR", "clientMessageId"),
            ("a", with(text("b"), "sentAt", json!("2020-01-01T00:00:00Z")), "NO_PERMISSION", "send time"),
            ("a", with(text("b"), "source", json!("SYSTEM")), "NO_PERMISSION", "source"),
            ("a", content(raw(1501, "{\"detail\":\"{}\"}")), "NO_PERMISSION", "made by the server"),
            ("a", content(raw(101, "[1]")), "ARGS_ERROR", "JSON object"),
            ("a", content(raw(101, "{\"content\":")), "ARGS_ERROR", "JSON object"),
            ("a", content(raw(101, "")), "ARGS_ERROR", "JSON object"),
            ("a", content(raw(0, "{}")), "ARGS_ERROR", "contentType"),
            ("a", content(raw(101, &long)), "ARGS_ERROR", "65536 bytes"),
            ("a", content(json!({"raw": {"contentType": 101}})), "ARGS_ERROR", "json or text"),
            ("a", with(text("b"), "ex", json!("x".repeat(16 * 1024 + 1))), "ARGS_ERROR", "ex and attachedInfo"),
            ("a", with(text("b"), "attachedInfo", json!("x".repeat(16 * 1024 + 1))), "ARGS_ERROR", "ex and attachedInfo"),
            ("a", with(text("b"), "senderNickname", json!("x".repeat(1025))), "ARGS_ERROR", "senderNickname"),
            ("a", with(text("b"), "options", json!([{"key": "isNotNotification", "value": false}])), "ARGS_ERROR", "made by the server"),
            ("a", with(text("b"), "options", json!([{"key": "notPrivate", "value": false}])), "ARGS_ERROR", "attachedInfo"),
            ("a", with(text("b"), "options", json!([{"key": "", "value": false}])), "ARGS_ERROR", "options"),
            ("a", with(text("b"), "atUserIds", json!(vec!["x"; 1001])), "ARGS_ERROR", "mentioned"),
            ("a", with(text("b"), "recipient", json!({"groupId": "g"})), "RECORD_NOT_FOUND", "group"),
            ("a", with(text("b"), "recipient", json!({"userId": "not:an:id"})), "ARGS_ERROR", "user id"),
            ("a", text("nobody"), "RECORD_NOT_FOUND", "receiver"),
            ("nobody", text("b"), "RECORD_NOT_FOUND", "sender"),
            ("a", text("deaf"), "ARGS_ERROR", "message is not sent"),
            ("a", text("c"), "ARGS_ERROR", "message is not sent"),
            ("a", content(notice.clone()), "NO_PERMISSION", "system accounts"),
            ("nobody", content(notice), "USER_ID_NOT_FOUND", ""),
        ];
        for (sender, input, code, part) in cases {
            let (found, message) = stage.refused(world.user(sender), input.clone()).await;
            assert_eq!(found, code, "{input}: {message}");
            assert!(message.contains(part), "{message:?} does not say {part:?}");
        }
        assert_eq!(stage.refused(world.anonymous(), text("b")).await.0, "UNAUTHENTICATED");
        assert_eq!(message::Entity::find().count(world.store().read()).await.expect("a count"), 0);
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sends_as_anybody_at_any_time() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let input = json!({"senderId": "a", "recipient": {"userId": "b"}, "sentAt": "2020-02-03T04:05:06.007Z", "source": "SYSTEM",
            "senderPlatform": "ANDROID", "senderNickname": "The Team", "notOfflinePush": true, "ex": "e", "attachedInfo": "null",
            "offlinePush": {"title": "t", "iosBadgeCount": true}, "content": {"text": {"text": "hi"}}});
        let sent = stage.send(world.admin(), input).await["message"].clone();
        assert_eq!(sent["sentAt"], json!("2020-02-03T04:05:06.007Z"));
        assert_eq!(sent["createdAt"], json!("2026-01-01T00:00:00.000Z"));
        assert_eq!(
            (sent["senderId"].clone(), sent["source"].clone(), sent["kind"].clone()),
            (json!("a"), json!("SYSTEM"), json!("SINGLE"))
        );
        assert_eq!((sent["senderNickname"].clone(), sent["senderFaceUrl"].clone()), (json!("The Team"), json!("https://faces.example/a")));
        assert_eq!(
            (sent["senderPlatform"].clone(), sent["ex"].clone(), sent["attachedInfo"].clone()),
            (json!("ANDROID"), json!("e"), json!("null"))
        );
        assert_eq!(sent["options"], json!([{"key": "offlinePush", "value": false}]));
        assert_eq!(sent["offlinePush"], json!({"title": "t", "iosBadgeCount": true}));
        assert_eq!(sent["clientMessageId"].as_str().map(str::len), Some(32));
        assert_eq!(sent["id"].as_str().map(str::len), Some(32));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_silent_receiver_gets_the_message_without_push() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.people.add("quiet", 1, 2);
        stage.states.set("c", "si_a_c", ReaderState { receive_option: 2, ..ReaderState::default() });
        let off = json!([{"key": "offlinePush", "value": false}]);
        assert_eq!(stage.send(world.user("a"), with(text("quiet"), "clientMessageId", json!("q"))).await["message"]["options"], off);
        assert_eq!(stage.send(world.user("a"), with(text("c"), "clientMessageId", json!("c"))).await["message"]["options"], off);
        assert_eq!(stage.send(world.user("a"), text("b")).await["message"]["options"], json!([]));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_system_account_writes_notices_that_ignore_receive_options() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.people.add("deaf", 1, 1);
        let input = json!({"recipient": {"userId": "deaf"}, "clientMessageId": "1",
            "content": {"systemNotice": {"name": "ops", "noticeType": 1, "text": "hello"}}});
        let sent = stage.send(world.user("desk"), input).await["message"].clone();
        assert_eq!(
            (sent["conversationId"].clone(), sent["kind"].clone(), sent["contentType"].clone()),
            (json!("sn_deaf_desk"), json!("SYSTEM"), json!(1400))
        );
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn one_can_write_to_oneself() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let sent = stage.send(world.user("a"), text("a")).await["message"].clone();
        assert_eq!((sent["conversationId"].clone(), sent["seq"].clone()), (json!("si_a_a"), json!(1)));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn who_was_blocked_cannot_write_and_who_has_blocked_can() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.relations.set("b", "a", Standing { blocked: true, friend: true });
        stage.relations.set("b", "desk", Standing { blocked: true, friend: false });
        stage.relations.set("a", "a", Standing { blocked: true, friend: false });
        assert_eq!(stage.refused(world.user("a"), text("b")).await.0, "BLOCKED_BY_PEER");
        let as_a = with(text("b"), "senderId", json!("a"));
        assert_eq!(stage.refused(world.admin(), as_a).await.0, "BLOCKED_BY_PEER", "the rules are the sender's");
        for (sender, input) in [("b", text("a")), ("desk", text("b")), ("a", text("a"))] {
            let input = with(input, "clientMessageId", json!(format!("from {sender}")));
            assert_eq!(stage.send(world.user(sender), input).await["duplicate"], json!(false));
        }
        stage.people.add("imAdmin", 2, 0);
        stage.relations.set("b", "imAdmin", Standing { blocked: true, friend: false });
        stage.send(world.admin(), text("b")).await;
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn with_friend_verify_only_who_is_a_friend_of_the_receiver_may_write() {
    for_each_database(async |world| {
        let stage = Stage::on(world, world.store().clone(), MessagesSettings { friend_verify: true, ..settings() });
        stage.relations.set("b", "a", Standing { blocked: false, friend: true });
        stage.relations.set("b", "c", Standing { blocked: true, friend: false });
        assert_eq!(stage.refused(world.user("b"), text("a")).await.0, "NOT_PEERS_FRIEND", "the other one's list does not count");
        assert_eq!(stage.refused(world.user("c"), text("b")).await.0, "BLOCKED_BY_PEER", "the black list is looked at first");
        stage.send(world.user("a"), text("b")).await;
        stage.send(world.user("desk"), text("b")).await;
        let own = with(text("c"), "clientMessageId", json!("own"));
        stage.send(world.user("c"), own).await;
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}
