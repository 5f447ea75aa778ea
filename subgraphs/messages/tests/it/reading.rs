//! Who sees what of a log.

use openim_contracts::ReaderState;
use openim_core::Ctx;
use openim_entities::messages::message;
use openim_testing::{TestWorld, for_each_database};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::stage::{Stage, seqs};

const PULL: &str =
    "query($as: ID, $ranges: [SeqRangeInput!]!, $order: PullOrder) { viewer(as: $as) { pullMessages(ranges: $ranges, order: $order) {
    conversationId notification isEnd endSeq messages { seq status id contentType rawText content { __typename } } } } }";
const ENTITIES: &str = "query($keys: [_Any!]!) { _entities(representations: $keys) { __typename
    ... on Message { seq rawText sender { id } isRead conversation { ownerId id } }
    ... on Conversation { maxSeq minSeq lastMessageAt latestMessage { seq } messages(last: 3) { totalCount pageInfo { hasPreviousPage hasNextPage startCursor endCursor } edges { cursor node { seq } } } messagesBySeq(seqs: [9, 2, 4, 77]) { seq status } } } }";

/// A chat of a and b with ten messages.
async fn ten(stage: &Stage, world: &TestWorld) {
    for number in 1..=10 {
        let sender = if number % 2 == 0 { ("b", "a") } else { ("a", "b") };
        stage.text(world.user(sender.0), sender.1, &format!("m{number}"), &format!("{number}")).await;
    }
}

async fn pull(stage: &Stage, ctx: Ctx, ranges: Value, order: &str) -> Value {
    stage.ask(ctx, PULL, json!({"ranges": ranges, "order": order})).await["viewer"]["pullMessages"].clone()
}

fn range(begin: i64, end: i64, limit: Value) -> Value {
    json!([{"conversationId": "si_a_b", "begin": begin, "end": end, "limit": limit}])
}

#[tokio::test]
async fn a_stranger_sees_nothing_by_any_way() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        ten(&stage, world).await;
        let one = stage.ask(world.user("c"), "{ message(conversationId: \"si_a_b\", seq: 1) { seq } }", json!({})).await;
        assert!(one["message"].is_null());
        assert_eq!(pull(&stage, world.user("c"), range(1, 10, Value::Null), "ASCENDING").await, json!([]));
        let keys = json!([{"__typename": "Message", "conversationId": "si_a_b", "seq": 1},
            {"__typename": "Conversation", "ownerId": "a", "id": "si_a_b"}, {"__typename": "Conversation", "ownerId": "c", "id": "si_a_b"}]);
        let entities = stage.ask(world.user("c"), ENTITIES, json!({"keys": keys})).await["_entities"].clone();
        assert!(entities[0].is_null() && entities[1].is_null());
        assert_eq!((entities[2]["maxSeq"].clone(), entities[2]["messages"]["edges"].clone()), (json!(0), json!([])));
        assert!(entities[2]["latestMessage"].is_null());
        let stored = "query { viewer { storedSince(conversationIds: [\"si_a_b\"], since: \"2020-01-01T00:00:00Z\") { firstSeq } } }";
        assert_eq!(stage.ask(world.user("c"), stored, json!({})).await["viewer"]["storedSince"], json!([]));
        let (code, _) = stage.fail(world.user("c"), PULL, json!({"as": "a", "ranges": []})).await;
        assert_eq!(code, "NO_PERMISSION");
        let entities = stage.ask(world.anonymous(), ENTITIES, json!({"keys": keys})).await["_entities"].clone();
        assert_eq!(entities, json!([null, null, null]));
        for query in ["{ viewer { id } }", "{ serverTime }", "{ message(conversationId: \"si_a_b\", seq: 1) { seq } }"] {
            assert_eq!(stage.fail(world.anonymous(), query, json!({})).await.0, "UNAUTHENTICATED", "{query}");
        }
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sees_everything_and_opens_anybodys_view() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        ten(&stage, world).await;
        stage.states.set("a", "si_a_b", ReaderState { min_seq: 5, ..ReaderState::default() });
        let one =
            stage.ask(world.admin(), "{ message(conversationId: \"si_a_b\", seq: 1) { rawText conversation { id } } }", json!({})).await;
        assert_eq!(one["message"], json!({"rawText": "{\"content\":\"1\"}", "conversation": null}));
        let ranges = range(0, 99, Value::Null);
        let pulled = stage.ask(world.admin(), PULL, json!({"as": "a", "ranges": ranges})).await["viewer"]["pullMessages"].clone();
        assert_eq!(seqs(&pulled[0]["messages"]), (5..=10).collect::<Vec<_>>(), "as a user, within the user's limits");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_pull_is_clipped_to_the_window_and_takes_the_newest() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        ten(&stage, world).await;
        let shape = |pulled: &Value| (seqs(&pulled[0]["messages"]), pulled[0]["isEnd"] == json!(true), pulled[0]["endSeq"].as_i64());
        let all: Vec<i64> = (1..=10).collect();
        assert_eq!(shape(&pull(&stage, world.user("a"), range(0, 99, Value::Null), "ASCENDING").await), (all, true, Some(10)));
        assert_eq!(shape(&pull(&stage, world.user("a"), range(2, 8, json!(3)), "ASCENDING").await), (vec![6, 7, 8], false, Some(0)));
        assert_eq!(shape(&pull(&stage, world.user("b"), range(1, 8, json!(3)), "DESCENDING").await), (vec![6, 7, 8], true, Some(1)));
        assert_eq!(shape(&pull(&stage, world.user("b"), range(2, 8, json!(3)), "DESCENDING").await), (vec![6, 7, 8], false, Some(0)));
        for empty in [range(11, 20, Value::Null), range(8, 2, Value::Null), range(1, 10, json!(0)), range(1, 10, json!(-1))] {
            assert_eq!(pull(&stage, world.user("a"), empty, "ASCENDING").await, json!([]));
        }
        stage.states.set("a", "si_a_b", ReaderState { min_seq: 4, max_seq: 7, ..ReaderState::default() });
        assert_eq!(shape(&pull(&stage, world.user("a"), range(0, 99, Value::Null), "ASCENDING").await), (vec![4, 5, 6, 7], true, Some(7)));
        let unknown = json!([{"conversationId": "si_x_y", "begin": 1, "end": 2}, {"conversationId": "no id", "begin": 1, "end": 2}]);
        assert_eq!(pull(&stage, world.user("a"), unknown, "ASCENDING").await, json!([]));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_without_a_message_is_a_placeholder() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        ten(&stage, world).await;
        remove(world, 4).await;
        let pulled = pull(&stage, world.user("a"), range(3, 5, Value::Null), "ASCENDING").await;
        assert_eq!(seqs(&pulled[0]["messages"]), [3, 4, 5]);
        let hole = json!({"seq": 4, "status": "DELETED", "id": null, "contentType": 0, "rawText": "", "content": null});
        assert_eq!(pulled[0]["messages"][1], hole);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

async fn remove(world: &TestWorld, seq: i64) {
    let tx = world.store().begin().await.expect("a transaction");
    message::Entity::delete_many().filter(message::Column::Seq.eq(seq)).exec(tx.connection()).await.expect("a deletion");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_pull_is_bounded() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        ten(&stage, world).await;
        let many: Vec<Value> = (0..101).map(|_| json!({"conversationId": "si_a_b", "begin": 1, "end": 2})).collect();
        assert_eq!(stage.fail(world.user("a"), PULL, json!({"ranges": many})).await.0, "ARGS_ERROR");
        let seqs: Vec<i64> = vec![1; 1001];
        let keys = json!([{"__typename": "Conversation", "ownerId": "a", "id": "si_a_b"}]);
        let query = "query($keys: [_Any!]!, $seqs: [Long!]!) { _entities(representations: $keys) { ... on Conversation { messagesBySeq(seqs: $seqs) { seq } } } }";
        assert_eq!(stage.fail(world.user("a"), query, json!({"keys": keys, "seqs": seqs})).await.0, "ARGS_ERROR");
        for arguments in ["last: 0", "last: 101", "first: 1, last: 1", "last: 1, before: \"x\""] {
            let query = format!("query($keys: [_Any!]!) {{ _entities(representations: $keys) {{ ... on Conversation {{ messages({arguments}) {{ totalCount }} }} }} }}");
            assert_eq!(stage.fail(world.user("a"), &query, json!({"keys": keys})).await.0, "ARGS_ERROR", "{arguments}");
        }
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_is_answered_once_however_often_it_is_asked_for() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        ten(&stage, world).await;
        let ranges = |parts: &[(i64, i64)]| {
            parts.iter().map(|(begin, end)| json!({"conversationId": "si_a_b", "begin": begin, "end": end})).collect::<Value>()
        };
        for overlapping in [ranges(&[(1, 10), (1, 10)]), ranges(&[(1, 3), (7, 9), (3, 4)]), ranges(&[(2, 3), (0, 99)])] {
            assert_eq!(stage.fail(world.user("a"), PULL, json!({"ranges": overlapping})).await.0, "ARGS_ERROR", "{overlapping}");
        }
        let apart = pull(&stage, world.user("a"), ranges(&[(7, 9), (5, 4), (1, 3), (4, 4)]), "ASCENDING").await;
        let apart: Vec<_> = apart.as_array().expect("ranges").iter().map(|range| seqs(&range["messages"])).collect();
        assert_eq!(apart, [vec![7, 8, 9], vec![1, 2, 3], vec![4]]);

        let query = "query($keys: [_Any!]!, $seqs: [Long!]!) { _entities(representations: $keys) { ... on Conversation { messagesBySeq(seqs: $seqs) { seq } } } }";
        let keys = json!([{"__typename": "Conversation", "ownerId": "a", "id": "si_a_b"}]);
        let repeated: Vec<i64> = [3, 1].into_iter().chain(vec![3; 100]).chain([2, 1]).collect();
        let found = stage.ask(world.user("a"), query, json!({"keys": keys, "seqs": repeated})).await;
        assert_eq!(seqs(&found["_entities"][0]["messagesBySeq"]), [3, 1, 2]);
        let query = "query($lists: [SeqListInput!]!) { viewer { messagesBySeqs(lists: $lists) { messages { seq } } } }";
        let list = json!({"conversationId": "si_a_b", "seqs": repeated});
        let found = stage.ask(world.user("a"), query, json!({"lists": [list]})).await["viewer"]["messagesBySeqs"].clone();
        assert_eq!(seqs(&found[0]["messages"]), [3, 1, 2]);
        assert_eq!(stage.fail(world.user("a"), query, json!({"lists": [list, list]})).await.0, "ARGS_ERROR", "one list of a conversation");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_conversation_shows_its_log_from_the_newest() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        ten(&stage, world).await;
        remove(world, 4).await;
        let keys = json!([{"__typename": "Conversation", "ownerId": "a", "id": "si_a_b"}]);
        let found = stage.ask(world.user("a"), ENTITIES, json!({"keys": keys})).await["_entities"][0].clone();
        assert_eq!((found["maxSeq"].clone(), found["minSeq"].clone()), (json!(10), json!(1)));
        assert_eq!(found["lastMessageAt"], json!("2026-01-01T00:00:00.000Z"));
        assert_eq!(found["latestMessage"], json!({"seq": 10}));
        assert_eq!(found["messages"]["totalCount"], json!(10));
        let cursors: Vec<_> = found["messages"]["edges"].as_array().expect("edges").iter().map(|edge| edge["cursor"].clone()).collect();
        assert_eq!(cursors, ["8", "9", "10"]);
        assert_eq!(found["messages"]["pageInfo"], json!({"hasPreviousPage": true, "hasNextPage": false, "startCursor": "8", "endCursor": "10"}));
        assert_eq!(found["messagesBySeq"], json!([{"seq": 9, "status": "SENT"}, {"seq": 2, "status": "SENT"}, {"seq": 4, "status": "DELETED"}]));
        let walk = "query($keys: [_Any!]!, $last: Int, $before: String, $first: Int, $after: String) { _entities(representations: $keys) { ... on Conversation {
            messages(last: $last, before: $before, first: $first, after: $after) { pageInfo { hasPreviousPage hasNextPage startCursor endCursor } edges { node { seq } } } } } }";
        let mut seen = Vec::new();
        let mut before = Value::Null;
        loop {
            let page = stage.ask(world.user("a"), walk, json!({"keys": keys, "last": 4, "before": before})).await["_entities"][0]["messages"].clone();
            let nodes: Vec<i64> = page["edges"].as_array().expect("edges").iter().rev().filter_map(|edge| edge["node"]["seq"].as_i64()).collect();
            seen.extend(nodes);
            if page["pageInfo"]["hasPreviousPage"] != json!(true) {
                break;
            }
            before = page["pageInfo"]["startCursor"].clone();
        }
        assert_eq!(seen, [10, 9, 8, 7, 6, 5, 3, 2, 1], "back to the beginning, without the gone one");
        let page = stage.ask(world.user("a"), walk, json!({"keys": keys, "first": 2, "after": "8"})).await["_entities"][0]["messages"].clone();
        assert_eq!(page["edges"], json!([{"node": {"seq": 9}}, {"node": {"seq": 10}}]));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn the_receivers_position_makes_a_message_read() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        ten(&stage, world).await;
        stage.states.set("b", "si_a_b", ReaderState { read_seq: 5, ..ReaderState::default() });
        let keys: Vec<Value> =
            [5, 7, 2].iter().map(|seq| json!({"__typename": "Message", "conversationId": "si_a_b", "seq": seq})).collect();
        let found = stage.ask(world.user("a"), ENTITIES, json!({"keys": keys})).await["_entities"].clone();
        let read: Vec<_> = found.as_array().expect("entities").iter().map(|message| message["isRead"] == json!(true)).collect();
        assert_eq!(read, [true, false, false], "5 and 7 went to b, 2 to a");
        assert_eq!(found[0]["sender"], json!({"id": "a"}));
        assert_eq!(found[0]["conversation"], json!({"ownerId": "a", "id": "si_a_b"}));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_fresh_message_costs_its_readers_no_query() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("a"), "b", "1", "hi").await;
        let query = "query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Message { rawText } } }";
        let keys = json!([{"__typename": "Message", "conversationId": "si_a_b", "seq": 1}]);
        stage.ask(world.user("b"), query, json!({"keys": keys})).await;
        let asked = *stage.states.questions.lock();
        // The row is gone, the memory of it is not: who reads now does not ask the database.
        remove(world, 1).await;
        for _ in 0..20 {
            let found = stage.ask(world.user("b"), query, json!({"keys": keys})).await;
            assert_eq!(found["_entities"][0]["rawText"], json!("{\"content\":\"hi\"}"));
        }
        assert_eq!(*stage.states.questions.lock(), asked);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn the_latest_messages_of_a_page_of_conversations_are_one_question_each() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let mut keys = Vec::new();
        for number in 0..30 {
            let peer = format!("p{number:02}");
            stage.people.add(&peer, 1, 0);
            stage.text(world.user("a"), &peer, &format!("m{number}"), &peer).await;
            keys.push(json!({"__typename": "Conversation", "ownerId": "a", "id": format!("si_a_{peer}")}));
        }
        let asked = *stage.states.questions.lock();
        let query =
            "query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Conversation { maxSeq latestMessage { rawText } } } }";
        let found = stage.ask(world.user("a"), query, json!({"keys": keys})).await["_entities"].clone();
        for (number, conversation) in found.as_array().expect("entities").iter().enumerate() {
            assert_eq!(conversation["latestMessage"]["rawText"], json!(format!("{{\"content\":\"p{number:02}\"}}")));
        }
        assert_eq!(*stage.states.questions.lock(), asked + 1);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}
