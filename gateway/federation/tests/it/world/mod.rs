//! Three small subgraphs, the same data behind one schema, and gateways over both transports.

pub(crate) mod data;
pub(crate) mod host;
pub(crate) mod messages;
pub(crate) mod monolith;
pub(crate) mod rooms;
pub(crate) mod users;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, ObjectType, Request, Response, Schema, SubscriptionType, Variables};
use openim_core::{Actor, Ctx, OperationId, Platform, Principal, Runtime, UserId};
use openim_federation::{Gateway, GatewayBuilder, Http, HttpOptions, InProcess, proof::ProofSigner};
use openim_graphql::{SchemaSubgraph, Subgraph};
use parking_lot::RwLock;

use data::{Data, Shared};

pub(crate) fn shared<'a>(ctx: &Context<'a>) -> &'a Shared {
    ctx.data_unchecked::<Shared>()
}

pub(crate) fn hosted<Q, M, S>(name: &'static str, schema: Schema<Q, M, S>) -> Arc<dyn Subgraph>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    Arc::new(SchemaSubgraph::new(name, schema, |_, request| request))
}

pub(crate) fn new_data() -> Shared {
    Arc::new(RwLock::new(Data::new()))
}

pub(crate) fn subgraphs(data: &Shared) -> Vec<Arc<dyn Subgraph>> {
    vec![users::subgraph(data.clone()), messages::subgraph(data.clone()), rooms::subgraph(data.clone())]
}

/// A gateway whose subgraphs live in this process.
pub(crate) fn in_process(data: &Shared) -> GatewayBuilder {
    subgraphs(data)
        .into_iter()
        .fold(Gateway::builder(), |builder, subgraph| builder.subgraph(subgraph.name(), subgraph.sdl(), InProcess(subgraph)))
}

/// A gateway whose subgraphs answer over HTTP on this machine.
pub(crate) async fn over_http(data: &Shared) -> GatewayBuilder {
    let signer = Arc::new(ProofSigner::new("shared secret"));
    let mut builder = Gateway::builder();
    for subgraph in subgraphs(data) {
        let (name, sdl) = (subgraph.name(), subgraph.sdl());
        let url = host::host(subgraph, Arc::clone(&signer)).await;
        let options = HttpOptions { signer: Some(Arc::clone(&signer)), ..HttpOptions::default() };
        builder = builder.subgraph(name, sdl, Http::new(&url, options).expect("a transport"));
    }
    builder
}

pub(crate) fn ctx() -> Ctx {
    ctx_with(Duration::from_secs(30))
}

pub(crate) fn ctx_with(time: Duration) -> Ctx {
    ctx_of(time, false)
}

/// Who may see plans.
pub(crate) fn admin() -> Ctx {
    ctx_of(Duration::from_secs(30), true)
}

/// A caller whose time is that of a runtime.
pub(crate) fn ctx_on(runtime: Runtime, time: Duration) -> Ctx {
    ctx_by(runtime, time, false)
}

fn ctx_of(time: Duration, app_admin: bool) -> Ctx {
    ctx_by(Runtime::system(), time, app_admin)
}

fn ctx_by(runtime: Runtime, time: Duration, app_admin: bool) -> Ctx {
    let deadline = runtime.clock.now().plus(time);
    let user_id = UserId::parse("u1").expect("an id");
    let actor = Actor::User(Principal::new(user_id, Platform::WEB, app_admin));
    Ctx::new(runtime, actor, OperationId::parse("operation 1").expect("an id"), deadline)
}

/// Runs a document with variables given as JSON.
pub(crate) async fn run(gateway: &Gateway, document: &str, variables: serde_json::Value) -> Response {
    use async_graphql::Executor as _;
    gateway.execute(Request::new(document).variables(Variables::from_json(variables)).data(ctx())).await
}

/// Runs a document that must succeed.
pub(crate) async fn data_of(gateway: &Gateway, document: &str) -> serde_json::Value {
    let response = run(gateway, document, serde_json::Value::Null).await;
    assert!(response.errors.is_empty(), "{document}: {:?}", response.errors);
    serde_json::to_value(response.data).expect("JSON")
}

/// The word in `extensions.code`.
pub(crate) fn code(error: &async_graphql::ServerError) -> String {
    match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(async_graphql::Value::String(code)) => code.clone(),
        other => panic!("no code: {other:?}"),
    }
}
