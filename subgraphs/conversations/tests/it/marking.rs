//! Marking as read.

use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{ConversationId, ConversationKind, GroupId};
use openim_testing::for_each_database;
use serde_json::json;

use crate::support::{House, MARK, user};

#[tokio::test]
async fn a_position_moves_forward_only_and_stops_at_the_end_of_the_log() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 10).await;
        assert_eq!(house.mark("bob", &id, 4).await, (4, 6));
        assert_eq!(house.mark("bob", &id, 2).await, (4, 6));
        assert_eq!(house.mark("bob", &id, i64::MAX).await, (10, 0));
    })
    .await;
}

#[tokio::test]
async fn the_owner_and_the_other_one_hear_of_it_once() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 10).await;
        house.mark("bob", &id, 4).await;
        let kind = SignalKind::ConversationRead { conversation_id: id.clone(), reader: user("bob"), read_seq: 4 };
        assert_eq!(world.take_signals(), [Signal { audience: Audience::Users(vec![user("bob"), user("ann")]), kind }]);
        house.mark("bob", &id, 4).await;
        house.mark("bob", &id, 3).await;
        assert_eq!(world.take_signals(), []);
    })
    .await;
}

#[tokio::test]
async fn members_do_not_hear_how_far_somebody_has_read_in_a_group() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = ConversationId::group(&GroupId::parse("g1").unwrap());
        house.groups.add("g1", &["bob", "eve"]);
        house.log(&id, 5, "eve", &[]);
        house.read_advanced(&[("bob", &id, 1)]).await;
        world.take_signals();
        assert_eq!(house.mark("bob", &id, 5).await, (5, 0));
        let kind = SignalKind::ConversationRead { conversation_id: id, reader: user("bob"), read_seq: 5 };
        assert_eq!(world.take_signals(), [Signal { audience: Audience::Users(vec![user("bob")]), kind }]);
    })
    .await;
}

#[tokio::test]
async fn a_participant_whose_row_is_late_gets_it_by_marking() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = ConversationId::single(&user("ann"), &user("bob"));
        house.log(&id, 3, "ann", &["ann", "bob"]);
        assert_eq!(house.mark("bob", &id, 2).await, (2, 1));
        let kinds: Vec<_> = world.take_signals().into_iter().map(|signal| signal.kind).collect();
        assert!(
            matches!(kinds[..], [SignalKind::ConversationChanged { .. }, SignalKind::ConversationRead { read_seq: 2, .. }]),
            "{kinds:?}"
        );
        let data = house.data(world.user("bob"), "query($id: ID!) { conversation(id: $id) { peerId } }", json!({"id": id.as_str()})).await;
        assert_eq!(data["conversation"]["peerId"], json!("ann"));
    })
    .await;
}

#[tokio::test]
async fn an_administrator_marks_for_somebody_else() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 4).await;
        let input = json!({"input": {"conversationId": id.as_str(), "readSeq": 4, "seqs": [3, 4], "ownerId": "bob"}});
        let data = house.data(world.admin(), MARK, input.clone()).await;
        assert_eq!(data["markConversationRead"]["conversation"], json!({"readSeq": 4, "unreadCount": 0}));
        assert_eq!(house.code(world.user("ann"), MARK, input).await, "NO_PERMISSION");
    })
    .await;
}

#[tokio::test]
async fn impossible_positions_and_unknown_conversations_are_refused() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 4).await;
        let input = |id: &str, read_seq: i64, seqs: Vec<i64>| json!({"input": {"conversationId": id, "readSeq": read_seq, "seqs": seqs}});
        for (variables, code) in [
            (input(id.as_str(), 0, vec![]), "ARGS_ERROR"),
            (input(id.as_str(), -1, vec![]), "ARGS_ERROR"),
            (input(id.as_str(), 1, vec![0]), "ARGS_ERROR"),
            (input(id.as_str(), 1, vec![1; 10_001]), "ARGS_ERROR"),
            (input("n_ann_bob", 1, vec![]), "ARGS_ERROR"),
            (input("si_bob_eve", 1, vec![]), "RECORD_NOT_FOUND"),
            (input("not an id", 1, vec![]), "RECORD_NOT_FOUND"),
        ] {
            assert_eq!(house.code(world.user("bob"), MARK, variables.clone()).await, code, "{variables}");
        }
        // The log exists, but eve is none of its people: for her it does not.
        assert_eq!(house.code(world.user("eve"), MARK, input(id.as_str(), 1, vec![])).await, "RECORD_NOT_FOUND");
        assert_eq!(id.kind(), ConversationKind::Single);
    })
    .await;
}

const MESSAGES: &str = "mutation($input: MarkMessagesReadInput!) { markMessagesRead(input: $input) { conversation { readSeq } } }";
const POSITION: &str = "mutation($input: SetReadPositionInput!) { setReadPosition(input: $input) { conversation { readSeq } } }";

#[tokio::test]
async fn the_other_one_of_a_chat_gets_a_receipt_with_what_was_read_now() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 10).await;
        house.mark("bob", &id, 2).await;
        house.mark("bob", &id, 5).await;
        let tips =
            |seqs: &[i64], read: i64| json!({"markAsReadUserID": "bob", "conversationID": id.as_str(), "seqs": seqs, "hasReadSeq": read});
        let to_ann = vec!["bob>ann".to_owned()];
        assert_eq!(house.asked.take(), [(2200, to_ann.clone(), tips(&[1, 2], 2)), (2200, to_ann.clone(), tips(&[3, 4, 5], 5))]);
        house.mark("bob", &id, 5).await;
        assert_eq!(house.asked.take(), [], "what was read already is no news");

        let input = json!({"input": {"conversationId": id.as_str(), "seqs": [9, 7]}});
        let data = house.data(world.user("bob"), MESSAGES, input).await;
        assert_eq!(data["markMessagesRead"]["conversation"]["readSeq"], json!(9));
        assert_eq!(house.asked.take(), [(2200, to_ann, tips(&[7, 9], 9))]);
        let input = json!({"input": {"conversationId": id.as_str(), "readSeq": 10}});
        let data = house.data(world.user("bob"), POSITION, input).await;
        assert_eq!(data["setReadPosition"]["conversation"]["readSeq"], json!(10));
        let own = json!({"markAsReadUserID": "bob", "conversationID": id.as_str(), "seqs": null, "hasReadSeq": 10});
        assert_eq!(house.asked.take(), [(2200, vec!["bob>bob".to_owned()], own)]);
    })
    .await;
}

#[tokio::test]
async fn a_huge_gap_is_told_by_its_newest_thousand() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 1_000_000).await;
        house.mark("bob", &id, 1_000_000).await;
        let (_, _, tips) = house.asked.take().remove(0);
        let seqs = tips["seqs"].as_array().unwrap();
        assert_eq!((seqs.len(), &seqs[0], &seqs[999]), (1_000, &json!(999_001), &json!(1_000_000)));
    })
    .await;
}

#[tokio::test]
async fn receipts_of_a_group_go_to_the_readers_own_devices() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.joined("g", &["ann", "bob"], 0).await;
        house.log(&id, 5, "ann", &[]);
        house.asked.take();
        house.mark("bob", &id, 3).await;
        let input = json!({"input": {"conversationId": "sg_g", "seqs": [4]}});
        house.data(world.user("bob"), MESSAGES, input).await;
        let tips = |read: i64| json!({"markAsReadUserID": "bob", "conversationID": "sg_g", "seqs": null, "hasReadSeq": read});
        let own = vec!["bob>bob".to_owned()];
        assert_eq!(house.asked.take(), [(2200, own.clone(), tips(3)), (2200, own, tips(4))]);
    })
    .await;
}

#[tokio::test]
async fn marks_beyond_the_end_or_of_nothing_are_refused_and_positions_never_go_back() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 4).await;
        let messages = |seqs: Vec<i64>| json!({"input": {"conversationId": id.as_str(), "seqs": seqs}});
        for seqs in [vec![], vec![0], vec![1, 5], vec![1; 10_001]] {
            assert_eq!(house.code(world.user("bob"), MESSAGES, messages(seqs)).await, "ARGS_ERROR");
        }
        let position = |seq: i64| json!({"input": {"conversationId": id.as_str(), "readSeq": seq}});
        for seq in [0, 5] {
            assert_eq!(house.code(world.user("bob"), POSITION, position(seq)).await, "ARGS_ERROR");
        }
        for (document, input) in [(MESSAGES, messages(vec![1])), (POSITION, position(1))] {
            assert_eq!(house.code(world.user("eve"), document, input.clone()).await, "RECORD_NOT_FOUND");
            assert_eq!(house.code(world.anonymous(), document, input).await, "UNAUTHENTICATED");
        }
        house.mark("bob", &id, 3).await;
        let back = house.data(world.user("bob"), POSITION, position(1)).await;
        assert_eq!(back["setReadPosition"]["conversation"]["readSeq"], json!(3));
    })
    .await;
}
