//! Messages in groups: who may write, who may read what, and what a message costs.

use std::time::Duration;

use openim_contracts::{Audience, DomainEvent, GroupRole, MembersMentioned, ReaderState};
use openim_core::{ConversationId, Timestamp};
use openim_entities::messages::message;
use openim_testing::{TestWorld, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::stage::{Stage, grown, seqs};

fn text(client_id: &str) -> Value {
    json!({"recipient": {"groupId": "g"}, "clientMessageId": client_id, "content": {"text": {"text": "hi"}}})
}

fn open() -> ReaderState {
    ReaderState::default()
}

/// What everybody sees of the group: the seqs of a pull, of pages, and single messages.
async fn seen(stage: &Stage, world: &TestWorld, user: &str, conversation: &str) -> Vec<i64> {
    let document = "query($id: ID!) { viewer { pullMessages(ranges: [{conversationId: $id, begin: 0, end: 100}]) { messages { seq } } } }";
    let answer = stage.ask(world.user(user), document, json!({"id": conversation})).await;
    let pulled = answer["viewer"]["pullMessages"].as_array().expect("a list").first().map(|range| seqs(&range["messages"]));
    let pulled = pulled.unwrap_or_default();
    let entity = json!([{"__typename": "Conversation", "ownerId": user, "id": conversation}]);
    let document = "query($all: [_Any!]!) { _entities(representations: $all) { ... on Conversation {
        messages(first: 100) { edges { node { seq } } } messagesBySeq(seqs: [1, 2, 3, 4, 5, 6, 7, 8, 9]) { seq } } } }";
    let answer = stage.ask(world.user(user), document, json!({"all": entity})).await;
    let page = answer["_entities"][0]["messages"]["edges"].as_array().expect("a list").iter().map(|edge| edge["node"].clone());
    assert_eq!(seqs(&page.collect::<Value>()), pulled, "{user}");
    assert_eq!(seqs(&answer["_entities"][0]["messagesBySeq"]), pulled, "{user}");
    for seq in 1..10 {
        let document = "query($id: ID!, $seq: Long!) { message(conversationId: $id, seq: $seq) { seq } }";
        let one = stage.ask(world.user(user), document, json!({"id": conversation, "seq": seq})).await;
        assert_eq!(one["message"].is_object(), pulled.contains(&seq), "{user} {seq}");
    }
    pulled
}

#[tokio::test]
async fn a_message_is_one_row_and_one_signal_whatever_the_number_of_members() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let names: Vec<String> = (0..5_000).map(|number| format!("u{number}")).collect();
        let mut members = vec!["a"];
        members.extend(names.iter().map(String::as_str));
        stage.groups.add("g", &members);
        let sent = stage.send(world.user("a"), text("1")).await["message"].clone();
        assert_eq!((&sent["conversationId"], &sent["groupId"], &sent["kind"]), (&json!("sg_g"), &Value::Null, &json!("GROUP")));
        stage.stop().await;
        let conversation_id = ConversationId::parse("sg_g").expect("an id");
        let signals = world.take_signals();
        assert_eq!((signals.len(), &signals[0].audience), (1, &Audience::Conversation(conversation_id)));
        assert_eq!(grown(&signals[0]), ("sg_g", 1, 1, vec![1]));
        assert_eq!(message::Entity::find().count(world.store().read()).await.expect("a count"), 1);
        let topics: Vec<_> = world.take_events().await.into_iter().map(|event| event.topic).collect();
        assert_eq!(topics, ["messages.conversation_started", "messages.read_advanced"]);
    })
    .await;
}

#[tokio::test]
async fn every_refusal_of_a_group_has_its_code_and_stores_nothing() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b", "c"]);
        stage.groups.change_member("g", "b", |member| member.muted_until = world.now());
        let refused = async |ctx, input| stage.refused(ctx, input).await.0;
        assert_eq!(refused(world.user("desk"), text("1")).await, "NOT_IN_GROUP", "level does not help");
        assert_eq!(refused(world.user("nobody"), text("1")).await, "NOT_IN_GROUP");
        assert_eq!(refused(world.user("b"), text("1")).await, "MUTED_IN_GROUP");
        stage.groups.change("g", |group| group.muted = true);
        assert_eq!(refused(world.user("c"), text("1")).await, "MUTED_GROUP");
        let mut notice = text("1");
        notice["content"] = json!({"systemNotice": {"name": "ops", "noticeType": 1, "text": "hello"}});
        assert_eq!(refused(world.user("desk"), notice).await, "ARGS_ERROR");
        let mut foreign = text("1");
        foreign["recipient"]["groupId"] = json!("nothing");
        assert_eq!(refused(world.user("a"), foreign).await, "RECORD_NOT_FOUND");
        assert_eq!(refused(world.anonymous(), text("1")).await, "UNAUTHENTICATED");
        stage.groups.change("g", |group| group.dismissed = true);
        for ctx in [world.user("a"), world.user("desk"), world.admin()] {
            assert_eq!(refused(ctx, text("1")).await, "GROUP_DISMISSED");
        }
        assert_eq!(message::Entity::find().count(world.store().read()).await.expect("a count"), 0);
        stage.stop().await;
    })
    .await;
}

#[tokio::test]
async fn owners_administrators_and_app_administrators_write_in_a_muted_group() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "c"]);
        stage.groups.enter("g", "b", GroupRole::Admin, world.now());
        stage.groups.change("g", |group| group.muted = true);
        stage.groups.change_member("g", "a", |member| {
            member.muted_until = Timestamp(i64::MAX);
            member.nickname = "The owner".into();
        });
        let sent = stage.send(world.user("a"), text("1")).await["message"].clone();
        assert_eq!((&sent["senderNickname"], &sent["senderFaceUrl"]), (&json!("The owner"), &json!("https://faces.example/a")));
        assert_eq!(stage.send(world.user("b"), text("2")).await["message"]["senderNickname"], json!("B"));
        assert_eq!(stage.send(world.admin(), text("3")).await["message"]["seq"], json!(3), "no member at all");
        // In somebody's name the rules are the sender's.
        let mut as_c = text("4");
        as_c["senderId"] = json!("c");
        assert_eq!(stage.refused(world.admin(), as_c).await.0, "MUTED_GROUP");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn members_see_the_log_within_their_rows_and_strangers_nothing() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b", "new"]);
        for number in 1..=6 {
            stage.send(world.user("a"), text(&number.to_string())).await;
        }
        stage.states.set("a", "sg_g", open());
        stage.states.set("b", "sg_g", ReaderState { min_seq: 3, ..open() });
        stage.states.set("gone", "sg_g", ReaderState { max_seq: 4, ..open() });
        // A row alone gives no right: one who has left, and whose limit is not written down yet, or who never was in it.
        stage.states.set("c", "sg_g", open());
        assert_eq!(seen(&stage, world, "a", "sg_g").await, [1, 2, 3, 4, 5, 6]);
        assert_eq!(seen(&stage, world, "b", "sg_g").await, [3, 4, 5, 6]);
        assert_eq!(seen(&stage, world, "gone", "sg_g").await, [1, 2, 3, 4]);
        assert_eq!(seen(&stage, world, "c", "sg_g").await, [0; 0]);
        assert_eq!(seen(&stage, world, "stranger", "sg_g").await, [0; 0]);
        assert_eq!(seen(&stage, world, "new", "sg_g").await, [1, 2, 3, 4, 5, 6], "was a member before the first message");

        world.advance(Duration::from_secs(10));
        stage.groups.enter("g", "late", GroupRole::Member, world.now());
        assert_eq!(seen(&stage, world, "late", "sg_g").await, [0; 0], "as long as no row says that history is open");
        stage.send(world.user("a"), text("7")).await;
        assert_eq!(seen(&stage, world, "late", "sg_g").await, [7]);

        stage.groups.leave("g", "b");
        assert_eq!(seen(&stage, world, "b", "sg_g").await, [0; 0]);
        stage.groups.change("g", |group| group.dismissed = true);
        assert_eq!(seen(&stage, world, "b", "sg_g").await, [3, 4, 5, 6, 7], "nobody is outside of what is over");
        assert_eq!(seen(&stage, world, "gone", "sg_g").await, [1, 2, 3, 4]);
        assert_eq!(seen(&stage, world, "stranger", "sg_g").await, [0; 0]);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_row_that_is_there_before_the_entering_opens_no_history() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let early = ReaderState { provisional: true, ..open() };
        let mut ids = Vec::new();
        for number in 0..9 {
            let id = if number == 0 { "g".to_owned() } else { format!("g{number}") };
            stage.groups.add(&id, &["a"]);
            let mut input = text(&id);
            input["recipient"]["groupId"] = json!(id);
            stage.send(world.user("a"), input).await;
            ids.push(format!("sg_{id}"));
        }
        world.advance(Duration::from_secs(10));
        for id in &ids {
            stage.groups.enter(&id[3..], "late", GroupRole::Member, world.now());
            stage.states.set("late", id, early);
        }
        stage.groups.enter("g", "cleared", GroupRole::Member, world.now());
        stage.states.set("cleared", "sg_g", ReaderState { min_seq: 3, ..early });
        stage.states.set("stranger", "sg_g", early);
        assert_eq!(seen(&stage, world, "late", "sg_g").await, [0; 0]);
        let document =
            "query($ids: [ID!]!) { viewer { storedSince(conversationIds: $ids, since: \"2020-01-01T00:00:00Z\") { conversationId } } }";
        let stored = async || stage.ask(world.user("late"), document, json!({"ids": ids})).await["viewer"]["storedSince"].clone();
        assert_eq!(stored().await, json!([]), "however many are asked for at once");
        for number in 2..=3 {
            stage.send(world.user("a"), text(&number.to_string())).await;
        }
        assert_eq!(seen(&stage, world, "late", "sg_g").await, [2, 3]);
        assert_eq!(seen(&stage, world, "cleared", "sg_g").await, [3], "what was cleared is cleared");
        assert_eq!(stored().await, json!([{"conversationId": "sg_g"}]));
        stage.groups.change("g", |group| group.dismissed = true);
        assert_eq!(seen(&stage, world, "stranger", "sg_g").await, [0; 0]);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn many_groups_are_read_with_one_question_about_members() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let mut ids = Vec::new();
        for number in 0..20 {
            let id = format!("g{number}");
            stage.groups.add(&id, if number % 2 == 0 { &["a", "b"] } else { &["a"] });
            let mut input = text(&id);
            input["recipient"]["groupId"] = json!(id);
            stage.send(world.user("a"), input).await;
            stage.states.set("b", &format!("sg_{id}"), open());
            ids.push(format!("sg_{id}"));
        }
        let document = "query($ids: [ID!]!, $since: DateTime!) { viewer { storedSince(conversationIds: $ids, since: $since) { conversationId lastSeq } } }";
        let since = json!({"ids": ids, "since": "2020-01-01T00:00:00Z"});
        let stored = stage.ask(world.user("b"), document, since).await["viewer"]["storedSince"].clone();
        let found: Vec<_> = stored.as_array().expect("a list").iter().map(|range| range["conversationId"].as_str().expect("an id")).collect();
        let mut expected: Vec<_> = (0..20).step_by(2).map(|number| format!("sg_g{number}")).collect();
        expected.sort_unstable();
        assert_eq!(found, expected);
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn mentions_are_told_with_the_message_and_once() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b"]);
        stage.send(world.user("a"), text("1")).await;
        let at = |client_id: &str, ids: Value| {
            json!({"recipient": {"groupId": "g"}, "clientMessageId": client_id,
                "content": {"at": {"text": "look", "userIds": ids}}})
        };
        let two = stage.send(world.user("a"), at("2", json!(["b", "no id!", "AtAllTag"]))).await["message"].clone();
        assert_eq!(two["atUserIds"], json!(["b", "no id!", "AtAllTag"]));
        stage.send(world.user("a"), at("2", json!(["b", "no id!", "AtAllTag"]))).await;
        stage.send(world.user("a"), at("3", json!(["AtAllTag"]))).await;
        stage.send(world.user("a"), at("4", json!([]))).await;
        stage.stop().await;
        let events = world.take_events().await.into_iter().filter(|event| event.topic == MembersMentioned::TOPIC);
        let mentions: Vec<_> = events
            .map(|event| event.decode::<MembersMentioned>().expect("an event"))
            .map(|event| (event.seq, event.user_ids.iter().map(ToString::to_string).collect::<Vec<_>>(), event.everybody))
            .collect();
        assert_eq!(mentions, [(2, vec!["b".to_owned()], true), (3, vec![], true)]);
    })
    .await;
}
