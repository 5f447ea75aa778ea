//! The log of administrators' acts: what was told is kept once, found by everything it is asked for, and nobody's to change.

use std::time::Duration;

use openim_contracts::{ActOutcome, AdministratorActed};
use openim_core::{Ctx, OperationId, Platform, Timestamp, UserId};
use openim_graphql::Subgraph;
use openim_platform::timers::Turn;
use openim_testing::{START, TestWorld, ask, for_each_database};
use openim_third::{AuditSettings, Third, ThirdSettings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::ports;

const LIST: &str = "query($first: Int, $after: String, $actor: ID, $operation: String, $target: String, $since: DateTime, $until: DateTime, $outcome: AuditOutcome) {
    admin { auditLog(first: $first, after: $after, actorId: $actor, operation: $operation, target: $target, since: $since, until: $until, outcome: $outcome) {
        totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { id at actorId platform address operation subgraph target arguments reason outcome code operationId } } } } }";

struct House {
    third: Third,
    graph: std::sync::Arc<dyn Subgraph>,
    _root: TempDir,
}

impl House {
    async fn new(world: &TestWorld, audit: AuditSettings) -> Self {
        let (root, ports) = ports(world).await;
        let third = Third::new(ThirdSettings { audit, ..ThirdSettings::default() }, ports, world.runtime().clone());
        for handler in third.handlers() {
            world.register(handler);
        }
        Self { graph: third.subgraph(), third, _root: root }
    }

    async fn list(&self, ctx: Ctx, variables: Value) -> Value {
        ask(&*self.graph, ctx, LIST, variables).await.data()["admin"]["auditLog"].clone()
    }
}

fn act(number: i64, actor: &str, operation: &str, target: &str, outcome: ActOutcome) -> AdministratorActed {
    let at = Timestamp(START.0 + number);
    AdministratorActed {
        id: format!("{:012x}{number:020x}", at.0),
        at,
        actor_id: UserId::parse(actor).unwrap(),
        platform: Platform::ADMIN,
        address: "192.0.2.1".into(),
        operation: operation.into(),
        subgraph: "groups".into(),
        target: target.into(),
        arguments: "{\"input\":{\"groupId\":\"g\"}}".into(),
        reason: if outcome == ActOutcome::Done { "spam".into() } else { String::new() },
        outcome,
        code: if outcome == ActOutcome::Done { String::new() } else { "NO_PERMISSION".into() },
        operation_id: OperationId::parse("op").unwrap(),
    }
}

async fn told(world: &TestWorld, acts: &[AdministratorActed]) {
    let tx = world.store().begin().await.unwrap();
    for act in acts {
        tx.append(&world.system(), act).await.unwrap();
    }
    tx.commit().await.unwrap();
    world.drain_events().await;
}

#[tokio::test]
async fn acts_are_kept_once_and_come_newest_first_page_by_page() {
    for_each_database(async |world| {
        let house = House::new(world, AuditSettings::default()).await;
        let acts: Vec<_> = (0..5).map(|number| act(number, "imAdmin", "dismissGroup", "g", ActOutcome::Done)).collect();
        told(world, &acts).await;
        told(world, &acts[..2]).await;
        let first = house.list(world.admin(), json!({"first": 3})).await;
        assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(5), &json!(true)));
        assert_eq!(first["edges"][0]["cursor"], acts[4].id.as_str(), "ids are cursors");
        let second = house.list(world.admin(), json!({"first": 3, "after": first["pageInfo"]["endCursor"]})).await;
        let ids: Vec<_> = second["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, [acts[1].id.clone(), acts[0].id.clone()]);
        assert_eq!(second["pageInfo"]["hasPreviousPage"], true);
        let node = &first["edges"][0]["node"];
        let expected = json!({"id": acts[4].id, "at": "2026-01-01T00:00:00.004Z", "actorId": "imAdmin", "platform": "ADMIN", "address": "192.0.2.1",
            "operation": "dismissGroup", "subgraph": "groups", "target": "g", "arguments": {"input": {"groupId": "g"}}, "reason": "spam",
            "outcome": "DONE", "code": null, "operationId": "op"});
        assert_eq!(*node, expected);
        let one = "query($id: ID!) { admin { auditEntry(id: $id) { operation } } }";
        assert_eq!(ask(&*house.graph, world.admin(), one, json!({"id": acts[0].id})).await.data()["admin"]["auditEntry"]["operation"], "dismissGroup");
        assert_eq!(ask(&*house.graph, world.admin(), one, json!({"id": "none"})).await.data()["admin"]["auditEntry"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn acts_are_found_by_actor_mutation_target_time_and_outcome() {
    for_each_database(async |world| {
        let house = House::new(world, AuditSettings::default()).await;
        told(
            world,
            &[
                act(0, "imAdmin", "dismissGroup", "g1", ActOutcome::Done),
                act(1_000, "other", "revokeSessions", "ann", ActOutcome::Refused),
                act(2_000, "imAdmin", "revokeSessions", "bob", ActOutcome::Failed),
            ],
        )
        .await;
        let count = async |variables| house.list(world.admin(), variables).await["totalCount"].clone();
        assert_eq!(count(json!({"actor": "imAdmin"})).await, 2);
        assert_eq!(count(json!({"operation": "revokeSessions"})).await, 2);
        assert_eq!(count(json!({"target": "bob"})).await, 1);
        assert_eq!(count(json!({"outcome": "REFUSED"})).await, 1);
        assert_eq!(count(json!({"since": "2026-01-01T00:00:01Z"})).await, 2);
        assert_eq!(count(json!({"until": "2026-01-01T00:00:01Z"})).await, 1);
        assert_eq!(count(json!({"since": "2026-01-01T00:00:01Z", "until": "2026-01-01T00:00:02Z", "actor": "other"})).await, 1);
        assert_eq!(count(json!({"actor": "imAdmin", "outcome": "REFUSED"})).await, 0);
        for bad in [json!({"after": "x"}), json!({"actor": "no id!"}), json!({"first": 0}), json!({"first": 101})] {
            assert_eq!(ask(&*house.graph, world.admin(), LIST, bad).await.refused().0, "ARGS_ERROR");
        }
    })
    .await;
}

#[tokio::test]
async fn old_acts_are_forgotten_by_the_timer_and_no_others() {
    for_each_database(async |world| {
        let day = Duration::from_secs(86_400);
        let house = House::new(world, AuditSettings { keep: day, ..AuditSettings::default() }).await;
        told(world, &[act(0, "imAdmin", "a", "", ActOutcome::Done), act(3_600_000, "imAdmin", "b", "", ActOutcome::Done)]).await;
        world.advance(day + Duration::from_secs(60));
        let turn = Turn::alone(world.store().clone(), world.runtime().clone());
        let job = house.third.timers().into_iter().find(|job| job.name() == "third.audit").unwrap();
        assert_eq!(job.run(&turn).await.unwrap(), 1);
        assert_eq!(house.list(world.admin(), json!({})).await["edges"][0]["node"]["operation"], "b");
        assert_eq!(job.run(&turn).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn only_administrators_read_the_log() {
    for_each_database(async |world| {
        let house = House::new(world, AuditSettings::default()).await;
        let settings = "{ admin { auditSettings { reasonRequired destructive leftOut keepDays } } }";
        for (ctx, code) in [(world.user("ann"), "NO_PERMISSION"), (world.anonymous(), "UNAUTHENTICATED")] {
            assert_eq!(ask(&*house.graph, ctx.clone(), LIST, json!({})).await.refused().0, code);
            assert_eq!(ask(&*house.graph, ctx, settings, json!({})).await.refused().0, code);
        }
        let told = ask(&*house.graph, world.admin(), settings, json!({})).await.data()["admin"]["auditSettings"].clone();
        assert_eq!((&told["reasonRequired"], &told["keepDays"]), (&json!(false), &json!(365)));
        assert!(told["destructive"].as_array().unwrap().contains(&json!("dismissGroup")));
    })
    .await;
}
