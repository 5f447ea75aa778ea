//! What an application sends: business notifications, notifications as messages, answers to webhooks; and whether a send is
//! known to have gone well.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openim_contracts::{Audience, MessageData, Signal, SignalKind};
use openim_entities::messages::{announced, message};
use openim_platform::webhooks::commands;
use openim_testing::{TestWorld, WebhookReceiver, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::stage::{Stage, settings};

const BUSINESS: &str = "mutation($input: SendBusinessNotificationInput!) { sendBusinessNotification(input: $input) { duplicate message {
    conversationId seq id clientMessageId contentType rawText source options { key value } } } }";
const SIMPLE: &str = "mutation($input: SendSimpleMessageInput!) { sendSimpleMessage(input: $input) { message {
    conversationId seq senderId senderPlatform senderNickname receiverId groupId contentType rawText source ex } } }";

fn notified(signals: &[Signal]) -> (&Audience, &MessageData) {
    let found = signals.iter().find_map(|signal| match &signal.kind {
        SignalKind::Notified { message } => Some((&signal.audience, &**message)),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{signals:?}"))
}

async fn business(stage: &Stage, world: &TestWorld, input: Value) -> Value {
    stage.ask(world.admin(), BUSINESS, json!({"input": input})).await["sendBusinessNotification"]["message"].clone()
}

fn switches(message: &MessageData) -> Vec<(&str, bool)> {
    message.envelope.options.iter().map(|(key, on)| (key.as_str(), *on)).collect()
}

#[tokio::test]
async fn a_business_notification_is_told_and_not_kept_unless_asked_for() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let input = json!({"senderId": "a", "recipient": {"userId": "b"}, "key": "order", "data": "{\"id\":7}"});
        let passing = business(&stage, world, input.clone()).await;
        assert_eq!((&passing["conversationId"], &passing["seq"], &passing["contentType"]), (&json!("n_a_b"), &json!(0), &json!(2001)));
        let content: Value = serde_json::from_str(passing["rawText"].as_str().expect("text")).expect("JSON");
        let detail: Value = serde_json::from_str(content["detail"].as_str().expect("text in JSON")).expect("JSON in it");
        assert_eq!(detail, json!({"key": "order", "data": "{\"id\":7}"}));
        let signals = world.take_signals();
        let (audience, data) = notified(&signals);
        assert!(matches!(audience, Audience::Users(users) if users.len() == 2));
        assert_eq!((data.seq, data.envelope.source, data.envelope.nickname.as_str()), (0, 200, ""));
        assert!(switches(data).contains(&("isNotNotification", false)) && switches(data).contains(&("offlinePush", false)));
        assert_eq!(message::Entity::find().count(world.store().read()).await.expect("a count"), 0);
        assert_eq!(announced::Entity::find().count(world.store().read()).await.expect("a count"), 2);

        let mut kept = input;
        kept["stored"] = json!(true);
        kept["clientMessageId"] = json!("k");
        assert_eq!(business(&stage, world, kept.clone()).await["seq"], 1);
        assert_eq!(notified(&world.take_signals()).1.seq, 1);
        let again = stage.ask(world.admin(), BUSINESS, json!({"input": kept})).await["sendBusinessNotification"].clone();
        assert_eq!((&again["duplicate"], &again["message"]["seq"]), (&json!(true), &json!(1)));
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn a_business_notification_can_be_a_line_of_the_chat_as_well() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b"]);
        let input = json!({"senderId": "a", "recipient": {"groupId": "g"}, "key": "k", "data": "d", "stored": true, "asMessage": true});
        let line = business(&stage, world, input).await;
        assert_eq!((&line["conversationId"], &line["seq"]), (&json!("sg_g"), &json!(1)));
        let expected = json!([{"key": "offlinePush", "value": false}, {"key": "unreadCount", "value": false}]);
        assert_eq!(line["options"], expected, "of the switches only these are taken over");
        let signals = world.take_signals();
        assert_eq!(signals.len(), 2);
        let (audience, data) = notified(&signals);
        assert!(matches!(audience, Audience::Conversation(id) if id.as_str() == "sg_g"));
        assert_eq!((data.conversation_id.as_str(), data.seq, data.envelope.group.is_some()), ("n_g", 1, true));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn business_notifications_are_for_administrators_and_existing_groups() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("gone", &["a"]);
        stage.groups.change("gone", |group| group.dismissed = true);
        let input = |recipient: Value| json!({"input": {"senderId": "a", "recipient": recipient}});
        let refused = async |ctx, recipient| stage.fail(ctx, BUSINESS, input(recipient)).await.0;
        assert_eq!(refused(world.user("a"), json!({"userId": "b"})).await, "NO_PERMISSION");
        assert_eq!(refused(world.anonymous(), json!({"userId": "b"})).await, "UNAUTHENTICATED");
        assert_eq!(refused(world.admin(), json!({"groupId": "none"})).await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.admin(), json!({"groupId": "gone"})).await, "GROUP_DISMISSED");
        assert!(world.take_signals().is_empty());
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sends_notifications_by_their_switches() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let input = |switches: &[(&str, bool)]| {
            let options: Vec<Value> = switches.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
            json!({"senderId": "a", "recipient": {"userId": "b"}, "options": options,
                "content": {"raw": {"contentType": 1701, "text": "{\"detail\":\"{}\"}"}}})
        };
        let places = async |switches: &[(&str, bool)]| {
            let sent = stage.send(world.admin(), input(switches)).await["message"].clone();
            (sent["conversationId"].as_str().expect("an id").to_owned(), sent["seq"].as_i64().expect("a seq"))
        };
        let off = ("isNotNotification", false);
        assert_eq!(places(&[off]).await, ("si_a_b".to_owned(), 1), "a missing switch is on: also a line of the chat");
        assert_eq!(notified(&world.take_signals()).1.seq, 1);
        assert_eq!(places(&[off, ("isSendMsg", false)]).await, ("n_a_b".to_owned(), 2));
        assert_eq!(places(&[off, ("isSendMsg", false), ("history", false)]).await, ("n_a_b".to_owned(), 0));
        assert_eq!(places(&[off, ("history", false), ("unreadCount", false)]).await, ("si_a_b".to_owned(), 2));
        assert_eq!(notified(&world.take_signals()[2..]).1.seq, 0);
        let (code, _) = stage
            .refused(
                world.user("a"),
                json!({"recipient": {"userId": "b"}, "clientMessageId": "1",
            "content": {"text": {"text": "x"}}, "options": [{"key": "isNotNotification", "value": false}]}),
            )
            .await;
        assert_eq!(code, "ARGS_ERROR");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

fn key(sender: &str, receiver: &str, group: &str) -> String {
    STANDARD.encode(json!({"sendID": sender, "recvID": receiver, "groupID": group}).to_string())
}

#[tokio::test]
async fn who_got_a_message_answers_in_its_conversation() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b"]);
        let answer =
            async |ctx, input: Value| stage.ask(ctx, SIMPLE, json!({"input": input})).await["sendSimpleMessage"]["message"].clone();
        let single = answer(world.user("b"), json!({"replyKey": key("a", "b", ""), "text": "*hi*", "ex": "e"})).await;
        let expected = json!({"conversationId": "si_a_b", "seq": 1, "senderId": "b", "senderPlatform": "ADMIN", "senderNickname": "B",
            "receiverId": "a", "groupId": null, "contentType": 118, "rawText": "{\"content\":\"*hi*\"}", "source": "USER", "ex": "e"});
        assert_eq!(single, expected);
        let group = answer(world.admin(), json!({"replyKey": key("a", "", "g"), "senderId": "b", "text": "hello"})).await;
        assert_eq!((&group["conversationId"], &group["senderId"], &group["groupId"]), (&json!("sg_g"), &json!("b"), &json!("g")));

        let refused = async |ctx, input: Value| stage.fail(ctx, SIMPLE, json!({"input": input})).await.0;
        let reply = |key: &str| json!({"replyKey": key, "text": "x"});
        assert_eq!(refused(world.user("a"), reply(&key("a", "b", ""))).await, "NO_PERMISSION", "the answer would be b's");
        assert_eq!(refused(world.user("c"), json!({"replyKey": key("a", "", "g"), "senderId": "c", "text": "x"})).await, "NOT_IN_GROUP");
        assert_eq!(refused(world.user("c"), json!({"replyKey": key("a", "", "g"), "senderId": "b", "text": "x"})).await, "NO_PERMISSION");
        assert_eq!(refused(world.user("b"), json!({"replyKey": key("a", "b", ""), "senderId": "c", "text": "x"})).await, "ARGS_ERROR");
        let many = STANDARD.encode(json!({"sendID": "x".repeat(5000)}).to_string());
        for bad in ["", "no base64!", &STANDARD.encode("no json"), &key("", "b", ""), &key("a", "", ""), &key("a", "", "g"), &many] {
            assert_eq!(refused(world.user("b"), reply(bad)).await, "ARGS_ERROR", "{bad}");
        }
        assert_eq!(refused(world.user("b"), json!({"replyKey": key("a", "b", ""), "text": ""})).await, "ARGS_ERROR");
        assert_eq!(refused(world.anonymous(), reply(&key("a", "b", ""))).await, "UNAUTHENTICATED");
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn an_administrators_send_is_known_by_its_operation() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let ctx = world.admin();
        let operation = ctx.operation_id().to_string();
        let status = async |ctx, operation: &str| {
            stage.ask(ctx, "query($id: String) { sendStatus(operationId: $id) }", json!({"id": operation})).await["sendStatus"].clone()
        };
        assert_eq!(status(world.admin(), &operation).await, "UNKNOWN");
        stage.send(ctx.clone(), json!({"senderId": "a", "recipient": {"userId": "b"}, "content": {"text": {"text": "hi"}}})).await;
        assert_eq!(status(world.user("c"), &operation).await, "SUCCEEDED");
        assert_eq!(stage.ask(ctx, "{ sendStatus }", json!({})).await["sendStatus"], "SUCCEEDED");
        let own = world.user("a");
        let other = own.operation_id().to_string();
        stage.text(own, "b", "1", "hi").await;
        assert_eq!(status(world.admin(), &other).await, "UNKNOWN", "only administrators' sends are remembered");
        assert_eq!(stage.fail(world.anonymous(), "{ sendStatus }", json!({})).await.0, "UNAUTHENTICATED");
        world.advance(std::time::Duration::from_secs(25 * 60 * 60));
        assert_eq!(status(world.admin(), &operation).await, "UNKNOWN");
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn the_sender_is_told_what_the_application_changed() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|_, body| match body["content"].as_str() {
            Some(content) if content.contains("bad") => json!({"content": "{\"content\":\"good\"}", "ex": "seen"}),
            _ => json!({}),
        })
        .await;
        let webhooks = receiver.webhooks(world, &[&commands::BEFORE_MSG_MODIFY]);
        let stage = Stage::with(world, world.store().clone(), settings(), webhooks);
        let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { rawText } changes { name value } } }";
        let input = |id: &str, text: &str| json!({"input": {"recipient": {"userId": "b"}, "clientMessageId": id, "content": {"text": {"text": text}}}});
        let changed = stage.ask(world.user("a"), query, input("1", "bad")).await["sendMessage"].clone();
        let changes = json!([{"name": "content", "value": "{\"content\":\"good\"}"}, {"name": "ex", "value": "seen"}]);
        assert_eq!((&changed["message"]["rawText"], &changed["changes"]), (&json!("{\"content\":\"good\"}"), &changes));
        assert_eq!(stage.ask(world.user("a"), query, input("2", "fine")).await["sendMessage"]["changes"], json!([]));
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}
