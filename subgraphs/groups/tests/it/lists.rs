//! Reading groups and members, page by page.

use std::time::Duration;

use openim_core::ErrorCode::{Args, NoPermission, Unauthenticated};
use serde_json::{Value, json};

use crate::house::{House, in_each_house};

fn ids(connection: &Value, field: &str) -> Vec<String> {
    connection["edges"].as_array().unwrap().iter().map(|edge| edge["node"][field].as_str().unwrap().to_owned()).collect()
}

const MEMBERS: &str = "query($after: String, $offset: Int, $roles: [GroupRole!], $search: String) { group(id: \"g1\") {
    members(first: 2, after: $after, offset: $offset, roles: $roles, search: $search) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { userId } } } } }";

#[tokio::test]
async fn members_come_by_role_then_by_time_and_pages_join() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["dan"]).await;
        for user in ["cid", "bob", "eve"] {
            house.world.advance(Duration::from_secs(1));
            house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": [user]})).await;
        }
        house.does("ann", "updateGroupMembers", json!({"members": [{"groupId": "g1", "userId": "bob", "role": "ADMIN"}]})).await;
        let (mut seen, mut after) = (Vec::new(), json!(null));
        loop {
            let data = house.ok(house.world.user("dan"), MEMBERS, json!({"after": after})).await;
            let page = &data["group"]["members"];
            seen.extend(ids(page, "userId"));
            assert_eq!(page["totalCount"], 5);
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
        }
        assert_eq!(seen, ["ann", "bob", "dan", "cid", "eve"]);
        assert_eq!(seen, house.member_ids("g1").await);
        let skipped = house.ok(house.world.user("dan"), MEMBERS, json!({"offset": 3})).await;
        assert_eq!(ids(&skipped["group"]["members"], "userId"), ["cid", "eve"]);
        let beyond = house.ok(house.world.user("dan"), MEMBERS, json!({"offset": 30})).await;
        assert_eq!((ids(&beyond["group"]["members"], "userId").len(), &beyond["group"]["members"]["totalCount"]), (0, &json!(5)));
        let managers = house.ok(house.world.user("dan"), MEMBERS, json!({"roles": ["OWNER", "ADMIN"]})).await;
        assert_eq!(ids(&managers["group"]["members"], "userId"), ["ann", "bob"]);
        assert_eq!(managers["group"]["members"]["totalCount"], 2);
    })
    .await;
}

#[tokio::test]
async fn members_are_found_by_what_they_show() {
    in_each_house(async |house: &House<'_>| {
        house.users.rename("cid", "Élan 50%_", "");
        house.group("g1", "ann", &[], &["bob", "cid"]).await;
        house.does("bob", "updateGroupMembers", json!({"members": [{"groupId": "g1", "userId": "bob", "nickname": "Robert"}]})).await;
        let found = async |text: &str| {
            let data = house.ok(house.world.user("ann"), MEMBERS, json!({"search": text})).await;
            ids(&data["group"]["members"], "userId")
        };
        assert_eq!(found("ROB").await, ["bob"]);
        assert_eq!(found("élan").await, ["cid"]);
        assert_eq!(found("50%_").await, ["cid"]);
        assert_eq!(found("%").await, ["cid"]);
        assert!(found("bob").await.is_empty(), "the profile's name is hidden by the own one");
        house.fails(house.world.user("ann"), MEMBERS, json!({"search": "x".repeat(256)}), Args).await;
    })
    .await;
}

#[tokio::test]
async fn members_by_ids_come_as_asked_and_only_to_members() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob", "cid"]).await;
        let by_ids = "query($ids: [ID!]!) { group(id: \"g1\") { membersByIds(ids: $ids) { userId } } }";
        let asked = json!({"ids": ["cid", "eve", "no:id", "ann", "cid"]});
        let data = house.ok(house.world.user("bob"), by_ids, asked.clone()).await;
        assert_eq!(data["group"]["membersByIds"], json!([{"userId": "cid"}, {"userId": "ann"}]));
        house.fails(house.world.user("eve"), by_ids, asked.clone(), NoPermission).await;
        house.fails(house.world.user("bob"), by_ids, json!({"ids": []}), Args).await;
        let many: Vec<String> = (0..1_001).map(|number| format!("u{number}")).collect();
        house.fails(house.world.user("bob"), by_ids, json!({"ids": many}), Args).await;
        house.ok(house.world.admin(), by_ids, asked).await;
        // What is refused inside of a group leaves the group itself readable.
        let answer = house.run(house.world.user("eve"), "{ group(id: \"g1\") { name members { totalCount } } }", json!({})).await;
        assert_eq!((&answer.0["data"]["group"]["name"], answer.code()), (&json!("g1"), Some("NO_PERMISSION")));
    })
    .await;
}

const JOINED: &str = "query($as: ID, $after: String, $offset: Int) { viewer(as: $as) { groups(first: 2, after: $after, offset: $offset) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } } }";

#[tokio::test]
async fn joined_groups_come_by_name_and_dismissed_ones_never() {
    in_each_house(async |house: &House<'_>| {
        for (id, name) in [("g1", "pears"), ("g2", "apples"), ("g3", "quinces"), ("g4", "apples"), ("g5", "figs")] {
            house.world.advance(Duration::from_secs(1));
            house.does("ann", "createGroup", json!({"id": id, "name": name, "memberIds": ["bob"]})).await;
        }
        house.does("ann", "dismissGroup", json!({"groupId": "g5"})).await;
        let (mut seen, mut after) = (Vec::new(), json!(null));
        loop {
            let data = house.ok(house.world.user("bob"), JOINED, json!({"after": after})).await;
            let page = &data["viewer"]["groups"];
            assert_eq!(page["totalCount"], 4);
            seen.extend(ids(page, "id"));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
        }
        assert_eq!(seen, ["g2", "g4", "g1", "g3"]);
        let whole = house.ok(house.world.user("bob"), "{ viewer { joinedGroupIds { ids } } }", json!({})).await;
        assert_eq!(whole["viewer"]["joinedGroupIds"]["ids"], json!(seen));
        house.fails(house.world.user("eve"), JOINED, json!({"as": "bob"}), NoPermission).await;
        let skipped = house.ok(house.world.admin(), JOINED, json!({"as": "bob", "offset": 3})).await;
        assert_eq!(ids(&skipped["viewer"]["groups"], "id"), ["g3"]);
        let only = house.ok(house.world.user("bob"), "{ viewer { groups(first: 1, offset: 50) { edges { node { id } } } } }", json!({}));
        assert!(ids(&only.await["viewer"]["groups"], "id").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_user_with_one_dismissed_group_has_none() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob"]).await;
        house.does("ann", "dismissGroup", json!({"groupId": "g1"})).await;
        let data = house.ok(house.world.user("bob"), JOINED, json!({})).await;
        assert_eq!(data["viewer"]["groups"]["totalCount"], 0);
    })
    .await;
}

const SEARCH: &str = "query($id: ID, $name: String) { searchGroups(id: $id, name: $name) { totalCount edges { node { id } } } }";

#[tokio::test]
async fn groups_are_found_by_a_part_of_the_name_or_by_their_id() {
    in_each_house(async |house: &House<'_>| {
        for (id, name) in [("g1", "Red Pears"), ("g2", "pears.*"), ("g3", "gone pears")] {
            house.world.advance(Duration::from_secs(1));
            house.does("ann", "createGroup", json!({"id": id, "name": name})).await;
        }
        house.does("ann", "dismissGroup", json!({"groupId": "g3"})).await;
        let found = async |variables: Value| {
            let data = house.ok(house.world.user("eve"), SEARCH, variables).await;
            ids(&data["searchGroups"], "id")
        };
        assert_eq!(found(json!({"name": "PEARS"})).await, ["g2", "g1"]);
        assert_eq!(found(json!({"name": ".*"})).await, ["g2"], "text is no pattern");
        assert_eq!(found(json!({})).await, ["g2", "g1"]);
        assert_eq!(found(json!({"id": "g3"})).await, ["g3"]);
        assert!(found(json!({"id": "g4", "name": "pears"})).await.is_empty());
        house.fails(house.world.anonymous(), SEARCH, json!({}), Unauthenticated).await;
        let all = "{ admin { groups(status: DISMISSED) { totalCount edges { node { id } } } } }";
        let data = house.ok(house.world.admin(), all, json!({})).await;
        assert_eq!(ids(&data["admin"]["groups"], "id"), ["g3"]);
        house.fails(house.world.user("ann"), all, json!({}), NoPermission).await;
    })
    .await;
}

#[tokio::test]
async fn groups_by_ids_come_as_asked() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &[]).await;
        house.group("g2", "ann", &[], &[]).await;
        let groups = "query($ids: [ID!]!) { groups(ids: $ids) { id ownerId memberCount } }";
        let data = house.ok(house.world.user("eve"), groups, json!({"ids": ["g2", "g3", "no:id", "g1", "g2"]})).await;
        assert_eq!(
            data["groups"],
            json!([{"id": "g2", "ownerId": "ann", "memberCount": 1}, {"id": "g1", "ownerId": "ann", "memberCount": 1}])
        );
        house.fails(house.world.user("eve"), groups, json!({"ids": []}), Args).await;
        house.fails(house.world.anonymous(), groups, json!({"ids": ["g1"]}), Unauthenticated).await;
    })
    .await;
}

#[tokio::test]
async fn groups_are_counted_by_day() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &[]).await;
        house.world.advance(Duration::from_secs(86_400));
        house.group("g2", "ann", &[], &[]).await;
        house.group("g3", "ann", &[], &[]).await;
        let counted = "query($from: DateTime!, $until: DateTime!) { admin { groupCreationStatistics(from: $from, until: $until) {
            total before days { date count } } } }";
        let period = json!({"from": "2026-01-02T00:00:00Z", "until": "2026-01-03T00:00:00Z"});
        let data = house.ok(house.world.admin(), counted, period.clone()).await;
        assert_eq!(
            data["admin"]["groupCreationStatistics"],
            json!({"total": 3, "before": 1, "days": [{"date": "2026-01-02", "count": 2}]})
        );
        house.fails(house.world.user("ann"), counted, period, NoPermission).await;
        let backwards = json!({"from": "2026-01-03T00:00:00Z", "until": "2026-01-02T00:00:00Z"});
        house.fails(house.world.admin(), counted, backwards, Args).await;
    })
    .await;
}
