//! What operators and their tools ask: is the process alive, may it get work, what does it count.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use openim_core::{Error, Result};
use openim_objects::Objects;
use openim_platform::nodes::process;
use openim_platform::ports::Ports;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

/// How long the parts may take to give a sign of life.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the operators' routes know.
#[derive(Clone)]
pub(crate) struct Health {
    /// What must work; `None` for a process that stands on nothing.
    pub(crate) ports: Option<Arc<Ports>>,
    /// Where files lie; `None` for a process that has nothing to do with them.
    pub(crate) objects: Option<Arc<dyn Objects>>,
    /// Whether this process carries events; a gateway leaves them to the others.
    pub(crate) events: bool,
    /// Cancelled when the process is about to stop.
    pub(crate) stopping: CancellationToken,
    /// Renders the metrics, when they are recorded.
    pub(crate) metrics: Option<PrometheusHandle>,
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
    let mut parts = match &health.ports {
        Some(ports) => signs(ports, health.events).await,
        None => Map::new(),
    };
    if let Some(objects) = &health.objects {
        let sign = tokio::time::timeout(PATIENCE, objects.ping()).await.unwrap_or_else(|late| Err(Error::unavailable(late)));
        parts.insert("objects".to_owned(), Value::String(told("objects", sign)));
    }
    if health.stopping.is_cancelled() {
        parts.insert("process".to_owned(), json!("stopping"));
    }
    let missing: Vec<_> = parts.iter().filter(|(_, state)| *state != "ok").map(|(name, _)| name.clone()).collect();
    let (status, word) = if missing.is_empty() { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    (status, Json(json!({ "status": word, "missing": missing, "parts": parts }))).into_response()
}

/// Asks every port. The answer goes to whoever asks, so it names parts but no causes.
async fn signs(ports: &Ports, events: bool) -> Map<String, Value> {
    let Ok(signs) = tokio::time::timeout(PATIENCE, ports.readiness()).await else {
        return Map::from_iter([("ports".to_owned(), json!("give no sign of life"))]);
    };
    let all = signs
        .into_iter()
        .filter(|(name, _)| events || *name != "events")
        .map(|(name, sign)| (name.to_owned(), Value::String(told(name, sign))));
    all.collect()
}

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
