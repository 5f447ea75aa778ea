//! Logs that were cleared for everybody, and what is old in a log.

use std::time::Duration;

use openim_contracts::{Audience, LogCleared, SignalKind, StoredBefore};
use openim_core::ConversationId;
use openim_messages::log_reader;
use openim_testing::{START, TestWorld, for_each_database};
use serde_json::json;

use crate::stage::Stage;

async fn send(stage: &Stage, world: &TestWorld, from: &str, to: &str, id: &str) {
    let input = json!({"recipient": {"userId": to}, "clientMessageId": id, "content": {"text": {"text": id}}});
    stage.send(world.user(from), input).await;
}

/// Clears a log for everybody up to a seq.
pub(crate) async fn cleared(world: &TestWorld, id: &str, until: i64) {
    let tx = world.store().begin().await.expect("a transaction");
    let event = LogCleared { conversation_id: ConversationId::parse(id).expect("an id"), until, at: world.now() };
    tx.append(&world.system(), &event).await.expect("an event");
    tx.commit().await.expect("a commit");
    world.drain_events().await;
}

#[tokio::test]
async fn a_cleared_log_begins_behind_what_was_cleared_and_never_earlier_again() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for id in ["1", "2", "3"] {
            send(&stage, world, "a", "b", id).await;
        }
        world.take_events().await;
        world.take_signals();
        let logs = log_reader(world.store().clone());
        let begins = async || logs.heads(&[ConversationId::parse("si_a_b").expect("an id")]).await.expect("heads")[0].min_seq;
        cleared(world, "si_a_b", 2).await;
        assert_eq!(begins().await, 3);
        let signals = world.take_signals();
        assert!(matches!(&signals[..], [signal] if matches!(signal.kind, SignalKind::ConversationChanged { .. })
            && matches!(&signal.audience, Audience::Users(users) if users.len() == 2)));
        cleared(world, "si_a_b", 1).await;
        cleared(world, "si_a_c", 9).await;
        assert_eq!((begins().await, world.take_signals().len()), (3, 0));
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn what_is_old_in_a_log_ends_at_its_moment() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for id in ["1", "2", "3", "4"] {
            send(&stage, world, "a", "b", id).await;
            world.advance(Duration::from_secs(10));
        }
        let logs = log_reader(world.store().clone());
        let ask = |id: &str, from: i64, seconds: u64| StoredBefore {
            conversation_id: ConversationId::parse(id).expect("an id"),
            from,
            moment: START.plus(Duration::from_secs(seconds)),
        };
        let asked = [
            ask("si_a_b", 1, 11),
            ask("si_a_c", 1, 11),
            ask("si_a_b", 1, 0),
            ask("si_a_b", 3, 21),
            ask("si_a_b", 1, 1_000),
            ask("si_a_b", 4, 11),
        ];
        assert_eq!(logs.last_before(&asked).await.expect("answers"), [2, 0, 0, 3, 4, 3]);
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}
