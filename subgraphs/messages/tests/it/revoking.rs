//! Taking messages back: who may, what readers see afterwards, and what is told.

use openim_contracts::{Audience, DomainEvent, GroupRole, NotificationRequested, NotificationTarget, ReaderState, SignalKind};
use openim_core::{Ctx, GroupId, UserId};
use openim_platform::webhooks::commands;
use openim_testing::{TestWorld, WebhookReceiver, for_each_database};
use serde_json::{Value, json};

use crate::stage::{Stage, settings};

pub(crate) const REVOKE: &str = "mutation($conversation: ID!, $seq: Long!, $as: ID) {
    revokeMessage(input: {conversationId: $conversation, seq: $seq, as: $as}) { message { seq contentType revoked { by { id } role nickname at } } } }";

pub(crate) async fn revoke(stage: &Stage, ctx: Ctx, conversation: &str, seq: i64) -> Result<Value, String> {
    let answer = stage.run(ctx, REVOKE, json!({"conversation": conversation, "seq": seq})).await;
    match answer.code() {
        Some(code) => Err(code.to_owned()),
        None => Ok(answer.data()["revokeMessage"]["message"].clone()),
    }
}

/// What a user sees at a place, by its key.
pub(crate) async fn look(stage: &Stage, world: &TestWorld, user: &str, conversation: &str, seq: i64) -> Value {
    let document = "query($id: ID!, $seq: Long!) { message(conversationId: $id, seq: $seq) {
        seq status contentType rawText clientMessageId senderId revoked { by { id } role } } }";
    stage.ask(world.user(user), document, json!({"id": conversation, "seq": seq})).await["message"].clone()
}

/// What a user sees of the beginning of a conversation, by a pull.
pub(crate) async fn pull(stage: &Stage, world: &TestWorld, user: &str, conversation: &str) -> Value {
    let document = "query($id: ID!) { viewer { pullMessages(ranges: [{conversationId: $id, begin: 0, end: 100}]) { messages { seq status contentType rawText } } } }";
    stage.ask(world.user(user), document, json!({"id": conversation})).await["viewer"]["pullMessages"][0]["messages"].clone()
}

pub(crate) fn to_group(client_id: &str) -> Value {
    json!({"recipient": {"groupId": "g"}, "clientMessageId": client_id, "content": {"text": {"text": "hi"}}})
}

/// The notifications that were asked for.
pub(crate) async fn asked(world: &TestWorld) -> Vec<NotificationRequested> {
    let events = world.take_events().await.into_iter().filter(|event| event.topic == NotificationRequested::TOPIC);
    events.map(|event| event.decode().expect("a request")).collect()
}

fn changed(world: &TestWorld) -> Vec<(Audience, Vec<i64>)> {
    let change = |signal: openim_contracts::Signal| match signal.kind {
        SignalKind::MessagesChanged { seqs, .. } => Some((signal.audience, seqs)),
        _ => None,
    };
    world.take_signals().into_iter().filter_map(change).collect()
}

#[tokio::test]
async fn a_revoked_message_says_who_took_it_back_everywhere() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.people.add("imAdmin", 3, 0);
        stage.text(world.user("a"), "b", "m1", "secret").await;
        stage.text(world.user("a"), "b", "m2", "second").await;
        let sent = look(&stage, world, "b", "si_a_b", 1).await;
        assert_eq!((&sent["contentType"], &sent["revoked"]), (&json!(101), &Value::Null));
        asked(world).await;
        world.take_signals();
        let revoked = revoke(&stage, world.user("a"), "si_a_b", 1).await.expect("a message");
        let at = "2026-01-01T00:00:00.000Z";
        let revocation = json!({"by": {"id": "a"}, "role": "PARTICIPANT", "nickname": "A", "at": at});
        assert_eq!(revoked, json!({"seq": 1, "contentType": 2101, "revoked": revocation}));
        for user in ["a", "b"] {
            let seen = look(&stage, world, user, "si_a_b", 1).await;
            assert_eq!((&seen["contentType"], &seen["status"], &seen["clientMessageId"]), (&json!(2101), &json!("SENT"), &json!("m1")));
            let content: Value = serde_json::from_str(seen["rawText"].as_str().expect("text")).expect("JSON");
            let detail: Value = serde_json::from_str(content["detail"].as_str().expect("text")).expect("JSON in the text");
            let time = openim_testing::START.0;
            let expected = json!({"revokerID": "a", "revokerRole": 1, "clientMsgID": "m1", "revokerNickname": "A", "revokeTime": time,
                "sourceMessageSendTime": time, "sourceMessageSendID": "a", "sourceMessageSenderNickname": "A", "sessionType": 1, "seq": 1, "ex": ""});
            assert_eq!(detail, expected);
            let pulled = pull(&stage, world, user, "si_a_b").await;
            assert_eq!(pulled[0]["rawText"], seen["rawText"], "by every way the same");
            assert_eq!(pulled[1]["contentType"], json!(101));
        }
        let users = |names: &[&str]| Audience::Users(names.iter().map(|name| UserId::parse(*name).expect("an id")).collect());
        assert_eq!(changed(world), [(users(&["a", "b"]), vec![1])]);
        let requests = asked(world).await;
        let [request] = requests.as_slice() else { panic!("{requests:?}") };
        assert_eq!((request.content_type, request.sender.as_str()), (2101, "a"));
        assert_eq!(request.target, NotificationTarget::User(UserId::parse("b").expect("an id")));
        let tips = json!({"revokerUserID": "a", "clientMsgID": "m1", "revokeTime": openim_testing::START.0, "sesstionType": 1, "seq": 1,
            "conversationID": "si_a_b", "isAdminRevoke": false});
        assert_eq!(request.detail, tips);
        assert_eq!(revoke(&stage, world.user("a"), "si_a_b", 1).await, Err("MESSAGE_ALREADY_REVOKED".into()));
        assert_eq!(revoke(&stage, world.admin(), "si_a_b", 1).await, Err("MESSAGE_ALREADY_REVOKED".into()));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn in_a_pair_only_the_sender_and_an_app_administrator_revoke_and_both_people_hear_of_it() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let admin = world.admin().principal().expect("a token").user_id.clone();
        stage.people.add(admin.as_str(), 3, 0);
        stage.text(world.user("a"), "b", "m1", "hi").await;
        stage.text(world.user("b"), "a", "m2", "hi").await;
        stage.states.set("a", "si_a_b", ReaderState { min_seq: 2, ..ReaderState::default() });
        let refused = async |ctx, seq| revoke(&stage, ctx, "si_a_b", seq).await.expect_err("a refusal");
        assert_eq!(refused(world.user("b"), 1).await, "NO_PERMISSION");
        assert_eq!(refused(world.user("a"), 1).await, "RECORD_NOT_FOUND", "outside of what a may see");
        assert_eq!(refused(world.user("a"), 3).await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.user("a"), 0).await, "ARGS_ERROR");
        assert_eq!(refused(world.user("c"), 1).await, "RECORD_NOT_FOUND", "a stranger is not told that there is a conversation");
        assert_eq!(refused(world.anonymous(), 1).await, "UNAUTHENTICATED");
        assert_eq!(revoke(&stage, world.user("a"), "si_a_nobody", 1).await, Err("RECORD_NOT_FOUND".into()));
        let foreign = json!({"conversation": "si_a_b", "seq": 2, "as": "b"});
        assert_eq!(stage.fail(world.user("a"), REVOKE, foreign.clone()).await.0, "NO_PERMISSION");
        asked(world).await;

        let by_admin = revoke(&stage, world.admin(), "si_a_b", 1).await.expect("a message");
        assert_eq!((&by_admin["revoked"]["role"], &by_admin["revoked"]["by"]), (&json!("APP_ADMIN"), &json!({"id": admin.as_str()})));
        let requests = asked(world).await;
        assert_eq!(requests[0].sender.as_str(), "a", "from one of the two to the other: both hear of it");
        assert_eq!(requests[0].target, NotificationTarget::User(UserId::parse("b").expect("an id")));
        assert_eq!((&requests[0].detail["revokerUserID"], &requests[0].detail["isAdminRevoke"]), (&json!(admin.as_str()), &json!(true)));
        stage.ask(world.admin(), REVOKE, foreign).await;
        let seen = look(&stage, world, "a", "si_a_b", 2).await;
        assert_eq!(seen["revoked"]["by"], json!({"id": "b"}), "in b's name");
        let nobody = json!({"conversation": "si_a_b", "seq": 2, "as": "nobody"});
        assert_eq!(stage.fail(world.admin(), REVOKE, nobody).await.0, "RECORD_NOT_FOUND", "no such account");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn in_a_group_the_role_decides() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b", "c"]);
        for user in ["owner2", "adm", "adm2", "left"] {
            stage.people.add(user, 1, 0);
        }
        stage.groups.enter("g", "adm", GroupRole::Admin, openim_core::Timestamp(0));
        stage.groups.enter("g", "adm2", GroupRole::Admin, openim_core::Timestamp(0));
        stage.groups.enter("g", "left", GroupRole::Member, openim_core::Timestamp(0));
        let senders = ["a", "adm", "adm2", "b", "c", "left", "b", "b"];
        for (place, sender) in senders.iter().enumerate() {
            stage.send(world.user(sender), to_group(&place.to_string())).await;
            stage.states.set(sender, "sg_g", ReaderState::default());
        }
        stage.groups.leave("g", "left");
        stage.states.set("left", "sg_g", ReaderState { max_seq: 8, ..ReaderState::default() });
        asked(world).await;
        let no = Err("NO_PERMISSION".to_owned());
        let act =
            async |user: &str, seq| revoke(&stage, world.user(user), "sg_g", seq).await.map(|message| message["revoked"]["role"].clone());
        assert_eq!(act("b", 5).await, no, "a member another's");
        assert_eq!(act("adm", 1).await, no, "an administrator the owner's");
        assert_eq!(act("adm", 3).await, no, "an administrator another administrator's");
        assert_eq!(act("left", 6).await, no, "who has left not even the own");
        assert_eq!(act("stranger", 6).await, Err("RECORD_NOT_FOUND".into()), "no account");
        assert_eq!(act("desk", 6).await, Err("RECORD_NOT_FOUND".into()), "no member");
        assert!(asked(world).await.is_empty());
        assert_eq!(act("adm", 2).await, Ok(json!("ADMIN")), "the own");
        assert_eq!(act("adm", 4).await, Ok(json!("ADMIN")), "a member's");
        assert_eq!(act("adm", 6).await, Ok(json!("ADMIN")), "of who has left");
        assert_eq!(act("a", 3).await, Ok(json!("OWNER")), "an administrator's");
        assert_eq!(act("c", 5).await, Ok(json!("MEMBER")), "the own");
        let requests = asked(world).await;
        assert_eq!(requests.len(), 5);
        let group = NotificationTarget::Group(GroupId::parse("g").expect("an id"));
        assert!(requests.iter().all(|request| request.target == group && request.detail["sesstionType"] == json!(3)));
        assert_eq!(requests[1].sender.as_str(), "adm");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn the_notification_of_a_revocation_is_stored_for_both_and_cannot_be_revoked() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("a"), "b", "m1", "hi").await;
        world.take_events().await;
        revoke(&stage, world.user("a"), "si_a_b", 1).await.expect("a message");
        world.drain_events().await;
        for user in ["a", "b"] {
            assert_eq!(pull(&stage, world, user, "n_a_b").await[0]["contentType"], json!(2101));
        }
        assert_eq!(revoke(&stage, world.user("a"), "n_a_b", 1).await, Err("ARGS_ERROR".into()));
        assert_eq!(revoke(&stage, world.user("c"), "n_a_b", 1).await, Err("RECORD_NOT_FOUND".into()));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn the_applications_server_is_told_of_a_revocation() {
    for_each_database(async |world| {
        let receiver = WebhookReceiver::allowing().await;
        let webhooks = receiver.webhooks(world, &[&commands::AFTER_REVOKE_MSG]);
        let stage = Stage::with(world, world.store().clone(), settings(), webhooks.clone());
        stage.text(world.user("a"), "b", "m1", "hi").await;
        revoke(&stage, world.user("a"), "si_a_b", 1).await.expect("a message");
        webhooks.deliver_due().await.expect("deliveries");
        let told = receiver.take();
        let [(_, body)] = told.as_slice() else { panic!("{told:?}") };
        let mut body = body.clone();
        body.as_object_mut().expect("an object").remove("operationID");
        assert_eq!(body, json!({"callbackCommand": "callbackBeforeAfterMsgCommand", "conversationID": "si_a_b", "seq": 1, "userID": "a"}));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_quote_of_a_revoked_or_deleted_message_says_nothing_of_it() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for (seq, text) in ["one", "two", "three"].iter().enumerate() {
            stage.text(world.user("a"), "b", &format!("m{}", seq + 1), text).await;
        }
        let quote = |key: &str, seq: i64, client_id: &str| {
            let quoted = json!({"seq": seq, "clientMsgID": client_id, "contentType": 101, "content": "", "textElem": {"content": "secret"},
                "attachedInfoElem": {"isPrivateChat": false}});
            json!({"recipient": {"userId": "a"}, "clientMessageId": key, "content": {"quote": {"text": "yes", "quoted": quoted}}})
        };
        stage.send(world.user("b"), quote("q1", 1, "m1")).await;
        stage.send(world.user("b"), quote("q2", 2, "m2")).await;
        stage.send(world.user("b"), quote("q3", 3, "m3")).await;
        stage.send(world.user("b"), quote("q4", 1, "of another log")).await;
        revoke(&stage, world.user("a"), "si_a_b", 1).await.expect("a message");
        let delete = "mutation { deleteMessages(input: {conversationId: \"si_a_b\", seqs: [2], for: EVERYBODY}) { deletedSeqs } }";
        stage.ask(world.user("a"), delete, json!({})).await;
        let pulled = pull(&stage, world, "b", "si_a_b").await;
        let quoted = async |seq: i64| {
            let text = look(&stage, world, "b", "si_a_b", seq).await["rawText"].as_str().expect("text").to_owned();
            let place = usize::try_from(seq - 1).expect("a place");
            assert_eq!(pulled[place]["rawText"], json!(text), "by every way the same");
            let content: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(content["text"], json!("yes"));
            content["quoteMessage"].clone()
        };
        let revoked = quoted(4).await;
        assert_eq!((&revoked["contentType"], &revoked["textElem"]), (&json!(2101), &Value::Null));
        let detail: Value = serde_json::from_str(revoked["content"].as_str().expect("text")).expect("JSON");
        assert!(detail["detail"].as_str().expect("text").contains("\"revokerID\":\"a\""));
        assert!(revoked["attachedInfoElem"].is_object());
        let gone = quoted(5).await;
        assert_eq!((&gone["contentType"], &gone["content"], &gone["textElem"]), (&json!(2101), &json!("{}"), &Value::Null));
        assert_eq!(quoted(6).await["textElem"], json!({"content": "secret"}), "what is there may be quoted");
        assert_eq!(quoted(7).await["contentType"], json!(101), "a quote from elsewhere speaks of another message");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}
