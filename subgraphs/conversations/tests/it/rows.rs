//! How rows appear and how positions follow what somebody writes.

use openim_contracts::{Audience, ConversationStarted, Signal, SignalKind};
use openim_core::{ConversationId, ConversationKind, GroupId};
use openim_testing::for_each_database;
use serde_json::json;

use crate::support::{House, user};

const ROW: &str = "query($id: ID!) { conversation(id: $id) { ownerId id kind peerId peer { id } groupId readSeq unreadCount pinned receiveOption groupAtType lastDestructedAt } }";

#[tokio::test]
async fn the_first_message_gives_both_people_a_row_and_a_signal() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = ConversationId::single(&user("ann"), &user("bob"));
        house.log(&id, 1, "ann", &["ann", "bob"]);
        let owners = vec![user("ann"), user("bob")];
        let started = ConversationStarted {
            conversation_id: id.clone(),
            kind: ConversationKind::Single,
            owners: owners.clone(),
            participants: owners.clone(),
            at: world.now(),
        };
        house.event(&started).await;

        let changed = |owner| Signal {
            audience: Audience::Users(vec![owner]),
            kind: SignalKind::ConversationChanged { conversation_id: id.clone() },
        };
        assert_eq!(world.take_signals(), owners.into_iter().map(changed).collect::<Vec<_>>());
        let row = house.data(world.user("bob"), ROW, json!({"id": id.as_str()})).await;
        assert_eq!(
            row["conversation"],
            json!({
                "ownerId": "bob", "id": id.as_str(), "kind": "SINGLE", "peerId": "ann", "peer": {"id": "ann"}, "groupId": null, "readSeq": 0,
                "unreadCount": 1, "pinned": false, "receiveOption": "RECEIVE", "groupAtType": "NONE", "lastDestructedAt": null
            })
        );
        let row = house.data(world.user("ann"), ROW, json!({"id": id.as_str()})).await;
        assert_eq!((&row["conversation"]["readSeq"], &row["conversation"]["unreadCount"]), (&json!(1), &json!(0)));
    })
    .await;
}

#[tokio::test]
async fn a_system_message_gives_its_receiver_a_row_only() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = ConversationId::system(&user("ann"), &user("news"));
        let participants = vec![user("ann"), user("news")];
        let kind = ConversationKind::System;
        house
            .event(&ConversationStarted { conversation_id: id.clone(), kind, owners: vec![user("ann")], participants, at: world.now() })
            .await;
        let row = house.data(world.user("ann"), ROW, json!({"id": id.as_str()})).await;
        assert_eq!((&row["conversation"]["kind"], &row["conversation"]["peerId"]), (&json!("SYSTEM"), &json!("news")));
        let row = house.data(world.user("news"), ROW, json!({"id": id.as_str()})).await;
        assert_eq!(row["conversation"], json!(null));
    })
    .await;
}

#[tokio::test]
async fn an_existing_row_keeps_its_position_when_the_event_comes_again() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 5).await;
        assert_eq!(house.mark("bob", &id, 3).await, (3, 2));
        house.chat("ann", "bob", 5).await;
        let row = house.data(world.user("bob"), ROW, json!({"id": id.as_str()})).await;
        assert_eq!(row["conversation"]["readSeq"], json!(3));
    })
    .await;
}

#[tokio::test]
async fn positions_of_writers_only_move_forward() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "bob", 9).await;
        let read = async || house.data(world.user("bob"), ROW, json!({"id": id.as_str()})).await["conversation"]["readSeq"].clone();
        house.read_advanced(&[("bob", &id, 4), ("bob", &id, 7), ("bob", &id, 2), ("ann", &id, 9)]).await;
        assert_eq!(read().await, json!(7));
        house.read_advanced(&[("bob", &id, 5)]).await;
        assert_eq!(read().await, json!(7));
    })
    .await;
}

#[tokio::test]
async fn a_position_that_overtakes_the_row_makes_the_row() {
    for_each_database(async |world| {
        let house = House::new(world);
        let chat = ConversationId::single(&user("ann"), &user("bob"));
        let group = ConversationId::group(&GroupId::parse("g1").unwrap());
        house.groups.add("g1", &["ann"]);
        house.read_advanced(&[("ann", &chat, 2), ("ann", &group, 3), ("admin", &group, 3)]).await;
        house.chat("ann", "bob", 6).await;
        house.log(&chat, 6, "bob", &["ann", "bob"]);
        let row = house.data(world.user("ann"), ROW, json!({"id": chat.as_str()})).await;
        assert_eq!(row["conversation"]["peerId"], json!("bob"));
        assert_eq!((&row["conversation"]["readSeq"], &row["conversation"]["unreadCount"]), (&json!(2), &json!(4)));
        let row = house.data(world.user("ann"), ROW, json!({"id": group.as_str()})).await;
        assert_eq!((&row["conversation"]["kind"], &row["conversation"]["groupId"]), (&json!("GROUP"), &json!("g1")));
        let strange = house.data(world.user("admin"), "{ viewer { allConversations { id } } }", json!({})).await;
        assert_eq!(strange["viewer"]["allConversations"], json!([]), "who wrote without being a member has no view of the group");
    })
    .await;
}

#[tokio::test]
async fn more_positions_than_one_statement_holds_are_all_kept() {
    for_each_database(async |world| {
        let house = House::new(world);
        let names: Vec<String> = (0..1_203).map(|number| format!("u{number}")).collect();
        let ids: Vec<_> = names.iter().map(|name| ConversationId::single(&user("hub"), &user(name))).collect();
        let positions: Vec<_> = names.iter().zip(&ids).map(|(name, id)| (name.as_str(), id, 2)).collect();
        house.read_advanced(&positions).await;

        let reader = openim_conversations::reader(world.store().clone());
        let keys: Vec<_> =
            names.iter().zip(&ids).map(|(name, id)| (user(name), id.clone())).chain([(user("eve"), ids[0].clone())]).collect();
        let states = reader.states_of(&keys).await.unwrap();
        assert_eq!(states.iter().filter(|state| state.is_some_and(|state| state.read_seq == 2)).count(), 1_203);
        assert_eq!(states.last(), Some(&None));
        assert_eq!(reader.reader_states(&user("u7"), &[ids[8].clone(), ids[7].clone()]).await.unwrap()[0], None);
    })
    .await;
}
