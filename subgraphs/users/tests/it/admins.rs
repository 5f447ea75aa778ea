//! The configured administrators at the start.

use std::time::Duration;

use openim_contracts::{DomainEvent, UserRegistered, UserUpdated};
use openim_testing::for_each_database;
use openim_users::{SettingsError, Users, UsersSettings};
use serde_json::json;

use crate::house::{House, ports, settings};

const ADMINS: &str = "{ users(ids: [\"imAdmin\", \"second\"]) { id nickname level createdAt } }";

#[tokio::test]
async fn missing_administrators_are_created_and_changed_names_corrected() {
    for_each_database(async |world| {
        let first = House::open(world, settings(), world.cache().clone());
        first.users.ensure_admins().await.unwrap();
        let found = first.ok(world.admin(), ADMINS, json!({})).await;
        let im_admin = json!({"id": "imAdmin", "nickname": "superAdmin", "level": "ADMIN", "createdAt": "2026-01-01T00:00:00.000Z"});
        assert_eq!(found, json!({"users": [im_admin]}));
        assert_eq!(world.take_events().await[0].topic, UserRegistered::TOPIC);

        first.users.ensure_admins().await.unwrap();
        assert_eq!(world.take_events().await, [], "a second start finds the work done");

        world.advance(Duration::from_secs(1));
        let admin_ids = vec!["imAdmin".into(), "second".into()];
        let more = UsersSettings { admin_ids, admin_nicknames: vec!["Boss".into(), "Deputy".into()], ..settings() };
        let second = House::open(world, more, world.cache().clone());
        second.users.ensure_admins().await.unwrap();
        let found = second.ok(world.admin(), ADMINS, json!({})).await;
        assert_eq!(found["users"][0]["nickname"], "Boss");
        assert_eq!(found["users"][1]["createdAt"], "2026-01-01T00:00:01.000Z");
        let topics: Vec<_> = world.take_events().await.into_iter().map(|event| event.topic).collect();
        assert_eq!(topics, [UserUpdated::TOPIC, UserRegistered::TOPIC]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_together_create_them_once() {
    for_each_database(async |world| {
        let house = House::open(world, settings(), world.cache().clone());
        let starts = futures_util::future::join_all((0..8).map(|_| house.users.ensure_admins())).await;
        assert!(starts.into_iter().all(|start| start.is_ok()));
        assert_eq!(world.take_events().await.len(), 1);
        assert_eq!(house.all_ids().await, ["imAdmin"]);
    })
    .await;
}

#[tokio::test]
async fn lists_of_different_length_are_refused_before_anything_happens() {
    for_each_database(async |world| {
        let bad = UsersSettings { admin_nicknames: vec![], ..settings() };
        let refused = Users::new(bad, ports(world), world.runtime().clone());
        assert_eq!(refused.err(), Some(SettingsError::AdminLists { ids: 1, nicknames: 0 }));
    })
    .await;
}
