//! What operators and their tools ask: is the process alive, may it get work, what does it count.

use std::sync::Arc;

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
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::build::{Domains, ObjectStore};

/// What the operators' routes know.
#[derive(Clone)]
pub(crate) struct Health {
    /// What must work; `None` for a process that stands on nothing.
    pub(crate) readiness: Option<Arc<Readiness>>,
    /// Cancelled when the process is about to stop.
    pub(crate) stopping: CancellationToken,
    /// Renders the metrics, when they are recorded.
    pub(crate) metrics: Option<PrometheusHandle>,
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
    let signs = match &health.readiness {
        Some(readiness) => readiness.signs().await,
        None => Vec::new(),
    };
    let mut parts: Map<String, Value> = signs.into_iter().map(|(name, sign)| (name.to_owned(), Value::String(told(name, sign)))).collect();
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
