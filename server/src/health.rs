//! What operators and their tools ask: is the process alive, may it get work, what does it count.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use openim_core::Result;
use openim_platform::config::{Role, Roles};
use openim_platform::nodes::process;
use openim_platform::ports::Ports;
use openim_platform::readiness::Readiness;
use openim_platform::telemetry::Telemetry;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::build::{Domains, ObjectStore};
use crate::shutdown::Lifecycle;

/// How long an answer of the parts is good: probes come every few seconds.
const FRESH: Duration = Duration::from_secs(1);

/// What the parts said, and when.
struct Told {
    at: Instant,
    parts: Map<String, Value>,
}

/// What the operators' routes know.
#[derive(Clone)]
pub(crate) struct Health {
    /// What must work; `None` for a process that stands on nothing.
    readiness: Option<Arc<Readiness>>,
    /// Cancelled when the process is about to stop.
    stopping: CancellationToken,
    /// Renders the metrics, when they are recorded.
    pub(crate) metrics: Option<PrometheusHandle>,
    /// What the parts said last.
    last: Arc<Mutex<Option<Told>>>,
}

impl Health {
    /// Knows how a process is that stands on these parts.
    pub(crate) fn new(readiness: Option<Arc<Readiness>>, lifecycle: &Lifecycle, telemetry: &Telemetry) -> Self {
        Self { readiness, stopping: lifecycle.stopping.clone(), metrics: telemetry.metrics().cloned(), last: Arc::default() }
    }

    /// Asks every part how it is, at most once in [`FRESH`] however many ask: anybody may.
    async fn parts(&self) -> Map<String, Value> {
        let Some(readiness) = &self.readiness else { return Map::new() };
        let mut last = self.last.lock().await;
        if let Some(told) = last.as_ref().filter(|told| told.at.elapsed() < FRESH) {
            return told.parts.clone();
        }
        let signs = readiness.signs().await.into_iter();
        let parts: Map<String, Value> = signs.map(|(name, sign)| (name.to_owned(), Value::String(told(name, sign)))).collect();
        *last = Some(Told { at: Instant::now(), parts: parts.clone() });
        parts
    }
}

/// Tells what a process with these roles stands on: the object store only where files are looked after.
pub(crate) fn readiness(roles: &Roles, ports: &Arc<Ports>, objects: &ObjectStore) -> Arc<Readiness> {
    let readiness = Readiness::new(ports.clone(), Domains::carry_events(roles));
    if !roles.has(Role::Third) {
        return Arc::new(readiness);
    }
    let store = objects.port.clone();
    Arc::new(readiness.and("objects", move || {
        let store = store.clone();
        Box::pin(async move { store.ping().await })
    }))
}

/// Returns the routes `/healthz`, `/readyz` and `/metrics`.
pub(crate) fn routes(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(|| async { Json(json!({ "status": "ok" })) }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> Response {
    let mut parts = health.parts().await;
    if health.stopping.is_cancelled() {
        parts.insert("process".to_owned(), json!("stopping"));
    }
    let missing: Vec<_> = parts.iter().filter(|(_, state)| *state != "ok").map(|(name, _)| name.clone()).collect();
    let (status, word) = if missing.is_empty() { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    (status, Json(json!({ "status": word, "missing": missing, "parts": parts }))).into_response()
}

/// The answer goes to whoever asks, so it names parts but no causes.
fn told(name: &str, sign: Result<()>) -> String {
    let Err(error) = sign else { return "ok".to_owned() };
    tracing::warn!(part = name, error = &error as &dyn std::error::Error, "a part is not ready");
    error.to_string()
}

async fn metrics(State(health): State<Health>) -> Response {
    process::record();
    match &health.metrics {
        Some(handle) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
