//! Editing messages, with their history.

use std::time::Duration;

use openim_contracts::{GroupRole, Standing};
use openim_core::Ctx;
use openim_entities::messages::message_edit;
use openim_messages::MessagesSettings;
use openim_platform::webhooks::commands;
use openim_testing::{TestWorld, WebhookReceiver, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::revoking::{asked, look, pull, revoke, to_group};
use crate::stage::{Stage, settings};

const EDIT: &str = "mutation($conversation: ID!, $seq: Long!, $content: MessageContentInput!, $as: ID) {
    editMessage(input: {conversationId: $conversation, seq: $seq, content: $content, as: $as}) { message {
        rawText editedAt edits { content { ... on TextContent { text } } raw writtenAt } } } }";

fn text(text: &str) -> Value {
    json!({"text": {"text": text}})
}

async fn edit(stage: &Stage, ctx: Ctx, conversation: &str, seq: i64, content: Value) -> Result<Value, String> {
    let answer = stage.run(ctx, EDIT, json!({"conversation": conversation, "seq": seq, "content": content})).await;
    match answer.code() {
        Some(code) => Err(code.to_owned()),
        None => Ok(answer.data()["editMessage"]["message"].clone()),
    }
}

async fn history(world: &TestWorld) -> u64 {
    message_edit::Entity::find().count(world.store().read()).await.expect("a count")
}

#[tokio::test]
async fn an_edited_message_says_something_else_and_keeps_what_it_said() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("a"), "b", "m1", "frist").await;
        look(&stage, world, "b", "si_a_b", 1).await;
        asked(world).await;
        world.take_signals();
        world.advance(Duration::from_secs(60));
        let first = edit(&stage, world.user("a"), "si_a_b", 1, text("first")).await.expect("a message");
        let raw = |text: &str| json!({"content": text});
        let (sent, edited) = ("2026-01-01T00:00:00.000Z", "2026-01-01T00:01:00.000Z");
        let was = json!({"content": {"text": "frist"}, "raw": raw("frist"), "writtenAt": sent});
        assert_eq!(first, json!({"rawText": "{\"content\":\"first\"}", "editedAt": edited, "edits": [was]}));
        assert_eq!(look(&stage, world, "b", "si_a_b", 1).await["rawText"], first["rawText"]);
        assert_eq!(pull(&stage, world, "b", "si_a_b").await[0]["rawText"], first["rawText"]);
        let signals = world.take_signals();
        assert!(signals.iter().any(|signal| format!("{signal:?}").contains("MessagesChanged")), "{signals:?}");
        assert!(asked(world).await.is_empty(), "OpenIM's clients know no such notification");

        edit(&stage, world.user("a"), "si_a_b", 1, text("first")).await.expect("the same again changes nothing");
        world.advance(Duration::from_secs(60));
        let second = edit(&stage, world.user("a"), "si_a_b", 1, text("1st")).await.expect("a message");
        assert_eq!(second["edits"][0], was);
        assert_eq!(second["edits"][1], json!({"content": {"text": "first"}, "raw": raw("first"), "writtenAt": edited}));
        assert_eq!(history(world).await, 2);
        revoke(&stage, world.user("a"), "si_a_b", 1).await.expect("a message");
        assert_eq!(history(world).await, 0, "what was taken back is not to be found in the history");
        assert_eq!(edit(&stage, world.user("a"), "si_a_b", 1, text("back")).await, Err("RECORD_NOT_FOUND".into()));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn only_the_sender_edits_in_good_time_and_only_texts() {
    for_each_database(async |world| {
        let short = MessagesSettings { edit_within: Duration::from_secs(600), max_content_bytes: 300, ..settings() };
        let stage = Stage::on(world, world.store().clone(), short);
        stage.groups.add("g", &["a", "b"]);
        stage.text(world.user("a"), "b", "m1", "one").await;
        let custom = json!({"recipient": {"userId": "b"}, "clientMessageId": "m2", "content": {"custom": {"data": "x"}}});
        stage.send(world.user("a"), custom).await;
        stage.send(world.user("b"), to_group("g1")).await;
        stage.groups.enter("g", "owner", GroupRole::Owner, openim_core::Timestamp(0));
        let refused =
            async |ctx, conversation: &str, seq, content| edit(&stage, ctx, conversation, seq, content).await.expect_err("a refusal");
        assert_eq!(refused(world.user("b"), "si_a_b", 1, text("x")).await, "NO_PERMISSION");
        assert_eq!(refused(world.user("a"), "sg_g", 1, text("x")).await, "NO_PERMISSION", "not even the owner");
        assert_eq!(refused(world.admin(), "si_a_b", 1, text("x")).await, "NO_PERMISSION", "in the own name it is another's");
        assert_eq!(refused(world.user("c"), "si_a_b", 1, text("x")).await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.user("c"), "sg_g", 1, text("x")).await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.anonymous(), "si_a_b", 1, text("x")).await, "UNAUTHENTICATED");
        assert_eq!(refused(world.user("a"), "si_a_b", 3, text("x")).await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.user("a"), "si_a_b", 1, json!({"markdown": {"text": "x"}})).await, "ARGS_ERROR", "another type");
        assert_eq!(refused(world.user("a"), "si_a_b", 2, json!({"custom": {"data": "y"}})).await, "ARGS_ERROR", "no text");
        assert_eq!(refused(world.user("a"), "si_a_b", 1, text(&"x".repeat(300))).await, "ARGS_ERROR", "too long");
        let raw = json!({"raw": {"contentType": 101, "text": "no JSON"}});
        assert_eq!(refused(world.user("a"), "si_a_b", 1, raw).await, "ARGS_ERROR");
        stage.relations.set("b", "a", Standing { blocked: true, friend: false });
        assert_eq!(refused(world.user("a"), "si_a_b", 1, text("x")).await, "BLOCKED_BY_PEER", "no way around the black list");
        stage.groups.change("g", |group| group.muted = true);
        assert_eq!(refused(world.user("b"), "sg_g", 1, text("x")).await, "MUTED_GROUP");
        stage.groups.change("g", |group| group.muted = false);
        world.advance(Duration::from_secs(600));
        assert_eq!(refused(world.user("b"), "sg_g", 1, text("x")).await, "NO_PERMISSION", "too late");
        let as_b = json!({"conversation": "sg_g", "seq": 1, "content": text("by an administrator"), "as": "b"});
        let edited = stage.ask(world.admin(), EDIT, as_b).await["editMessage"]["message"].clone();
        assert_eq!(edited["rawText"], json!("{\"content\":\"by an administrator\"}"));
        stage.groups.leave("g", "b");
        assert_eq!(refused(world.user("b"), "sg_g", 1, text("x")).await, "RECORD_NOT_FOUND", "who has left and has no row");
        assert_eq!(history(world).await, 1);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn the_applications_server_is_asked_about_an_edit_as_about_a_message() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::answering(|command, body| match body["content"].as_str() {
            Some(content) if content.contains("spam") => json!({"actionCode": 0, "nextCode": 1, "errCode": 10086, "errMsg": "no spam"}),
            Some(content) if content.contains("rude") && command == "callbackBeforeMsgModifyCommand" => {
                json!({"content": "{\"content\":\"***\"}"})
            }
            _ => json!({}),
        })
        .await;
        let webhooks = receiver.webhooks(world, &[&commands::BEFORE_SEND_SINGLE_MSG, &commands::BEFORE_MSG_MODIFY]);
        let stage = Stage::with(world, world.store().clone(), settings(), webhooks);
        stage.text(world.user("a"), "b", "m1", "nice").await;
        assert_eq!(edit(&stage, world.user("a"), "si_a_b", 1, text("spam")).await, Err("WEBHOOK_REFUSED".into()));
        let edited = edit(&stage, world.user("a"), "si_a_b", 1, text("rude")).await.expect("a message");
        assert_eq!(edited["rawText"], json!("{\"content\":\"***\"}"));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}
