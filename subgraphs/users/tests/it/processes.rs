//! Two processes over one database, one cache and one bus.

use openim_core::ErrorCode::TokenKicked;
use openim_core::UserId;
use openim_testing::for_each_database;
use serde_json::json;

use crate::house::{House, REVOKE, UPDATE, settings};

#[tokio::test]
async fn what_one_process_changes_another_forgets_when_it_handles_the_event() {
    for_each_database(async |world| {
        let changing = House::open(world, settings(), world.cache().clone());
        let handling = House::open(world, settings(), world.cache().clone());
        // Processes share a consumer's work: here the other one gets every event.
        for handler in handling.users.handlers() {
            world.register(handler);
        }
        changing.register(&["bob"]).await;
        let bob = UserId::parse("bob").unwrap();
        let known_to = async |house: &House<'_>| house.users.reader().user(&bob).await.unwrap().unwrap().nickname;
        assert_eq!((known_to(&changing).await, known_to(&handling).await), ("bob".to_owned(), "bob".to_owned()));

        changing.ok(world.user("bob"), UPDATE, json!({"input": {"id": "bob", "nickname": "Robert"}})).await;
        assert_eq!(known_to(&changing).await, "Robert", "who changes knows at once");
        assert_eq!(known_to(&handling).await, "bob", "the other one remembers for some seconds at most");
        world.drain_events().await;
        assert_eq!(known_to(&handling).await, "Robert");

        let token = changing.log_in("bob", "IOS").await;
        assert!(handling.whose(&token).await.is_ok(), "now it lies in the cache");
        changing.ok(world.admin(), REVOKE, json!({"input": {"userId": "bob", "platform": "IOS"}})).await;
        assert_eq!(handling.whose(&token).await, Err(TokenKicked), "a logout works everywhere at once");
        world.drain_events().await;
    })
    .await;
}
