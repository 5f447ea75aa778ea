//! Lists of friends: order, pages, counts, search, chosen ids.

use std::time::Duration;

use openim_core::ErrorCode::Args;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

use crate::house::{House, REMARK, UPDATE, in_each_house};

const LIST: &str = "query($first: Int, $after: String, $offset: Int, $search: String) { viewer {
    friends(first: $first, after: $after, offset: $offset, search: $search) {
        totalCount edges { cursor node { friendId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";

async fn page(house: &House<'_>, variables: Value) -> Value {
    house.ok(house.world.user("ann"), LIST, variables).await["viewer"]["friends"].take()
}

fn names(page: &Value) -> Vec<&str> {
    page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["friendId"].as_str().unwrap()).collect()
}

/// Gives ann the friends eve, dan, cid, bob in this order of time and pins cid.
async fn furnish(house: &House<'_>) {
    for friend in ["eve", "dan", "cid", "bob"] {
        house.import("ann", &[friend]).await;
        house.world.advance(Duration::from_secs(1));
    }
    house.ok(house.world.user("ann"), UPDATE, json!({"input": {"friendIds": ["cid"], "pinned": true}})).await;
    house.forget().await;
}

#[tokio::test]
async fn pinned_friends_come_first_then_age_and_pages_meet_without_gap() {
    in_each_house(async |house| {
        furnish(house).await;
        let first = page(house, json!({"first": 2})).await;
        assert_eq!((names(&first), &first["totalCount"]), (vec!["cid", "eve"], &json!(4)));
        assert_eq!((&first["pageInfo"]["hasNextPage"], &first["pageInfo"]["hasPreviousPage"]), (&json!(true), &json!(false)));
        // What moves to the front between two pages does not shift the next one.
        house.ok(house.world.user("ann"), UPDATE, json!({"input": {"friendIds": ["bob"], "pinned": true}})).await;
        let second = page(house, json!({"first": 2, "after": first["pageInfo"]["endCursor"]})).await;
        assert_eq!((names(&second), &second["pageInfo"]["hasNextPage"]), (vec!["dan"], &json!(false)));
        assert_eq!(names(&page(house, json!({"offset": 2})).await), ["eve", "dan"]);
        assert_eq!(names(&page(house, json!({"offset": 2_000_000_000})).await), [] as [&str; 0]);
        assert_eq!(house.friends("ann").await, ["cid", "bob", "eve", "dan"], "ids have the order of the list");
    })
    .await;
}

#[tokio::test]
async fn bad_pages_are_refused() {
    in_each_house(async |house| {
        furnish(house).await;
        for page in [
            json!({"first": 0}),
            json!({"first": 101}),
            json!({"offset": -1}),
            json!({"after": "%%%"}),
            json!({"after": "MTcwMDAwMDAwMDAwMDp4"}),
            json!({"after": "MTpvYm9i", "offset": 1}),
            json!({"search": "x".repeat(256)}),
        ] {
            house.fails(house.world.user("ann"), LIST, page, Args).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_looks_at_id_remark_and_shown_name_whatever_the_case() {
    in_each_house(async |house| {
        furnish(house).await;
        house.ok(house.world.user("ann"), REMARK, json!({"input": {"friendId": "eve", "remark": "Bösewicht 100%"}})).await;
        // Names are the ids in capitals.
        assert_eq!(names(&page(house, json!({"search": "D"})).await), ["cid", "dan"]);
        assert_eq!(names(&page(house, json!({"search": "BÖSE"})).await), ["eve"]);
        assert_eq!(names(&page(house, json!({"search": "0%"})).await), ["eve"]);
        assert_eq!(names(&page(house, json!({"search": "%"})).await), ["eve"]);
        assert_eq!(names(&page(house, json!({"search": ""})).await).len(), 4);
        let first = page(house, json!({"search": "d", "first": 1})).await;
        assert_eq!((names(&first), &first["totalCount"], &first["pageInfo"]["hasNextPage"]), (vec!["cid"], &json!(2), &json!(true)));
        let rest = page(house, json!({"search": "d", "after": first["pageInfo"]["endCursor"]})).await;
        assert_eq!((names(&rest), &rest["pageInfo"]["hasNextPage"]), (vec!["dan"], &json!(false)));
        assert_eq!(names(&page(house, json!({"search": "d", "offset": 1})).await), ["dan"]);
    })
    .await;
}

#[tokio::test]
async fn chosen_friends_come_in_the_order_asked_and_strangers_are_left_out() {
    in_each_house(async |house| {
        furnish(house).await;
        let document = "query($ids: [ID!]!) { viewer { friendsByIds(ids: $ids) { friendId createdAt pinned } } }";
        let data = house.ok(house.world.user("ann"), document, json!({"ids": ["dan", "nobody", "a:b", "eve", "ann"]})).await;
        let entry = |id: &str, at: &str| json!({"friendId": id, "createdAt": at, "pinned": false});
        let expected = json!([entry("dan", "2026-01-01T00:00:01.000Z"), entry("eve", "2026-01-01T00:00:00.000Z")]);
        assert_eq!(data["viewer"]["friendsByIds"], expected);
        house.fails(house.world.user("ann"), document, json!({"ids": ["dan", "eve", "dan"]}), Args).await;
        let none = house.ok(house.world.user("ann"), document, json!({"ids": []})).await;
        assert_eq!(none["viewer"]["friendsByIds"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn contacts_tell_friend_and_block_of_existing_users() {
    in_each_house(async |house| {
        furnish(house).await;
        for blocked in ["eve", "imAdmin"] {
            house.ok(house.world.user("ann"), crate::house::BLOCK, json!({"input": {"blockedId": blocked}})).await;
        }
        let document = "query($ids: [ID!]!) { viewer { contacts(ids: $ids) { user { id } friendship { friendId } block { blockedId } } } }";
        let ids = json!({"ids": ["imAdmin", "nobody", "dan", "ann", "eve"]});
        let data = house.ok(house.world.user("ann"), document, ids).await;
        let contact = |id: &str, friend: bool, blocked: bool| {
            let friendship = if friend { json!({"friendId": id}) } else { json!(null) };
            let block = if blocked { json!({"blockedId": id}) } else { json!(null) };
            json!({"user": {"id": id}, "friendship": friendship, "block": block})
        };
        let expected =
            json!([contact("imAdmin", false, true), contact("dan", true, false), contact("ann", false, false), contact("eve", true, true)]);
        assert_eq!(data["viewer"]["contacts"], expected);
    })
    .await;
}

#[tokio::test]
async fn a_page_of_a_long_list_is_read_along_an_index() {
    let world = openim_testing::TestWorld::sqlite().await;
    let plan = async |sql: &str| {
        let statement = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = world.store().read().query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap()).collect::<Vec<_>>().join("; ")
    };
    let after = "owner_id = 'a' AND (part, created_at, friend_id) > (1, 5, 'x') ORDER BY part, created_at, friend_id LIMIT 101";
    for (sql, index) in [
        (format!("SELECT * FROM friendship WHERE {after}"), "friendship_order"),
        (
            "SELECT owner_id FROM friendship WHERE friend_id = 'a' AND owner_id > 'b' ORDER BY owner_id LIMIT 500".to_owned(),
            "friendship_friend",
        ),
        (
            "SELECT * FROM friend_request WHERE to_id = 'a' ORDER BY created_at DESC, from_id DESC LIMIT 101".to_owned(),
            "friend_request_received",
        ),
        ("SELECT count(*) FROM friend_request WHERE to_id = 'a' AND state = 0 AND created_at > 5".to_owned(), "friend_request_state"),
        ("SELECT * FROM block_entry WHERE owner_id = 'a' ORDER BY created_at, blocked_id LIMIT 101".to_owned(), "block_entry_order"),
    ] {
        let plan = plan(&sql).await;
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{sql}: {plan}");
    }
}
