//! A large group: nothing costs what the group is large.

use std::time::Duration;

use openim_entities::groups::group_member;
use openim_testing::eventually;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::house::{House, in_each_house};

const MEMBERS: i64 = 20_000;
/// What comes at once takes at most this part of the time of a walk through the group.
const PART: u32 = 5;

/// Asks until an answer comes at once, compared with a walk: a machine that stands still for a moment proves nothing.
async fn at_once(what: &str, walk: Duration, question: impl AsyncFn() -> Value) -> Value {
    eventually(what, async || {
        let started = Instant::now();
        let data = question().await;
        (started.elapsed() < walk / PART).then_some(data)
    })
    .await
}

/// Puts members in as creating by batches would, but in few statements.
async fn fill(house: &House<'_>) {
    let row = |number: i64| group_member::ActiveModel {
        group_id: Set("g1".to_owned()),
        user_id: Set(format!("u{number:06}")),
        rank: Set(2),
        joined_at: Set(number / 1_000),
        nickname: Set(String::new()),
        face_url: Set(String::new()),
        name_folded: Set(format!("u{number:06}")),
        join_source: Set(2),
        inviter_id: Set("ann".to_owned()),
        operator_id: Set("ann".to_owned()),
        muted_until: Set(0),
        ex: Set(String::new()),
    };
    let tx = house.world.store().begin().await.unwrap();
    for start in (0..MEMBERS).step_by(1_000) {
        let rows = (start..start + 1_000).map(row);
        group_member::Entity::insert_many(rows).exec_without_returning(tx.connection()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn pages_and_changes_of_a_large_group_come_at_once() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &[]).await;
        fill(house).await;
        let started = Instant::now();
        let whole = house.member_ids("g1").await;
        let walk = started.elapsed();
        assert_eq!((whole.len(), whole.last().unwrap().as_str()), (20_001, "u019999"));

        let page = "query($after: String) { group(id: \"g1\") { members(first: 100, after: $after) {
            pageInfo { endCursor } edges { node { userId nickname } } } } }";
        let deep = house
            .ok(
                house.world.user("ann"),
                "{ group(id: \"g1\") { members(first: 1, offset: 19000) {
            edges { cursor } } } }",
                json!({}),
            )
            .await;
        let after = deep["group"]["members"]["edges"][0]["cursor"].clone();
        let data = at_once("a page", walk, async || house.ok(house.world.user("ann"), page, json!({"after": after})).await).await;
        let edges = data["group"]["members"]["edges"].as_array().unwrap();
        assert_eq!((edges.len(), &edges[0]["node"]["userId"]), (100, &json!("u019000")));

        let changes = "query($since: VersionInput) { group(id: \"g1\") { memberChanges(since: $since) {
            version { id number } full updated { userId } } } }";
        let known = house.ok(house.world.user("ann"), changes, json!({})).await["group"]["memberChanges"]["version"].clone();
        house.does("ann", "updateGroupMembers", json!({"members": [{"groupId": "g1", "userId": "u010000", "nickname": "n"}]})).await;
        let delta = at_once("changes", walk, async || house.ok(house.world.user("ann"), changes, json!({"since": known})).await).await;
        assert_eq!(delta["group"]["memberChanges"]["updated"], json!([{"userId": "u010000"}]));
    })
    .await;
}
