//! Finding users, and what other domains read.

use std::time::Duration;

use openim_core::ErrorCode::{Args, NoPermission, Unauthenticated};
use openim_core::UserId;
use serde_json::{Value, json};

use crate::house::{House, REGISTER, UPDATE, in_each_house, settings};

fn ids_of(connection: &Value) -> Vec<String> {
    connection["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect()
}

const SEARCH: &str = "query($first: Int, $after: String, $offset: Int, $id: String, $nickname: String) {
    searchUsers(first: $first, after: $after, offset: $offset, id: $id, nickname: $nickname) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }";
const BY_IDS: &str = "query($ids: [ID!]!) { users(ids: $ids) { id } }";
const CHECK: &str = "query($ids: [ID!]!) { admin { accountCheck(ids: $ids) { userId registered } } }";

#[tokio::test]
async fn nothing_but_token_info_is_read_without_a_token() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        for document in [
            "{ viewer { id } }",
            "{ viewer(as: \"bob\") { id } }",
            "{ admin { accountCheck(ids: []) { userId } } }",
            "{ user(id: \"bob\") { id } }",
            "{ users(ids: [\"bob\"]) { id } }",
            "{ searchUsers { totalCount } }",
            "{ userIds { ids } }",
            "{ _entities(representations: [{__typename: \"User\", id: \"bob\"}]) { ... on User { id } } }",
        ] {
            house.fails(house.world.anonymous(), document, json!({}), Unauthenticated).await;
        }
    })
    .await;
}

#[tokio::test]
async fn users_come_in_the_order_asked_once_and_without_the_unknown() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["alice", "bob", "carol"]).await;
        let data = house.ok(house.world.user("x"), BY_IDS, json!({"ids": ["carol", "no:id", "alice", "nobody", "carol", ""]})).await;
        assert_eq!(data, json!({"users": [{"id": "carol"}, {"id": "alice"}]}));
        assert_eq!(house.ok(house.world.user("x"), BY_IDS, json!({"ids": []})).await, json!({"users": []}));
        let many: Vec<String> = (0..1_001).map(|n| format!("u{n}")).collect();
        house.fails(house.world.user("x"), BY_IDS, json!({"ids": many}), Args).await;
        let data = house.ok(house.world.user("x"), "{ a: user(id: \"bob\") { id } b: user(id: \"nobody\") { id } }", json!({})).await;
        assert_eq!(data, json!({"a": {"id": "bob"}, "b": null}));
    })
    .await;
}

#[tokio::test]
async fn search_finds_ordinary_users_by_text_not_by_pattern() {
    in_each_house(settings(), async |house: &House<'_>| {
        let users = json!([
            {"id": "alice", "nickname": "100% Ärger"}, {"id": "a_b", "nickname": "1000"}, {"id": "axb", "nickname": "back\\slash"},
            {"id": "ALBERT", "nickname": "ΟΔΟΣ", "level": "APP_ORDINARY"}, {"id": "alarm", "nickname": "bell", "level": "NOTIFICATION"}
        ]);
        house.ok(house.world.admin(), REGISTER, json!({"input": {"users": users}})).await;
        let found = async |filter: Value| ids_of(&house.ok(house.world.user("x"), SEARCH, filter).await["searchUsers"]);
        assert_eq!(found(json!({"id": "AL"})).await, ["ALBERT", "alice"]);
        assert_eq!(found(json!({"id": "a_b"})).await, ["a_b"]);
        assert_eq!(found(json!({"nickname": "100%"})).await, ["alice"]);
        assert_eq!(found(json!({"nickname": "ärg"})).await, ["alice"]);
        assert_eq!(found(json!({"nickname": "K\\S"})).await, ["axb"]);
        assert_eq!(found(json!({"nickname": "οδο"})).await, ["ALBERT"]);
        assert_eq!(found(json!({"id": "xb", "nickname": "1000"})).await, ["a_b", "axb"], "alternatives");
        assert_eq!(found(json!({"id": "", "nickname": ""})).await.len(), 4, "empty texts are no filter");
        assert_eq!(found(json!({"nickname": ".*"})).await, [] as [&str; 0]);
        house.fails(house.world.user("x"), SEARCH, json!({"id": "x".repeat(256)}), Args).await;
        house.fails(house.world.user("x"), SEARCH, json!({"nickname": "\u{0}"}), Args).await;
    })
    .await;
}

#[tokio::test]
async fn lists_are_paged_by_cursor_and_by_offset() {
    in_each_house(settings(), async |house: &House<'_>| {
        let mut expected = Vec::new();
        for batch in [["b", "d"], ["a", "c"]] {
            house.register(&batch).await;
            expected.extend(batch);
            house.world.advance(Duration::from_millis(1));
        }
        let page = async |arguments: Value| house.ok(house.world.user("x"), SEARCH, arguments).await["searchUsers"].clone();
        let first = page(json!({"first": 3})).await;
        assert_eq!(ids_of(&first), expected[..3]);
        assert_eq!(first["totalCount"], 4);
        assert_eq!((&first["pageInfo"]["hasNextPage"], &first["pageInfo"]["hasPreviousPage"]), (&json!(true), &json!(false)));
        let second = page(json!({"first": 3, "after": first["pageInfo"]["endCursor"]})).await;
        assert_eq!(ids_of(&second), expected[3..]);
        assert_eq!((&second["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasPreviousPage"]), (&json!(false), &json!(true)));
        assert_eq!(ids_of(&page(json!({"first": 2, "offset": 1})).await), expected[1..3]);

        let beyond = page(json!({"offset": 100})).await;
        assert_eq!((ids_of(&beyond), &beyond["totalCount"]), (vec![], &json!(4)));
        let bad =
            [json!({"first": 0}), json!({"first": 101}), json!({"offset": -1}), json!({"after": "zz"}), json!({"after": "", "offset": 1})];
        for arguments in bad {
            house.fails(house.world.user("x"), SEARCH, arguments, Args).await;
        }
    })
    .await;
}

#[tokio::test]
async fn ids_are_paged_up_to_a_thousand() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["alice", "bob"]).await;
        let page = "query($first: Int, $offset: Int) { userIds(first: $first, offset: $offset) { ids totalCount } }";
        let data = house.ok(house.world.user("x"), page, json!({"first": 1, "offset": 1})).await;
        assert_eq!(data, json!({"userIds": {"ids": ["bob"], "totalCount": 3}}), "all of one moment are in id order");
        let data = house.ok(house.world.user("x"), page, json!({"offset": 9})).await;
        assert_eq!(data, json!({"userIds": {"ids": [], "totalCount": 3}}));
        for arguments in [json!({"first": 0}), json!({"first": 1_001}), json!({"offset": -1})] {
            house.fails(house.world.user("x"), page, arguments, Args).await;
        }
    })
    .await;
}

#[tokio::test]
async fn administrators_list_all_users_and_check_accounts() {
    in_each_house(settings(), async |house: &House<'_>| {
        let users = json!([{"id": "bob", "nickname": "Bob"}, {"id": "bell", "nickname": "Alarm", "level": "NOTIFICATION"}]);
        house.ok(house.world.admin(), REGISTER, json!({"input": {"users": users}})).await;
        let list = "query($search: String) { admin { users(search: $search) { edges { node { id } } totalCount } } }";
        let all = house.ok(house.world.admin(), list, json!({})).await;
        assert_eq!(all["admin"]["users"]["totalCount"], 3);
        let some = house.ok(house.world.admin(), list, json!({"search": "B"})).await;
        assert_eq!(ids_of(&some["admin"]["users"]), ["bell", "bob"]);
        house.fails(house.world.user("bob"), list, json!({}), NoPermission).await;

        let checked = house.ok(house.world.admin(), CHECK, json!({"ids": ["nobody", "bob", "a:b"]})).await;
        assert_eq!(
            checked["admin"]["accountCheck"],
            json!([{"userId": "nobody", "registered": false}, {"userId": "bob", "registered": true}, {"userId": "a:b", "registered": false}])
        );
        house.fails(house.world.admin(), CHECK, json!({"ids": ["bob", "bob"]}), Args).await;
        house.fails(house.world.user("bob"), CHECK, json!({"ids": ["bob"]}), NoPermission).await;
    })
    .await;
}

#[tokio::test]
async fn viewer_opens_ones_own_things_and_anybodys_for_administrators() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let own = "{ viewer { id user { nickname } } }";
        let bob = json!({"viewer": {"id": "bob", "user": {"nickname": "bob"}}});
        assert_eq!(house.ok(house.world.user("bob"), own, json!({})).await, bob);
        assert_eq!(house.ok(house.world.user("gone"), own, json!({})).await, json!({"viewer": {"id": "gone", "user": null}}));
        let named = "{ viewer(as: \"bob\") { id user { nickname } } }";
        assert_eq!(house.ok(house.world.user("bob"), named, json!({})).await, bob);
        assert_eq!(house.ok(house.world.admin(), named, json!({})).await, bob);
        house.fails(house.world.user("eve"), named, json!({}), NoPermission).await;
        house.fails(house.world.admin(), "{ viewer(as: \"b:b\") { id } }", json!({}), Args).await;
    })
    .await;
}

#[tokio::test]
async fn other_domains_read_users_and_see_a_change_at_once() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob", "alice"]).await;
        let reader = house.users.reader();
        let [alice, bob, nobody] = ["alice", "bob", "nobody"].map(|id| UserId::parse(id).unwrap());
        let found = reader.users(&[bob.clone(), nobody.clone(), alice.clone(), bob.clone()]).await.unwrap();
        assert_eq!(found.iter().map(|user| &user.user_id).collect::<Vec<_>>(), [&bob, &alice]);

        house
            .ok(house.world.user("bob"), UPDATE, json!({"input": {"id": "bob", "nickname": "Robert", "globalReceiveOption": "REFUSE"}}))
            .await;
        let changed = reader.user(&bob).await.unwrap().unwrap();
        assert_eq!((changed.nickname.as_str(), changed.global_receive_option, changed.level), ("Robert", 1, 0));

        assert_eq!(reader.user(&nobody).await.unwrap(), None);
        house.register(&["nobody"]).await;
        assert!(reader.user(&nobody).await.unwrap().is_some(), "an unknown user is not remembered");
    })
    .await;
}

#[tokio::test]
async fn jobs_walk_through_everybody() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["alice", "bob", "carol"]).await;
        let reader = house.users.reader();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let step = reader.page(after.as_ref(), 3).await.unwrap();
            let Some(last) = step.last() else { break };
            after = Some(last.user_id.clone());
            seen.extend(step.into_iter().map(|user| user.user_id.to_string()));
        }
        seen.sort_unstable();
        assert_eq!(seen, ["alice", "bob", "carol", "imAdmin"]);
    })
    .await;
}
