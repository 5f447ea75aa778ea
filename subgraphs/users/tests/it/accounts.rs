//! Accounts that only send notifications, and the counts of registrations.

use std::time::Duration;

use openim_contracts::{DomainEvent, NotificationRequested, UserRegistered, UserUpdated};
use openim_core::ErrorCode::{Args, NoPermission};
use serde_json::{Value, json};

use crate::house::{House, LOG_IN, in_each_house, settings};

const ADD: &str = "mutation($input: AddNotificationAccountInput!) { addNotificationAccount(input: $input) {
    user { id nickname faceUrl level createdAt } } }";
const CHANGE: &str = "mutation($input: UpdateNotificationAccountInput!) { updateNotificationAccount(input: $input) {
    user { id nickname faceUrl level } } }";
const SEARCH: &str = "query($keyword: String, $level: UserLevel, $offset: Int) { admin {
    notificationAccounts(keyword: $keyword, level: $level, offset: $offset) { edges { node { id } } totalCount } } }";
const COUNT: &str = "query($from: DateTime!, $to: DateTime!) { admin { registrationStatistics(from: $from, to: $to) {
    total before days { date count } } } }";

async fn add(house: &House<'_>, input: Value) -> Value {
    house.ok(house.world.admin(), ADD, json!({"input": input})).await["addNotificationAccount"]["user"].clone()
}

async fn found(house: &House<'_>, arguments: Value) -> Vec<String> {
    let answer = house.ok(house.world.admin(), SEARCH, arguments).await["admin"]["notificationAccounts"].clone();
    answer["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect()
}

async fn topics(house: &House<'_>) -> Vec<String> {
    house.world.take_events().await.into_iter().map(|event| event.topic).collect()
}

#[tokio::test]
async fn accounts_are_added_with_their_id_or_one_of_ten_digits() {
    in_each_house(settings(), async |house: &House<'_>| {
        let bell = add(house, json!({"id": "bell", "nickname": "Bell", "faceUrl": "f", "level": "ROBOT"})).await;
        let created = "2026-01-01T00:00:00.000Z";
        assert_eq!(bell, json!({"id": "bell", "nickname": "Bell", "faceUrl": "f", "level": "ROBOT", "createdAt": created}));
        assert_eq!(topics(house).await, [UserRegistered::TOPIC]);
        for input in [json!({"nickname": "Bell"}), json!({"id": "", "nickname": "Bell"})] {
            let made = add(house, input).await;
            let id = made["id"].as_str().unwrap();
            assert!(id.len() == 10 && !id.starts_with('0') && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
            assert_eq!(made["level"], "NOTIFICATION");
        }
        house.fails(house.world.admin(), LOG_IN, json!({"input": {"userId": "bell", "platform": "IOS"}}), Args).await;
        for bad in [
            json!({"id": "bell", "nickname": "Again"}),
            json!({"id": "b:b", "nickname": "B"}),
            json!({"nickname": ""}),
            json!({"nickname": "n".repeat(256)}),
            json!({"nickname": "B", "faceUrl": "f".repeat(2_049)}),
            json!({"nickname": "B", "level": "ORDINARY"}),
            json!({"nickname": "B", "level": "ADMIN"}),
        ] {
            house.fails(house.world.admin(), ADD, json!({"input": bad}), Args).await;
        }
    })
    .await;
}

#[tokio::test]
async fn accounts_are_changed_and_who_can_log_in_hears_of_it() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        add(house, json!({"id": "bell", "nickname": "Bell", "faceUrl": "f"})).await;
        house.world.take_events().await;
        let change = async |input: Value| {
            let changed = house.ok(house.world.admin(), CHANGE, json!({"input": input})).await;
            changed["updateNotificationAccount"]["user"].clone()
        };
        let changed = change(json!({"id": "bell", "nickname": "", "faceUrl": "g"})).await;
        assert_eq!(changed, json!({"id": "bell", "nickname": "Bell", "faceUrl": "g", "level": "NOTIFICATION"}));
        assert_eq!(topics(house).await, [UserUpdated::TOPIC]);
        change(json!({"id": "bell", "nickname": "Bell"})).await;
        assert_eq!(topics(house).await, [] as [&str; 0], "nothing changed");
        change(json!({"id": "bob", "nickname": "Robert"})).await;
        assert_eq!(topics(house).await, [UserUpdated::TOPIC, NotificationRequested::TOPIC]);
        for bad in [
            json!({"id": "nobody", "nickname": "x"}),
            json!({"id": "bell"}),
            json!({"id": "bell", "nickname": ""}),
            json!({"id": "a:b", "nickname": "x"}),
        ] {
            house.fails(house.world.admin(), CHANGE, json!({"input": bad}), Args).await;
        }
        assert_eq!(topics(house).await, [] as [&str; 0]);
    })
    .await;
}

#[tokio::test]
async fn accounts_are_found_by_id_or_else_by_name() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob", "Bell"]).await;
        for (id, nickname, level) in
            [("n1", "Bell", "NOTIFICATION"), ("r1", "Bell", "ROBOT"), ("Twin", "x", "ROBOT"), ("y", "Twin", "ROBOT")]
        {
            add(house, json!({"id": id, "nickname": nickname, "level": level})).await;
            house.world.advance(Duration::from_millis(1));
        }
        assert_eq!(found(house, json!({})).await, ["n1", "r1", "Twin", "y"]);
        assert_eq!(found(house, json!({"offset": 3})).await, ["y"]);
        assert_eq!(found(house, json!({"level": "NOTIFICATION"})).await, ["n1"]);
        assert_eq!(found(house, json!({"level": "ADMIN"})).await, [] as [&str; 0]);
        assert_eq!(found(house, json!({"keyword": "Bell"})).await, ["n1", "r1"], "the user of that id is an ordinary one");
        assert_eq!(found(house, json!({"keyword": "Bell", "level": "ROBOT"})).await, ["r1"]);
        assert_eq!(found(house, json!({"keyword": "Twin"})).await, ["Twin"], "an id comes before a name");
        assert_eq!(found(house, json!({"keyword": "bel"})).await, [] as [&str; 0]);
        house.fails(house.world.admin(), SEARCH, json!({"keyword": "k".repeat(256)}), Args).await;
        house.fails(house.world.admin(), SEARCH, json!({"offset": -1}), Args).await;
    })
    .await;
}

#[tokio::test]
async fn registrations_are_counted_by_day_in_utc() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.world.advance(Duration::from_millis(86_400_000 - 1));
        house.register(&["a", "b"]).await;
        house.world.advance(Duration::from_millis(1));
        house.register(&["c"]).await;
        house.world.advance(Duration::from_secs(2 * 86_400));
        house.register(&["d"]).await;
        let count = async |from: &str, to: &str| {
            let answer = house.ok(house.world.admin(), COUNT, json!({"from": from, "to": to})).await;
            answer["admin"]["registrationStatistics"].clone()
        };
        let day = |date: &str, count: i32| json!({"date": date, "count": count});
        assert_eq!(
            count("1970-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z").await,
            json!({"total": 5, "before": 0, "days": [day("2026-01-01", 3), day("2026-01-02", 1), day("2026-01-04", 1)]}),
            "the administrator was registered on the first day"
        );
        assert_eq!(
            count("2026-01-02T00:00:00.000Z", "2026-01-04T00:00:00.000Z").await,
            json!({"total": 5, "before": 3, "days": [day("2026-01-02", 1)]}),
            "the end is not in the range"
        );
        let empty = json!({"total": 5, "before": 5, "days": []});
        assert_eq!(count("2027-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z").await, empty);
        let reversed = json!({"from": "2026-01-02T00:00:00.000Z", "to": "2026-01-01T00:00:00.000Z"});
        house.fails(house.world.admin(), COUNT, reversed.clone(), Args).await;
        house.fails(house.world.user("a"), COUNT, reversed, NoPermission).await;
    })
    .await;
}
