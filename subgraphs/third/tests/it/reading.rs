//! Reading files and lists of them.

use openim_testing::for_each_database;
use openim_third::FileSettings;
use serde_json::{Value, json};

use crate::house::{ACCESS, House};

const MINE: &str = "query($first: Int, $after: String, $as: ID) { viewer(as: $as) { files(first: $first, after: $after) {
    totalCount totalBytes pageInfo { hasNextPage endCursor } edges { node { name } } } } }";
const ALL: &str = "query($owner: ID, $cause: String) { admin { files(ownerId: $owner, cause: $cause) { totalCount totalBytes edges { node { name owner { id } } } } } }";

#[tokio::test]
async fn whoever_knows_a_name_reads_the_file_unless_the_server_wants_a_token() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.store(|| world.user("ann"), "ann/a page.html", b"<script>").await;
        let url = house.ask(world.anonymous(), ACCESS, json!({"name": "ann/a page.html"})).await.data()["fileAccess"].clone();
        assert_eq!(url["expiresAt"], "2026-01-08T00:00:00.000Z");
        assert_eq!(house.ask(world.anonymous(), ACCESS, json!({"name": "ann/b"})).await.refused().0, "RECORD_NOT_FOUND");
        let one = "query($name: String!) { file(name: $name) { name url(base: \"https://im/\") owner { id } } }";
        let data = house.ask(world.user("bob"), one, json!({"name": "ann/a page.html"})).await.data();
        assert_eq!(data["file"], json!({"name": "ann/a page.html", "url": "https://im/object/ann/a%20page.html", "owner": {"id": "ann"}}));
        assert_eq!(house.ask(world.user("bob"), one, json!({"name": "x"})).await.data()["file"], Value::Null);
        assert_eq!(house.ask(world.anonymous(), one, json!({"name": "x"})).await.refused().0, "UNAUTHENTICATED");
    })
    .await;
    for_each_database(async |world| {
        let house = House::with(world, FileSettings { public_read: false, ..FileSettings::default() }).await;
        house.store(|| world.user("ann"), "ann/a", b"hello").await;
        assert_eq!(house.ask(world.anonymous(), ACCESS, json!({"name": "ann/a"})).await.refused().0, "UNAUTHENTICATED");
        assert_eq!(house.read(world.user("bob"), "ann/a").await, b"hello");
    })
    .await;
}

#[tokio::test]
async fn lists_are_the_owners_and_the_administrators() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        for (name, content) in [("ann/1", b"1".as_slice()), ("ann/2", b"22"), ("ann/3", b"333")] {
            house.store(|| world.user("ann"), name, content).await;
        }
        house.store(|| world.user("bob"), "bob/1", b"4444").await;
        let names = |list: &Value| list["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["name"].clone()).collect::<Vec<_>>();
        let page = house.ask(world.user("ann"), MINE, json!({"first": 2})).await.data()["viewer"]["files"].clone();
        assert_eq!((&page["totalCount"], &page["totalBytes"]), (&json!(3), &json!(6)));
        assert_eq!(names(&page), ["ann/3", "ann/2"]);
        let after = json!({"first": 2, "after": page["pageInfo"]["endCursor"]});
        let page = house.ask(world.user("ann"), MINE, after).await.data()["viewer"]["files"].clone();
        assert_eq!((names(&page), &page["pageInfo"]["hasNextPage"]), (vec![json!("ann/1")], &json!(false)));
        assert_eq!(house.ask(world.user("bob"), MINE, json!({"as": "ann"})).await.refused().0, "NO_PERMISSION");
        assert_eq!(house.ask(world.user("bob"), MINE, json!({"after": "x"})).await.refused().0, "ARGS_ERROR");

        let all = async |variables| house.ask(world.admin(), ALL, variables).await.data()["admin"]["files"].clone();
        let everything = all(json!({})).await;
        assert_eq!((&everything["totalCount"], &everything["totalBytes"]), (&json!(4), &json!(10)));
        assert_eq!(everything["edges"][0]["node"]["owner"]["id"], "bob");
        assert_eq!(names(&all(json!({"owner": "bob"})).await), ["bob/1"]);
        assert_eq!(all(json!({"cause": "avatar"})).await["totalBytes"], 0);
        assert_eq!(house.ask(world.user("ann"), ALL, json!({})).await.refused().0, "NO_PERMISSION");
    })
    .await;
}
