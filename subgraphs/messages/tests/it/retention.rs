//! Messages that were kept long enough are deleted by the clock, with their words, from the beginning of every log.

use std::time::Duration;

use openim_entities::messages::message;
use openim_messages::MessagesSettings;
use openim_platform::timers::Turn;
use openim_testing::{TestWorld, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

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
