//! Messages that are stored in a transaction of somebody else's: nothing follows from them before it is committed.

use std::time::Duration;

use openim_contracts::{DomainEvent, NotificationRequested, NotificationTarget, ReadAdvanced};
use openim_core::{Ctx, UserId};
use openim_platform::events::StoredEvent;
use openim_platform::store::Tx;
use openim_testing::{START, TestWorld, eventually, for_each_database};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;

use crate::search::{in_index, quick};
use crate::stage::Stage;

/// Gives a notification that is a line in the chat of a and b, within a transaction that the test ends.
pub(crate) async fn give_a_line(stage: &Stage, ctx: &Ctx, tx: &Tx, key: &str) {
    let user = |id: &str| UserId::parse(id).expect("a user id");
    let request = NotificationRequested {
        key: key.to_owned(),
        content_type: 1400,
        sender: user("a"),
        target: NotificationTarget::User(user("b")),
        detail: json!({"notificationName": "News", "text": "words of a line"}),
        as_message: Some(true),
        at: START,
    };
    let event = StoredEvent {
        id: key.to_owned(),
        topic: NotificationRequested::TOPIC.to_owned(),
        operation_id: ctx.operation_id().clone(),
        at: START,
        payload: serde_json::to_value(&request).expect("JSON"),
    };
    let handlers = stage.messages.handlers();
    let notifier = handlers.iter().find(|handler| handler.topics().contains(&NotificationRequested::TOPIC)).expect("a notifier");
    notifier.handle(ctx, tx, &event).await.expect("a notification");
}

/// Returns who was told to have read how far, until somebody was.
async fn told_positions(stage: &Stage, world: &TestWorld) -> Vec<(String, i64)> {
    eventually("positions are told", async || {
        stage.messages.flush().await;
        let events = world.take_events().await;
        let told = events.iter().filter(|event| event.topic == ReadAdvanced::TOPIC);
        let positions = told.flat_map(|event| event.decode::<ReadAdvanced>().expect("positions").positions);
        let positions: Vec<_> = positions.map(|position| (position.user_id.to_string(), position.seq)).collect();
        (!positions.is_empty()).then_some(positions)
    })
    .await
}

#[tokio::test]
async fn who_sent_what_was_undone_has_not_read_what_others_send_in_its_place() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let (ctx, tx) = (world.system(), world.store().begin().await.expect("a transaction"));
        give_a_line(&stage, &ctx, &tx, "undone").await;
        tx.rollback().await;
        assert_eq!(stage.text(world.user("b"), "a", "1", "in its place").await["message"]["seq"], json!(1));
        assert_eq!(told_positions(&stage, world).await, [("b".to_owned(), 1)]);
        let tx = world.store().begin().await.expect("a transaction");
        give_a_line(&stage, &ctx, &tx, "done").await;
        tx.commit().await.expect("a commit");
        assert_eq!(told_positions(&stage, world).await, [("a".to_owned(), 2)]);
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_takes_long_is_found_by_its_words_all_the_same() {
    // On SQLite the index waits for the only writer, and with it for this commit.
    let Some(world) = TestWorld::postgres().await else { return };
    let stage = Stage::on(&world, world.store().clone(), quick());
    let (ctx, tx) = (world.system(), world.store().begin().await.expect("a transaction"));
    give_a_line(&stage, &ctx, &tx, "slow").await;
    // The index notes the time of its last turn when the one before is a while ago.
    for _ in 0..2 {
        world.advance(Duration::from_secs(31));
        let db = world.store().read();
        let now = format!("SELECT 1 FROM search_progress WHERE indexed_until = {}", world.now().0);
        let turn = Statement::from_string(db.get_database_backend(), now);
        eventually("a turn of the index", async || db.query_one_raw(turn.clone()).await.expect("a row")).await;
    }
    tx.commit().await.expect("a commit");
    eventually("the line is in the index", async || (in_index(&world).await == 1).then_some(())).await;
    stage.stop().await;
    world.take_events().await;
    world.take_signals();
}
