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
        let subgraph = self.subgraphs.get(name).ok_or_else(|| Error::new(ErrorCode::NotFound, "this process does not have the subgraph"))?;
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
