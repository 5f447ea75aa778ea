//! What surrounds every request of every door: its operation id, its span, its metrics, and a net below panics.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use openim_core::{OperationId, Origin, Runtime};
use openim_platform::config::{Config, Network};
use openim_platform::telemetry::adopt_parent;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::{Instrument as _, field};

/// The header with the id that follows a request; OpenIM's own name for it is understood too.
const OPERATION_ID: HeaderName = HeaderName::from_static("x-operation-id");
const OPENIM_OPERATION_ID: HeaderName = HeaderName::from_static("operationid");

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What the surroundings know.
#[derive(Clone)]
struct Surroundings {
    runtime: Runtime,
    proxies: Arc<[Network]>,
}

/// Puts the surroundings around the doors.
pub(crate) fn surround(doors: Router, config: &Config, runtime: &Runtime) -> Router {
    let surroundings = Surroundings { runtime: runtime.clone(), proxies: config.server.trusted_proxies.clone().into() };
    doors.layer(CatchPanicLayer::custom(after_panic)).layer(middleware::from_fn_with_state(surroundings, surrounded))
}

async fn surrounded(State(surroundings): State<Surroundings>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let operation = operation_id(&request, &surroundings.runtime);
    if let Some(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip()) {
        let origin = origin(peer, request.headers(), &surroundings.proxies);
        request.extensions_mut().insert(Origin(origin));
    }
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

/// Returns the address a request came from. What a trusted proxy says about it is believed, from the last word back to the
/// first that no trusted proxy has said; callers can write whatever they like before that.
fn origin(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let trusted = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    let said: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut words = said.iter().rev().flat_map(|value| value.rsplit(','));
    let mut origin = peer;
    while trusted(origin)
        && let Some(address) = words.next().and_then(|word| word.trim().parse().ok())
    {
        origin = address;
    }
    origin
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_trusted_proxies_say_is_believed() {
        let proxies = [Network::parse("10.0.0.0/8").unwrap()];
        for (peer, said, expected) in [
            ("203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &["198.51.100.1, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for value in said {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
            }
            assert_eq!(origin(peer.parse().unwrap(), &headers, &proxies).to_string(), expected, "{peer} {said:?}");
        }
    }
}
