//! Messages that were kept long enough are deleted by the clock, with their words, from the beginning of every log.

use std::time::Duration;

use openim_entities::messages::{message, message_reaction};
use openim_messages::MessagesSettings;
use openim_platform::store::DatabaseKind;
use openim_platform::timers::Turn;
use openim_testing::{TestWorld, eventually, for_each_database};
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};
use serde_json::json;

use crate::clearing::cleared;
use crate::search::{in_index, quick};
use crate::stage::{Stage, settings};

const DAY: Duration = Duration::from_secs(86_400);

async fn retained(stage: &Stage, world: &TestWorld) -> u64 {
    let job = stage.messages.timers().into_iter().find(|job| job.name() == "messages.retention").expect("the job");
    job.run(&Turn::alone(world.store().clone(), world.runtime().clone())).await.expect("a run")
}

async fn left(world: &TestWorld) -> u64 {
    message::Entity::find().count(world.store().read()).await.expect("a count")
}

#[tokio::test]
async fn old_messages_go_and_their_logs_begin_behind_them() {
    for_each_database(async |world| {
        let stage = Stage::on(world, world.store().clone(), MessagesSettings { keep: DAY, ..settings() });
        for number in 0..5 {
            stage.text(world.user("a"), "b", &format!("old{number}"), "old words").await;
            stage.text(world.user("a"), "c", &format!("other{number}"), "old words").await;
        }
        assert_eq!(retained(&stage, world).await, 0, "nothing is old yet");
        world.advance(DAY + Duration::from_secs(1));
        let sent = stage.text(world.user("a"), "b", "new", "new words").await;
        assert_eq!(sent["message"]["seq"], 6);
        assert_eq!(retained(&stage, world).await, 10);
        assert_eq!((left(world).await, retained(&stage, world).await), (1, 0));
        let begins =
            "query { viewer { pullMessages(ranges: [{conversationId: \"si_a_b\", begin: 1, end: 10, limit: 10}]) { messages { seq } } } }";
        let pulled = stage.ask(world.user("b"), begins, json!({})).await["viewer"]["pullMessages"][0]["messages"].clone();
        assert_eq!(pulled, json!([{"seq": 6}]));
        let next = stage.text(world.user("a"), "c", "next", "a seq is never used again").await;
        assert_eq!(next["message"]["seq"], 6);
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

async fn run(world: &TestWorld, sql: &str) {
    let tx = world.store().begin().await.expect("a transaction");
    tx.connection().execute_unprepared(sql).await.expect("a statement");
    tx.commit().await.expect("a commit");
}

/// Lets no message be deleted that is as the condition on `OLD` says.
async fn refuse_deleting(world: &TestWorld, condition: &str) {
    let (function, action) = match world.kind() {
        DatabaseKind::Sqlite => ("", "BEGIN SELECT RAISE(ABORT, 'stuck'); END"),
        DatabaseKind::Postgres => (
            "CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stuck'; END $$; ",
            "EXECUTE FUNCTION stuck()",
        ),
    };
    run(world, &format!("{function}CREATE TRIGGER stuck BEFORE DELETE ON message FOR EACH ROW WHEN ({condition}) {action}")).await;
}

async fn refuse_nothing(world: &TestWorld) {
    run(world, if world.kind() == DatabaseKind::Sqlite { "DROP TRIGGER stuck" } else { "DROP TRIGGER stuck ON message" }).await;
}

/// Makes the only message of the first log, which has no additions, into so many.
async fn repeat_first(world: &TestWorld, count: i64) {
    run(
        world,
        &format!(
            "INSERT INTO message (conv_no, seq, sender_id, client_msg_id, server_msg_id, send_time, create_time, stored_at, content_type, body)
             WITH RECURSIVE n(seq) AS (SELECT 2 UNION ALL SELECT seq + 1 FROM n WHERE seq < {count})
             SELECT m.conv_no, n.seq, m.sender_id, 'copy' || n.seq, m.server_msg_id, m.send_time, m.create_time, m.stored_at, m.content_type, m.body
             FROM n CROSS JOIN message m WHERE m.conv_no = 1 AND m.seq = 1"
        ),
    )
    .await;
    run(world, &format!("UPDATE conv_seq SET max_seq = {count} WHERE conv_no = 1")).await;
}

#[tokio::test]
async fn what_was_cleared_for_everybody_goes_when_it_is_old_with_its_words() {
    for_each_database(async |world| {
        let stage = Stage::on(world, world.store().clone(), MessagesSettings { keep: DAY, ..quick() });
        for number in 0..5 {
            stage.text(world.user("a"), "b", &format!("{number}"), "secret words").await;
        }
        eventually("their words are in the index", async || (in_index(world).await == 5).then_some(())).await;
        world.take_events().await;
        cleared(world, "si_a_b", 5).await;
        assert_eq!(retained(&stage, world).await, 0, "nothing is old yet");
        world.advance(DAY + Duration::from_secs(1));
        stage.text(world.user("a"), "b", "new", "new words").await;
        eventually("the new words are in the index", async || (in_index(world).await == 6).then_some(())).await;
        assert_eq!(retained(&stage, world).await, 5);
        assert_eq!((left(world).await, in_index(world).await), (1, 1));
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn a_long_log_goes_in_small_steps_and_holds_up_no_other_when_one_fails() {
    for_each_database(async |world| {
        let stage = Stage::on(world, world.store().clone(), MessagesSettings { keep: DAY, ..settings() });
        stage.text(world.user("a"), "b", "1", "old words").await;
        stage.text(world.user("a"), "c", "2", "old words").await;
        repeat_first(world, 2_500).await;
        world.take_events().await;
        // Not only what was cleared is long: the whole is old once a later message is.
        cleared(world, "si_a_b", 2_500).await;
        stage.text(world.user("a"), "b", "3", "old words").await;
        world.advance(DAY + Duration::from_secs(1));
        refuse_deleting(world, "OLD.conv_no = 1 AND OLD.seq = 1500").await;
        assert_eq!(retained(&stage, world).await, 1_001, "one step of the log that is stuck, and all of the other");
        let purge = "mutation { purgeOlderMessages(input: {olderThanSeconds: 60}) { deletedCount complete } }";
        let asked = stage.ask(world.admin(), purge, json!({})).await["purgeOlderMessages"].clone();
        assert_eq!(asked, json!({"deletedCount": 0, "complete": false}));
        refuse_nothing(world).await;
        assert_eq!((retained(&stage, world).await, left(world).await), (1_501, 0));
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn what_very_many_added_to_a_message_goes_in_small_steps_before_it() {
    for_each_database(async |world| {
        let stage = Stage::on(world, world.store().clone(), MessagesSettings { keep: DAY, ..settings() });
        stage.text(world.user("a"), "b", "1", "old words").await;
        let reactions = "INSERT INTO message_reaction (conv_no, seq, emoji, user_id, at)
            WITH RECURSIVE n(user_no) AS (SELECT 1 UNION ALL SELECT user_no + 1 FROM n WHERE user_no < 12000)
            SELECT 1, 1, '+', 'u' || user_no, 0 FROM n";
        run(world, reactions).await;
        world.advance(DAY + Duration::from_secs(1));
        refuse_deleting(world, "OLD.seq = 1").await;
        assert_eq!(retained(&stage, world).await, 0);
        let reactions = async || message_reaction::Entity::find().count(world.store().read()).await.expect("a count");
        assert_eq!(reactions().await, 2_000, "two steps of 5,000, and one with the message that failed");
        refuse_nothing(world).await;
        assert_eq!((retained(&stage, world).await, left(world).await, reactions().await), (1, 0, 0));
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn without_the_setting_messages_stay_for_ever() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("a"), "b", "1", "words").await;
        world.advance(DAY * 36_500);
        assert_eq!((retained(&stage, world).await, left(world).await), (0, 1));
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}
