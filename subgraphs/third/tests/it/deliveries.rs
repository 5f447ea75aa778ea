//! The log of webhook deliveries in the graph.

use std::sync::Arc;

use openim_core::Ctx;
use openim_graphql::Subgraph;
use openim_objects::{Folder, FolderSettings};
use openim_platform::webhooks::{Hook, WebhookSettings, Webhooks, commands};
use openim_testing::{TestWorld, ask, for_each_database};
use openim_third::{FileSettings, Third, ThirdPorts};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::task::TaskTracker;

use crate::house::{configuration, nobody_pushes};

const LIST: &str = "query($first: Int, $after: String, $command: String, $outcome: WebhookOutcome) { admin { webhookDeliveries(first: $first, after: $after, command: $command, outcome: $outcome) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { id name kind outcome attempts body error nextAttemptAt } } } } }";

struct House {
    webhooks: Webhooks,
    subgraph: Arc<dyn Subgraph>,
    _root: TempDir,
}

impl House {
    async fn new(world: &TestWorld) -> Self {
        // Port 9 is in nobody's use; private addresses are refused before anything is sent.
        let settings = WebhookSettings::new("http://127.0.0.1:9", "a secret of tests")
            .with(Hook::new(&commands::AFTER_QUIT_GROUP))
            .with(Hook::new(&commands::AFTER_DISMISS_GROUP))
            .with(Hook::new(&commands::BEFORE_ADD_BLACK));
        let webhooks = Webhooks::new(settings, world.store().clone(), world.runtime().clone()).unwrap();
        let root = TempDir::new().unwrap();
        let folder = FolderSettings { root: root.path().into(), secret: "a test's secret".into(), public_url: String::new() };
        let objects = Arc::new(Folder::open(folder, world.runtime().clone()).await.unwrap());
        let ports = ThirdPorts {
            store: world.store().clone(),
            webhooks: webhooks.clone(),
            objects,
            tasks: TaskTracker::new(),
            configuration: configuration(world),
            push: nobody_pushes(),
        };
        let third = Third::new(FileSettings::default(), ports, world.runtime().clone());
        Self { subgraph: third.subgraph(), webhooks, _root: root }
    }

    async fn happened(&self, world: &TestWorld, group: &str) {
        let tx = world.store().begin().await.unwrap();
        let body = json!({"groupID": group});
        self.webhooks.after(&world.system(), &tx, &commands::AFTER_QUIT_GROUP, &body).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn list(&self, ctx: Ctx, variables: Value) -> Value {
        ask(&*self.subgraph, ctx, LIST, variables).await.data()["admin"]["webhookDeliveries"].clone()
    }
}

#[tokio::test]
async fn the_hooks_that_are_switched_on_are_listed_for_administrators() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let list = "{ admin { webhooks { name kind host timeoutMilliseconds continueOnFailure deniedTypes attentionIds } } }";
        let hooks = ask(&*house.subgraph, world.admin(), list, json!({})).await.data()["admin"]["webhooks"].clone();
        let names: Vec<_> = hooks.as_array().unwrap().iter().map(|hook| hook["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["beforeAddBlack", "afterQuitGroup", "afterDismissGroup"]);
        let expected = json!({"name": "beforeAddBlack", "kind": "BEFORE", "host": "127.0.0.1:9", "timeoutMilliseconds": 5000,
            "continueOnFailure": false, "deniedTypes": [], "attentionIds": []});
        assert_eq!(hooks[0], expected);
        assert_eq!(ask(&*house.subgraph, world.user("nosy"), list, json!({})).await.refused().0, "NO_PERMISSION");
    })
    .await;
}

#[tokio::test]
async fn the_newest_deliveries_come_first_and_pages_follow_each_other() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        for group in ["1", "2", "3"] {
            house.happened(world, group).await;
        }
        let first = house.list(world.admin(), json!({"first": 2})).await;
        assert_eq!(first["totalCount"], 3);
        let body = |page: &Value, at: usize| page["edges"][at]["node"]["body"].as_str().unwrap().to_owned();
        assert_eq!(body(&first, 0), "{\"callbackCommand\":\"callbackAfterQuitGroupCommand\",\"groupID\":\"3\"}\n");
        assert_eq!(first["pageInfo"]["hasNextPage"], true);
        let second = house.list(world.admin(), json!({"first": 2, "after": first["pageInfo"]["endCursor"]})).await;
        assert_eq!(second["edges"].as_array().unwrap().len(), 1);
        assert!(body(&second, 0).contains("\"1\""));
        assert_eq!(second["pageInfo"]["hasNextPage"], false);
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_found_by_hook_and_by_outcome() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.happened(world, "1").await;
        let count = async |variables| house.list(world.admin(), variables).await["totalCount"].clone();
        assert_eq!(count(json!({"command": "afterQuitGroup", "outcome": "PENDING"})).await, 1);
        assert_eq!(count(json!({"command": "callbackAfterQuitGroupCommand"})).await, 1);
        assert_eq!(count(json!({"command": "afterDismissGroup"})).await, 0);
        assert_eq!(count(json!({"outcome": "FAILED"})).await, 0);

        let refused: Result<Option<Value>, _> = house.webhooks.before(&world.user("ann"), &commands::BEFORE_ADD_BLACK, &json!({})).await;
        refused.unwrap_err();
        house.webhooks.deliver_due().await.unwrap();
        let failed = house.list(world.admin(), json!({"outcome": "FAILED"})).await;
        let node = &failed["edges"][0]["node"];
        assert_eq!((&node["name"], &node["kind"], &node["nextAttemptAt"]), (&json!("beforeAddBlack"), &json!("BEFORE"), &Value::Null));
        let waiting = house.list(world.admin(), json!({"outcome": "PENDING"})).await;
        let node = &waiting["edges"][0]["node"];
        assert_eq!(node["attempts"], 1);
        assert!(node["error"].as_str().unwrap().contains("private"), "{node}");
        for bad in [json!({"command": "afterLunch"}), json!({"after": "x"}), json!({"first": 0})] {
            assert_eq!(ask(&*house.subgraph, world.admin(), LIST, bad).await.refused().0, "ARGS_ERROR");
        }
    })
    .await;
}

#[tokio::test]
async fn one_delivery_is_queued_again_with_its_id() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.happened(world, "1").await;
        house.webhooks.deliver_due().await.unwrap();
        let id = house.list(world.admin(), json!({})).await["edges"][0]["node"]["id"].clone();

        let again = "mutation($id: ID!) { redeliverWebhook(input: {id: $id}) { delivery { id outcome attempts nextAttemptAt } } }";
        let data = ask(&*house.subgraph, world.admin(), again, json!({"id": id})).await.data();
        let delivery = &data["redeliverWebhook"]["delivery"];
        assert_eq!((&delivery["id"], &delivery["outcome"], &delivery["attempts"]), (&id, &json!("PENDING"), &json!(1)));
        assert_eq!(house.webhooks.deliver_due().await.unwrap(), 1, "at once, not after its wait");

        let one = "query($id: ID!) { admin { webhookDelivery(id: $id) { attempts host operationId durationMilliseconds createdAt } } }";
        let data = ask(&*house.subgraph, world.admin(), one, json!({"id": id})).await.data();
        let delivery = &data["admin"]["webhookDelivery"];
        assert_eq!((&delivery["attempts"], &delivery["host"]), (&json!(2), &json!("127.0.0.1:9")));
        let data = ask(&*house.subgraph, world.admin(), one, json!({"id": "nobody"})).await.data();
        assert_eq!(data["admin"]["webhookDelivery"], Value::Null);
        let refused = ask(&*house.subgraph, world.admin(), again, json!({"id": "nobody"})).await.refused();
        assert_eq!(refused.0, "RECORD_NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn a_before_hook_cannot_be_sent_again() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let refused: Result<Option<Value>, _> = house.webhooks.before(&world.user("ann"), &commands::BEFORE_ADD_BLACK, &json!({})).await;
        refused.unwrap_err();
        house.webhooks.deliver_due().await.unwrap();
        let id = house.list(world.admin(), json!({})).await["edges"][0]["node"]["id"].clone();
        let again = "mutation($id: ID!) { redeliverWebhook(input: {id: $id}) { delivery { id } } }";
        assert_eq!(ask(&*house.subgraph, world.admin(), again, json!({"id": id})).await.refused().0, "ARGS_ERROR");
    })
    .await;
}

#[tokio::test]
async fn only_administrators_see_deliveries_or_repeat_them() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let again = "mutation { redeliverWebhook(input: {id: \"x\"}) { delivery { id } } }";
        for (ctx, code) in [(world.user("ann"), "NO_PERMISSION"), (world.anonymous(), "UNAUTHENTICATED")] {
            assert_eq!(ask(&*house.subgraph, ctx.clone(), LIST, json!({})).await.refused().0, code);
            assert_eq!(ask(&*house.subgraph, ctx, again, json!({})).await.refused().0, code);
        }
    })
    .await;
}
