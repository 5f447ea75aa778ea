//! Answers: which message answers which, and the answers to one.

use openim_contracts::ReaderState;
use openim_core::Ctx;
use openim_entities::messages::{message_reply, thread};
use openim_testing::{TestWorld, for_each_database};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::revoking::{revoke, to_group};
use crate::stage::{Stage, seqs};

fn answer(to: Value, client_id: &str, seq: i64) -> Value {
    json!({"recipient": to, "clientMessageId": client_id, "replyTo": seq, "content": {"text": {"text": client_id}}})
}

fn to_user(name: &str) -> Value {
    json!({"userId": name})
}

/// What a user sees of the thread under a message.
async fn thread_of(stage: &Stage, ctx: Ctx, conversation: &str, seq: i64, arguments: &str) -> Value {
    let document = format!(
        "query($id: ID!, $seq: Long!) {{ message(conversationId: $id, seq: $seq) {{ replyCount replyTo {{ seq status }}
            replies{arguments} {{ nodes {{ seq replyTo {{ seq }} }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }} }}"
    );
    stage.ask(ctx, &document, json!({"id": conversation, "seq": seq})).await["message"].clone()
}

async fn rows(world: &TestWorld) -> (u64, u64) {
    let db = world.store().read();
    (message_reply::Entity::find().count(db).await.expect("a count"), thread::Entity::find().count(db).await.expect("a count"))
}

#[tokio::test]
async fn answers_are_found_under_what_they_answer() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.text(world.user("a"), "b", "m1", "who comes?").await;
        stage.text(world.user("a"), "b", "m2", "something else").await;
        for (name, seq) in [("r1", 1), ("r2", 1), ("r3", 3), ("r4", 1)] {
            let sent = stage.send(world.user("b"), answer(to_user("a"), name, seq)).await;
            assert_eq!(sent["duplicate"], json!(false));
        }
        stage.send(world.user("b"), answer(to_user("a"), "r4", 1)).await;
        let shown = thread_of(&stage, world.user("a"), "si_a_b", 1, "").await;
        assert_eq!((&shown["replyCount"], &shown["replyTo"]), (&json!(3), &Value::Null), "a repeated send counts once");
        assert_eq!(seqs(&shown["replies"]["nodes"]), [3, 4, 6]);
        assert_eq!(shown["replies"]["nodes"][0]["replyTo"], json!({"seq": 1}));
        let answered = thread_of(&stage, world.user("a"), "si_a_b", 3, "").await;
        assert_eq!((seqs(&answered["replies"]["nodes"]), &answered["replyTo"]["seq"]), (vec![5], &json!(1)), "an answer to an answer");
        let page = thread_of(&stage, world.user("a"), "si_a_b", 1, "(first: 2)").await["replies"].clone();
        assert_eq!(
            (seqs(&page["nodes"]), &page["pageInfo"]["hasNextPage"], &page["pageInfo"]["endCursor"]),
            (vec![3, 4], &json!(true), &json!("4"))
        );
        let rest = thread_of(&stage, world.user("a"), "si_a_b", 1, "(first: 2, after: \"4\")").await["replies"].clone();
        assert_eq!((seqs(&rest["nodes"]), &rest["pageInfo"]["hasNextPage"]), (vec![6], &json!(false)));
        assert_eq!(thread_of(&stage, world.user("a"), "si_a_b", 2, "").await["replyCount"], json!(0));
        for arguments in ["(first: 0)", "(first: 101)", "(after: \"x\")"] {
            let document = format!("{{ message(conversationId: \"si_a_b\", seq: 1) {{ replies{arguments} {{ nodes {{ seq }} }} }} }}");
            assert_eq!(stage.fail(world.user("a"), &document, json!({})).await.0, "ARGS_ERROR", "{arguments}");
        }
        let delete = "mutation { deleteMessages(input: {conversationId: \"si_a_b\", seqs: [4, 6], for: EVERYBODY}) { deletedSeqs } }";
        stage.ask(world.user("b"), delete, json!({})).await;
        let shown = thread_of(&stage, world.user("a"), "si_a_b", 1, "").await;
        assert_eq!((seqs(&shown["replies"]["nodes"]), &shown["replyCount"]), (vec![3], &json!(1)));
        revoke(&stage, world.user("a"), "si_a_b", 1).await.expect("a message");
        assert_eq!(thread_of(&stage, world.user("b"), "si_a_b", 3, "").await["replyTo"]["seq"], json!(1), "the thread stays");
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}

#[tokio::test]
async fn only_what_is_seen_can_be_answered() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b"]);
        for number in 1..=3 {
            stage.send(world.user("a"), to_group(&number.to_string())).await;
        }
        stage.states.set("b", "sg_g", ReaderState { min_seq: 2, ..ReaderState::default() });
        stage.text(world.user("a"), "c", "m1", "hi").await;
        revoke(&stage, world.user("a"), "sg_g", 3).await.expect("a message");
        let group = json!({"groupId": "g"});
        for (seq, why) in [(1, "before b could read"), (3, "taken back"), (4, "not there yet"), (-1, "nowhere")] {
            assert_eq!(stage.refused(world.user("b"), answer(group.clone(), "r", seq)).await.0, "RECORD_NOT_FOUND", "{why}");
        }
        assert_eq!(stage.refused(world.user("a"), answer(to_user("b"), "r", 1)).await.0, "RECORD_NOT_FOUND", "nothing was said there yet");
        let mut passing = answer(group.clone(), "r", 2);
        passing["onlineOnly"] = json!(true);
        assert_eq!(stage.refused(world.user("b"), passing).await.0, "ARGS_ERROR");
        assert_eq!(rows(world).await, (0, 0));
        stage.send(world.user("b"), answer(group.clone(), "r", 2)).await;
        stage.states.set("c", "sg_g", ReaderState { max_seq: 2, ..ReaderState::default() });
        let shown = thread_of(&stage, world.user("c"), "sg_g", 2, "").await;
        let nothing = json!({"hasNextPage": false, "hasPreviousPage": false, "endCursor": null});
        assert_eq!((&shown["replyCount"], &shown["replies"]["nodes"]), (&json!(0), &json!([])), "c has left before the answer");
        assert_eq!(shown["replies"]["pageInfo"], nothing);
        assert_eq!(rows(world).await, (1, 1));
        stage.stop().await;
        world.take_events().await;
    })
    .await;
}
