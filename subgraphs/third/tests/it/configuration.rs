//! The configuration in the graph.

use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::house::House;

const UPDATE: &str = "mutation($changes: [SettingInput!]!) { updateSettings(input: {changes: $changes}) { changed } }";
const RESET: &str = "mutation($keys: [String!], $all: Boolean! = false) { resetSettings(input: {keys: $keys, all: $all}) { changed } }";
const READ: &str = "query($key: String!, $first: Int, $after: String) { admin { configuration {
    managed setting(key: $key) { value source editable lockedBecause secret live restartNeeded changedBy }
    history(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { key oldValue newValue changedBy } } } } } }";
const FILE: &str = "query($name: String!) { admin { configuration { file(name: $name) { content } } } }";
const PUT: &str =
    "mutation($name: String!, $content: String!) { updateConfigurationFile(input: {name: $name, content: $content}) { changed } }";
const RESTART: &str = "mutation($ids: [ID!]) { restartNodes(input: {nodeIds: $ids}) { nodeIds } }";

#[tokio::test]
async fn settings_are_stored_shown_and_taken_back() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let changes = json!({"changes": [{"key": "messages.friend_verify", "value": true}, {"key": "rest.max_body_bytes", "value": 2048}]});
        let stored = house.ask(world.admin(), UPDATE, changes).await.data();
        assert_eq!(stored["updateSettings"]["changed"], json!(["messages.friend_verify", "rest.max_body_bytes"]));
        let read = async |key: &str, after: Value| {
            let variables = json!({"key": key, "first": 1, "after": after});
            house.ask(world.admin(), READ, variables).await.data()["admin"]["configuration"].clone()
        };
        let seen = read("rest.max_body_bytes", Value::Null).await;
        let expected = json!({"value": 2048, "source": "STORED", "editable": true, "lockedBecause": null, "secret": false, "live": false, "restartNeeded": true, "changedBy": "imAdmin"});
        assert_eq!((&seen["setting"], &seen["history"]["totalCount"]), (&expected, &json!(2)));
        let second = read("auth.secret", seen["history"]["pageInfo"]["endCursor"].clone()).await;
        assert_eq!(second["history"]["pageInfo"]["hasNextPage"], false);
        assert_ne!(seen["history"]["edges"][0]["node"]["key"], second["history"]["edges"][0]["node"]["key"]);
        assert_eq!((&second["setting"]["editable"], &second["setting"]["secret"]), (&json!(false), &json!(true)));

        for bad in [json!({}), json!({"keys": ["rest.enabled"], "all": true}), json!({"keys": ["nonsense"]})] {
            assert_eq!(house.ask(world.admin(), RESET, bad).await.refused().0, "ARGS_ERROR");
        }
        let reset = house.ask(world.admin(), RESET, json!({"keys": ["rest.max_body_bytes", "rest.enabled"]})).await.data();
        assert_eq!(reset["resetSettings"]["changed"], json!(["rest.max_body_bytes"]));
        for bad in [json!([{"key": "rest.max_body_bytes", "value": "many"}]), json!([{"key": "server.listen", "value": ["0.0.0.0:1"]}])] {
            assert_eq!(house.ask(world.admin(), UPDATE, json!({"changes": bad})).await.refused().0, "ARGS_ERROR");
        }
    })
    .await;
}

#[tokio::test]
async fn files_of_openim_are_told_and_taken_over() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let read = async |name: &str| -> Value {
            let data = house.ask(world.admin(), FILE, json!({"name": name})).await.data();
            serde_json::from_str(data["admin"]["configuration"]["file"]["content"].as_str().unwrap()).unwrap()
        };
        let put =
            async |name: &str, content: Value| house.ask(world.admin(), PUT, json!({"name": name, "content": content.to_string()})).await;
        let cron = read("openim-crontask.yml").await;
        assert_eq!((&cron["FileExpireTime"], &cron["DeleteObjectType"]), (&json!(0), &json!([])));
        let wanted = json!({"FileExpireTime": 30, "DeleteObjectType": ["msg-file"]});
        assert_eq!(
            put("openim-crontask.yml", wanted).await.data()["updateConfigurationFile"]["changed"],
            json!(["objects.expire_causes", "objects.expire_days"])
        );
        assert_eq!(read("openim-crontask.yml").await["FileExpireTime"], 30);

        let hooks = json!({"URL": "https://hooks.example.com", "AfterQuitGroup": {"Enable": true, "Timeout": 9}});
        let changed = put("webhooks.yml", hooks).await.data()["updateConfigurationFile"]["changed"].clone();
        assert_eq!(changed, json!(["webhooks.enabled", "webhooks.timeouts", "webhooks.url"]));
        let told = read("webhooks.yml").await;
        assert_eq!((&told["AfterQuitGroup"]["Enable"], &told["AfterQuitGroup"]["Timeout"]), (&json!(true), &json!(9)));

        for (name, content, named) in [
            ("log.yml", json!({"StorageLocation": "/var/log"}), "StorageLocation has no equivalent"),
            ("share.yml", json!({"Secret": "another"}), "Secret (auth.secret) cannot be changed here"),
            ("openim-api.yml", json!({"Api": {"Ports": [1]}}), "Api.Ports (server.listen)"),
            ("log.yml", json!({"Colour": "red"}), "there is no field Colour"),
            ("log.yml", json!([]), "must be an object"),
            ("openim-crontask.yml", json!({"FileExpireTime": "30"}), "must be of type int"),
            ("nonsense.yml", json!({}), "no configuration file"),
        ] {
            let refused = put(name, content).await.refused();
            assert!(refused.0 == "ARGS_ERROR" && refused.1.contains(named), "{named}: {refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn strangers_neither_see_nor_change_anything() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let managed = "mutation { setConfigurationManaged(input: {enabled: false}) { configuration { managed } } }";
        for (ctx, code) in [(world.user("ann"), "NO_PERMISSION"), (world.anonymous(), "UNAUTHENTICATED")] {
            for (document, variables) in [
                (READ, json!({"key": "auth.secret"})),
                (FILE, json!({"name": "share.yml"})),
                (UPDATE, json!({"changes": []})),
                (RESET, json!({"all": true})),
                (PUT, json!({"name": "share.yml", "content": "{}"})),
                (RESTART, json!({})),
                (managed, json!({})),
            ] {
                assert_eq!(house.ask(ctx.clone(), document, variables).await.refused().0, code, "{document}");
            }
        }
        assert_eq!(house.ask(world.admin(), RESTART, json!({"ids": ["nobody"]})).await.refused().0, "RECORD_NOT_FOUND");
        assert_eq!(house.ask(world.admin(), RESTART, json!({"ids": []})).await.refused().0, "ARGS_ERROR");
    })
    .await;
}
