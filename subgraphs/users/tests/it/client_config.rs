//! The values that clients are configured with.

use openim_core::ErrorCode::{Args, NotFound};
use serde_json::{Value, json};

use crate::house::{House, in_each_house, settings};

const SET: &str = "mutation($input: SetClientConfigInput!) { setClientConfig(input: $input) { entries { key value userId } } }";
const REMOVE: &str = "mutation($input: RemoveClientConfigInput!) { removeClientConfig(input: $input) { removed } }";
const GET: &str = "query($userId: ID) { clientConfig(userId: $userId) { key value userId } }";
const PAGE: &str = "query($first: Int, $after: String, $offset: Int, $userId: ID, $key: String) { admin {
    clientConfig(first: $first, after: $after, offset: $offset, userId: $userId, key: $key) {
        edges { cursor node { key userId value } } pageInfo { hasNextPage endCursor } totalCount } } }";

async fn set(house: &House<'_>, user: Option<&str>, values: &[(&str, &str)]) -> Value {
    let entries: Vec<Value> = values.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    house.ok(house.world.admin(), SET, json!({"input": {"userId": user, "entries": entries}})).await["setClientConfig"]["entries"].clone()
}

async fn page(house: &House<'_>, arguments: Value) -> (Vec<String>, Value) {
    let found = house.ok(house.world.admin(), PAGE, arguments).await["admin"]["clientConfig"].clone();
    let text = |edge: &Value| format!("{}.{}", edge["node"]["userId"].as_str().unwrap_or_default(), edge["node"]["key"].as_str().unwrap());
    (found["edges"].as_array().unwrap().iter().map(text).collect(), found)
}

#[tokio::test]
async fn a_users_own_values_hide_everybodys() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let values = set(house, None, &[("theme", "light"), ("area", "1")]).await;
        assert_eq!(values, json!([{"key": "theme", "value": "light", "userId": null}, {"key": "area", "value": "1", "userId": null}]));
        set(house, Some("bob"), &[("theme", "dark"), ("beta", "")]).await;
        let (area, light) =
            (json!({"key": "area", "value": "1", "userId": null}), json!({"key": "theme", "value": "light", "userId": null}));
        let (beta, dark) =
            (json!({"key": "beta", "value": "", "userId": "bob"}), json!({"key": "theme", "value": "dark", "userId": "bob"}));
        let everybodys = house.ok(house.world.user("bob"), GET, json!({})).await;
        assert_eq!(everybodys["clientConfig"], json!([area, light]));
        let own = house.ok(house.world.user("bob"), "{ viewer { clientConfig { key value userId } } }", json!({})).await;
        assert_eq!(own["viewer"]["clientConfig"], json!([area, beta, dark]));
        assert_eq!(house.ok(house.world.user("bob"), GET, json!({"userId": "bob"})).await["clientConfig"], own["viewer"]["clientConfig"]);
        assert_eq!(house.ok(house.world.admin(), GET, json!({"userId": "bob"})).await["clientConfig"], own["viewer"]["clientConfig"]);

        set(house, Some("bob"), &[("theme", "grey")]).await;
        let removed = house.ok(house.world.admin(), REMOVE, json!({"input": {"userId": "bob", "keys": ["beta", "unknown"]}})).await;
        assert_eq!(removed, json!({"removeClientConfig": {"removed": 1}}));
        let own = house.ok(house.world.user("bob"), GET, json!({"userId": "bob"})).await;
        assert_eq!(own["clientConfig"][1], json!({"key": "theme", "value": "grey", "userId": "bob"}));
        let removed = house.ok(house.world.admin(), REMOVE, json!({"input": {"userId": "gone", "keys": []}})).await;
        assert_eq!(removed, json!({"removeClientConfig": {"removed": 0}}));
    })
    .await;
}

#[tokio::test]
async fn administrators_page_through_all_values() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["ann", "bob"]).await;
        set(house, Some("bob"), &[("theme", "1"), ("a:b", "2")]).await;
        set(house, Some("ann"), &[("theme", "3")]).await;
        set(house, None, &[("theme", "4"), ("area", "5")]).await;
        let all = [".area", ".theme", "ann.theme", "bob.a:b", "bob.theme"];
        let (found, answer) = page(house, json!({})).await;
        assert_eq!((found, &answer["totalCount"]), (all.map(String::from).to_vec(), &json!(5)));
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        for _ in 0..3 {
            let (found, answer) = page(house, json!({"first": 2, "after": after})).await;
            seen.extend(found);
            after = answer["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen, all);
        assert_eq!(page(house, json!({"first": 2, "offset": 3})).await.0, all[3..]);
        assert_eq!(page(house, json!({"offset": 9})).await, (vec![], page(house, json!({"offset": 9})).await.1));
        assert_eq!(page(house, json!({"userId": "bob"})).await.0, all[3..]);
        assert_eq!(page(house, json!({"key": "theme"})).await.0, [".theme", "ann.theme", "bob.theme"]);
        assert_eq!(page(house, json!({"key": "theme", "userId": "ann"})).await.0, ["ann.theme"]);
        for bad in
            [json!({"first": 101}), json!({"after": "zz"}), json!({"userId": "a:b"}), json!({"key": "\0"}), json!({"key": "k".repeat(129)})]
        {
            house.fails(house.world.admin(), PAGE, bad, Args).await;
        }
    })
    .await;
}

#[tokio::test]
async fn values_that_do_not_fit_change_nothing() {
    in_each_house(settings(), async |house: &House<'_>| {
        let entry = |key: &str, value: &str| json!({"key": key, "value": value});
        let many: Vec<Value> = (0..1_001).map(|n| entry(&n.to_string(), "")).collect();
        for bad in [
            json!([entry("good", ""), entry("", "")]),
            json!([entry("good", ""), entry("good", "")]),
            json!([entry("good", ""), entry(&"k".repeat(129), "")]),
            json!([entry("good", ""), entry("big", &"x".repeat(16 * 1024 + 1))]),
            json!([entry("good", ""), entry("nul", "\0")]),
            json!(many),
        ] {
            house.fails(house.world.admin(), SET, json!({"input": {"entries": bad}}), Args).await;
        }
        house.fails(house.world.admin(), SET, json!({"input": {"userId": "nobody", "entries": [entry("a", "")]}}), NotFound).await;
        house.fails(house.world.admin(), SET, json!({"input": {"userId": "", "entries": []}}), Args).await;
        house.fails(house.world.admin(), REMOVE, json!({"input": {"keys": [""]}}), Args).await;
        house.fails(house.world.admin(), GET, json!({"userId": "nobody"}), NotFound).await;
        let full: Vec<Value> = many.into_iter().take(1_000).collect();
        house.ok(house.world.admin(), SET, json!({"input": {"entries": full}})).await;
        house.fails(house.world.admin(), SET, json!({"input": {"entries": [entry("more", "")]}}), Args).await;
        assert_eq!(page(house, json!({"key": "good"})).await.0, [] as [&str; 0]);
        assert_eq!(page(house, json!({"key": "more"})).await.0, [] as [&str; 0]);
    })
    .await;
}
