//! What surrounds every request of every door: its operation id, its span, its metrics, and a net below panics.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use openim_core::{OperationId, Runtime};
use openim_platform::telemetry::adopt_parent;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::{Instrument as _, field};

/// The header with the id that follows a request; OpenIM's own name for it is understood too.
const OPERATION_ID: HeaderName = HeaderName::from_static("x-operation-id");
const OPENIM_OPERATION_ID: HeaderName = HeaderName::from_static("operationid");

/// Puts the surroundings around the doors.
pub(crate) fn surround(doors: Router, runtime: Runtime) -> Router {
    doors.layer(CatchPanicLayer::custom(after_panic)).layer(middleware::from_fn_with_state(runtime, surrounded))
}

async fn surrounded(State(runtime): State<Runtime>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let operation = operation_id(&request, &runtime);
    // The doors take the id from the header, whoever made it. OpenIM's header stays as it is: REST must see its absence.
    request.headers_mut().insert(OPERATION_ID, operation.clone());

    let path = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let span = tracing::info_span!(
        "request",
        operation.id = operation.to_str().unwrap_or_default(),
        http.method = method,
        http.path = path,
        http.status = field::Empty
    );
    adopt_parent(&span, |name| request.headers().get(name)?.to_str().ok());

    let open = OpenRequest::new();
    let mut response = next.run(request).instrument(span.clone()).await;
    drop(open);

    let status = response.status();
    span.record("http.status", status.as_u16());
    tracing::debug!(parent: &span, duration_ms = started.elapsed().as_millis(), "answered a request");
    metrics::counter!("openim_http_requests_total", "path" => path.clone(), "method" => method, "status" => status.as_str().to_owned())
        .increment(1);
    metrics::histogram!("openim_http_request_seconds", "path" => path).record(started.elapsed().as_secs_f64());
    response.headers_mut().insert(OPERATION_ID, operation);
    response
}

/// Takes the caller's operation id, or makes one when there is none or it is no good.
fn operation_id(request: &Request, runtime: &Runtime) -> HeaderValue {
    let given = [OPERATION_ID, OPENIM_OPERATION_ID].into_iter().filter_map(|name| request.headers().get(name));
    let mut good = given.filter(|value| value.to_str().is_ok_and(|text| OperationId::parse(text).is_ok()));
    let chosen = good.next().cloned();
    chosen.or_else(|| HeaderValue::from_str(&runtime.ids.hex32()).ok()).unwrap_or(HeaderValue::from_static("unknown"))
}

fn after_panic(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<&str>().copied().or_else(|| cause.downcast_ref::<String>().map(String::as_str)).unwrap_or("unknown");
    tracing::error!(error.cause = text, "a request ended in a panic");
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

/// Counts a request as open until it is dropped, also when the caller went away.
struct OpenRequest;

impl OpenRequest {
    fn new() -> Self {
        metrics::gauge!("openim_http_requests_open").increment(1.0);
        Self
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        metrics::gauge!("openim_http_requests_open").decrement(1.0);
    }
}
