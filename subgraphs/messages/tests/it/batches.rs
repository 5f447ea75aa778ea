//! The same message to many.

use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::stage::Stage;

const BATCH: &str = "mutation($input: SendMessageBatchInput!) { sendMessageBatch(input: $input) {
    sentCount failedCount continueAfter results { receiverId message { conversationId seq clientMessageId } } failures { receiverId code errCode message } } }";

fn batch(receivers: Value) -> Value {
    json!({"senderId": "a", "receiverIds": receivers, "clientMessageId": "batch-1", "content": {"text": {"text": "hi all"}}})
}

#[tokio::test]
async fn a_failing_receiver_does_not_touch_the_others() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.people.add("deaf", 1, 1);
        let sent =
            stage.ask(world.admin(), BATCH, json!({"input": batch(json!(["b", "deaf", "nobody", "c"]))})).await["sendMessageBatch"].clone();
        assert_eq!((sent["sentCount"].clone(), sent["failedCount"].clone()), (json!(2), json!(2)));
        let ids = |list: &Value| list.as_array().expect("a list").iter().map(|one| one["receiverId"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&sent["results"]), ["b", "c"]);
        assert_eq!(sent["results"][0]["message"], json!({"conversationId": "si_a_b", "seq": 1, "clientMessageId": "batch-1:b"}));
        assert_eq!(
            sent["failures"][0],
            json!({"receiverId": "deaf", "code": "ARGS_ERROR", "errCode": 1001, "message": "message is not sent"})
        );
        assert_eq!((sent["failures"][1]["receiverId"].clone(), sent["failures"][1]["errCode"].clone()), (json!("nobody"), json!(1004)));
        let again = stage.ask(world.admin(), BATCH, json!({"input": batch(json!(["b", "c"]))})).await["sendMessageBatch"].clone();
        assert_eq!(again["results"], sent["results"], "a repeated batch sends nothing twice");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn everybody_is_reached_page_by_page() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for number in 0..600 {
            stage.people.add(&format!("u{number:03}"), 1, 0);
        }
        let input = json!({"senderId": "desk", "all": true, "after": "c", "content": {"systemNotice": {"name": "ops", "noticeType": 1, "text": "hello"}}});
        let sent = stage.ask(world.admin(), BATCH, json!({"input": input})).await["sendMessageBatch"].clone();
        // The 600 and the desk itself; a, b and c lie before.
        assert_eq!((sent["sentCount"].clone(), sent["failedCount"].clone(), sent["continueAfter"].clone()), (json!(601), json!(0), Value::Null));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn only_administrators_send_batches_of_bounded_size() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        assert_eq!(stage.fail(world.user("a"), BATCH, json!({"input": batch(json!(["b"]))})).await.0, "NO_PERMISSION");
        assert_eq!(stage.fail(world.anonymous(), BATCH, json!({"input": batch(json!(["b"]))})).await.0, "UNAUTHENTICATED");
        let many: Vec<String> = (0..1001).map(|number| format!("u{number}")).collect();
        for input in [
            batch(json!(many)),
            json!({"senderId": "a", "content": {"text": {"text": "x"}}}),
            json!({"senderId": "a", "all": true, "receiverIds": ["b"], "content": {"text": {"text": "x"}}}),
        ] {
            assert_eq!(stage.fail(world.admin(), BATCH, json!({"input": input})).await.0, "ARGS_ERROR");
        }
        stage.stop().await;
    })
    .await;
}
