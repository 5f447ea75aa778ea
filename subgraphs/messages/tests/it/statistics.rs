//! How active users and groups are.

use std::time::Duration;

use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::stage::Stage;

const USERS: &str =
    "query($from: DateTime!, $to: DateTime!, $groupsToo: Boolean! = false, $ascending: Boolean! = false, $first: Int! = 20, $offset: Int) {
    admin { activeUsers(from: $from, to: $to, groupsToo: $groupsToo) { totals { messages active } days { date count }
        users(first: $first, offset: $offset, ascending: $ascending) { user { id } count } } } }";
const GROUPS: &str = "query($from: DateTime!, $to: DateTime!) { admin { activeGroups(from: $from, to: $to) { totals { messages active }
    days { date count } groups { group { id } count } } } }";

fn ranking(list: &Value, what: &str) -> Vec<(String, i64)> {
    let one = |entry: &Value| (entry[what]["id"].as_str().expect("an id").to_owned(), entry["count"].as_i64().expect("a count"));
    list.as_array().expect("a list").iter().map(one).collect()
}

#[tokio::test]
async fn messages_are_counted_by_day_sender_and_group() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        stage.groups.add("g", &["a", "b"]);
        stage.groups.add("h", &["a", "b"]);
        let to_group =
            |group: &str, id: &str| json!({"recipient": {"groupId": group}, "clientMessageId": id, "content": {"text": {"text": "x"}}});
        for id in ["1", "2", "3"] {
            stage.text(world.user("a"), "b", id, "hi").await;
        }
        stage.text(world.user("b"), "a", "4", "hi").await;
        stage.send(world.user("b"), to_group("g", "5")).await;
        world.advance(Duration::from_secs(24 * 60 * 60));
        stage.text(world.user("b"), "a", "6", "hi").await;
        for id in ["7", "8", "9"] {
            stage.send(world.user("b"), to_group("h", id)).await;
        }
        let notice = json!({"recipient": {"userId": "a"}, "clientMessageId": "n",
            "content": {"systemNotice": {"name": "ops", "noticeType": 1, "text": "x"}}});
        stage.send(world.user("desk"), notice).await;

        let range = |more: Value| {
            let mut variables = json!({"from": "2026-01-01T00:00:00Z", "to": "2026-01-03T00:00:00Z", "first": 20});
            variables.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            variables
        };
        let active = async |more: Value| stage.ask(world.admin(), USERS, range(more)).await["admin"]["activeUsers"].clone();
        let pairs = active(json!({})).await;
        assert_eq!(pairs["totals"], json!({"messages": 5, "active": 2}));
        assert_eq!(pairs["days"], json!([{"date": "2026-01-01", "count": 4}, {"date": "2026-01-02", "count": 1}]));
        assert_eq!(ranking(&pairs["users"], "user"), [("a".to_owned(), 3), ("b".to_owned(), 2)]);
        let all = active(json!({"groupsToo": true})).await;
        assert_eq!(all["totals"], json!({"messages": 9, "active": 2}));
        assert_eq!(ranking(&all["users"], "user"), [("b".to_owned(), 6), ("a".to_owned(), 3)]);
        let page = active(json!({"groupsToo": true, "ascending": true, "first": 1, "offset": 1})).await;
        assert_eq!(ranking(&page["users"], "user"), [("b".to_owned(), 6)]);

        let groups = stage.ask(world.admin(), GROUPS, range(json!({}))).await["admin"]["activeGroups"].clone();
        assert_eq!(groups["totals"], json!({"messages": 4, "active": 2}));
        assert_eq!(ranking(&groups["groups"], "group"), [("h".to_owned(), 3), ("g".to_owned(), 1)]);
        let short = json!({"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"});
        let none = stage.ask(world.admin(), GROUPS, short).await["admin"]["activeGroups"].clone();
        assert_eq!((&none["totals"], &none["days"]), (&json!({"messages": 0, "active": 0}), &json!([])));
        stage.stop().await;
        world.take_events().await;
        world.take_signals();
    })
    .await;
}

#[tokio::test]
async fn counting_is_for_administrators_and_bounded() {
    for_each_database(async |world| {
        let stage = Stage::start(world);
        let range = |from: &str, to: &str| json!({"from": from, "to": to, "first": 1});
        let (start, end) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
        for query in [USERS, GROUPS] {
            assert_eq!(stage.fail(world.user("a"), query, range(start, end)).await.0, "NO_PERMISSION");
            assert_eq!(stage.fail(world.anonymous(), query, range(start, end)).await.0, "UNAUTHENTICATED");
            assert_eq!(stage.fail(world.admin(), query, range(end, start)).await.0, "ARGS_ERROR");
            assert_eq!(stage.fail(world.admin(), query, range(start, "2027-01-03T00:00:00Z")).await.0, "ARGS_ERROR");
        }
        stage.stop().await;
    })
    .await;
}
