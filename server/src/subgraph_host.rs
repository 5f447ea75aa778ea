//! The other end of the gateway's HTTP transport: subgraphs of this process for gateways elsewhere.
//!
//! Every call carries the gateway's signed proof of who asks; without a good one nothing is answered, not even whether the
//! subgraph exists.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Request, Response as Answer, ServerError};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use openim_core::{Ctx, Error, ErrorCode, OperationId, Result, Runtime};
use openim_federation::proof::{HEADER, ProofSigner};
use openim_graphql::{Subgraph, error_extensions};
use tracing::Instrument as _;

/// The biggest call: a gateway sends its client's body and the keys of entities.
const MAX_BODY_BYTES: usize = 16 << 20;

/// What the routes know.
#[derive(Clone)]
pub(crate) struct SubgraphHost {
    subgraphs: Arc<HashMap<&'static str, Arc<dyn Subgraph>>>,
    signer: Arc<ProofSigner>,
    runtime: Runtime,
}

/// Returns the routes `/subgraph/{name}` and `/subgraph/{name}/sdl`.
pub(crate) fn routes(subgraphs: Vec<Arc<dyn Subgraph>>, signer: Arc<ProofSigner>, runtime: Runtime) -> Router {
    let subgraphs = Arc::new(subgraphs.into_iter().map(|subgraph| (subgraph.name(), subgraph)).collect());
    Router::new()
        .route("/subgraph/{name}", post(execute))
        .route("/subgraph/{name}/sdl", get(sdl))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(SubgraphHost { subgraphs, signer, runtime })
}

async fn execute(State(host): State<SubgraphHost>, Path(name): Path<String>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    let (ctx, subgraph) = match host.admit(&name, &headers) {
        Ok(admitted) => admitted,
        Err(error) => return refuse(&error),
    };
    let Ok(request) = serde_json::from_slice::<Request>(&body) else {
        return refuse(&Error::new(ErrorCode::Args, "the body is not a GraphQL request"));
    };
    let span = tracing::info_span!("subgraph", subgraph.name = name, operation.id = %ctx.operation_id());
    let (remaining, operation) = (ctx.remaining(), ctx.operation_id().clone());
    match tokio::time::timeout(remaining, subgraph.execute(ctx, request).instrument(span)).await {
        Ok(answer) => Json(answer).into_response(),
        Err(_) => refuse(&too_late(&operation)),
    }
}

async fn sdl(State(host): State<SubgraphHost>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    match host.admit(&name, &headers) {
        Ok((_, subgraph)) => ([(header::CONTENT_TYPE, "application/graphql; charset=utf-8")], subgraph.sdl()).into_response(),
        Err(error) => refuse(&error),
    }
}

impl SubgraphHost {
    fn admit(&self, name: &str, headers: &HeaderMap) -> Result<(Ctx, Arc<dyn Subgraph>)> {
        let proof = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let proof = proof.ok_or_else(|| Error::new(ErrorCode::Unauthenticated, "only a gateway of this deployment may call"))?;
        let ctx = self.signer.verify(proof, &self.runtime)?;
        let subgraph =
            self.subgraphs.get(name).ok_or_else(|| Error::new(ErrorCode::NotFound, "this process does not have the subgraph"))?;
        Ok((ctx, subgraph.clone()))
    }
}

fn too_late(operation: &OperationId) -> Error {
    tracing::warn!(operation.id = %operation, "a subgraph call passed its deadline");
    Error::new(ErrorCode::DeadlineExceeded, "the deadline passed")
}

/// Answers as GraphQL does, with a status that says whose fault it is.
fn refuse(error: &Error) -> Response {
    let status = match error.code() {
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Args => StatusCode::BAD_REQUEST,
        ErrorCode::DeadlineExceeded => StatusCode::OK,
        _ => StatusCode::UNAUTHORIZED,
    };
    let mut answer = ServerError::new(error.to_string(), None);
    answer.extensions = Some(error_extensions(error.code()));
    (status, Json(Answer::from_errors(vec![answer]))).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_graphql::{Context, EmptySubscription, Object, Schema};
    use axum::body::Body;
    use axum::http::Request as HttpRequest;
    use openim_contracts::{ActOutcome, AdministratorActed, AuditTrail, Noted};
    use openim_core::{Actor, Platform, Principal, Reason, UserId};
    use openim_graphql::{AuditRules, Audited, SchemaSubgraph};
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    use super::*;

    struct Query;

    #[Object]
    impl Query {
        async fn who(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
            Ok(openim_graphql::caller(ctx)?.principal()?.user_id.to_string())
        }
    }

    struct Mutation;

    #[Object]
    impl Mutation {
        async fn forget(&self, id: String) -> String {
            id
        }
    }

    /// Remembers what was noted.
    #[derive(Default)]
    struct Notes(Mutex<Vec<AdministratorActed>>);

    impl AuditTrail for Notes {
        fn note(&self, _: &Ctx, acts: Vec<AdministratorActed>) -> Noted {
            self.0.lock().expect("nobody panicked").extend(acts);
            Box::pin(async {})
        }
    }

    fn host() -> Router {
        host_with(Arc::new(Notes::default()))
    }

    fn host_with(notes: Arc<Notes>) -> Router {
        let schema = Schema::new(Query, Mutation, EmptySubscription);
        let subgraph: Arc<dyn Subgraph> = Arc::new(SchemaSubgraph::new("people", schema, |_, request| request));
        let audited: Arc<dyn Subgraph> = Arc::new(Audited::new(subgraph, notes, Arc::new(AuditRules::default())));
        routes(vec![audited], Arc::new(ProofSigner::new("the right secret, long enough")), Runtime::system())
    }

    #[tokio::test]
    async fn an_administrators_act_from_a_gateway_elsewhere_is_noted_once_with_its_reason() {
        let (notes, runtime) = (Arc::new(Notes::default()), Runtime::system());
        let principal = Principal::new(UserId::parse("imAdmin").expect("an id"), Platform::ADMIN, true);
        let deadline = runtime.clock.now().plus(std::time::Duration::from_secs(5));
        let ctx = Ctx::new(runtime, Actor::User(principal), OperationId::parse("op").expect("an id"), deadline);
        let ctx = ctx.with_reason(Reason::parse("spam 张三").expect("a reason")).with_origin(Some([192, 0, 2, 1].into()));
        let proof = ProofSigner::new("the right secret, long enough").sign(&ctx).expect("a proof");
        let request = HttpRequest::builder().method("POST").uri("/subgraph/people").header(HEADER, proof);
        let request = request.body(Body::from("{\"query\": \"mutation { a: forget(id: \\\"ann\\\") }\"}")).expect("a request");
        let response = host_with(notes.clone()).oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        let acts = notes.0.lock().expect("nobody panicked").clone();
        let told: Vec<_> = acts
            .iter()
            .map(|act| (act.operation.as_str(), act.target.as_str(), act.reason.as_str(), act.address.as_str(), act.outcome))
            .collect();
        assert_eq!(told, [("forget", "ann", "spam 张三", "192.0.2.1", ActOutcome::Done)]);
    }

    fn proof(secret: &str) -> String {
        let runtime = Runtime::system();
        let principal = Principal::new(UserId::parse("ann").expect("an id"), Platform::WEB, false);
        let deadline = runtime.clock.now().plus(std::time::Duration::from_secs(5));
        let operation = OperationId::fresh(&*runtime.ids);
        ProofSigner::new(secret).sign(&Ctx::new(runtime, Actor::User(principal), operation, deadline)).expect("a proof")
    }

    async fn call(method: &str, path: &str, proof: Option<&str>, body: &str) -> (StatusCode, String) {
        let mut request = HttpRequest::builder().method(method).uri(path);
        if let Some(proof) = proof {
            request = request.header(HEADER, proof);
        }
        let response = host().oneshot(request.body(Body::from(body.to_owned())).expect("a request")).await.expect("an answer");
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        (status, String::from_utf8(bytes.to_vec()).expect("text"))
    }

    #[tokio::test]
    async fn a_proved_caller_is_known_to_the_resolvers() {
        let proof = proof("the right secret, long enough");
        let (status, body) = call("POST", "/subgraph/people", Some(&proof), "{\"query\": \"{ who }\"}").await;
        assert_eq!((status, serde_json::from_str::<Value>(&body).expect("JSON")), (StatusCode::OK, json!({ "data": { "who": "ann" } })));
        let (status, sdl) = call("GET", "/subgraph/people/sdl", Some(&proof), "").await;
        assert!(status == StatusCode::OK && sdl.contains("who: String!"), "{sdl}");
    }

    #[tokio::test]
    async fn without_a_good_proof_nothing_is_answered_not_even_what_exists() {
        let forged = proof("another secret, long enough");
        for (method, path) in [("POST", "/subgraph/people"), ("GET", "/subgraph/people/sdl"), ("POST", "/subgraph/nobody")] {
            for proof in [None, Some(forged.as_str()), Some("garbage")] {
                let (status, body) = call(method, path, proof, "{\"query\": \"{ who }\"}").await;
                assert!(
                    status == StatusCode::UNAUTHORIZED && body.contains("UNAUTHENTICATED") && !body.contains("ann"),
                    "{method} {path}: {body}"
                );
            }
        }
    }

    #[tokio::test]
    async fn a_proved_caller_learns_what_is_wrong() {
        let proof = proof("the right secret, long enough");
        assert_eq!(call("POST", "/subgraph/nobody", Some(&proof), "{}").await.0, StatusCode::NOT_FOUND);
        assert_eq!(call("POST", "/subgraph/people", Some(&proof), "no json").await.0, StatusCode::BAD_REQUEST);
    }
}
