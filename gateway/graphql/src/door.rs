//! What the doors are made of, and their routes.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::any;
use openim_contracts::Authenticator;
use openim_core::{Reason, Runtime};
use openim_platform::fanout::Fanout;
use openim_platform::limits::DoorLimits;
use openim_platform::nodes::Figures;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::documents::PersistedDocuments;
use crate::meters::Meters;
use crate::service::Service;
use crate::settings::Settings;
use crate::streams::{Bounds, Streams};
use crate::{explorer, http};

/// What the doors need.
pub struct Door<E> {
    /// Answers operations; finds a [`Ctx`](openim_core::Ctx) in the data of each request.
    pub executor: E,
    /// Checks tokens.
    pub authenticator: Arc<dyn Authenticator>,
    /// Time and ids.
    pub runtime: Runtime,
    /// Tells which users' tokens were revoked.
    pub fanout: Arc<dyn Fanout>,
    /// The documents that can be named instead of sent.
    pub documents: PersistedDocuments,
    /// Limits and switches.
    pub settings: Settings,
    /// How often a caller may come.
    pub limits: Arc<DoorLimits>,
    /// What this process counts for operators.
    pub figures: Figures,
    /// Cancelled when the server stops: streams end, running operations finish.
    pub shutdown: CancellationToken,
    /// Tracks every task of the doors; the server waits for it after `shutdown`.
    pub tasks: TaskTracker,
}

/// Makes the routes: `/graphql` for everything, `/graphql/stream` for event streams without `Accept`, and the explorer's
/// files. Starts the task that ends streams, so it must be called inside a runtime, after the metrics recorder is installed.
pub fn router<E: Executor>(door: Door<E>) -> Router {
    let Door { executor, authenticator, runtime, fanout, documents, settings, limits, figures, shutdown, tasks } = door;
    let bounds = Bounds::new(settings.max_streams, settings.anonymous_share);
    let streams = Arc::new(Streams::new(authenticator.clone(), runtime.clone(), shutdown, bounds));
    tasks.spawn(streams.clone().watch(fanout.subscribe()));
    let cors = cors(&settings.allowed_origins);
    let files = if settings.explorer { explorer::routes() } else { Router::new() };
    let meters = Meters::new(figures);
    let service = Arc::new(Service { executor, authenticator, runtime, settings, documents, streams, tasks, meters, limits });
    Router::new()
        .route("/graphql", any(http::serve::<E>))
        .route("/graphql/stream", any(http::serve::<E>))
        .with_state(service)
        .merge(files)
        .layer(axum::middleware::map_response(http::harden))
        .layer(cors)
}

/// Lets the pages of other origins call us. Tokens travel in headers, never in cookies, so credentials stay off.
fn cors(allowed: &[String]) -> CorsLayer {
    let origins = if allowed.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(allowed.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    let headers = [
        "content-type",
        "authorization",
        "token",
        "operationid",
        "x-operation-id",
        Reason::HEADER,
        "last-event-id",
        "apollo-require-preflight",
    ];
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(headers.map(HeaderName::from_static))
        .expose_headers([HeaderName::from_static(crate::caller::OPERATION_ID), header::RETRY_AFTER])
        .max_age(Duration::from_secs(2 * 60 * 60))
}
