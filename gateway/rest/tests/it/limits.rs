//! How often a caller may come.

use std::sync::Arc;

use axum::http::StatusCode;
use openim_core::{ManualClock, Timestamp};
use openim_platform::limits::{DoorLimits, DoorQuotas, MemoryLimiter};
use serde_json::json;

use crate::support::{Door, Graph};

fn door() -> Door {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let quotas = DoorQuotas { user: 2, admin: 0, anonymous: 2 };
    let limits = DoorLimits::new(quotas, Arc::new(MemoryLimiter::new(clock.clone())), clock);
    Door::limited(&Graph::answering(json!({})), limits)
}

#[tokio::test]
async fn who_comes_too_often_is_refused_in_openims_envelope() {
    let door = door();
    for _ in 0..2 {
        assert_ne!(door.post_as("user", "/user/get_users_info", "{}").await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let refused = door.post_as("user", "/user/get_users_info", "{}").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers["retry-after"], "30");
    assert_eq!(refused.headers["access-control-allow-origin"], "*", "a page of another origin can read why");
    assert_eq!(refused.code(), 429);
    assert_eq!(refused.json()["errMsg"], "TooManyRequests");
    for _ in 0..5 {
        assert_ne!(door.post_as("admin", "/user/get_users_info", "{}").await.code(), 429);
    }
}

#[tokio::test]
async fn tokens_cannot_be_guessed_without_end() {
    let door = door();
    for expected in [1507, 1507, 429] {
        assert_eq!(door.post_as("unknown", "/user/get_users_info", "{}").await.code(), expected);
    }
}
