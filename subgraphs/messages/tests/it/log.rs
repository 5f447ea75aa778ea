//! The promises of the log: dense, durable, once.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use openim_contracts::{Audience, ConversationStarted, SignalKind};
use openim_core::{ConversationId, ConversationKind, UserId};
use openim_entities::messages::{conv_seq, message, unpublished};
use openim_messages::MessagesSettings;
use openim_platform::store::Store;
use openim_testing::{Answer, TestWorld, ask, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use crate::stage::{Stage, settings};

/// Checks that every log is 1, 2, 3 … to its end, and returns how many messages there are.
async fn dense(store: &Store) -> usize {
    let rows = message::Entity::find().all(store.read()).await.expect("messages");
    let ends = conv_seq::Entity::find().all(store.read()).await.expect("ends");
    let mut logs: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for row in &rows {
        assert!(logs.entry(row.conv_no).or_default().insert(row.seq), "a seq was used twice");
    }
    for end in ends {
        let seqs = logs.remove(&end.conv_no).unwrap_or_default();
        assert_eq!(seqs.into_iter().collect::<Vec<_>>(), (1..=end.max_seq).collect::<Vec<_>>(), "log {}", end.conv_no);
    }
    assert!(logs.is_empty(), "messages without a log");
    rows.len()
}

#[tokio::test]
async fn seqs_are_dense_under_concurrent_senders() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for number in 0..8 {
            stage.people.add(&format!("peer{number}"), 1, 0);
        }
        let sends = (0..64).map(|sender| {
            let stage = &stage;
            async move {
                for round in 0..4 {
                    let sent = stage.text(world.user("a"), &format!("peer{}", sender % 8), &format!("m{sender}-{round}"), "hi").await;
                    assert_eq!(sent["duplicate"], json!(false));
                }
            }
        });
        join_all(sends).await;
        stage.stop().await;
        assert_eq!(dense(world.store()).await, 256);
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_send_returns_the_first_result_and_is_published_again() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let first = stage.text(world.user("a"), "b", "once", "first").await;
        openim_testing::eventually("the first signal", async || (!world.take_signals().is_empty()).then_some(())).await;
        let again = stage.text(world.user("a"), "c", "once", "another text to somebody else").await;
        assert_eq!(again["duplicate"], json!(true));
        assert_eq!(again["message"], first["message"]);
        let signal = openim_testing::eventually("the repeated signal", async || world.take_signals().pop()).await;
        assert!(matches!(signal.kind, SignalKind::MessagesAppended { first_seq: 1, last_seq: 1, .. }), "{signal:?}");
        // The same client id of another sender is another message.
        let other = stage.text(world.user("b"), "a", "once", "mine").await;
        assert_eq!((other["duplicate"].clone(), other["message"]["seq"].clone()), (json!(false), json!(2)));
        stage.stop().await;
        assert_eq!(dense(world.store()).await, 2);
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_client_id_in_parallel_makes_one_message() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let sends = (0..32).map(|_| stage.text(world.user("a"), "b", "same", "hi"));
        let results = join_all(sends).await;
        assert_eq!(results.iter().filter(|sent| sent["duplicate"] == json!(false)).count(), 1);
        assert!(results.iter().all(|sent| sent["message"]["id"] == results[0]["message"]["id"]));
        stage.stop().await;
        assert_eq!(dense(world.store()).await, 1);
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn repeats_are_found_by_the_index_when_they_are_not_expected() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        // More commits than a fresh writer looks for repeats in.
        for number in 0..80 {
            stage.text(world.user("a"), "b", &format!("m{number}"), "hi").await;
        }
        let again = stage.text(world.user("a"), "b", "m3", "hi").await;
        assert_eq!((again["duplicate"].clone(), again["message"]["seq"].clone()), (json!(true), json!(4)));
        let next = stage.text(world.user("a"), "b", "m80", "hi").await;
        assert_eq!(next["message"]["seq"], json!(81));
        stage.stop().await;
        assert_eq!(dense(world.store()).await, 81);
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn two_processes_share_one_database_without_gaps_or_doubles() {
    let Some(world) = TestWorld::postgres().await else { return };
    let (one, two) = (Stage::start(&world), Stage::start(&world));
    let sends = (0..60).flat_map(|number| {
        let (sender, peer) = (["a", "b", "c"][number % 3], ["b", "c", "a"][number % 3]);
        // Each message goes to both processes, as when a client retries elsewhere.
        let world = &world;
        [&one, &two].map(|stage| async move { stage.text(world.user(sender), peer, &format!("m{number}"), "hi").await })
    });
    let results = join_all(sends).await;
    assert_eq!(results.iter().filter(|sent| sent["duplicate"] == json!(false)).count(), 60);
    one.stop().await;
    two.stop().await;
    assert_eq!(dense(world.store()).await, 60);
    world.take_events().await;
}

#[tokio::test]
async fn the_first_message_starts_the_conversation_once() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("b"), "a", "1", "hi").await;
        stage.text(world.user("a"), "b", "2", "ho").await;
        stage
            .send(
                world.user("desk"),
                json!({"recipient": {"userId": "a"}, "clientMessageId": "3",
            "content": {"systemNotice": {"name": "ops", "noticeType": 1, "text": "hello"}}}),
            )
            .await;
        stage.stop().await;
        let events = world.take_events().await;
        let started: Vec<ConversationStarted> = events.iter().filter_map(|event| event.decode().ok()).collect();
        assert_eq!(started.len(), 2);
        let ids = |names: &[&str]| names.iter().map(|name| UserId::parse(*name).expect("a user id")).collect::<Vec<_>>();
        assert_eq!((started[0].conversation_id.as_str(), started[0].kind), ("si_a_b", ConversationKind::Single));
        assert_eq!((started[0].owners.clone(), started[0].participants.clone()), (ids(&["a", "b"]), ids(&["a", "b"])));
        // Only the receiver of a system account's notices gets a row.
        assert_eq!((started[1].conversation_id.as_str(), started[1].owners.clone()), ("sn_a_desk", ids(&["a"])));
        // Senders have read what they wrote: one event for all of them.
        let advanced: Vec<openim_contracts::ReadAdvanced> = events.iter().filter_map(|event| event.decode().ok()).collect();
        let positions: BTreeMap<_, _> = advanced
            .iter()
            .flat_map(|event| &event.positions)
            .map(|position| ((position.user_id.as_str(), position.conversation_id.as_str()), position.seq))
            .collect();
        assert_eq!(positions[&("a", "si_a_b")], 2);
        assert_eq!(positions[&("b", "si_a_b")], 1);
    })
    .await;
}

#[tokio::test]
async fn one_signal_tells_both_people() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("a"), "b", "1", "hi").await;
        let signal = openim_testing::eventually("a signal", async || world.take_signals().pop()).await;
        let people = ["a", "b"].map(|id| UserId::parse(id).expect("a user id")).to_vec();
        assert_eq!(signal.audience, Audience::Users(people));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn an_id_that_two_pairs_share_belongs_to_the_first() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for id in ["x", "y_z", "x_y", "z"] {
            stage.people.add(id, 1, 0);
        }
        stage.text(world.user("x"), "y_z", "1", "hi").await;
        let input = |to: &str| json!({"recipient": {"userId": to}, "clientMessageId": "2", "content": {"text": {"text": "hi"}}});
        let (code, _) = stage.refused(world.user("x_y"), input("z")).await;
        assert_eq!(code, "ARGS_ERROR");
        let read = stage.ask(world.user("z"), "{ message(conversationId: \"si_x_y_z\", seq: 1) { seq } }", json!({})).await;
        assert!(read["message"].is_null());
        stage.stop().await;
        assert_eq!(dense(world.store()).await, 1);
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_message_that_the_database_refuses_fails_alone() {
    for_each_database(async |world| {
        refuse_type(world, 666).await;
        let stage = Stage::on(world, world.store().clone(), MessagesSettings { writers: Some(1), ..settings() });
        let sends = (0..20).map(|number| {
            let content_type = if number == 7 { 666 } else { 110 };
            let input = json!({"recipient": {"userId": "b"}, "clientMessageId": format!("m{number}"),
                "content": {"raw": {"contentType": content_type, "json": {}}}});
            stage.run(world.user("a"), crate::stage::SEND, json!({"input": input}))
        });
        let results = join_all(sends).await;
        let failed: Vec<usize> = (0..results.len()).filter(|place| results[*place].code().is_some()).collect();
        assert_eq!(failed, [7]);
        assert_eq!(results[7].code(), Some("INTERNAL"));
        stage.stop().await;
        assert_eq!(dense(world.store()).await, 19);
        world.take_events().await;
    })
    .await;
}

/// Makes the database refuse a content type, as a row that breaks one of its rules.
async fn refuse_type(world: &TestWorld, content_type: i32) {
    use sea_orm::ConnectionTrait;
    let sql = match world.kind() {
        openim_platform::store::DatabaseKind::Sqlite => format!(
            "CREATE TRIGGER refuse BEFORE INSERT ON message WHEN NEW.content_type = {content_type} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        ),
        openim_platform::store::DatabaseKind::Postgres => format!("ALTER TABLE message ADD CHECK (content_type <> {content_type})"),
    };
    let tx = world.store().begin().await.expect("a transaction");
    tx.connection().execute_unprepared(&sql).await.expect("a rule");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_stopped_process_refuses_new_sends_and_has_stored_the_acknowledged_ones() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("a"), "b", "1", "hi").await;
        let subgraph = stage.subgraph.clone();
        stage.stop().await;
        let input = json!({"recipient": {"userId": "b"}, "clientMessageId": "2", "content": {"text": {"text": "hi"}}});
        let Answer(response) = ask(&*subgraph, world.user("a"), crate::stage::SEND, json!({"input": input})).await;
        assert_eq!(response["errors"][0]["extensions"], json!({"code": "UNAVAILABLE", "errCode": 500, "retryable": true}));
        assert_eq!(dense(world.store()).await, 1);
        let owed = unpublished::Entity::find().count(world.store().read()).await.expect("a count");
        assert_eq!(owed, 0, "the stop writes down what was published");
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn heads_tell_the_end_of_logs() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("a"), "b", "1", "hi").await;
        stage.text(world.user("b"), "a", "2", "ho").await;
        let ids = ["si_a_b", "si_a_c"].map(|id| ConversationId::parse(id).expect("an id"));
        let heads = openim_messages::log_reader(world.store().clone()).heads(&ids).await.expect("heads");
        assert_eq!(heads.len(), 1);
        assert_eq!((heads[0].max_seq, heads[0].min_seq, heads[0].kind), (2, 1, ConversationKind::Single));
        assert_eq!(heads[0].last_sender, Some(UserId::parse("b").expect("a user id")));
        assert_eq!(heads[0].last_time, world.now());
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}
