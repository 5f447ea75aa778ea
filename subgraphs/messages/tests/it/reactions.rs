//! Reactions and pinned messages.

use openim_contracts::{GroupRole, ReaderState, Standing};
use openim_core::Ctx;
use openim_entities::messages::{message_reaction, pinned_message, reaction_count};
use openim_testing::{TestWorld, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::revoking::{asked, revoke, to_group};
use crate::stage::{Stage, seqs};

const REACTIONS: &str = "reactions { emoji count reactedByViewer users(first: 2) { id } }";

async fn react(stage: &Stage, ctx: Ctx, act: &str, conversation: &str, seq: i64, emoji: &str) -> Result<Value, String> {
    let document = format!("mutation($input: ReactionInput!) {{ {act}Reaction(input: $input) {{ message {{ {REACTIONS} }} }} }}");
    let input = json!({"conversationId": conversation, "seq": seq, "emoji": emoji});
    let answer = stage.run(ctx, &document, json!({"input": input})).await;
    match answer.code() {
        Some(code) => Err(code.to_owned()),
        None => Ok(answer.data()[format!("{act}Reaction")]["message"]["reactions"].clone()),
    }
}

async fn pin(stage: &Stage, ctx: Ctx, act: &str, conversation: &str, seq: i64) -> Result<Value, String> {
    let document = format!(
        "mutation($input: PinMessageInput!) {{ {act}Message(input: $input) {{ message {{ seq }}
            conversation {{ pinnedMessages {{ message {{ seq }} pinnedBy {{ id }} }} }} }} }}"
    );
    let answer = stage.run(ctx, &document, json!({"input": {"conversationId": conversation, "seq": seq}})).await;
    match answer.code() {
        Some(code) => Err(code.to_owned()),
        None => Ok(answer.data()[format!("{act}Message")]["conversation"]["pinnedMessages"].clone()),
    }
}

/// What a user sees pinned.
async fn pins(stage: &Stage, world: &TestWorld, user: &str, conversation: &str) -> Vec<i64> {
    let document =
        "query($keys: [_Any!]!) { _entities(representations: $keys) { ... on Conversation { pinnedMessages { message { seq } } } } }";
    let keys = json!([{"__typename": "Conversation", "ownerId": user, "id": conversation}]);
    let found = stage.ask(world.user(user), document, json!({"keys": keys})).await["_entities"][0]["pinnedMessages"].clone();
    seqs(&found.as_array().expect("a list").iter().map(|pin| pin["message"].clone()).collect::<Value>())
}

async fn group(stage: &Stage, world: &TestWorld, messages: usize) {
    stage.groups.add("g", &["a", "b", "c"]);
    stage.groups.enter("g", "adm", GroupRole::Admin, openim_core::Timestamp(0));
    for user in ["a", "b", "c", "adm"] {
        stage.people.add(user, 1, 0);
        stage.states.set(user, "sg_g", ReaderState::default());
    }
    for number in 1..=messages {
        stage.send(world.user("a"), to_group(&number.to_string())).await;
    }
}

#[tokio::test]
async fn reactions_are_counted_by_emoji_and_person() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        group(&stage, world, 2).await;
        asked(world).await;
        world.take_signals();
        react(&stage, world.user("c"), "add", "sg_g", 1, "👍").await.expect("a reaction");
        react(&stage, world.user("b"), "add", "sg_g", 1, "👍").await.expect("a reaction");
        assert_eq!(world.take_signals().len(), 2);
        react(&stage, world.user("b"), "add", "sg_g", 1, "👍").await.expect("once more changes nothing");
        assert!(world.take_signals().is_empty());
        let seen = react(&stage, world.user("a"), "add", "sg_g", 1, "👨‍👩‍👧‍👦").await.expect("a reaction");
        let users = |names: &[&str]| names.iter().map(|name| json!({"id": name})).collect::<Value>();
        let mut kinds = seen.as_array().expect("a list").clone();
        kinds.sort_by_key(|kind| kind["count"].as_i64());
        assert_eq!(kinds[0], json!({"emoji": "👨‍👩‍👧‍👦", "count": 1, "reactedByViewer": true, "users": users(&["a"])}));
        assert_eq!(kinds[1], json!({"emoji": "👍", "count": 2, "reactedByViewer": false, "users": users(&["b", "c"])}));
        react(&stage, world.user("adm"), "add", "sg_g", 1, "👍").await.expect("a reaction");
        let left = react(&stage, world.user("a"), "remove", "sg_g", 1, "👨‍👩‍👧‍👦").await.expect("a removal");
        assert_eq!(left, json!([{"emoji": "👍", "count": 3, "reactedByViewer": false, "users": users(&["adm", "b"])}]));
        react(&stage, world.user("a"), "remove", "sg_g", 1, "👍").await.expect("nothing to remove");
        assert!(asked(world).await.is_empty());

        let document = format!("query {{ viewer {{ pullMessages(ranges: [{{conversationId: \"sg_g\", begin: 1, end: 2}}]) {{ messages {{ {REACTIONS} }} }} }} }}");
        let pulled = stage.ask(world.user("b"), &document, json!({})).await["viewer"]["pullMessages"][0]["messages"].clone();
        assert_eq!((&pulled[0]["reactions"][0]["reactedByViewer"], &pulled[1]["reactions"]), (&json!(true), &json!([])));
        revoke(&stage, world.user("a"), "sg_g", 1).await.expect("a message");
        assert_eq!(message_reaction::Entity::find().count(world.store().read()).await.expect("a count"), 0);
        assert_eq!(reaction_count::Entity::find().count(world.store().read()).await.expect("a count"), 0);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn who_takes_part_reacts_within_bounds() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        group(&stage, world, 1).await;
        stage.text(world.user("a"), "b", "m1", "hi").await;
        let refused =
            async |ctx, conversation: &str, emoji: &str| react(&stage, ctx, "add", conversation, 1, emoji).await.expect_err("a refusal");
        assert_eq!(refused(world.user("c"), "si_a_b", "👍").await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.user("desk"), "sg_g", "👍").await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.anonymous(), "sg_g", "👍").await, "UNAUTHENTICATED");
        assert_eq!(refused(world.user("a"), "si_a_nobody", "👍").await, "RECORD_NOT_FOUND");
        for bad in ["", "a b", "\u{7}", &"x".repeat(65)] {
            assert_eq!(refused(world.user("a"), "si_a_b", bad).await, "ARGS_ERROR", "{bad:?}");
        }
        stage.groups.change("g", |group| group.muted = true);
        react(&stage, world.user("b"), "add", "sg_g", 1, "👍").await.expect("a muted group may nod");
        stage.groups.leave("g", "b");
        stage.states.set("b", "sg_g", ReaderState { max_seq: 1, ..ReaderState::default() });
        assert_eq!(refused(world.user("b"), "sg_g", "👎").await, "NOT_IN_GROUP", "who has left reads on, and that is all");
        react(&stage, world.user("b"), "remove", "sg_g", 1, "👍").await.expect("the own trace can go");
        stage.relations.set("b", "a", Standing { blocked: true, friend: false });
        assert_eq!(refused(world.user("a"), "si_a_b", "👍").await, "BLOCKED_BY_PEER");
        for number in 0..50 {
            react(&stage, world.user("b"), "add", "si_a_b", 1, &number.to_string()).await.expect("a reaction");
        }
        assert_eq!(refused(world.user("b"), "si_a_b", "one more").await, "ARGS_ERROR");
        assert_eq!(refused(world.user("b"), "si_a_b", "onemore").await, "ARGS_ERROR");
        react(&stage, world.admin(), "add", "si_a_b", 1, "7").await.expect("an emoji that is there");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn both_people_pin_in_a_chat_and_managers_in_a_group() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        group(&stage, world, 3).await;
        stage.text(world.user("a"), "b", "m1", "hi").await;
        let pinned = pin(&stage, world.user("b"), "pin", "si_a_b", 1).await.expect("a pin");
        assert_eq!(pinned, json!([{"message": {"seq": 1}, "pinnedBy": {"id": "b"}}]));
        assert_eq!(pin(&stage, world.user("a"), "unpin", "si_a_b", 1).await.expect("no pin"), json!([]));
        let refused = async |ctx, conversation: &str, seq| pin(&stage, ctx, "pin", conversation, seq).await.expect_err("a refusal");
        assert_eq!(refused(world.user("c"), "si_a_b", 1).await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.user("b"), "sg_g", 1).await, "NO_PERMISSION");
        assert_eq!(refused(world.user("desk"), "sg_g", 1).await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.anonymous(), "sg_g", 1).await, "UNAUTHENTICATED");
        assert_eq!(refused(world.user("a"), "sg_g", 9).await, "RECORD_NOT_FOUND");
        assert_eq!(pin(&stage, world.user("b"), "unpin", "sg_g", 1).await, Err("NO_PERMISSION".into()));
        pin(&stage, world.user("adm"), "pin", "sg_g", 2).await.expect("a pin");
        world.advance(std::time::Duration::from_secs(1));
        pin(&stage, world.user("a"), "pin", "sg_g", 1).await.expect("a pin");
        world.advance(std::time::Duration::from_secs(1));
        pin(&stage, world.admin(), "pin", "sg_g", 3).await.expect("a pin");
        pin(&stage, world.user("a"), "pin", "sg_g", 3).await.expect("pinned already");
        assert_eq!(pins(&stage, world, "b", "sg_g").await, [3, 1, 2]);
        stage.states.set("c", "sg_g", ReaderState { min_seq: 3, ..ReaderState::default() });
        assert_eq!(pins(&stage, world, "c", "sg_g").await, [3], "within what c may see");
        assert_eq!(pins(&stage, world, "desk", "sg_g").await, [0; 0]);
        let hide = "mutation { deleteMessages(input: {conversationId: \"sg_g\", seqs: [1], for: SELF}) { deletedSeqs } }";
        stage.ask(world.user("b"), hide, json!({})).await;
        assert_eq!(pins(&stage, world, "b", "sg_g").await, [3, 2]);
        revoke(&stage, world.user("a"), "sg_g", 3).await.expect("a message");
        assert_eq!(pins(&stage, world, "b", "sg_g").await, [2], "what was taken back is not pinned");
        stage.groups.change("g", |group| group.dismissed = true);
        assert_eq!(refused(world.user("a"), "sg_g", 3).await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.user("a"), "sg_g", 1).await, "GROUP_DISMISSED");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_conversation_has_at_most_a_hundred_pins() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        for number in 1..=101 {
            stage.text(world.user("a"), "b", &format!("m{number}"), "hi").await;
        }
        for seq in 1..=100 {
            pin(&stage, world.user("a"), "pin", "si_a_b", seq).await.expect("a pin");
        }
        assert_eq!(pin(&stage, world.user("a"), "pin", "si_a_b", 101).await, Err("ARGS_ERROR".into()));
        assert_eq!(pinned_message::Entity::find().count(world.store().read()).await.expect("a count"), 100);
        pin(&stage, world.user("a"), "unpin", "si_a_b", 1).await.expect("no pin");
        pin(&stage, world.user("a"), "pin", "si_a_b", 101).await.expect("a pin");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}
