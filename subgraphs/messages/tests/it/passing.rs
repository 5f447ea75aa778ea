//! Messages that nobody keeps: typing, and what is only for who is online.

use openim_contracts::{Audience, MessageData, ReaderState, Signal, SignalKind, Standing};
use openim_core::UserId;
use openim_entities::messages::message;
use openim_platform::webhooks::{Command, commands};
use openim_testing::{TestWorld, WebhookReceiver, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::stage::{Stage, settings};

fn typing(recipient: Value) -> Value {
    json!({"recipient": recipient, "clientMessageId": "t", "content": {"typing": {"tips": "yes"}}})
}

fn online(recipient: Value) -> Value {
    json!({"recipient": recipient, "clientMessageId": "o", "content": {"text": {"text": "now"}}, "onlineOnly": true})
}

fn told(signal: &Signal) -> (&Audience, &MessageData) {
    match &signal.kind {
        SignalKind::Transient { message } => (&signal.audience, message),
        other => panic!("{other:?} is not passing"),
    }
}

async fn rows(world: &TestWorld) -> u64 {
    message::Entity::find().count(world.store().read()).await.expect("a count")
}

#[tokio::test]
async fn typing_goes_to_both_people_and_is_not_stored() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let ctx = world.user("a");
        let operation = ctx.operation_id().to_string();
        let sent = stage.send(ctx, typing(json!({"userId": "b"}))).await;
        let message = &sent["message"];
        assert_eq!(
            (&message["seq"], &message["contentType"], &message["rawText"]),
            (&json!(0), &json!(113), &json!("{\"msgTips\":\"yes\"}"))
        );
        assert_eq!(
            (&sent["duplicate"], &message["clientMessageId"], message["id"].as_str().map(str::len)),
            (&json!(false), &json!("t"), Some(32))
        );
        let signals = world.take_signals();
        let [signal] = signals.as_slice() else { panic!("{signals:?}") };
        let (audience, data) = told(signal);
        let user = |id: &str| UserId::parse(id).expect("a user id");
        assert_eq!(*audience, Audience::Users(vec![user("a"), user("b")]));
        assert_eq!((data.conversation_id.as_str(), data.seq, data.operation_id.as_str()), ("si_a_b", 0, operation.as_str()));
        let off: Vec<&str> = data.envelope.options.iter().filter(|(_, on)| !on).map(|(key, _)| key.as_str()).collect();
        let all = ["history", "persistent", "senderSync", "conversationUpdate", "senderConversationUpdate", "unreadCount", "offlinePush"];
        assert_eq!(off, all);
        assert_eq!(rows(world).await, 0);
        stage.stop().await;
        assert!(world.take_events().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_group_hears_of_what_passes_by_one_signal() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b"]);
        stage.send(world.user("a"), online(json!({"groupId": "g"}))).await;
        let signals = world.take_signals();
        let conversation = openim_core::ConversationId::parse("sg_g").expect("an id");
        assert_eq!((signals.len(), told(&signals[0]).0), (1, &Audience::Conversation(conversation)));
        assert_eq!(told(&signals[0]).1.envelope.content, r#"{"content":"now"}"#);
        assert_eq!(stage.refused(world.user("c"), online(json!({"groupId": "g"}))).await.0, "NOT_IN_GROUP");
        assert_eq!(stage.refused(world.user("c"), typing(json!({"groupId": "g"}))).await.0, "NOT_IN_GROUP");
        stage.groups.change("g", |group| group.dismissed = true);
        assert_eq!(stage.refused(world.user("a"), typing(json!({"groupId": "g"}))).await.0, "GROUP_DISMISSED");
        assert_eq!((world.take_signals().len(), rows(world).await), (0, 0));
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_passes_passes_every_check() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.relations.set("b", "c", Standing { blocked: true, friend: false });
        stage.states.set("b", "si_a_b", ReaderState { receive_option: 1, ..ReaderState::default() });
        stage.people.add("deaf", 1, 1);
        let to = |id: &str| json!({"userId": id});
        for (sender, receiver, code) in
            [("c", "b", "BLOCKED_BY_PEER"), ("a", "b", "ARGS_ERROR"), ("a", "deaf", "ARGS_ERROR"), ("a", "nobody", "RECORD_NOT_FOUND")]
        {
            for input in [typing(to(receiver)), online(to(receiver))] {
                assert_eq!(stage.refused(world.user(sender), input).await.0, code, "{sender} to {receiver}");
            }
        }
        let mut foreign = typing(to("c"));
        foreign["senderId"] = json!("b");
        assert_eq!(stage.refused(world.user("a"), foreign).await.0, "NO_PERMISSION");
        assert!(world.take_signals().is_empty());
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn either_switch_keeps_a_message_out_of_the_log() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for key in ["history", "persistent"] {
            let input = json!({"recipient": {"userId": "b"}, "clientMessageId": key, "content": {"text": {"text": "hi"}},
                "options": [{"key": key, "value": false}]});
            assert_eq!(stage.send(world.user("a"), input).await["message"]["seq"], 0);
        }
        assert_eq!((world.take_signals().len(), rows(world).await), (2, 0));
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_client_switches_off_altogether_passes_as_a_message() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let keys = ["isNotNotification", "isSendMsg", "history", "persistent", "senderSync", "notPrivate", "unreadCount"];
        let off = keys.map(|key| json!({"key": key, "value": false}));
        let send =
            |id: &str, content: Value| json!({"recipient": {"userId": "b"}, "clientMessageId": id, "content": content, "options": off});
        let typing = json!({"typing": {"tips": "yes"}});
        for (ctx, id, content) in [
            (world.user("a"), "t", typing.clone()),
            (world.user("a"), "o", json!({"text": {"text": "now"}})),
            (world.admin(), "admin", typing),
        ] {
            assert_eq!(stage.send(ctx, send(id, content)).await["message"]["seq"], 0);
            let signals = world.take_signals();
            let [signal] = signals.as_slice() else { panic!("{signals:?}") };
            assert!(told(signal).1.conversation_id.as_str().starts_with("si_"));
        }
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_passes_in_an_id_of_others_is_refused() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for id in ["x_y", "z", "x", "y_z"] {
            stage.people.add(id, 1, 0);
        }
        stage.text(world.user("x_y"), "z", "1", "hi").await;
        assert_eq!(stage.refused(world.user("x"), typing(json!({"userId": "y_z"}))).await.0, "ARGS_ERROR");
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn the_application_is_asked_and_told_but_not_of_typing() {
    const HOOKS: [&Command; 4] =
        [&commands::BEFORE_SEND_SINGLE_MSG, &commands::BEFORE_MSG_MODIFY, &commands::AFTER_SEND_SINGLE_MSG, &commands::AFTER_MSG_SAVE_DB];
    for_each_database(async |world| {
        let receiver = WebhookReceiver::allowing().await;
        let webhooks = receiver.webhooks(world, &HOOKS);
        let stage = Stage::with(world, world.store().clone(), settings(), webhooks.clone());
        stage.send(world.user("a"), typing(json!({"userId": "b"}))).await;
        webhooks.deliver_due().await.expect("deliveries");
        assert!(receiver.take().is_empty());
        stage.send(world.user("a"), online(json!({"userId": "b"}))).await;
        webhooks.deliver_due().await.expect("deliveries");
        let calls = receiver.take();
        let names: Vec<&str> = calls.iter().map(|(command, _)| command.as_str()).collect();
        assert_eq!(names, ["callbackBeforeSendSingleMsgCommand", "callbackBeforeMsgModifyCommand", "callbackAfterSendSingleMsgCommand"]);
        assert_eq!((&calls[2].1["seq"], &calls[2].1["status"]), (&json!(0), &json!(2)));
        assert_eq!(world.take_signals().len(), 2);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}
