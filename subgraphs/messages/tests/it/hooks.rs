//! The application's server is asked before messages and told about stored ones, with OpenIM's keys.

use openim_contracts::{DomainEvent, PushWanted};
use openim_messages::MessagesSettings;
use openim_platform::webhooks::log::{DeliveryFilter, count};
use openim_platform::webhooks::{Command, Hook, WebhookSettings, Webhooks, commands};
use openim_testing::{TestWorld, WebhookReceiver, for_each_database};
use serde_json::{Value, json};

use crate::stage::{SEND, Stage, settings};

const BEFORE: [&Command; 3] = [&commands::BEFORE_SEND_SINGLE_MSG, &commands::BEFORE_SEND_GROUP_MSG, &commands::BEFORE_MSG_MODIFY];
const AFTER: [&Command; 3] = [&commands::AFTER_SEND_SINGLE_MSG, &commands::AFTER_SEND_GROUP_MSG, &commands::AFTER_MSG_SAVE_DB];

fn stage(world: &TestWorld, webhooks: Webhooks) -> Stage {
    let stage = Stage::with(world, world.store().clone(), settings(), webhooks);
    stage.groups.add("g", &["a", "b"]);
    stage
}

fn to_user(client_id: &str) -> Value {
    json!({"recipient": {"userId": "b"}, "clientMessageId": client_id, "content": {"text": {"text": "hi"}}})
}

fn to_group(client_id: &str) -> Value {
    json!({"recipient": {"groupId": "g"}, "clientMessageId": client_id, "content": {"text": {"text": "hi"}}, "ex": "e"})
}

/// Returns the body that OpenIM's hooks have, made of what the graph says of the message.
fn body(command: &Command, message: &Value, seq: i64, status: i32, operation: &str) -> Value {
    let time = |field: &str| {
        let text = message[field].as_str().expect("a time");
        assert!(text.starts_with("2026-01-01T00:00:00"), "{text}");
        openim_testing::START.0
    };
    json!({
        "callbackCommand": command.text, "operationID": operation, "sendID": "a", "serverMsgID": message["id"],
        "clientMsgID": message["clientMessageId"], "senderPlatformID": 5, "senderNickname": "A",
        "sessionType": if message["kind"] == "GROUP" { 3 } else { 1 }, "msgFrom": 100, "contentType": 101, "status": status,
        "sendTime": time("sentAt"), "createTime": time("createdAt"), "content": message["rawText"], "seq": seq, "atUserList": null,
        "faceURL": "https://faces.example/a", "ex": message["ex"],
    })
}

async fn clear(stage: Stage, world: &TestWorld) {
    stage.stop().await;
    world.take_events().await;
    world.take_signals();
}

#[tokio::test]
async fn messages_ask_for_pushes_from_the_moment_that_somebody_brings_them() {
    for_each_database(async |world| {
        let stage = stage(world, Webhooks::disabled());
        let asked = async |client_id: &str| {
            stage.send(world.user("a"), to_user(client_id)).await;
            world.take_events().await.iter().filter(|event| event.topic == PushWanted::TOPIC).count()
        };
        assert_eq!(asked("one").await, 0);
        stage.messages.settings().set(MessagesSettings { push: true, ..settings() });
        assert_eq!(asked("two").await, 1);
        stage.messages.settings().set(settings());
        assert_eq!(asked("three").await, 0);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn the_server_is_asked_before_and_told_after_with_every_key() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::allowing().await;
        let webhooks = receiver.webhooks(world, &[BEFORE, AFTER].concat());
        let stage = stage(world, webhooks.clone());

        let single = stage.send(world.user("a"), to_user("1")).await["message"].clone();
        let asked = receiver.take();
        let operation = asked[0].1["operationID"].as_str().expect("an operation").to_owned();
        let mut before = body(&commands::BEFORE_SEND_SINGLE_MSG, &single, 0, 1, &operation);
        before["recvID"] = json!("b");
        let modify = body(&commands::BEFORE_MSG_MODIFY, &single, 0, 1, &operation);
        assert_eq!(asked.iter().map(|(_, body)| body.clone()).collect::<Vec<_>>(), [before, modify]);

        webhooks.deliver_due().await.expect("deliveries");
        let mut told: Vec<Value> = receiver.take().into_iter().map(|(_, body)| body).collect();
        told.sort_by_key(|body| body["callbackCommand"].to_string());
        let mut after =
            [&commands::AFTER_MSG_SAVE_DB, &commands::AFTER_SEND_SINGLE_MSG].map(|command| body(command, &single, 1, 2, &operation));
        after.iter_mut().for_each(|body| body["recvID"] = json!("b"));
        assert_eq!(told, after);

        let group = stage.send(world.user("a"), to_group("2")).await["message"].clone();
        webhooks.deliver_due().await.expect("deliveries");
        let calls = receiver.take();
        let mut names: Vec<&str> = calls.iter().map(|(command, _)| command.as_str()).collect();
        names[2..].sort_unstable();
        assert_eq!(
            names,
            [
                "callbackBeforeSendGroupMsgCommand",
                "callbackBeforeMsgModifyCommand",
                "callbackAfterMsgSaveDBCommand",
                "callbackAfterSendGroupMsgCommand",
            ]
        );
        assert_eq!((&calls[0].1["groupID"], &calls[0].1["ex"], calls[0].1.get("recvID")), (&json!("g"), &group["ex"], None));
        assert_eq!(calls[1].1.get("groupID"), None);

        stage.send(world.user("a"), to_group("2")).await;
        assert_eq!(webhooks.deliver_due().await.expect("deliveries"), 0, "a repeated send stores nothing");
        clear(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn a_refused_message_is_not_stored() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|_, body| match body["content"].as_str() {
            Some(content) if content.contains("spam") => {
                json!({"actionCode": 0, "nextCode": 1, "errCode": 10086, "errMsg": "no spam", "errDlt": "word 1"})
            }
            _ => json!({}),
        })
        .await;
        let stage = stage(world, receiver.webhooks(world, &[BEFORE, AFTER].concat()));
        for recipient in [json!({"userId": "b"}), json!({"groupId": "g"})] {
            let input = json!({"recipient": recipient, "clientMessageId": "1", "content": {"text": {"text": "spam"}}});
            let answer = stage.run(world.user("a"), SEND, json!({"input": input})).await;
            let error = answer.0["errors"][0].clone();
            let expected = json!({"code": "WEBHOOK_REFUSED", "errCode": 10086, "errDlt": "word 1", "retryable": false});
            assert_eq!((&error["message"], &error["extensions"]), (&json!("no spam"), &expected));
        }
        assert_eq!(count(world.store().read(), &DeliveryFilter::default()).await.expect("a count"), 0);
        assert_eq!(stage.send(world.user("a"), to_user("2")).await["message"]["seq"], 1);
        clear(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_message_is_checked_like_a_clients() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|_, body| match body["clientMsgID"].as_str() {
            Some("1") => json!({
                "content": "{\"content\":\"***\"}", "senderNickname": "Nobody", "options": {"unreadCount": false}, "ex": "x",
                "offlinePushInfo": {"title": "t", "iOSBadgeCount": true}, "atUserIDList": ["c"],
                "recvID": "c", "clientMsgID": "other", "sessionType": 3,
            }),
            Some("2") => json!({"content": "no object"}),
            Some("3") => json!({"contentType": 1400}),
            Some("4") => json!({"msgFrom": 7}),
            _ => json!({"content": null}),
        })
        .await;
        let stage = stage(world, receiver.webhooks(world, &[&commands::BEFORE_MSG_MODIFY]));
        let message = stage.send(world.user("a"), to_user("1")).await["message"].clone();
        assert_eq!(message["rawText"], "{\"content\":\"***\"}");
        assert_eq!((&message["senderNickname"], &message["ex"], &message["atUserIds"]), (&json!("Nobody"), &json!("x"), &json!(["c"])));
        assert_eq!(message["options"], json!([{"key": "unreadCount", "value": false}]));
        assert_eq!(message["offlinePush"], json!({"title": "t", "iosBadgeCount": true}));
        assert_eq!((&message["clientMessageId"], &message["receiverId"], &message["kind"]), (&json!("1"), &json!("b"), &json!("SINGLE")));
        assert_eq!(message["id"], receiver.take()[0].1["serverMsgID"], "the id that the hook was told");
        for id in ["2", "4"] {
            assert_eq!(stage.refused(world.user("a"), to_user(id)).await.0, "ARGS_ERROR", "{id}");
        }
        stage.refused(world.user("a"), to_user("3")).await;
        assert_eq!(stage.send(world.user("a"), to_user("5")).await["message"]["seq"], 2, "an answer of nulls changes nothing");
        clear(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn administrators_in_their_own_name_and_notices_are_nobodys_business() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|_, _| json!({"nextCode": 1})).await;
        let stage = stage(world, receiver.webhooks(world, &[BEFORE, AFTER].concat()));
        stage.people.add("imAdmin", 2, 0);
        let notice = json!({"senderId": "desk", "recipient": {"userId": "b"}, "clientMessageId": "1",
            "content": {"raw": {"contentType": 1400, "json": {"text": "news"}}}});
        assert_eq!(stage.send(world.admin(), notice).await["message"]["kind"], "SYSTEM");
        assert!(receiver.take().is_empty());
        clear(stage, world).await;

        let only_single = self::stage(world, receiver.webhooks(world, &[&commands::BEFORE_SEND_SINGLE_MSG]));
        only_single.people.add("imAdmin", 2, 0);
        only_single.send(world.admin(), to_user("2")).await;
        assert!(receiver.take().is_empty());
        assert_eq!(only_single.refused(world.user("a"), to_user("3")).await.0, "WEBHOOK_REFUSED");
        clear(only_single, world).await;
    })
    .await;
}

#[tokio::test]
async fn an_unreachable_server_stops_asked_messages_and_delays_told_ones() {
    for_each_database(async |world| {
        // Private addresses are refused before anything is sent.
        let settings = |command| WebhookSettings::new("http://127.0.0.1:9", "a secret of tests").with(Hook::new(command));
        let make = |command| Webhooks::new(settings(command), world.store().clone(), world.runtime().clone()).expect("webhooks");
        let asking = stage(world, make(&commands::BEFORE_SEND_SINGLE_MSG));
        assert_eq!(asking.refused(world.user("a"), to_user("1")).await.0, "WEBHOOK_UNREACHABLE");
        clear(asking, world).await;
        let telling = stage(world, make(&commands::AFTER_MSG_SAVE_DB));
        assert_eq!(telling.send(world.user("a"), to_user("1")).await["message"]["seq"], 1);
        assert_eq!(count(world.store().read(), &DeliveryFilter::default()).await.expect("a count"), 1);
        clear(telling, world).await;
    })
    .await;
}
