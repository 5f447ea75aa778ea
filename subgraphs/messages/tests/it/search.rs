//! Finding messages by their words: what is found, by whom, and what never is. The same on both databases.

use std::time::Duration;

use futures_util::StreamExt as _;
use openim_contracts::{GroupRole, ReaderState};
use openim_core::Timestamp;
use openim_messages::MessagesSettings;
use openim_testing::{TestWorld, eventually, for_each_database};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use crate::stage::{Stage, settings};

const SEARCH: &str = "query($text: String!, $as: ID, $filter: MessageSearchFilter, $first: Int, $after: String) {
    viewer(as: $as) { searchMessages(text: $text, filter: $filter, first: $first, after: $after) {
        edges { cursor node { conversationId seq rawText } excerpt { text matched } } pageInfo { hasNextPage endCursor } } } }";
const EVERYWHERE: &str = "query($text: String!) { admin { searchMessages(text: $text) { edges { node { conversationId seq } } } } }";

pub(crate) fn quick() -> MessagesSettings {
    MessagesSettings { flush_every: Duration::from_millis(20), ..settings() }
}

fn stage(world: &TestWorld) -> Stage {
    let stage = Stage::on(world, world.store().clone(), quick());
    stage.groups.add("g", &["a", "b"]);
    stage
}

fn places(found: &Value) -> Vec<String> {
    let edges = found["edges"].as_array().expect("edges");
    edges.iter().map(|edge| format!("{}:{}", edge["node"]["conversationId"].as_str().expect("an id"), edge["node"]["seq"])).collect()
}

async fn search(stage: &Stage, world: &TestWorld, who: &str, variables: Value) -> Value {
    stage.ask(world.user(who), SEARCH, variables).await["viewer"]["searchMessages"].clone()
}

async fn find(stage: &Stage, world: &TestWorld, who: &str, text: &str) -> Vec<String> {
    places(&search(stage, world, who, json!({"text": text})).await)
}

/// Waits until an administrator finds so many messages with this word.
async fn indexed(stage: &Stage, world: &TestWorld, text: &str, count: usize) {
    eventually("messages are in the index", async || {
        let found = stage.ask(world.admin(), EVERYWHERE, json!({"text": text})).await["admin"]["searchMessages"].clone();
        (places(&found).len() == count).then_some(())
    })
    .await;
}

/// Returns how many messages are in the index.
pub(crate) async fn in_index(world: &TestWorld) -> i64 {
    let db = world.store().read();
    let statement = Statement::from_string(db.get_database_backend(), "SELECT count(*) AS known FROM message_text");
    db.query_one_raw(statement).await.expect("a count").expect("a row").try_get("", "known").expect("a number")
}

async fn end(stage: Stage, world: &TestWorld) {
    stage.stop().await;
    world.take_events().await;
    world.take_signals();
}

#[tokio::test]
async fn words_are_found_however_they_are_written() {
    for_each_database(async |world| {
        let stage = stage(world);
        for (seq, text) in [
            "Crème brûlée for tomorrow zz",
            "我们明天在上海见面 zz",
            "東京タワーへ行く zz",
            "한국어 수업 zz",
            "МОСКВА zz",
            "café-society zz",
        ]
        .into_iter()
        .enumerate()
        {
            stage.text(world.user("a"), "b", &seq.to_string(), text).await;
        }
        indexed(&stage, world, "zz", 6).await;
        for (text, seqs) in [
            ("creme BRULEE", vec![1]),
            ("tomor", vec![1]),
            ("tomor creme", vec![]),
            ("上海", vec![2]),
            ("明天在上", vec![2]),
            ("上海明天", vec![]),
            ("海", vec![2]),
            ("タワー", vec![3]),
            ("국어", vec![4]),
            ("москва", vec![5]),
            ("cafe", vec![6]),
            ("society cafe", vec![6]),
            ("nothing", vec![]),
            ("zz", vec![6, 5, 4, 3, 2, 1]),
        ] {
            let expected: Vec<String> = seqs.iter().map(|seq| format!("si_a_b:{seq}")).collect();
            assert_eq!(find(&stage, world, "b", text).await, expected, "{text}");
        }
        let found = search(&stage, world, "a", json!({"text": "上海"})).await;
        let parts =
            json!([{"text": "我们明天在", "matched": false}, {"text": "上海", "matched": true}, {"text": "见面 zz", "matched": false}]);
        assert_eq!(found["edges"][0]["excerpt"], parts);
        end(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn nobody_finds_what_others_wrote_to_others() {
    for_each_database(async |world| {
        let stage = stage(world);
        stage.text(world.user("a"), "b", "1", "secret plan").await;
        let group = json!({"recipient": {"groupId": "g"}, "clientMessageId": "2", "content": {"text": {"text": "secret meeting"}}});
        stage.send(world.user("a"), group).await;
        stage.text(world.user("c"), "desk", "3", "no secret").await;
        indexed(&stage, world, "secret", 3).await;
        assert_eq!(find(&stage, world, "a", "secret").await, ["sg_g:1", "si_a_b:1"]);
        assert_eq!(find(&stage, world, "b", "secret").await, ["sg_g:1", "si_a_b:1"]);
        assert_eq!(find(&stage, world, "c", "secret").await, ["si_c_desk:1"]);
        for id in ["si_a_b", "sg_g", "n_a_b", "si_x_y"] {
            let foreign = search(&stage, world, "c", json!({"text": "secret", "filter": {"conversationIds": [id]}})).await;
            assert!(places(&foreign).is_empty(), "{id}");
        }
        let as_a = json!({"text": "secret", "as": "a"});
        assert_eq!(stage.fail(world.user("c"), SEARCH, as_a.clone()).await.0, "NO_PERMISSION");
        let seen = stage.ask(world.admin(), SEARCH, as_a).await["viewer"]["searchMessages"].clone();
        assert_eq!(places(&seen), ["sg_g:1", "si_a_b:1"]);
        assert_eq!(stage.fail(world.user("a"), EVERYWHERE, json!({"text": "secret"})).await.0, "NO_PERMISSION");
        assert_eq!(stage.fail(world.anonymous(), SEARCH, json!({"text": "secret"})).await.0, "UNAUTHENTICATED");
        end(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn hits_stay_within_what_the_reader_may_see() {
    for_each_database(async |world| {
        let stage = stage(world);
        stage.states.set("b", "si_a_b", ReaderState { min_seq: 3, ..ReaderState::default() });
        stage.states.set("b", "sg_g", ReaderState { max_seq: 2, ..ReaderState::default() });
        let in_group = |id: &str| json!({"recipient": {"groupId": "g"}, "clientMessageId": id, "content": {"text": {"text": "hello"}}});
        for id in ["1", "2", "3", "4"] {
            stage.send(world.user("a"), in_group(id)).await;
            stage.text(world.user("a"), "b", &format!("p{id}"), "hello").await;
        }
        indexed(&stage, world, "hello", 8).await;
        stage.groups.leave("g", "b");
        stage.groups.enter("g", "c", GroupRole::Member, Timestamp(world.now().0 + 1));
        let named = json!({"text": "hello", "filter": {"conversationIds": ["sg_g"]}});
        assert_eq!(find(&stage, world, "b", "hello").await, ["si_a_b:4", "si_a_b:3"]);
        assert_eq!(places(&search(&stage, world, "b", named.clone()).await), ["sg_g:2", "sg_g:1"], "who has left names the group");
        assert!(find(&stage, world, "c", "hello").await.is_empty(), "what was said before c came");
        assert!(places(&search(&stage, world, "c", named).await).is_empty());
        end(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    for_each_database(async |world| {
        let stage = stage(world);
        for seq in 1..=7 {
            world.advance(Duration::from_millis(5));
            stage
                .text(world.user(if seq % 2 == 0 { "a" } else { "b" }), if seq % 2 == 0 { "b" } else { "a" }, &seq.to_string(), "walk")
                .await;
        }
        indexed(&stage, world, "walk", 7).await;
        let (mut after, mut walked) = (Value::Null, Vec::new());
        loop {
            let page = search(&stage, world, "a", json!({"text": "walk", "first": 3, "after": after})).await;
            walked.extend(places(&page));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(walked, (1..=7).rev().map(|seq| format!("si_a_b:{seq}")).collect::<Vec<_>>());
        let by_b = search(&stage, world, "a", json!({"text": "walk", "filter": {"senderIds": ["b"], "contentTypes": [101]}})).await;
        assert_eq!(places(&by_b), ["si_a_b:7", "si_a_b:5", "si_a_b:3", "si_a_b:1"]);
        let early = json!({"text": "walk", "filter": {"since": "2026-01-01T00:00:00.010Z", "until": "2026-01-01T00:00:00.020Z"}});
        assert_eq!(places(&search(&stage, world, "a", early).await), ["si_a_b:3", "si_a_b:2"]);
        end(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn every_content_with_words_is_found() {
    for_each_database(async |world| {
        let stage = stage(world);
        let contents = [
            json!({"at": {"text": "needle"}}),
            json!({"quote": {"text": "needle"}}),
            json!({"markdown": {"text": "**needle**"}}),
            json!({"advancedText": {"text": "needle"}}),
            json!({"file": {"name": "needle.pdf"}}),
            json!({"merger": {"title": "hay", "abstracts": ["x", "needle"]}}),
            json!({"card": {"userId": "c", "nickname": "Needle"}}),
            json!({"location": {"longitude": 1.0, "latitude": 2.0, "description": "needle street"}}),
            json!({"custom": {"description": "needle", "data": "hay"}}),
        ];
        let count = contents.len();
        for (place, content) in contents.into_iter().enumerate() {
            let input = json!({"recipient": {"groupId": "g"}, "clientMessageId": place.to_string(), "content": content});
            stage.send(world.user("a"), input).await;
        }
        let notice = json!({"recipient": {"userId": "a"}, "clientMessageId": "n",
            "content": {"systemNotice": {"name": "ops", "noticeType": 1, "text": "a needle"}}});
        stage.send(world.user("desk"), notice).await;
        indexed(&stage, world, "needle", count + 1).await;
        assert_eq!(find(&stage, world, "b", "needle").await.len(), count);
        assert_eq!(find(&stage, world, "a", "needle").await.len(), count + 1);
        end(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_back_or_deleted_is_not_found() {
    for_each_database(async |world| {
        let stage = stage(world);
        for id in ["1", "2", "3"] {
            stage.text(world.user("a"), "b", id, "gone").await;
        }
        indexed(&stage, world, "gone", 3).await;
        let revoke = "mutation { revokeMessage(input: {conversationId: \"si_a_b\", seq: 1}) { message { seq } } }";
        stage.ask(world.user("a"), revoke, json!({})).await;
        let delete = "mutation($for: DeleteFor!, $seqs: [Long!]!) { deleteMessages(input: {conversationId: \"si_a_b\", seqs: $seqs, for: $for}) { __typename } }";
        stage.ask(world.user("b"), delete, json!({"for": "SELF", "seqs": [2]})).await;
        assert_eq!(find(&stage, world, "a", "gone").await, ["si_a_b:3", "si_a_b:2"]);
        assert_eq!(find(&stage, world, "b", "gone").await, ["si_a_b:3"]);
        stage.ask(world.user("a"), delete, json!({"for": "EVERYBODY", "seqs": [3]})).await;
        assert_eq!(find(&stage, world, "a", "gone").await, ["si_a_b:2"]);
        assert!(find(&stage, world, "b", "gone").await.is_empty());
        end(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_stored_while_nobody_looked_is_found_later() {
    for_each_database(async |world| {
        let off = Stage::on(world, world.store().clone(), MessagesSettings { search: false, ..quick() });
        off.text(world.user("a"), "b", "1", "early bird").await;
        let refused = off.fail(world.user("a"), SEARCH, json!({"text": "bird"})).await;
        assert_eq!((refused.0.as_str(), refused.1.as_str()), ("UNAVAILABLE", "search is switched off"));
        off.stop().await;
        let on = stage(world);
        indexed(&on, world, "bird", 1).await;
        on.text(world.user("a"), "b", "2", "late bird").await;
        indexed(&on, world, "bird", 2).await;
        end(on, world).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_process_left_behind_is_found_by_the_next() {
    for_each_database(async |world| {
        // It looks once when it starts, and then never again: as if it had been killed.
        let killed = Stage::on(world, world.store().clone(), MessagesSettings { flush_every: Duration::from_secs(3600), ..quick() });
        for id in ["1", "2", "3"] {
            killed.text(world.user("a"), "b", id, "orphan").await;
        }
        world.advance(Duration::from_secs(300));
        let next = stage(world);
        indexed(&next, world, "orphan", 3).await;
        assert_eq!(find(&next, world, "b", "orphan").await, ["si_a_b:3", "si_a_b:2", "si_a_b:1"]);
        end(next, world).await;
        end(killed, world).await;
    })
    .await;
}

#[tokio::test]
async fn a_process_that_ends_leaves_a_flood_to_the_next() {
    const FLOOD: i64 = 1_200;
    for_each_database(async |world| {
        let ending = Stage::on(world, world.store().clone(), MessagesSettings { flush_every: Duration::from_secs(3600), ..quick() });
        let input = |number: i64| json!({"recipient": {"userId": "b"}, "clientMessageId": format!("{number}"), "content": {"text": {"text": "flood"}}});
        let sends = (0..FLOOD).map(|number| ending.send(world.user("a"), input(number)));
        futures_util::stream::iter(sends).buffer_unordered(100).collect::<Vec<_>>().await;
        ending.stop().await;
        let known = in_index(world).await;
        assert!((1..FLOOD).contains(&known), "{known}");
        // The next process finds the rest, the oldest too.
        world.advance(Duration::from_secs(300));
        let next = stage(world);
        eventually("everything is in the index", async || (in_index(world).await == FLOOD).then_some(())).await;
        end(next, world).await;
    })
    .await;
}

#[tokio::test]
async fn an_edited_message_is_found_by_what_it_says_now() {
    for_each_database(async |world| {
        let stage = stage(world);
        stage.text(world.user("a"), "b", "1", "before").await;
        indexed(&stage, world, "before", 1).await;
        let edit =
            "mutation { editMessage(input: {conversationId: \"si_a_b\", seq: 1, content: {text: {text: \"after\"}}}) { message { seq } } }";
        stage.ask(world.user("a"), edit, json!({})).await;
        assert!(find(&stage, world, "b", "before").await.is_empty());
        assert_eq!(find(&stage, world, "b", "after").await, ["si_a_b:1"]);
        end(stage, world).await;
    })
    .await;
}

#[tokio::test]
async fn questions_are_bounded() {
    for_each_database(async |world| {
        let stage = stage(world);
        let many: Vec<String> = (0..101).map(|number| format!("u{number}")).collect();
        for bad in [
            json!({"text": ""}),
            json!({"text": " …😀 "}),
            json!({"text": "x".repeat(1025)}),
            json!({"text": "x", "first": 0}),
            json!({"text": "x", "first": 101}),
            json!({"text": "x", "after": "yesterday"}),
            json!({"text": "x", "filter": {"senderIds": many}}),
        ] {
            assert_eq!(stage.fail(world.user("a"), SEARCH, bad.clone()).await.0, "ARGS_ERROR", "{bad}");
        }
        for strange in ["'; DROP TABLE message; --", "a\"b OR c*", "& | ! :* ( )  x", "NEAR(a b)"] {
            search(&stage, world, "a", json!({"text": strange})).await;
        }
        end(stage, world).await;
    })
    .await;
}
