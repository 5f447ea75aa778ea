//! What other domains learn.

use std::sync::Arc;

use openim_contracts::Standing;
use openim_core::UserId;
use serde_json::json;

use crate::house::{BLOCK, House, REMOVE, UNBLOCK, in_each_house, user};

async fn standing(house: &House<'_>, receiver: &str, sender: &str) -> (bool, bool) {
    let Standing { blocked, friend } = house.reader.standing(&user(receiver), &user(sender)).await.unwrap();
    (blocked, friend)
}

#[tokio::test]
async fn a_standing_is_the_receivers_and_every_change_counts_at_once() {
    in_each_house(async |house| {
        assert_eq!(standing(house, "ann", "bob").await, (false, false));
        house.send("bob", "ann").await;
        house.answer("ann", "bob", "ACCEPT").await;
        assert_eq!((standing(house, "ann", "bob").await, standing(house, "bob", "ann").await), ((false, true), (false, true)));
        house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": "bob"}})).await;
        assert_eq!((standing(house, "ann", "bob").await, standing(house, "bob", "ann").await), ((true, true), (false, true)));
        house.ok(house.world.user("ann"), REMOVE, json!({"input": {"friendId": "bob"}})).await;
        assert_eq!((standing(house, "ann", "bob").await, standing(house, "bob", "ann").await), ((true, false), (false, true)));
        house.ok(house.world.user("ann"), UNBLOCK, json!({"input": {"blockedId": "bob"}})).await;
        assert_eq!(standing(house, "ann", "bob").await, (false, false));
        assert_eq!(standing(house, "cid", "dan").await, (false, false));
        house.ok(house.world.admin(), crate::house::IMPORT, json!({"input": {"ownerId": "cid", "friendIds": ["dan"]}})).await;
        assert_eq!((standing(house, "cid", "dan").await, standing(house, "dan", "cid").await), ((false, true), (false, true)));
    })
    .await;
}

#[tokio::test]
async fn what_a_process_could_not_clear_is_cleared_by_the_event() {
    in_each_house(async |house| {
        assert_eq!(standing(house, "ann", "bob").await, (false, false));
        house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": "bob"}})).await;
        // As if the cache had been away after the commit: the old value is back.
        let old = serde_json::to_vec(&Standing::default()).unwrap();
        let ttl = std::time::Duration::from_secs(60);
        house.world.cache().set("relations:standing:ann:bob", &old, ttl).await.unwrap();
        assert_eq!(standing(house, "ann", "bob").await, (false, false));
        house.world.drain_events().await;
        assert_eq!(standing(house, "ann", "bob").await, (true, false));
    })
    .await;
}

#[tokio::test]
async fn those_who_have_a_friend_are_read_in_steps() {
    in_each_house(async |house| {
        house.import("ann", &["bob", "cid", "dan"]).await;
        house.ok(house.world.user("bob"), REMOVE, json!({"input": {"friendId": "ann"}})).await;
        let step = async |after: Option<UserId>, limit| {
            let found = house.reader.friend_of(&user("ann"), after.as_ref(), limit).await.unwrap();
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(step(None, 10).await, ["cid", "dan"]);
        assert_eq!(step(None, 1).await, ["cid"]);
        assert_eq!(step(Some(user("cid")), 0).await, ["dan"]);
        assert_eq!(step(Some(user("dan")), 10).await, [] as [&str; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_lost_cache_costs_time_only() {
    in_each_house(async |house| {
        house.ok(house.world.user("ann"), BLOCK, json!({"input": {"blockedId": "bob"}})).await;
        let reader = openim_relations::reader(house.world.store().clone(), Arc::new(Gone));
        assert!(reader.standing(&user("ann"), &user("bob")).await.unwrap().blocked);
    })
    .await;
}

/// A cache that cannot be reached.
struct Gone;

#[async_trait::async_trait]
impl openim_platform::cache::Cache for Gone {
    async fn get(&self, _: &str) -> openim_core::Result<Option<Vec<u8>>> {
        Err(openim_core::Error::unavailable("gone"))
    }

    async fn set(&self, _: &str, _: &[u8], _: std::time::Duration) -> openim_core::Result<()> {
        Err(openim_core::Error::unavailable("gone"))
    }

    async fn delete(&self, _: &[String]) -> openim_core::Result<()> {
        Err(openim_core::Error::unavailable("gone"))
    }

    async fn increment(&self, _: &str, _: i64, _: std::time::Duration) -> openim_core::Result<i64> {
        Err(openim_core::Error::unavailable("gone"))
    }
}
