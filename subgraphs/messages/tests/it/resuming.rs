//! What event streams resume by.

use std::time::Duration;

use openim_testing::for_each_database;
use serde_json::json;

use crate::stage::Stage;

#[tokio::test]
async fn what_was_stored_since_a_moment_is_a_range() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("a"), "b", "1", "before").await;
        stage.text(world.user("a"), "c", "2", "before").await;
        world.advance(Duration::from_secs(60));
        stage.text(world.user("b"), "a", "3", "after").await;
        stage.text(world.user("b"), "a", "4", "after").await;
        // A send time of long ago does not hide a message: the server's clock decides.
        let old = json!({"senderId": "b", "recipient": {"userId": "a"}, "sentAt": "2000-01-01T00:00:00Z", "content": {"text": {"text": "old"}}});
        stage.send(world.admin(), old).await;
        let query = "query($since: DateTime!) { viewer { storedSince(conversationIds: [\"si_a_b\", \"si_a_c\", \"si_b_c\"], since: $since) { conversationId firstSeq lastSeq } } }";
        let since = |time: &str| json!({"since": time});
        let found = stage.ask(world.user("a"), query, since("2026-01-01T00:00:30Z")).await;
        assert_eq!(found["viewer"]["storedSince"], json!([{"conversationId": "si_a_b", "firstSeq": 2, "lastSeq": 4}]));
        let found = stage.ask(world.user("a"), query, since("2026-01-01T00:00:00Z")).await;
        assert_eq!(found["viewer"]["storedSince"].as_array().map(Vec::len), Some(2));
        let found = stage.ask(world.user("a"), query, since("2026-01-01T00:02:00Z")).await;
        assert_eq!(found["viewer"]["storedSince"], json!([]));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn the_servers_clock_can_be_read() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let found = stage.ask(world.user("a"), "{ serverTime viewer { id } }", json!({})).await;
        assert_eq!(found, json!({"serverTime": "2026-01-01T00:00:00.000Z", "viewer": {"id": "a"}}));
        stage.stop().await;
    })
    .await;
}
