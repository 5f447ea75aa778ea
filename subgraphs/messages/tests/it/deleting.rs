//! Deleting messages: for oneself, for everybody, and for good.

use std::time::Duration;

use openim_contracts::{Audience, GroupRole, NotificationTarget, ReaderState, SignalKind};
use openim_core::{Ctx, UserId};
use openim_entities::messages::{message, message_hidden};
use openim_testing::{TestWorld, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::revoking::{asked, look, pull, revoke, to_group};
use crate::stage::Stage;

const DELETE: &str = "mutation($conversation: ID!, $seqs: [Long!]!, $for: DeleteFor!, $tell: Boolean, $as: ID) {
    deleteMessages(input: {conversationId: $conversation, seqs: $seqs, for: $for, tellOwnDevices: $tell, as: $as}) {
        deletedSeqs conversation { latestMessage { seq } maxSeq } } }";

fn variables(conversation: &str, seqs: &[i64], whom: &str) -> Value {
    json!({"conversation": conversation, "seqs": seqs, "for": whom, "tell": false})
}

async fn delete(stage: &Stage, ctx: Ctx, conversation: &str, seqs: &[i64], whom: &str) -> Value {
    stage.ask(ctx, DELETE, variables(conversation, seqs, whom)).await["deleteMessages"].clone()
}

async fn refused(stage: &Stage, ctx: Ctx, conversation: &str, seqs: &[i64], whom: &str) -> String {
    stage.fail(ctx, DELETE, variables(conversation, seqs, whom)).await.0
}

async fn five(stage: &Stage, world: &TestWorld) {
    for number in 1..=5 {
        stage.text(world.user("a"), "b", &format!("m{number}"), &format!("{number}")).await;
    }
    world.take_events().await;
    world.take_signals();
}

/// The statuses of a pull, by seq.
async fn statuses(stage: &Stage, world: &TestWorld, user: &str, conversation: &str) -> Vec<String> {
    let pulled = pull(stage, world, user, conversation).await;
    pulled.as_array().expect("a list").iter().map(|message| message["status"].as_str().expect("a status").to_owned()).collect()
}

async fn latest(stage: &Stage, world: &TestWorld, user: &str, conversation: &str) -> Value {
    let document = "query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Conversation {
        latestMessage { seq } maxSeq messages(last: 10) { edges { node { seq } } } } } }";
    let keys = json!([{"__typename": "Conversation", "ownerId": user, "id": conversation}]);
    stage.ask(world.user(user), document, json!({"keys": keys})).await["_entities"][0].clone()
}

#[tokio::test]
async fn what_is_deleted_for_oneself_is_there_for_the_others() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        five(&stage, world).await;
        // Read before, so that it is in memory.
        look(&stage, world, "a", "si_a_b", 5).await;
        let deleted = delete(&stage, world.user("a"), "si_a_b", &[5, 4, 2, 4, 77], "SELF").await;
        assert_eq!(deleted, json!({"deletedSeqs": [2, 4, 5], "conversation": {"latestMessage": {"seq": 3}, "maxSeq": 5}}));
        assert_eq!(statuses(&stage, world, "a", "si_a_b").await, ["SENT", "DELETED", "SENT", "DELETED", "DELETED"]);
        assert_eq!(statuses(&stage, world, "b", "si_a_b").await, ["SENT"; 5]);
        let seen = look(&stage, world, "a", "si_a_b", 5).await;
        assert_eq!((&seen["status"], &seen["rawText"], &seen["senderId"]), (&json!("DELETED"), &json!(""), &Value::Null));
        assert_eq!(look(&stage, world, "b", "si_a_b", 5).await["rawText"], json!("{\"content\":\"5\"}"));
        let shown = latest(&stage, world, "a", "si_a_b").await;
        assert_eq!(shown["latestMessage"], json!({"seq": 3}));
        assert_eq!(shown["messages"]["edges"], json!([{"node": {"seq": 1}}, {"node": {"seq": 3}}]));
        assert_eq!(latest(&stage, world, "b", "si_a_b").await["latestMessage"], json!({"seq": 5}));
        let own = Audience::Users(vec![UserId::parse("a").expect("an id")]);
        let signals = world.take_signals();
        assert!(signals.iter().all(|signal| signal.audience == own), "nobody else notices");
        assert!(signals.iter().any(|signal| matches!(&signal.kind, SignalKind::MessagesChanged { seqs, .. } if *seqs == [2, 4, 5])));
        assert!(asked(world).await.is_empty());
        delete(&stage, world.user("a"), "si_a_b", &[1, 3, 5], "SELF").await;
        assert!(latest(&stage, world, "a", "si_a_b").await["latestMessage"].is_null());
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn own_devices_are_told_when_wanted() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        five(&stage, world).await;
        let mut input = variables("si_a_b", &[1], "SELF");
        input["tell"] = json!(true);
        stage.ask(world.user("b"), DELETE, input).await;
        let requests = asked(world).await;
        let [request] = requests.as_slice() else { panic!("{requests:?}") };
        let user = UserId::parse("b").expect("an id");
        assert_eq!((request.content_type, &request.sender, &request.target), (2102, &user, &NotificationTarget::User(user.clone())));
        assert_eq!(request.detail, json!({"userID": "b", "conversationID": "si_a_b", "seqs": [1]}));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_deleted_for_everybody_leaves_only_its_place() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        five(&stage, world).await;
        look(&stage, world, "b", "si_a_b", 5).await;
        let deleted = delete(&stage, world.user("a"), "si_a_b", &[5, 2], "EVERYBODY").await;
        assert_eq!(deleted["deletedSeqs"], json!([2, 5]));
        for user in ["a", "b"] {
            assert_eq!(statuses(&stage, world, user, "si_a_b").await, ["SENT", "DELETED", "SENT", "SENT", "DELETED"]);
            assert_eq!(look(&stage, world, user, "si_a_b", 5).await["status"], json!("DELETED"));
            let shown = latest(&stage, world, user, "si_a_b").await;
            assert_eq!((&shown["latestMessage"], &shown["maxSeq"]), (&json!({"seq": 4}), &json!(5)));
        }
        let rows = message::Entity::find().all(world.store().read()).await.expect("rows");
        assert!(rows.iter().filter(|row| [2, 5].contains(&row.seq)).all(|row| row.body.is_empty()), "nothing is left of the content");
        let requests = asked(world).await;
        let [request] = requests.as_slice() else { panic!("{requests:?}") };
        assert_eq!((request.content_type, request.sender.as_str()), (2102, "a"));
        assert_eq!(request.target, NotificationTarget::User(UserId::parse("b").expect("an id")));
        assert_eq!(request.detail, json!({"userID": "a", "conversationID": "si_a_b", "seqs": [2, 5]}));
        // Sending it again stores nothing, and brings nothing back.
        let again = stage.text(world.user("a"), "b", "m5", "5").await;
        assert_eq!(
            (&again["duplicate"], &again["message"]["seq"], &again["message"]["status"]),
            (&json!(true), &json!(5), &json!("DELETED"))
        );
        assert_eq!(revoke(&stage, world.user("a"), "si_a_b", 5).await, Err("RECORD_NOT_FOUND".into()));
        assert_eq!(delete(&stage, world.user("a"), "si_a_b", &[5, 2], "EVERYBODY").await["deletedSeqs"], json!([]), "once");
        assert!(asked(world).await.is_empty());
        assert_eq!(message::Entity::find().count(world.store().read()).await.expect("a count"), 5);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn for_everybody_may_who_may_revoke_all_of_them() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        five(&stage, world).await;
        stage.groups.add("g", &["a", "b", "c"]);
        stage.people.add("adm", 1, 0);
        stage.groups.enter("g", "adm", GroupRole::Admin, openim_core::Timestamp(0));
        for (place, sender) in ["a", "b", "c", "adm"].iter().enumerate() {
            stage.send(world.user(sender), to_group(&format!("g{place}"))).await;
            stage.states.set(sender, "sg_g", ReaderState::default());
        }
        world.take_events().await;
        let all = "EVERYBODY";
        assert_eq!(refused(&stage, world.user("b"), "si_a_b", &[1], all).await, "NO_PERMISSION");
        assert_eq!(refused(&stage, world.user("c"), "si_a_b", &[1], all).await, "RECORD_NOT_FOUND", "a stranger");
        assert_eq!(refused(&stage, world.user("c"), "si_a_b", &[1], "SELF").await, "RECORD_NOT_FOUND", "a stranger");
        assert_eq!(refused(&stage, world.anonymous(), "si_a_b", &[1], all).await, "UNAUTHENTICATED");
        assert_eq!(refused(&stage, world.user("b"), "sg_g", &[2, 3], all).await, "NO_PERMISSION", "one of them is not b's");
        assert_eq!(refused(&stage, world.user("adm"), "sg_g", &[1], all).await, "NO_PERMISSION", "the owner's");
        assert_eq!(refused(&stage, world.user("desk"), "sg_g", &[1], all).await, "RECORD_NOT_FOUND", "no member");
        assert_eq!(refused(&stage, world.user("a"), "si_a_b", &[0], all).await, "ARGS_ERROR");
        assert_eq!(refused(&stage, world.user("a"), "si_a_b", &(1..=1001).collect::<Vec<_>>(), "SELF").await, "ARGS_ERROR");
        assert_eq!(refused(&stage, world.user("a"), "n_a_b", &[1], "SELF").await, "RECORD_NOT_FOUND", "nothing there yet");
        assert_eq!(statuses(&stage, world, "a", "sg_g").await, ["SENT"; 4]);
        assert_eq!(delete(&stage, world.user("adm"), "sg_g", &[2, 3], all).await["deletedSeqs"], json!([2, 3]));
        assert_eq!(delete(&stage, world.user("a"), "sg_g", &[4], all).await["deletedSeqs"], json!([4]));
        assert_eq!(delete(&stage, world.admin(), "si_a_b", &[1], all).await["deletedSeqs"], json!([1]));
        let requests = asked(world).await;
        assert_eq!(requests.last().map(|request| request.sender.as_str()), Some("a"), "both people hear of what an administrator does");
        assert_eq!(delete(&stage, world.user("a"), "si_a_b", &[], all).await["deletedSeqs"], json!([]));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn only_app_administrators_purge() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        five(&stage, world).await;
        let by_seq = "mutation { purgeMessages(input: {conversationId: \"si_a_b\", seqs: [3, 9]}) { deletedSeqs } }";
        let by_age = "mutation($age: Long!, $ids: [ID!]) { purgeOlderMessages(input: {olderThanSeconds: $age, conversationIds: $ids}) { deletedCount complete } }";
        for ctx in [world.user("a"), world.user("desk")] {
            assert_eq!(stage.fail(ctx.clone(), by_seq, json!({})).await.0, "NO_PERMISSION");
            assert_eq!(stage.fail(ctx, by_age, json!({"age": 1})).await.0, "NO_PERMISSION");
        }
        assert_eq!(stage.fail(world.anonymous(), by_age, json!({"age": 1})).await.0, "UNAUTHENTICATED");
        assert_eq!(stage.ask(world.admin(), by_seq, json!({})).await["purgeMessages"], json!({"deletedSeqs": [3]}));
        assert!(asked(world).await.is_empty(), "nobody is told");
        assert_eq!(statuses(&stage, world, "a", "si_a_b").await, ["SENT", "SENT", "DELETED", "SENT", "SENT"]);
        assert_eq!(stage.fail(world.admin(), by_age, json!({"age": 0})).await.0, "ARGS_ERROR", "not everything by mistake");

        delete(&stage, world.user("b"), "si_a_b", &[1, 2], "SELF").await;
        world.advance(Duration::from_secs(3600));
        stage.text(world.user("a"), "b", "m6", "6").await;
        stage.text(world.user("a"), "c", "other", "other").await;
        look(&stage, world, "a", "si_a_b", 2).await;
        let none = stage.ask(world.admin(), by_age, json!({"age": 7200})).await["purgeOlderMessages"].clone();
        assert_eq!(none, json!({"deletedCount": 0, "complete": true}));
        let elsewhere = stage.ask(world.admin(), by_age, json!({"age": 60, "ids": ["si_a_c"]})).await["purgeOlderMessages"].clone();
        assert_eq!(elsewhere["deletedCount"], json!(0));
        let gone = stage.ask(world.admin(), by_age, json!({"age": 60})).await["purgeOlderMessages"].clone();
        assert_eq!(gone, json!({"deletedCount": 5, "complete": true}));
        assert_eq!(pull(&stage, world, "a", "si_a_b").await.as_array().map(Vec::len), Some(1), "the log begins at 6");
        assert!(look(&stage, world, "a", "si_a_b", 2).await.is_null());
        assert_eq!(look(&stage, world, "a", "si_a_b", 6).await["status"], json!("SENT"));
        assert_eq!(message_hidden::Entity::find().count(world.store().read()).await.expect("a count"), 0);
        assert_eq!(stage.text(world.user("a"), "b", "m7", "7").await["message"]["seq"], json!(7), "no seq is used again");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn another_process_hears_of_what_changed() {
    for_each_database(async |world| {
        let (here, there) = (Stage::start(world), Stage::start(world));
        five(&here, world).await;
        for seq in 1..=3 {
            look(&there, world, "b", "si_a_b", seq).await;
            look(&there, world, "a", "si_a_b", seq).await;
        }
        revoke(&here, world.user("a"), "si_a_b", 1).await.expect("a message");
        delete(&here, world.user("a"), "si_a_b", &[2], "EVERYBODY").await;
        delete(&here, world.user("b"), "si_a_b", &[3], "SELF").await;
        openim_testing::eventually("the other process sees the changes", async || {
            let revoked = look(&there, world, "b", "si_a_b", 1).await["contentType"] == json!(2101);
            let gone = look(&there, world, "b", "si_a_b", 2).await["status"] == json!("DELETED");
            let hidden = look(&there, world, "b", "si_a_b", 3).await["status"] == json!("DELETED");
            (revoked && gone && hidden).then_some(())
        })
        .await;
        assert_eq!(look(&there, world, "a", "si_a_b", 3).await["status"], json!("SENT"));
        here.stop().await;
        there.stop().await;
        world.take_events().await;
    })
    .await;
}
