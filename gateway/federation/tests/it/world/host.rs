//! A subgraph behind HTTP, as a remote host serves it: nothing is answered without the gateway's proof.

use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response};
use async_graphql_axum::{GraphQLProtocol, GraphQLRequest, GraphQLResponse, GraphQLWebSocket};
use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use futures_util::stream::BoxStream;
use openim_core::{Ctx, Runtime};
use openim_federation::proof::{HEADER, ProofSigner};
use openim_graphql::Subgraph;

#[derive(Clone)]
struct Host {
    subgraph: Arc<dyn Subgraph>,
    signer: Arc<ProofSigner>,
}

/// Serves a subgraph until the test ends; returns its address.
pub(crate) async fn host(subgraph: Arc<dyn Subgraph>, signer: Arc<ProofSigner>) -> String {
    let router = Router::new().route("/", post(answer).get(stream)).with_state(Host { subgraph, signer });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/")
}

fn proven(host: &Host, headers: &HeaderMap) -> Option<Ctx> {
    let proof = headers.get(HEADER)?.to_str().ok()?;
    host.signer.verify(proof, &Runtime::system()).ok()
}

async fn answer(State(host): State<Host>, headers: HeaderMap, request: GraphQLRequest) -> axum::response::Response {
    match proven(&host, &headers) {
        Some(ctx) => GraphQLResponse::from(host.subgraph.execute(ctx, request.into_inner()).await).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn stream(
    State(host): State<Host>,
    headers: HeaderMap,
    protocol: GraphQLProtocol,
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    let Some(ctx) = proven(&host, &headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    let session = Session { subgraph: host.subgraph, ctx };
    upgrade.protocols(["graphql-transport-ws"]).on_upgrade(move |socket| GraphQLWebSocket::new(socket, session, protocol).serve())
}

#[derive(Clone)]
struct Session {
    subgraph: Arc<dyn Subgraph>,
    ctx: Ctx,
}

impl Executor for Session {
    async fn execute(&self, request: Request) -> Response {
        self.subgraph.execute(self.ctx.clone(), request).await
    }

    fn execute_stream(&self, request: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        self.subgraph.subscribe(self.ctx.clone(), request)
    }
}
