//! Guessing the secret.

use std::net::IpAddr;
use std::time::Duration;

use openim_core::ErrorCode::{NoPermission, TooManyRequests};
use serde_json::json;

use crate::house::{House, LOG_IN_ADMIN, in_each_house, settings};

async fn tried(house: &House<'_>, from: u8, secret: &str) -> serde_json::Value {
    let ctx = house.world.anonymous().with_origin(Some(IpAddr::from([192, 0, 2, from])));
    house.run(ctx, LOG_IN_ADMIN, json!({"input": {"secret": secret, "userId": "imAdmin"}})).await.0
}

async fn code(house: &House<'_>, from: u8, secret: &str) -> Option<String> {
    tried(house, from, secret).await["errors"][0]["extensions"]["code"].as_str().map(ToOwned::to_owned)
}

#[tokio::test]
async fn who_was_wrong_too_often_must_wait_even_with_the_right_secret() {
    in_each_house(settings(), async |house: &House<'_>| {
        for number in 0..10 {
            assert_eq!(code(house, 1, &format!("wrong {number}")).await.as_deref(), Some(NoPermission.word()));
        }
        let refused = tried(house, 1, "test-secret").await;
        let extensions = &refused["errors"][0]["extensions"];
        assert_eq!((extensions["code"].as_str(), extensions["errCode"].as_i64()), (Some(TooManyRequests.word()), Some(429)));
        assert_eq!((extensions["retryable"].as_bool(), extensions["retryAfterSeconds"].as_u64()), (Some(true), Some(90)));
        assert_eq!(code(house, 2, "test-secret").await, None, "another address is not concerned");

        house.world.advance(Duration::from_secs(90));
        assert_eq!(code(house, 1, "test-secret").await, None);
    })
    .await;
}

#[tokio::test]
async fn many_addresses_guess_no_more_than_few() {
    in_each_house(settings(), async |house: &House<'_>| {
        for number in 1..=15 {
            assert_eq!(code(house, number, "wrong").await.as_deref(), Some(NoPermission.word()));
        }
        assert_eq!(code(house, 99, "wrong").await.as_deref(), Some(TooManyRequests.word()));
    })
    .await;
}

#[tokio::test]
async fn the_right_secret_is_never_counted() {
    in_each_house(settings(), async |house: &House<'_>| {
        for _ in 0..30 {
            assert_eq!(code(house, 1, "test-secret").await, None);
        }
    })
    .await;
}
