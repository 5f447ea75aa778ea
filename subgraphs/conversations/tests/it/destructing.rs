//! Messages that vanish from a view by themselves.

use std::time::Duration;

use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::support::House;

const SET: &str = "mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { changed } }";
const CLEAR: &str = "mutation($input: ClearConversationsInput!) { clearConversations(input: $input) { clearedIds } }";
const HOUR: Duration = Duration::from_secs(60 * 60);

async fn row(house: &House<'_>, name: &str) -> Value {
    let document = "{ conversation(id: \"si_ann_me\") { minSeqLimit unreadCount lastDestructedAt } }";
    house.data(house.world.user(name), document, json!({})).await["conversation"].clone()
}

#[tokio::test]
async fn what_is_older_than_the_time_vanishes_for_the_owner_only() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "me", 3).await;
        let set = json!({"input": {"conversationId": id.as_str(), "isDestructing": true, "destructAfter": 10 * 60 * 60}});
        house.data(world.user("me"), SET, set).await;
        house.asked.take();
        assert_eq!(house.domain.destruct_due().await.unwrap(), 1);
        assert_eq!(row(&house, "me").await["minSeqLimit"], json!(0), "nothing is old yet");
        assert_eq!(house.asked.take(), []);

        world.advance(6 * HOUR);
        house.log(&id, 5, "ann", &["ann", "me"]);
        world.advance(5 * HOUR);
        assert_eq!(house.domain.destruct_due().await.unwrap(), 1);
        world.drain_events().await;
        let after = row(&house, "me").await;
        assert_eq!((&after["minSeqLimit"], &after["unreadCount"]), (&json!(4), &json!(2)));
        assert_ne!(after["lastDestructedAt"], json!(null));
        assert_eq!(row(&house, "ann").await["minSeqLimit"], json!(0));
        let tips = json!({"userID": "", "conversationIDList": ["si_ann_me"]});
        assert_eq!(house.asked.take(), [(1300, vec!["me".to_owned()], tips)]);
        assert_eq!(house.domain.destruct_due().await.unwrap(), 0, "not due again for an hour");

        world.advance(10 * HOUR);
        assert_eq!(house.domain.destruct_due().await.unwrap(), 1);
        assert_eq!(row(&house, "me").await["minSeqLimit"], json!(6));
        world.drain_events().await;
        house.data(world.user("me"), SET, json!({"input": {"conversationId": id.as_str(), "isDestructing": false}})).await;
        world.advance(100 * HOUR);
        assert_eq!(house.domain.destruct_due().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn two_workers_do_it_once() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "me", 3).await;
        let set = json!({"input": {"conversationId": id.as_str(), "isDestructing": true, "destructAfter": 60}});
        house.data(world.user("me"), SET, set).await;
        house.asked.take();
        world.advance(HOUR);
        let (one, other) = tokio::join!(house.domain.destruct_due(), house.domain.destruct_due());
        assert!(one.unwrap() + other.unwrap() >= 1);
        world.drain_events().await;
        assert_eq!(house.asked.take().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_cleared_while_the_timer_looks_stays_cleared() {
    for_each_database(async |world| {
        let house = House::new(world);
        let id = house.chat("ann", "me", 5).await;
        house
            .data(world.user("me"), SET, json!({"input": {"conversationId": id.as_str(), "isDestructing": true, "destructAfter": 60}}))
            .await;
        world.advance(HOUR);
        house.log(&id, 10, "ann", &["ann", "me"]);
        let halt = house.halt();
        let clear = async {
            halt.wait().await;
            house.data(world.user("me"), CLEAR, json!({"input": {"conversationIds": [id.as_str()]}})).await;
            house.asked.take();
            world.take_signals();
            halt.wait().await;
        };
        let (looked, ()) = tokio::join!(house.domain.destruct_due(), clear);
        assert_eq!(looked.unwrap(), 1);
        world.drain_events().await;
        assert_eq!(row(&house, "me").await["minSeqLimit"], json!(11));
        assert_eq!((house.asked.take(), world.take_signals()), (vec![], vec![]), "nothing moved");
    })
    .await;
}
