//! The small entries that a user's devices share.

use std::time::Duration;

use openim_contracts::{DomainEvent, NotificationRequested, NotificationTarget};
use openim_core::ErrorCode::{Args, NotFound};
use openim_core::UserId;
use serde_json::{Value, json};

use crate::house::{House, in_each_house, settings};

const ADD: &str = "mutation($input: AddUserCommandInput!) { addUserCommand(input: $input) { command { type uuid value ex createdAt } } }";
const CHANGE: &str =
    "mutation($input: UpdateUserCommandInput!) { updateUserCommand(input: $input) { command { type uuid value ex createdAt } } }";
const REMOVE: &str = "mutation($input: RemoveUserCommandInput!) { removeUserCommand(input: $input) { command { type uuid value ex } } }";
const LIST: &str = "query($type: Int) { viewer { commands(type: $type) { type uuid value ex createdAt } } }";

async fn listed(house: &House<'_>, kind: Option<i32>) -> Value {
    house.ok(house.world.user("bob"), LIST, json!({"type": kind})).await["viewer"]["commands"].clone()
}

fn input(kind: i32, uuid: &str, value: &str, ex: &str) -> Value {
    json!({"input": {"type": kind, "uuid": uuid, "value": value, "ex": ex}})
}

/// Takes the notifications that were asked for: their type, sender, receiver and content.
async fn notified(house: &House<'_>) -> Vec<(i32, UserId, NotificationTarget, Value)> {
    let events = house.world.take_events().await;
    assert!(events.iter().all(|event| event.topic == NotificationRequested::TOPIC));
    let told = events.iter().map(|event| event.decode::<NotificationRequested>().unwrap());
    told.map(|told| (told.content_type, told.sender, told.target, told.detail)).collect()
}

#[tokio::test]
async fn entries_are_added_changed_removed_and_the_devices_hear_of_it() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        house.world.take_events().await;
        let bob = || house.world.user("bob");
        let entry =
            |value: &str, ex: &str| json!({"type": 1, "uuid": "u1", "value": value, "ex": ex, "createdAt": "2026-01-01T00:00:00.000Z"});
        let told = |content_type| {
            let bob = UserId::parse("bob").unwrap();
            vec![(content_type, bob.clone(), NotificationTarget::User(bob), json!({"fromUserID": "bob", "toUserID": "bob"}))]
        };

        let added = house.ok(bob(), ADD, input(1, "u1", "v", "e")).await;
        assert_eq!(added, json!({"addUserCommand": {"command": entry("v", "e")}}), "ex and value both stay");
        assert_eq!(notified(house).await, told(1305));

        house.world.advance(Duration::from_secs(1));
        let changed = house.ok(bob(), CHANGE, json!({"input": {"type": 1, "uuid": "u1", "ex": ""}})).await;
        assert_eq!(changed, json!({"updateUserCommand": {"command": entry("v", "")}}), "absent keeps, empty clears");
        assert_eq!(notified(house).await, told(1307));

        let removed = house.ok(bob(), REMOVE, json!({"input": {"type": 1, "uuid": "u1"}})).await;
        assert_eq!(removed["removeUserCommand"]["command"]["value"], "v");
        assert_eq!(notified(house).await, told(1306));
        assert_eq!(listed(house, None).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn repeating_is_harmless_and_says_nothing_twice() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        house.world.take_events().await;
        let bob = || house.world.user("bob");
        house.ok(bob(), ADD, input(1, "u", "v", "")).await;
        house.ok(bob(), ADD, input(1, "u", "v", "")).await;
        house.ok(bob(), CHANGE, json!({"input": {"type": 1, "uuid": "u"}})).await;
        assert_eq!(notified(house).await.len(), 1);
        house.world.advance(Duration::from_secs(1));
        house.ok(bob(), ADD, input(1, "u", "w", "")).await;
        let list = listed(house, None).await;
        assert_eq!(list, json!([{"type": 1, "uuid": "u", "value": "w", "ex": "", "createdAt": "2026-01-01T00:00:00.000Z"}]));
        assert_eq!(notified(house).await.len(), 1);
        house.ok(bob(), REMOVE, json!({"input": {"type": 1, "uuid": "u"}})).await;
        house.fails(bob(), REMOVE, json!({"input": {"type": 1, "uuid": "u"}}), NotFound).await;
        house.fails(bob(), CHANGE, json!({"input": {"type": 1, "uuid": "u"}}), NotFound).await;
    })
    .await;
}

#[tokio::test]
async fn entries_are_listed_by_type_in_the_order_in_which_they_were_added() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob", "eve"]).await;
        for (kind, uuid) in [(2, "b"), (-1, "a"), (2, "a")] {
            house.ok(house.world.user("bob"), ADD, input(kind, uuid, "", "")).await;
            house.world.advance(Duration::from_millis(1));
        }
        house.ok(house.world.user("eve"), ADD, input(2, "hers", "", "")).await;
        let keys = async |kind| {
            let list = listed(house, kind).await;
            let entries = list.as_array().unwrap().iter();
            entries.map(|entry| format!("{}{}", entry["type"], entry["uuid"].as_str().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(keys(None).await, ["2b", "-1a", "2a"]);
        assert_eq!(keys(Some(2)).await, ["2b", "2a"]);
        assert_eq!(keys(Some(7)).await, [] as [&str; 0]);
    })
    .await;
}

#[tokio::test]
async fn entries_that_do_not_fit_are_refused() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let bob = || house.world.user("bob");
        house.fails(bob(), LIST, json!({"type": 0}), Args).await;
        let long = "x".repeat(16 * 1024 + 1);
        for bad in [
            input(0, "u", "", ""),
            input(1, "", "", ""),
            input(1, &"u".repeat(256), "", ""),
            input(1, "u\0", "", ""),
            input(1, "u", &long, ""),
            input(1, "u", "", &long),
        ] {
            house.fails(bob(), ADD, bad.clone(), Args).await;
            house.fails(bob(), CHANGE, bad, Args).await;
        }
        house.fails(bob(), REMOVE, json!({"input": {"type": 0, "uuid": "u"}}), Args).await;
        house.fails(bob(), REMOVE, json!({"input": {"type": 1, "uuid": "\0"}}), Args).await;
        let named = |id: &str| json!({"input": {"userId": id, "type": 1, "uuid": "u"}});
        house.fails(house.world.admin(), ADD, named("no:id"), Args).await;
        house.fails(house.world.admin(), ADD, named("nobody"), NotFound).await;
        house.fails(house.world.admin(), REMOVE, named("nobody"), NotFound).await;
    })
    .await;
}

#[tokio::test]
async fn a_user_has_at_most_a_thousand_entries() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let many = (0..1_000).map(|n| format!("a{n}: addUserCommand(input: {{type: 1, uuid: \"{n}\"}}) {{ command {{ uuid }} }}"));
        let fields: Vec<String> = many.collect();
        house.ok(house.world.user("bob"), &format!("mutation {{ {} }}", fields.join(" ")), json!({})).await;
        house.fails(house.world.user("bob"), ADD, input(2, "one more", "", ""), Args).await;
        house.ok(house.world.user("bob"), ADD, input(1, "7", "changed", "")).await;
        assert_eq!(listed(house, None).await.as_array().unwrap().len(), 1_000);
    })
    .await;
}
