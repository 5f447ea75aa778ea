//! What a resuming event stream learns.

use std::time::Duration;

use openim_conversations::Settings;
use openim_core::Timestamp;
use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::support::{House, text};

const CHANGES: &str = "query($since: DateTime!) { viewer { changesSince(since: $since) {
    truncated conversations { conversationId maxSeq rowChanged reads { userId readSeq } } } } }";

async fn changes(house: &House<'_>, name: &str, since: Timestamp) -> Value {
    house.data(house.world.user(name), CHANGES, json!({"since": text(since)})).await["viewer"]["changesSince"].clone()
}

#[tokio::test]
async fn only_what_happened_since_is_told() {
    for_each_database(async |world| {
        let house = House::new(world);
        let (old, read, written) = (house.chat("ann", "me", 2).await, house.chat("bob", "me", 2).await, house.chat("eve", "me", 2).await);
        world.advance(Duration::from_secs(60));
        let since = world.now();
        assert_eq!(changes(&house, "me", since).await, json!({"truncated": false, "conversations": []}));

        world.advance(Duration::from_secs(1));
        house.mark("me", &read, 1).await;
        house.log(&written, 3, "eve", &["eve", "me"]);
        let new = house.chat("zoe", "me", 1).await;
        let told = changes(&house, "me", since).await;
        let expected = json!({"truncated": false, "conversations": [
            {"conversationId": read.as_str(), "maxSeq": 2, "rowChanged": false, "reads": [{"userId": "me", "readSeq": 1}]},
            {"conversationId": written.as_str(), "maxSeq": 3, "rowChanged": false, "reads": []},
            {"conversationId": new.as_str(), "maxSeq": 1, "rowChanged": true, "reads": []},
        ]});
        assert_eq!(told, expected, "{old} did not change");
        // The other one of the chat learns what was read; everybody else nothing.
        let told = changes(&house, "bob", since).await;
        assert_eq!(told["conversations"][0]["reads"], json!([{"userId": "me", "readSeq": 1}]));
        assert_eq!(changes(&house, "ann", since).await["conversations"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn too_many_changes_are_cut_and_said_so() {
    for_each_database(async |world| {
        let house = House::with(world, Settings { max_changes: 2, ..Settings::default() });
        for peer in ["p1", "p2", "p3"] {
            house.chat(peer, "me", 1).await;
        }
        let told = changes(&house, "me", world.now()).await;
        assert_eq!(told["truncated"], json!(true));
        assert_eq!(told["conversations"].as_array().unwrap().len(), 2);
    })
    .await;
}
