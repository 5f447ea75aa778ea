//! Logs of apps: everybody tells of their own, administrators look and delete, nothing without bounds.

use std::time::Duration;

use openim_platform::timers::Turn;
use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::house::House;

pub(crate) const UPLOAD: &str = "mutation($input: UploadClientLogsInput!) { uploadClientLogs(input: $input) { logs { id userId platform platformName url fileName systemType appFramework version ex createdAt } } }";
const DELETE: &str = "mutation($ids: [ID!]!) { deleteClientLogs(input: {ids: $ids}) { deleted } }";
const LIST: &str = "query($search: String, $since: DateTime, $until: DateTime, $first: Int, $after: String) { admin { clientLogs(search: $search, since: $since, until: $until, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id userId fileName user { id } } } } } }";

pub(crate) fn input(name: &str) -> Value {
    json!({"input": {"platform": "IOS", "systemType": "iOS 19", "appFramework": "Flutter", "version": "3.8.1", "ex": "{}",
        "files": [{"name": name, "url": format!("https://files.example.com/{name}")}]}})
}

#[tokio::test]
async fn logs_are_noted_for_their_uploader_and_found_by_words_and_time() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let told = house.ask(world.user("ann"), UPLOAD, input("crash_1%.log")).await.data()["uploadClientLogs"]["logs"][0].clone();
        assert_eq!((&told["userId"], &told["platform"], &told["platformName"]), (&json!("ann"), &json!("IOS"), &json!("IOS")));
        assert_eq!((&told["version"], &told["systemType"]), (&json!("3.8.1"), &json!("iOS 19")));
        assert_eq!(told["id"].as_str().unwrap().len(), 10);
        world.advance(Duration::from_secs(60));
        house.ask(world.user("bob"), UPLOAD, input("other.log")).await.data();

        let list = async |variables| house.ask(world.admin(), LIST, variables).await.data()["admin"]["clientLogs"].clone();
        let all = list(json!({"first": 1})).await;
        assert_eq!((&all["totalCount"], &all["edges"][0]["node"]["userId"]), (&json!(2), &json!("bob")));
        let next = list(json!({"first": 1, "after": all["pageInfo"]["endCursor"]})).await;
        assert_eq!((&next["edges"][0]["node"]["user"]["id"], &next["pageInfo"]["hasNextPage"]), (&json!("ann"), &json!(false)));
        for (search, found) in [("CRASH", 1), ("1%", 1), ("%", 1), ("_", 1), ("ann", 1), ("3.8.", 2), ("nothing", 0), ("", 2)] {
            assert_eq!(list(json!({"search": search})).await["totalCount"], found, "{search}");
        }
        assert_eq!(list(json!({"since": "2026-01-01T00:00:30Z"})).await["totalCount"], 1);
        assert_eq!(list(json!({"until": "2026-01-01T00:00:00Z"})).await["totalCount"], 1);
        let backwards = json!({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"});
        for bad in [backwards, json!({"after": "x"}), json!({"search": "x".repeat(300)})] {
            assert_eq!(house.ask(world.admin(), LIST, bad).await.refused().0, "ARGS_ERROR");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_log_or_too_much_is_refused() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let file = |name: &str, url: &str| json!({"name": name, "url": url});
        let good = file("a", "https://a/b");
        for files in [
            json!([]),
            json!([file("", "https://a/b")]),
            json!([file("a", "javascript:alert(1)")]),
            json!([file("a", &format!("https://a/{}", "x".repeat(3_000)))]),
            json!(vec![good.clone(); 101]),
        ] {
            let refused = house.ask(world.user("ann"), UPLOAD, json!({"input": {"files": files}})).await.refused();
            assert_eq!(refused.0, "ARGS_ERROR", "{files:.60}");
        }
        for key in ["ex", "version", "systemType", "appFramework"] {
            let long = json!({"input": {"files": [good], key: "x".repeat(5_000)}});
            assert_eq!(house.ask(world.user("ann"), UPLOAD, long).await.refused().0, "ARGS_ERROR", "{key}");
        }
        for _ in 0..10 {
            house.ask(world.user("ann"), UPLOAD, json!({"input": {"files": vec![good.clone(); 100]}})).await.data();
        }
        assert_eq!(house.ask(world.user("ann"), UPLOAD, input("more")).await.refused().0, "LIMIT_EXCEEDED");
        house.ask(world.user("bob"), UPLOAD, input("more")).await.data();
    })
    .await;
}

#[tokio::test]
async fn administrators_delete_logs_all_or_none() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let id = house.ask(world.user("ann"), UPLOAD, input("a")).await.data()["uploadClientLogs"]["logs"][0]["id"].clone();
        for missing in [json!([id, "9999999999"]), json!(["x"])] {
            assert_eq!(house.ask(world.admin(), DELETE, json!({"ids": missing})).await.refused().0, "RECORD_NOT_FOUND");
        }
        assert_eq!(house.ask(world.admin(), DELETE, json!({"ids": []})).await.refused().0, "ARGS_ERROR");
        assert_eq!(house.ask(world.admin(), DELETE, json!({"ids": [id, id]})).await.data()["deleteClientLogs"]["deleted"], 1);
        assert_eq!(house.ask(world.admin(), DELETE, json!({"ids": [id]})).await.refused().0, "RECORD_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn strangers_neither_look_nor_delete() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        assert_eq!(house.ask(world.anonymous(), UPLOAD, input("a")).await.refused().0, "UNAUTHENTICATED");
        for (ctx, code) in [(world.user("ann"), "NO_PERMISSION"), (world.anonymous(), "UNAUTHENTICATED")] {
            assert_eq!(house.ask(ctx.clone(), LIST, json!({})).await.refused().0, code);
            assert_eq!(house.ask(ctx, DELETE, json!({"ids": ["1000000000"]})).await.refused().0, code);
        }
    })
    .await;
}

#[tokio::test]
async fn old_logs_are_forgotten_by_the_timer() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.ask(world.user("ann"), UPLOAD, input("old")).await.data();
        world.advance(Duration::from_secs(20 * 86_400));
        house.ask(world.user("ann"), UPLOAD, input("new")).await.data();
        world.advance(Duration::from_secs(20 * 86_400));
        let turn = Turn::alone(world.store().clone(), world.runtime().clone());
        let job = house.third.timers().into_iter().find(|job| job.name() == "third.client_logs").unwrap();
        assert_eq!(job.run(&turn).await.unwrap(), 1);
        let left = house.ask(world.admin(), LIST, json!({})).await.data()["admin"]["clientLogs"].clone();
        assert_eq!((&left["totalCount"], &left["edges"][0]["node"]["fileName"]), (&json!(1), &json!("new")));
    })
    .await;
}
