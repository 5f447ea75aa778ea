//! Notifications that other domains ask for: what is stored, who hears of it, and that each is given once.

use std::time::Duration;

use openim_contracts::{Audience, MessageData, NotificationRequested, NotificationTarget, Signal, SignalKind};
use openim_core::{ConversationId, GroupId, UserId};
use openim_entities::messages::{announced, message};
use openim_messages::{MessagesSettings, NotificationPolicies};
use openim_testing::{TestWorld, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::stage::{Stage, grown, settings};

fn user(name: &str) -> UserId {
    UserId::parse(name).expect("a user id")
}

fn to_user(key: &str, content_type: i32, sender: &str, receiver: &str) -> NotificationRequested {
    let target = NotificationTarget::User(user(receiver));
    let detail = json!({"fromToUserID": {"fromUserID": sender, "toUserID": receiver}, "text": "a \"quoted\" <b>"});
    NotificationRequested {
        key: key.to_owned(),
        content_type,
        sender: user(sender),
        target,
        detail,
        as_message: None,
        at: openim_testing::START,
    }
}

fn to_group(key: &str, content_type: i32, sender: &str) -> NotificationRequested {
    let target = NotificationTarget::Group(GroupId::parse("g").expect("a group id"));
    NotificationRequested { target, detail: json!({"group": {"groupID": "g"}}), ..to_user(key, content_type, sender, "b") }
}

/// Asks for a notification and lets it be handled; returns the signals.
async fn give(world: &TestWorld, request: &NotificationRequested) -> Vec<Signal> {
    world.take_signals();
    let tx = world.store().begin().await.expect("a transaction");
    tx.append(&world.system(), request).await.expect("an event");
    tx.commit().await.expect("a commit");
    world.drain_events().await;
    world.take_signals()
}

fn told(signal: &Signal) -> (&Audience, &MessageData) {
    match &signal.kind {
        SignalKind::Notified { message } => (&signal.audience, message),
        other => panic!("{other:?} is no notification"),
    }
}

fn users(names: &[&str]) -> Audience {
    Audience::Users(names.iter().map(|name| user(name)).collect())
}

fn conversation(id: &str) -> ConversationId {
    ConversationId::parse(id).expect("a conversation id")
}

async fn pull(stage: &Stage, world: &TestWorld, name: &str, conversation: &str) -> Value {
    let document = "query($id: ID!) { viewer { pullMessages(ranges: [{conversationId: $id, begin: 0, end: 9}]) { notification messages {
        seq clientMessageId senderId receiverId groupId kind contentType rawText source senderPlatform senderNickname senderFaceUrl
        options { key value } offlinePush { title description ex } attachedInfo ex } } } }";
    stage.ask(world.user(name), document, json!({"id": conversation})).await["viewer"]["pullMessages"][0].clone()
}

fn options(pairs: &[(&str, bool)]) -> Value {
    pairs.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

async fn rows(world: &TestWorld) -> u64 {
    message::Entity::find().count(world.store().read()).await.expect("a count")
}

#[tokio::test]
async fn a_passing_notification_goes_to_both_people_and_is_not_stored() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let signals = give(world, &to_user("k1", 1203, "a", "b")).await;
        let [signal] = signals.as_slice() else { panic!("{signals:?}") };
        let (audience, notification) = told(signal);
        assert_eq!(*audience, users(&["b", "a"]));
        assert_eq!((notification.seq, notification.envelope.content_type, notification.conversation_id.as_str()), (0, 1203, "n_a_b"));
        assert_eq!(
            (&notification.envelope.receiver, &notification.envelope.group, notification.envelope.client_id.as_str()),
            (&Some(user("b")), &None, "k1")
        );
        let content: Value = serde_json::from_str(&notification.envelope.content).expect("JSON");
        let detail: Value = serde_json::from_str(content["detail"].as_str().expect("text in JSON")).expect("JSON in the text");
        assert_eq!(detail, to_user("k1", 1203, "a", "b").detail);
        assert_eq!(rows(world).await, 0);
        let own = give(world, &to_user("k2", 1210, "a", "a")).await;
        assert_eq!(told(&own[0]).0, &users(&["a"]));
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_reliable_notification_is_stored_in_the_stream_with_openims_options() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let signals = give(world, &to_user("k1", 2101, "a", "b")).await;
        assert_eq!(signals.len(), 1, "{signals:?}");
        assert_eq!(told(&signals[0]).1.seq, 1);
        let pulled = pull(&stage, world, "b", "n_a_b").await;
        assert_eq!(pulled["notification"], json!(true));
        let stored = &pulled["messages"][0];
        let detail = serde_json::to_string(&to_user("k1", 2101, "a", "b").detail).expect("JSON");
        assert_eq!(stored["rawText"], json!(json!({"detail": detail}).to_string()));
        assert_eq!((&stored["senderId"], &stored["receiverId"], &stored["kind"]), (&json!("a"), &json!("b"), &json!("SINGLE")));
        assert_eq!((&stored["source"], &stored["senderPlatform"], &stored["senderNickname"]), (&json!("SYSTEM"), &json!(null), &json!("")));
        let expected = options(&[
            ("isNotNotification", false),
            ("isSendMsg", false),
            ("history", true),
            ("persistent", true),
            ("offlinePush", false),
            ("unreadCount", false),
            ("conversationUpdate", false),
            ("senderSync", true),
            ("notPrivate", false),
            ("senderConversationUpdate", false),
            ("reactionFromCache", false),
        ]);
        assert_eq!(stored["options"], expected);
        assert_eq!(stored["offlinePush"], json!({"title": "", "description": "", "ex": ""}));
        // Of people only the pair reads its stream, and nobody gets a row in it.
        assert_eq!(pull(&stage, world, "c", "n_a_b").await, Value::Null);
        // What only the reader's own devices hear is not kept; what others hear is.
        assert_eq!(told(&give(world, &to_user("k2", 2200, "a", "a")).await[0]).1.seq, 0);
        assert_eq!(told(&give(world, &to_user("k3", 2200, "a", "b")).await[0]).1.seq, 2);
        assert_eq!(told(&give(world, &to_user("k4", 2102, "a", "a")).await[0]).1.conversation_id.as_str(), "n_a_a");
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_notification_that_is_also_a_line_of_the_chat_is_stored_there_and_told_twice() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let signals = give(world, &to_user("k1", 1201, "a", "b")).await;
        let [line, notification] = signals.as_slice() else { panic!("{signals:?}") };
        assert_eq!((&line.audience, grown(line)), (&users(&["a", "b"]), ("si_a_b", 1, 1, vec![1])));
        assert_eq!(told(notification).1.seq, 0);
        let pulled = pull(&stage, world, "b", "si_a_b").await;
        let stored = &pulled["messages"][0];
        assert_eq!((&stored["contentType"], &stored["clientMessageId"], &stored["kind"]), (&json!(1201), &json!("k1"), &json!("SINGLE")));
        assert_eq!(stored["options"], options(&[("offlinePush", true), ("unreadCount", true)]));
        let push = "Someone applies to add your friend application";
        assert_eq!(stored["offlinePush"], json!({"title": push, "description": push, "ex": push}));
        // The asker may say otherwise, both ways.
        assert_eq!(give(world, &NotificationRequested { as_message: Some(false), ..to_user("k2", 1201, "a", "b") }).await.len(), 1);
        assert_eq!(give(world, &NotificationRequested { as_message: Some(true), ..to_user("k3", 1203, "a", "b") }).await.len(), 2);
        assert_eq!(rows(world).await, 2);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_group_hears_by_one_signal_and_who_enters_or_leaves_hears_it_too() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b"]);
        stage.groups.change_member("g", "a", |member| member.nickname = "The owner".into());
        let group = Audience::Conversation(conversation("sg_g"));
        let signals = give(world, &to_group("k1", 1502, "a")).await;
        assert_eq!((signals.len(), told(&signals[0]).0), (1, &group));
        assert_eq!((&told(&signals[0]).1.envelope.group, &told(&signals[0]).1.envelope.receiver), (&GroupId::parse("g").ok(), &None));

        let kicked = json!({"kickedUserList": [{"userID": "x"}, {"userID": "no id!"}, {"userID": "y"}]});
        let signals = give(world, &NotificationRequested { detail: kicked, ..to_group("k2", 1508, "a") }).await;
        assert_eq!(told(&signals[1]).0, &Audience::ConversationAnd(conversation("sg_g"), vec![user("x"), user("y")]));
        let quit = NotificationRequested { detail: json!({"quitUser": {"userID": "x"}}), ..to_group("k3", 1504, "x") };
        let signals = give(world, &quit).await;
        assert_eq!(told(&signals[1]).0, &Audience::ConversationAnd(conversation("sg_g"), vec![user("x")]));

        let entered = json!({"entrantUser": {"userID": "x"}});
        let signals = give(world, &NotificationRequested { detail: entered, as_message: Some(false), ..to_group("k5", 1510, "x") }).await;
        assert_eq!(told(&signals[0]).0, &Audience::ConversationAnd(conversation("sg_g"), vec![user("x")]));

        // 1519 shows who speaks.
        give(world, &to_group("k4", 1519, "a")).await;
        let pulled = pull(&stage, world, "b", "sg_g").await;
        let lines = pulled["messages"].as_array().expect("a list");
        let names: Vec<_> = lines.iter().map(|line| (line["contentType"].as_i64(), line["senderNickname"].as_str())).collect();
        assert_eq!(names, [(Some(1508), Some("")), (Some(1504), Some("")), (Some(1519), Some("The owner"))]);
        assert_eq!((&lines[0]["groupId"], &lines[0]["receiverId"], &lines[0]["kind"]), (&json!("g"), &json!(null), &json!("GROUP")));
        assert_eq!(stage.groups.pages(), 0, "nobody walks through members");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_for_before_a_group_was_dismissed_is_still_given() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        assert_eq!(give(world, &to_group("k1", 1509, "a")).await, []);
        stage.groups.add("g", &["a"]);
        stage.groups.change("g", |group| group.dismissed = true);
        assert_eq!(rows(world).await, 0);
        assert_eq!(give(world, &to_group("k2", 1508, "a")).await.len(), 2);
        assert_eq!(give(world, &to_group("k3", 1511, "a")).await.len(), 2);
        assert_eq!(rows(world).await, 2);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn an_operator_decides_what_is_stored_in_group_streams_and_members_read_it() {
    for_each_database(async |world| {
        let changes = ["memberEnter +stored".to_owned(), "1503 +stored +push".to_owned()];
        let notifications = NotificationPolicies::parse(&changes).expect("changes");
        let stage = Stage::on(world, world.store().clone(), MessagesSettings { notifications, ..settings() });
        stage.groups.add("g", &["a", "b"]);
        let signals = give(world, &to_group("k1", 1510, "a")).await;
        assert_eq!((signals.len(), told(&signals[1]).1.seq), (2, 1));
        let pulled = pull(&stage, world, "b", "n_g").await;
        assert_eq!((&pulled["notification"], &pulled["messages"][0]["groupId"]), (&json!(true), &json!("g")));
        let switches = pulled["messages"][0]["options"].as_array().expect("a list").clone();
        assert!(switches.contains(&json!({"key": "isSendMsg", "value": true})));
        assert_eq!(pull(&stage, world, "b", "sg_g").await["messages"][0]["clientMessageId"], json!("k1"));
        assert_eq!(pull(&stage, world, "c", "n_g").await, Value::Null);
        stage.states.set("gone", "sg_g", openim_contracts::ReaderState { max_seq: 9, ..Default::default() });
        assert_eq!(pull(&stage, world, "gone", "n_g").await, Value::Null, "the stream is for members");
        assert_eq!(pull(&stage, world, "gone", "sg_g").await["messages"][0]["contentType"], json!(1510));
        let request = give(world, &to_user("k2", 1503, "a", "b")).await;
        assert_eq!(told(&request[0]).1.seq, 1);
        let push = json!({"key": "offlinePush", "value": true});
        assert!(pull(&stage, world, "b", "n_a_b").await["messages"][0]["options"].as_array().expect("a list").contains(&push));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn what_users_tell_themselves_is_told_each_in_the_own_name() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let target = NotificationTarget::Themselves(vec![user("a"), user("b")]);
        let detail = json!({"userID": "", "conversationIDList": ["sg_g"]});
        let signals = give(world, &NotificationRequested { target, detail, ..to_user("k1", 1300, "a", "a") }).await;
        for (signal, name) in signals.iter().zip(["a", "b"]) {
            let (audience, notification) = told(signal);
            assert_eq!(
                (audience, &notification.envelope.sender, &notification.envelope.receiver),
                (&users(&[name]), &user(name), &Some(user(name)))
            );
            assert_eq!(notification.conversation_id, ConversationId::own_notifications(&user(name)));
            let content: Value = serde_json::from_str(&notification.envelope.content).expect("JSON");
            let detail: Value = serde_json::from_str(content["detail"].as_str().expect("text")).expect("JSON");
            assert_eq!(detail, json!({"userID": name, "conversationIDList": ["sg_g"]}));
        }
        assert_eq!((signals.len(), rows(world).await), (2, 0));
        assert_eq!(announced::Entity::find().count(world.store().read()).await.expect("a count"), 0, "the row itself remembers it");
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_for_twice_is_stored_once() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b"]);
        for _ in 0..3 {
            give(world, &to_group("k1", 1509, "a")).await;
            give(world, &to_user("k2", 2101, "a", "b")).await;
        }
        assert_eq!(rows(world).await, 2);
        // It goes on like any log: seqs are dense whoever appends.
        let text = json!({"recipient": {"groupId": "g"}, "clientMessageId": "1", "content": {"text": {"text": "hi"}}});
        assert_eq!(stage.send(world.user("b"), text).await["message"]["seq"], json!(2));
        let told = give(world, &to_group("k3", 1510, "a")).await;
        assert_eq!(grown(&told[0]), ("sg_g", 3, 3, vec![3]));
        world.advance(Duration::from_secs(60));
        stage.messages.flush().await;
        world.take_signals();
        assert_eq!(stage.messages.sweep().await.expect("a sweep"), 0, "everything was published: {:?}", world.take_signals());
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_learns_which_kinds_were_told_meanwhile() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b"]);
        give(world, &to_user("k1", 1203, "a", "b")).await;
        world.advance(Duration::from_secs(60));
        let since = world.now();
        for key in ["k2", "k3"] {
            give(world, &to_user(key, 1210, "b", "b")).await;
        }
        give(world, &to_group("k4", 1502, "a")).await;
        give(world, &to_user("k5", 2101, "a", "b")).await;
        let kicked = json!({"kickedUserList": [{"userID": "x"}]});
        give(world, &NotificationRequested { detail: kicked, ..to_group("k6", 1508, "a") }).await;
        let document = "query($since: DateTime!) { viewer { announcedSince(since: $since) { contentType groupId } } }";
        let since =
            json!({"since": serde_json::to_value(async_graphql::ScalarType::to_value(&openim_graphql::DateTime(since))).expect("JSON")});
        let announced = async |name: &str| stage.ask(world.user(name), document, since.clone()).await["viewer"]["announcedSince"].clone();
        let one = |content_type: i32, group: Value| json!({"contentType": content_type, "groupId": group});
        assert_eq!(
            announced("b").await,
            json!([one(1210, Value::Null), one(1502, json!("g")), one(1508, json!("g"))]),
            "what is stored is in the log"
        );
        assert_eq!(announced("a").await, json!([one(1502, json!("g")), one(1508, json!("g"))]));
        assert_eq!(announced("x").await, json!([one(1508, Value::Null)]));
        assert_eq!(announced("c").await, json!([]));
        assert_eq!(stage.fail(world.user("c"), "{ viewer(as: \"a\") { id } }", json!({})).await.0, "NO_PERMISSION");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_stream_whose_id_belongs_to_others_is_not_written_into() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.people.add("a_b", 1, 0);
        stage.people.add("b_c", 1, 0);
        assert_eq!(told(&give(world, &to_user("k1", 2101, "a", "b_c")).await[0]).1.seq, 1);
        let other = give(world, &to_user("k2", 2101, "a_b", "c")).await;
        assert_eq!((told(&other[0]).0, told(&other[0]).1.seq), (&users(&["c", "a_b"]), 0), "told, not kept");
        assert_eq!(rows(world).await, 1);
        stage.stop().await;
    })
    .await;
}
