//! What who has left a group sees of it: everything as it was then, whatever others do afterwards.

use std::time::Duration;

use openim_contracts::{Audience, GroupRole, ReaderState, Signal, SignalKind};
use openim_core::{ConversationId, Timestamp, UserId};
use openim_testing::{TestWorld, eventually, for_each_database};
use serde_json::{Value, json};

use crate::revoking::{look, revoke, to_group};
use crate::stage::{Stage, settings};

const SHOWN: &str = "seq status rawText editedAt edits { raw writtenAt } reactions { emoji count reactedByViewer users { id } }
    replyCount replies(first: 1) { nodes { seq } pageInfo { hasNextPage endCursor } }";

/// Everything that a user sees of the group, by each of the ways to it.
async fn everything(stage: &Stage, world: &TestWorld, user: &str) -> Value {
    let document = format!(
        "query($keys: [_Any!]!) {{
            one: message(conversationId: \"sg_g\", seq: 2) {{ {SHOWN} }}
            viewer {{
                pullMessages(ranges: [{{conversationId: \"sg_g\", begin: 1, end: 99}}]) {{ isEnd endSeq messages {{ {SHOWN} }} }}
                messagesBySeqs(lists: [{{conversationId: \"sg_g\", seqs: [1, 2, 3, 4, 5]}}]) {{ messages {{ {SHOWN} }} }}
            }}
            _entities(representations: $keys) {{
                ... on Message {{ {SHOWN} }}
                ... on Conversation {{
                    maxSeq lastMessageAt latestMessage {{ {SHOWN} }}
                    messages(first: 100) {{ totalCount edges {{ node {{ {SHOWN} }} }} }}
                    messagesBySeq(seqs: [1, 2, 3, 4, 5]) {{ {SHOWN} }}
                    pinnedMessages {{ message {{ {SHOWN} }} pinnedBy {{ id }} }}
                }}
            }}
        }}"
    );
    let message = |seq: i64| json!({"__typename": "Message", "conversationId": "sg_g", "seq": seq});
    let keys = json!([message(1), message(2), message(3), message(4), {"__typename": "Conversation", "ownerId": user, "id": "sg_g"}]);
    stage.ask(world.user(user), &document, json!({"keys": keys})).await
}

async fn edit(stage: &Stage, world: &TestWorld, seq: i64, text: &str) {
    world.advance(Duration::from_secs(1));
    let document = "mutation($seq: Long!, $text: String!) {
        editMessage(input: {conversationId: \"sg_g\", seq: $seq, content: {text: {text: $text}}}) { message { seq } } }";
    stage.ask(world.user("a"), document, json!({"seq": seq, "text": text})).await;
}

async fn react(stage: &Stage, world: &TestWorld, user: &str, seq: i64, emoji: &str) {
    let document = "mutation($seq: Long!, $emoji: String!) {
        addReaction(input: {conversationId: \"sg_g\", seq: $seq, emoji: $emoji}) { message { seq } } }";
    stage.ask(world.user(user), document, json!({"seq": seq, "emoji": emoji})).await;
}

async fn pin(stage: &Stage, world: &TestWorld, seq: i64) {
    let document = "mutation($seq: Long!) { pinMessage(input: {conversationId: \"sg_g\", seq: $seq}) { message { seq } } }";
    stage.ask(world.user("a"), document, json!({"seq": seq})).await;
}

async fn answer(stage: &Stage, world: &TestWorld, client_id: &str, seq: i64) {
    let mut input = to_group(client_id);
    input["replyTo"] = json!(seq);
    stage.send(world.user("a"), input).await;
}

/// A group of a, who owns it, b and c with three messages, of which the second was edited, reacted to, answered by the third, and
/// pinned.
async fn talk(stage: &Stage, world: &TestWorld) {
    stage.groups.add("g", &["a", "b", "c"]);
    for user in ["a", "b", "c"] {
        stage.states.set(user, "sg_g", ReaderState::default());
    }
    for id in ["m1", "m2"] {
        stage.send(world.user("a"), to_group(id)).await;
    }
    answer(stage, world, "m3", 2).await;
    edit(stage, world, 2, "edited").await;
    react(stage, world, "c", 2, "👍").await;
    react(stage, world, "b", 2, "👍").await;
    pin(stage, world, 2).await;
}

/// Lets b leave after the third message, and waits until that is known.
async fn leave(stage: &Stage, world: &TestWorld) {
    world.advance(Duration::from_secs(1));
    stage.groups.leave("g", "b");
    stage.states.set("b", "sg_g", ReaderState { max_seq: 3, left_at: world.now(), ..ReaderState::default() });
    let kind = SignalKind::ConversationChanged { conversation_id: ConversationId::parse("sg_g").expect("an id") };
    let tx = world.store().begin().await.expect("a transaction");
    tx.signal(Signal { audience: Audience::Users(vec![UserId::parse("b").expect("an id")]), kind });
    tx.commit().await.expect("a commit");
    eventually("the leaving is known", async || look(stage, world, "b", "sg_g", 2).await.is_object().then_some(())).await;
}

#[tokio::test]
async fn who_has_left_sees_everything_as_it_was_then() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        talk(&stage, world).await;
        let member = everything(&stage, world, "b").await;
        assert_eq!((&member["one"]["edits"][0]["raw"], &member["one"]["replyCount"]), (&json!({"content": "hi"}), &json!(1)));
        assert_eq!(member["_entities"][4]["pinnedMessages"].as_array().map(Vec::len), Some(1));
        leave(&stage, world).await;
        let left = everything(&stage, world, "b").await;
        assert_eq!(left, member, "leaving takes nothing away");

        edit(&stage, world, 2, "edited afterwards").await;
        edit(&stage, world, 1, "edited afterwards").await;
        edit(&stage, world, 1, "and again").await;
        react(&stage, world, "a", 2, "👍").await;
        react(&stage, world, "a", 2, "👎").await;
        react(&stage, world, "c", 1, "👎").await;
        pin(&stage, world, 3).await;
        answer(&stage, world, "m4", 2).await;
        answer(&stage, world, "m5", 2).await;
        assert_eq!(everything(&stage, world, "b").await, left);
        let seen = everything(&stage, world, "c").await;
        assert_eq!(seen["one"]["rawText"], json!("{\"content\":\"edited afterwards\"}"));
        assert_eq!((&seen["one"]["reactions"][0]["count"], &seen["one"]["replyCount"]), (&json!(3), &json!(3)));

        // Who comes back sees what the others see.
        stage.groups.enter("g", "b", GroupRole::Member, world.now());
        let listed = "{ messages(first: 10) { edges { node { rawText editedAt } } } }";
        let texts = stage.ask(world.user("b"), listed, json!({})).await["messages"]["edges"].clone();
        assert_eq!(texts[0]["node"], json!({"rawText": "{\"content\":\"hi\"}", "editedAt": null}), "as long as the row says so");
        stage.states.set("b", "sg_g", ReaderState::default());
        let texts = stage.ask(world.user("b"), listed, json!({})).await["messages"]["edges"].clone();
        assert_eq!(texts[0]["node"]["rawText"], json!("{\"content\":\"and again\"}"));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_away_is_taken_from_who_has_left_as_well() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        talk(&stage, world).await;
        leave(&stage, world).await;
        edit(&stage, world, 1, "edited afterwards").await;
        edit(&stage, world, 2, "edited afterwards").await;
        revoke(&stage, world.user("a"), "sg_g", 2).await.expect("a message");
        let delete = "mutation { deleteMessages(input: {conversationId: \"sg_g\", seqs: [1], for: EVERYBODY}) { deletedSeqs } }";
        stage.ask(world.user("a"), delete, json!({})).await;
        let left = eventually("everybody has heard of it", async || {
            let left = everything(&stage, world, "b").await;
            (left["_entities"][0]["status"] == json!("DELETED")).then_some(left)
        })
        .await;
        assert_eq!(left["_entities"][0]["rawText"], json!(""));
        assert_eq!(look(&stage, world, "b", "sg_g", 2).await["contentType"], json!(2101));
        assert_eq!((&left["one"]["edits"], &left["one"]["reactions"], &left["one"]["editedAt"]), (&json!([]), &json!([]), &json!(null)));
        assert_eq!(left["_entities"][4]["pinnedMessages"], json!([]));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_row_that_does_not_know_when_its_owner_left_shows_what_was_sent() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        talk(&stage, world).await;
        stage.states.set("old", "sg_g", ReaderState { max_seq: 3, left_at: Timestamp(0), ..ReaderState::default() });
        let left = everything(&stage, world, "old").await;
        let sent = json!({"content": "hi"}).to_string();
        assert_eq!((&left["one"]["rawText"], &left["one"]["edits"], &left["one"]["reactions"]), (&json!(sent), &json!([]), &json!([])));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn who_has_left_finds_nothing_by_words_that_came_afterwards() {
    for_each_database(async |world| {
        let quick = openim_messages::MessagesSettings { flush_every: Duration::from_millis(20), ..settings() };
        let stage = Stage::on(world, world.store().clone(), quick);
        talk(&stage, world).await;
        leave(&stage, world).await;
        edit(&stage, world, 1, "secretly").await;
        let found = async |user: &str| {
            let document =
                "{ viewer { searchMessages(text: \"secretly\", filter: {conversationIds: [\"sg_g\"]}) { edges { node { seq } } } } }";
            stage.ask(world.user(user), document, json!({})).await["viewer"]["searchMessages"]["edges"].clone()
        };
        eventually("the edit is in the index", async || (found("c").await != json!([])).then_some(())).await;
        assert_eq!(found("b").await, json!([]));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}
