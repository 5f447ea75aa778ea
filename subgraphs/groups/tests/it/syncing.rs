//! Incremental sync of members and of joined groups.

use openim_core::ErrorCode::{LimitExceeded, NoPermission, NotFound};
use openim_groups::Settings;
use openim_platform::versions::id_hash;
use serde_json::{Value, json};

use crate::house::{House, in_each_house, in_each_house_with};

const MEMBERS: &str = "query($id: ID!, $since: VersionInput) { group(id: $id) { memberChanges(since: $since) {
    version { id number } full inserted { userId } updated { userId } deletedIds group { memberCount } sortVersion } } }";
const JOINED: &str = "query($as: ID, $since: VersionInput) { viewer(as: $as) { joinedGroupChanges(since: $since) {
    version { id number } full inserted { id } updated { id } deletedIds sortVersion } } }";
const BATCH: &str = "query($requests: [GroupVersionInput!]!) { viewer { memberChangesBatch(requests: $requests) {
    groupId changes { version { id number } full inserted { userId } deletedIds group { id } } } } }";

async fn changes(house: &House<'_>, who: &str, group: &str, since: &Value) -> Value {
    let data = house.ok(house.world.user(who), MEMBERS, json!({"id": group, "since": since})).await;
    data["group"]["memberChanges"].clone()
}

fn users(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["userId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn members_that_changed_are_told_and_nothing_else() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob", "cid"]).await;
        let first = changes(house, "ann", "g1", &json!(null)).await;
        assert_eq!((&first["full"], &first["group"]["memberCount"], &first["version"]["number"]), (&json!(true), &json!(3), &json!(1)));
        let same = changes(house, "ann", "g1", &first["version"]).await;
        assert_eq!((&same["full"], &same["group"], &same["version"]), (&json!(false), &json!(null), &first["version"]));
        for foreign in [json!({"id": "0123456789abcdef01234567", "number": 1}), json!({"id": first["version"]["id"], "number": 99})] {
            assert_eq!(changes(house, "ann", "g1", &foreign).await["full"], true);
        }

        house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ["dan"]})).await;
        house.does("ann", "removeGroupMembers", json!({"groupId": "g1", "userIds": ["bob"]})).await;
        house.does("cid", "updateGroupMembers", json!({"members": [{"groupId": "g1", "userId": "cid", "nickname": "C"}]})).await;
        let delta = changes(house, "dan", "g1", &first["version"]).await;
        assert_eq!((users(&delta["inserted"]), users(&delta["updated"])), (vec!["dan"], vec!["cid"]));
        assert_eq!((&delta["deletedIds"], &delta["version"]["number"]), (&json!(["bob"]), &json!(4)));
        assert_eq!((&delta["sortVersion"], &delta["group"]["memberCount"]), (&json!(0), &json!(3)));

        house.does("ann", "transferGroup", json!({"groupId": "g1", "fromId": "ann", "toId": "cid"})).await;
        house.does("cid", "updateGroup", json!({"groupId": "g1", "name": "n"})).await;
        let sorted = changes(house, "dan", "g1", &delta["version"]).await;
        assert_eq!((&sorted["sortVersion"], users(&sorted["updated"]).len()), (&json!(5), 2));
        let renamed = changes(house, "dan", "g1", &json!({"id": sorted["version"]["id"], "number": 5})).await;
        assert_eq!((users(&renamed["updated"]).len(), &renamed["group"]["memberCount"]), (0, &json!(3)));
        house.fails(house.world.user("bob"), MEMBERS, json!({"id": "g1"}), NoPermission).await;
    })
    .await;
}

#[tokio::test]
async fn more_than_two_hundred_changes_are_told_as_full() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &[]).await;
        let known = changes(house, "ann", "g1", &json!(null)).await["version"].clone();
        let ids = |range: std::ops::Range<u32>| range.map(|number| format!("u{number}")).collect::<Vec<_>>();
        house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ids(0..200)})).await;
        let delta = changes(house, "ann", "g1", &known).await;
        assert_eq!((users(&delta["inserted"]).len(), &delta["full"]), (200, &json!(false)));
        house.does("ann", "inviteToGroup", json!({"groupId": "g1", "userIds": ids(200..201)})).await;
        assert_eq!(changes(house, "ann", "g1", &known).await["full"], true);
    })
    .await;
}

#[tokio::test]
async fn joined_groups_are_told_to_their_user() {
    in_each_house(async |house: &House<'_>| {
        let joined = async |since: &Value| {
            let data = house.ok(house.world.user("bob"), JOINED, json!({"since": since})).await;
            data["viewer"]["joinedGroupChanges"].clone()
        };
        let first = joined(&json!(null)).await;
        assert_eq!((&first["full"], &first["version"]["number"]), (&json!(true), &json!(1)));
        house.group("g1", "ann", &[], &["bob"]).await;
        house.group("g2", "ann", &[], &["bob"]).await;
        let delta = joined(&first["version"]).await;
        assert_eq!((&delta["inserted"], &delta["deletedIds"]), (&json!([{"id": "g1"}, {"id": "g2"}]), &json!([])));
        house.does("ann", "updateGroup", json!({"groupId": "g1", "name": "n"})).await;
        assert_eq!(joined(&delta["version"]).await["version"], delta["version"], "a group's own data is not told here");
        house.does("bob", "leaveGroup", json!({"groupId": "g1"})).await;
        house.does("ann", "dismissGroup", json!({"groupId": "g2"})).await;
        let gone = joined(&delta["version"]).await;
        assert_eq!((&gone["inserted"], &gone["deletedIds"]), (&json!([]), &json!(["g1", "g2"])));
        house.fails(house.world.user("eve"), JOINED, json!({"as": "bob"}), NoPermission).await;
    })
    .await;
}

#[tokio::test]
async fn a_batch_stops_after_five_hundred_changes_and_leaves_dismissed_groups_out() {
    in_each_house(async |house: &House<'_>| {
        let mut requests = Vec::new();
        for group in ["g1", "g2", "g3", "g4", "g5"] {
            house.group(group, "ann", &[], &["bob"]).await;
            let version = changes(house, "bob", group, &json!(null)).await["version"].clone();
            requests.push(json!({"groupId": group, "since": version}));
            let ids: Vec<String> = (0..180).map(|number| format!("u{number}")).collect();
            house.does("ann", "inviteToGroup", json!({"groupId": group, "userIds": ids})).await;
        }
        house.does("ann", "dismissGroup", json!({"groupId": "g1"})).await;
        requests.push(requests[1].clone());
        let data = house.ok(house.world.user("bob"), BATCH, json!({"requests": requests})).await;
        let told = data["viewer"]["memberChangesBatch"].as_array().unwrap();
        let groups: Vec<_> = told.iter().map(|one| one["groupId"].as_str().unwrap()).collect();
        assert_eq!(groups, ["g2", "g3", "g4"], "540 changes are enough");
        assert_eq!(users(&told[0]["changes"]["inserted"]).len(), 180);
        assert_eq!(told[0]["changes"]["group"]["id"], "g2");
        house.fails(house.world.user("eve"), BATCH, json!({"requests": requests}), NoPermission).await;
        house.fails(house.world.admin(), BATCH, json!({"requests": [{"groupId": "g9"}]}), NotFound).await;
        let admins = house.ok(house.world.admin(), BATCH, json!({"requests": [{"groupId": "g2"}]})).await;
        assert_eq!(admins["viewer"]["memberChangesBatch"][0]["changes"]["full"], true);
    })
    .await;
}

#[tokio::test]
async fn whole_lists_are_not_sent_to_who_has_them() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &["bob"], &["cid"]).await;
        let whole = "query($hash: ULong) { group(id: \"g1\") { memberIds(knownHash: $hash) { version { number } hash equal ids } } }";
        let list = house.ok(house.world.user("cid"), whole, json!({"hash": 0})).await["group"]["memberIds"].clone();
        let hash = id_hash(&["ann", "bob", "cid"]).unwrap();
        assert_eq!(list, json!({"version": {"number": 1}, "hash": hash, "equal": false, "ids": ["ann", "bob", "cid"]}));
        let same = house.ok(house.world.user("cid"), whole, json!({"hash": hash})).await["group"]["memberIds"].clone();
        assert_eq!((&same["equal"], &same["ids"]), (&json!(true), &json!([])));
        house.fails(house.world.user("eve"), whole, json!({}), NoPermission).await;

        let joined = "query($hash: ULong) { viewer { joinedGroupIds(knownHash: $hash) { equal ids } } }";
        let none = house.ok(house.world.user("eve"), joined, json!({"hash": 0})).await;
        assert_eq!(none["viewer"]["joinedGroupIds"], json!({"equal": true, "ids": []}));
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_too_long_is_refused_not_cut() {
    in_each_house_with(Settings { max_listed_ids: 3, ..Settings::default() }, async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob", "cid", "dan"]).await;
        house.fails(house.world.user("ann"), "{ group(id: \"g1\") { memberIds { ids } } }", json!({}), LimitExceeded).await;
        house.fails(house.world.user("ann"), "{ groupAbstracts(ids: [\"g1\"]) { memberHash } }", json!({}), LimitExceeded).await;
    })
    .await;
}

#[tokio::test]
async fn the_hash_of_members_changes_with_any_of_them() {
    in_each_house(async |house: &House<'_>| {
        house.group("g1", "ann", &[], &["bob"]).await;
        let abstracts = "query($ids: [ID!]!) { groupAbstracts(ids: $ids) { groupId memberCount memberHash } }";
        let hash = async || {
            let data = house.ok(house.world.user("bob"), abstracts, json!({"ids": ["g1"]})).await;
            assert_eq!(data["groupAbstracts"][0]["memberCount"], 2);
            data["groupAbstracts"][0]["memberHash"].as_u64().unwrap()
        };
        let before = hash().await;
        assert_eq!(hash().await, before);
        house.does("bob", "updateGroupMembers", json!({"members": [{"groupId": "g1", "userId": "bob", "nickname": "B"}]})).await;
        assert_ne!(hash().await, before);
        let fails = async |who: &str, ids: Value, code| house.fails(house.as_(who), abstracts, json!({"ids": ids}), code).await;
        fails("eve", json!(["g1"]), NoPermission).await;
        fails("bob", json!([]), openim_core::ErrorCode::Args).await;
        fails("bob", json!(["g1", "g1"]), openim_core::ErrorCode::Args).await;
        fails("bob", json!(["g1", "g9"]), openim_core::ErrorCode::GroupNotFound).await;
    })
    .await;
}
