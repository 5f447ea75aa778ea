//! What is noted of documents of every shape.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, EmptySubscription, ID, InputObject, Object, Request, Result, Schema, Variables};
use openim_contracts::{ActOutcome, AdministratorActed, AuditTrail, Noted};
use openim_core::{
    Actor, Ctx, Error, ErrorCode, ManualClock, OperationId, Platform, Principal, Reason, Runtime, SequentialIds, Timestamp, UserId,
};
use parking_lot::Mutex;
use serde_json::json;

use super::{AuditRules, Audited, HIGH_RATE};
use crate::{SchemaSubgraph, Subgraph};

#[derive(Default)]
struct Notes(Mutex<Vec<AdministratorActed>>);

impl AuditTrail for Notes {
    fn note(&self, _ctx: &Ctx, acts: Vec<AdministratorActed>) -> Noted {
        self.0.lock().extend(acts);
        Box::pin(async {})
    }
}

struct Query;

#[Object]
impl Query {
    async fn idle(&self) -> bool {
        true
    }
}

struct Mutation;

#[derive(InputObject)]
struct Input {
    group_id: Option<ID>,
    secret: Option<String>,
    fail: Option<String>,
}

struct Payload;

#[Object]
impl Payload {
    async fn ok(&self) -> bool {
        true
    }
    async fn broken(&self) -> Result<bool> {
        Err(Error::internal("later").into())
    }
}

#[Object]
impl Mutation {
    async fn dismiss_group(&self, input: Input) -> Result<Payload> {
        match input.fail.as_deref().and_then(ErrorCode::from_word) {
            Some(code) => Err(Error::from(code).into()),
            None => Ok(Payload),
        }
    }
    async fn send_message(&self, ctx: &Context<'_>, input: Input) -> Result<Option<Payload>> {
        let _ = (ctx, input);
        Ok(Some(Payload))
    }
    async fn wait(&self) -> bool {
        std::future::pending().await
    }
}

struct House {
    notes: Arc<Notes>,
    subgraph: Audited,
}

impl House {
    fn new(require_reason: bool) -> Self {
        let schema = Schema::new(Query, Mutation, EmptySubscription);
        let inner: Arc<dyn Subgraph> = Arc::new(SchemaSubgraph::new("things", schema, |_, request| request));
        let notes = Arc::new(Notes::default());
        let rules = AuditRules::new(HIGH_RATE.iter().map(ToString::to_string), require_reason);
        Self { subgraph: Audited::new(inner, notes.clone(), Arc::new(rules)), notes }
    }

    async fn ask(&self, ctx: Ctx, request: Request) -> async_graphql::Response {
        self.subgraph.execute(ctx, request).await
    }

    /// Runs a document as an administrator and returns what was noted: mutation, target, outcome and code.
    async fn noted(&self, request: impl Into<Request>) -> Vec<(String, String, ActOutcome, String)> {
        self.ask(ctx(true), request.into()).await;
        let acts = std::mem::take(&mut *self.notes.0.lock());
        acts.into_iter().map(|act| (act.operation, act.target, act.outcome, act.code)).collect()
    }
}

fn ctx(app_admin: bool) -> Ctx {
    let clock = Arc::new(ManualClock::new(Timestamp(1_767_225_600_000)));
    let runtime = Runtime { clock: clock.clone(), ids: Arc::new(SequentialIds::default()) };
    let actor = Actor::User(Principal::new(UserId::parse("imAdmin").expect("an id"), Platform::ADMIN, app_admin));
    Ctx::new(runtime, actor, OperationId::parse("op").expect("an id"), Timestamp(i64::MAX))
}

fn done(target: &str) -> (String, String, ActOutcome, String) {
    ("dismissGroup".into(), target.into(), ActOutcome::Done, String::new())
}

#[tokio::test]
async fn no_shape_of_a_document_hides_an_act_or_doubles_it() {
    let house = House::new(false);
    for document in [
        "mutation { dismissGroup(input: {groupId: \"g\"}) { ok } }",
        "mutation { other: dismissGroup(input: {groupId: \"g\"}) { ok } }",
        "mutation { ...Hidden } fragment Hidden on Mutation { dismissGroup(input: {groupId: \"g\"}) { ok } }",
        "mutation { ... on Mutation { ... @include(if: true) { dismissGroup(input: {groupId: \"g\"}) { ok } } } }",
        "mutation { dismissGroup(input: {groupId: \"g\"}) { ok } dismissGroup(input: {groupId: \"g\"}) { ok } }",
        "mutation($g: ID = \"g\") { dismissGroup(input: {groupId: $g}) { ok } __typename }",
        "mutation { dismissGroup(input: {groupId: \"g\"}) { ok } sendMessage(input: {}) @skip(if: false) { ok } }",
    ] {
        assert_eq!(house.noted(document).await, [done("g")], "{document}");
    }
    let two = "mutation { a: dismissGroup(input: {groupId: \"a\"}) { ok } b: dismissGroup(input: {groupId: \"b\"}) { ok } }";
    assert_eq!(house.noted(two).await, [done("a"), done("b")]);
    let named = Request::new("query Q { idle } mutation M($i: Input!) { dismissGroup(input: $i) { ok } }");
    let named = named.operation_name("M").variables(Variables::from_json(json!({"i": {"groupId": "v"}})));
    assert_eq!(house.noted(named).await, [done("v")]);
}

#[tokio::test]
async fn what_was_not_run_is_not_noted() {
    let house = House::new(false);
    for document in [
        "{ idle }",
        "mutation { sendMessage(input: {groupId: \"g\"}) { ok } }",
        "mutation { dismissGroup(input: {groupId: \"g\"}) @skip(if: true) { ok } __typename }",
        "no graphql",
    ] {
        assert_eq!(house.noted(document).await, [], "{document}");
    }
    house.ask(ctx(false), Request::new("mutation { dismissGroup(input: {groupId: \"g\"}) { ok } }")).await;
    assert!(house.notes.0.lock().is_empty(), "ordinary users are not watched");
}

#[tokio::test]
async fn the_outcome_is_that_of_the_act() {
    let house = House::new(false);
    let fails = |word: &str| format!("mutation {{ dismissGroup(input: {{groupId: \"g\", fail: \"{word}\"}}) {{ ok }} }}");
    for (word, outcome) in [
        ("NO_PERMISSION", ActOutcome::Refused),
        ("GROUP_ID_NOT_FOUND", ActOutcome::Refused),
        ("INTERNAL", ActOutcome::Failed),
        ("UNAVAILABLE", ActOutcome::Failed),
    ] {
        assert_eq!(house.noted(fails(word)).await, [("dismissGroup".into(), "g".into(), outcome, word.to_owned())]);
    }
    let later = "mutation { dismissGroup(input: {groupId: \"g\"}) { broken } }";
    assert_eq!(house.noted(later).await, [done("g")], "the answer broke, not the act");
    let unfit = "mutation { dismissGroup(input: {nobody: 1}) { ok } }";
    assert_eq!(house.noted(unfit).await[0].2, ActOutcome::Refused);
    let second = "mutation { a: dismissGroup(input: {groupId: \"a\"}) { ok } b: dismissGroup(input: {groupId: \"b\", fail: \"NO_PERMISSION\"}) { ok } c: dismissGroup(input: {groupId: \"c\"}) { ok } }";
    let outcomes: Vec<_> = house.noted(second).await.into_iter().map(|act| (act.1, act.2)).collect();
    assert_eq!(outcomes, [("a".into(), ActOutcome::Done), ("b".into(), ActOutcome::Refused), ("c".into(), ActOutcome::Done)]);
}

#[tokio::test]
async fn an_act_whose_caller_went_away_is_noted_as_failed() {
    let house = House::new(false);
    let request = Request::new("mutation { wait }");
    let waiting = house.ask(ctx(true), request);
    assert!(tokio::time::timeout(Duration::from_millis(20), waiting).await.is_err());
    let acts = std::mem::take(&mut *house.notes.0.lock());
    assert_eq!((acts.len(), acts[0].outcome, acts[0].code.as_str()), (1, ActOutcome::Failed, "DEADLINE_EXCEEDED"));
}

#[tokio::test]
async fn an_entry_says_who_when_where_why_and_no_secret() {
    let house = House::new(false);
    let ctx = ctx(true).with_reason(Reason::parse("spam").expect("a reason")).with_origin(Some([192, 0, 2, 1].into()));
    house.ask(ctx, Request::new("mutation { dismissGroup(input: {groupId: \"g\", secret: \"s3cret\"}) { ok } }")).await;
    let act = house.notes.0.lock().pop().expect("an act");
    assert_eq!((act.actor_id.as_str(), act.platform, act.subgraph.as_str()), ("imAdmin", Platform::ADMIN, "things"));
    assert_eq!((act.reason.as_str(), act.address.as_str(), act.operation_id.as_str()), ("spam", "192.0.2.1", "op"));
    assert_eq!(act.arguments, "{\"input\":{\"groupId\":\"g\",\"secret\":\"***\"}}");
    assert_eq!((act.id.len(), &act.id[..12]), (32, format!("{:012x}", act.at.0).as_str()));
}

#[tokio::test]
async fn what_destroys_needs_a_reason_where_that_is_configured() {
    let house = House::new(true);
    let document = "mutation { dismissGroup(input: {groupId: \"g\"}) { ok } }";
    let response = house.ask(ctx(true), Request::new(document)).await;
    let code = response.errors[0].extensions.as_ref().and_then(|values| values.get("code")).cloned();
    assert_eq!(code, Some("REASON_REQUIRED".into()));
    assert_eq!(house.notes.0.lock().pop().map(|act| (act.outcome, act.code)), Some((ActOutcome::Refused, "REASON_REQUIRED".into())));
    let with_reason = ctx(true).with_reason(Reason::parse("spam").expect("a reason"));
    assert!(house.ask(with_reason, Request::new(document)).await.errors.is_empty());
    assert!(house.ask(ctx(false), Request::new(document)).await.errors.is_empty(), "ordinary users need none");
    assert!(house.ask(ctx(true), Request::new("mutation { sendMessage(input: {}) { ok } }")).await.errors.is_empty());
}
