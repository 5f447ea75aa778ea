//! What Prometheus and whoever looks at its dashboards ask, without headers.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use openim_core::ErrorCode;
use serde_json::json;

use crate::support::{Answer, Door, Graph};

async fn get(door: &Door, path: &str) -> Answer {
    door.send(Request::get(path).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn targets_are_a_list_without_an_envelope() {
    let door = Door::over(&Graph::new(|name, _| {
        Ok(match name {
            "ScrapeApi" => {
                json!({"scrapeTargets": [{"targets": ["10.0.0.1:10002", "10.0.0.2:10002"], "labels": {"namespace": "default"}}]})
            }
            _ => json!({"scrapeTargets": []}),
        })
    }));
    let answer = get(&door, "/prometheus_discovery/api").await;
    assert_eq!((answer.status, answer.headers["content-type"].to_str().ok()), (StatusCode::OK, Some("application/json")));
    assert_eq!(answer.body, r#"[{"targets":["10.0.0.1:10002","10.0.0.2:10002"],"labels":{"namespace":"default"}}]"#);
    assert_eq!(get(&door, "/prometheus_discovery/msg_transfer").await.body, "[]");
    assert_eq!(get(&door, "/prometheus_discovery/moon").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_stranger_is_told_why_there_is_no_list() {
    let door = Door::over(&Graph::new(|_, _| Err((ErrorCode::NoPermission, "targets are told to telemetry.discovery_networks"))));
    let refused = get(&door, "/prometheus_discovery/api").await;
    assert_eq!((refused.status, refused.body.as_str()), (StatusCode::FORBIDDEN, "targets are told to telemetry.discovery_networks"));
}

#[tokio::test]
async fn dashboards_are_led_to_where_there_are_some() {
    let door = Door::over(&Graph::answering(json!({"dashboardUrl": "https://grafana.example.com/d/1"})));
    let led = get(&door, "/third/prometheus").await;
    assert_eq!((led.status, led.headers["location"].to_str().ok()), (StatusCode::FOUND, Some("https://grafana.example.com/d/1")));
    let door = Door::over(&Graph::answering(json!({"dashboardUrl": null})));
    assert_eq!(get(&door, "/third/prometheus").await.status, StatusCode::NOT_FOUND);
}
