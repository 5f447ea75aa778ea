//! Apple's push service.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Version;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use openim_core::ManualClock;
use openim_push::{Addressing, Apns, ApnsSettings, PushOutcome, PushRequest, PushSender};
use serde_json::{Value, json};

use crate::provider::{Answer, Asked, Provider, says, says_with};
use crate::{NOW, TIMEOUT, delivered, devices, refused, request, retry, runtime};

pub(crate) fn settings(url: &str, sandbox_url: &str) -> ApnsSettings {
    ApnsSettings {
        key: include_str!("keys/ec.pem").to_owned(),
        key_id: "KEY1234567".to_owned(),
        team_id: "TEAM123456".to_owned(),
        topic: "org.example.chat".to_owned(),
        url: url.to_owned(),
        sandbox_url: sandbox_url.to_owned(),
        timeout: TIMEOUT,
    }
}

pub(crate) fn sender(provider: &Provider) -> (Apns, Arc<ManualClock>) {
    let (runtime, clock) = runtime();
    (Apns::new(settings(&provider.url, &provider.url), runtime).expect("a sender"), clock)
}

fn claims(asked: &Asked) -> (Value, Option<String>) {
    let key = DecodingKey::from_ec_pem(include_bytes!("keys/ec.pub.pem")).expect("a key");
    let mut rules = Validation::new(Algorithm::ES256);
    rules.required_spec_claims.clear();
    let token = asked.header("authorization").strip_prefix("bearer ").expect("a token").to_owned();
    let token = decode::<Value>(&token, &key, &rules).expect("a signed token");
    (token.claims, token.header.kid)
}

fn failure(status: u16, reason: &str) -> Answer {
    says(status, json!({"reason": reason}))
}

#[tokio::test]
async fn each_device_gets_a_notification_over_http2_with_one_token() {
    let provider = Provider::answering(|_| says_with(200, &[("apns-id", "EC1BF194")], "")).await;
    let (apns, _) = sender(&provider);
    assert_eq!((apns.name(), apns.addressing()), ("apns", Addressing::Devices));
    assert_eq!(apns.send(&request(devices(&["aa11", "bb22"]))).await, vec![delivered("EC1BF194"); 2]);

    let mut asked = provider.take();
    asked.sort_by_key(|asked| asked.line.clone());
    assert_eq!((asked.len(), asked[0].line.as_str(), asked[1].line.as_str()), (2, "POST /3/device/aa11", "POST /3/device/bb22"));
    assert_eq!(asked[0].version, Version::HTTP_2);
    let iat = NOW.seconds();
    assert_eq!(claims(&asked[0]), (json!({"iss": "TEAM123456", "iat": iat}), Some("KEY1234567".to_owned())));
    assert_eq!(asked[0].header("authorization"), asked[1].header("authorization"));
    let headers = [
        ("apns-topic", "org.example.chat"),
        ("apns-push-type", "alert"),
        ("apns-priority", "10"),
        ("apns-expiration", "1700086400"),
        ("apns-collapse-id", "5f3e"),
    ];
    for (name, value) in headers {
        assert_eq!(asked[0].header(name), value, "{name}");
    }
    let body = json!({
        "aps": {"alert": {"title": "Anna", "body": "Are you there?"}, "sound": "bell.caf", "badge": 3, "mutable-content": 1},
        "ex": "{\"room\":7}", "ClientMsgID": "5f3e",
    });
    assert_eq!(asked[0].json(), body);
}

#[tokio::test]
async fn the_two_environments_have_their_own_addresses() {
    let store = Provider::answering(|_| says(200, "")).await;
    let developers = Provider::answering(|_| says(200, "")).await;
    let apns = Apns::new(settings(&store.url, &developers.url), runtime().0).expect("a sender");
    apns.send(&PushRequest { production: true, ..request(devices(&["aa11"])) }).await;
    assert_eq!((store.lines().len(), developers.lines().len()), (1, 0));
    apns.send(&request(devices(&["aa11"]))).await;
    assert_eq!((store.lines().len(), developers.lines().len()), (0, 1));
}

#[tokio::test]
async fn our_token_is_used_for_fifty_minutes() {
    let provider = Provider::answering(|_| says(200, "")).await;
    let (apns, clock) = sender(&provider);
    let mut made = Vec::new();
    for minutes in [0, 49, 1, 49, 1] {
        clock.advance(Duration::from_secs(minutes * 60));
        apns.send(&request(devices(&["aa11"]))).await;
        let (claims, _) = claims(&provider.take()[0]);
        made.push((claims["iat"].as_i64().expect("a time") - NOW.seconds()) / 60);
    }
    assert_eq!(made, [0, 0, 50, 50, 100]);
}

#[tokio::test]
async fn a_token_that_is_over_is_made_again_but_not_within_twenty_minutes() {
    let provider = Provider::answering(|_| failure(403, "ExpiredProviderToken")).await;
    let (apns, clock) = sender(&provider);
    let outcome = apns.send(&request(devices(&["aa11"]))).await.remove(0);
    assert_eq!(outcome, retry(Some(1_200), "apns refuses a new token of ours: is the clock right?"));
    assert_eq!(provider.lines().len(), 1);
    clock.advance(Duration::from_secs(1_200));
    let outcome = apns.send(&request(devices(&["aa11"]))).await.remove(0);
    assert_eq!(outcome, refused("apns answers 403 ExpiredProviderToken"));
    let asked = provider.take();
    assert_eq!(asked.len(), 2);
    assert_ne!(asked[0].header("authorization"), asked[1].header("authorization"));
}

#[tokio::test]
async fn answers_say_what_becomes_of_token_and_notification() {
    async fn answered(status: u16, reason: &'static str) -> PushOutcome {
        let provider = Provider::answering(move |_| failure(status, reason)).await;
        sender(&provider).0.send(&request(devices(&["aa11"]))).await.remove(0)
    }
    assert_eq!(answered(410, "Unregistered").await, PushOutcome::InvalidToken);
    let other = refused("apns answers 400 BadDeviceToken: the token is none, or of the other environment");
    assert_eq!(answered(400, "BadDeviceToken").await, other);
    assert_eq!(answered(413, "PayloadTooLarge").await, refused("apns answers 413 PayloadTooLarge"));
    assert_eq!(answered(403, "InvalidProviderToken").await, refused("apns answers 403 InvalidProviderToken"));
    assert_eq!(answered(429, "TooManyRequests").await, retry(None, "apns answers 429 TooManyRequests"));
    assert_eq!(answered(503, "Shutdown").await, retry(None, "apns answers 503 Shutdown"));
    assert_eq!(answered(400, "s3cret value").await, refused("apns answers 400"));
}

#[tokio::test]
async fn what_is_no_token_is_not_sent() {
    let provider = Provider::answering(|_| says(200, "")).await;
    let long = "a".repeat(201);
    let outcomes = sender(&provider).0.send(&request(devices(&["", "../aa", "xyz", &long]))).await;
    assert_eq!(outcomes, vec![PushOutcome::InvalidToken; 4]);
    assert_eq!(provider.lines(), [] as [String; 0]);
}

#[test]
fn a_key_that_is_none_is_refused_at_the_start() {
    let made = |change: fn(&mut ApnsSettings)| {
        let mut settings = settings("", "");
        change(&mut settings);
        Apns::new(settings, runtime().0).err().map(|error| error.message().to_owned())
    };
    assert_eq!(made(|_| ()), None);
    assert!(made(|settings| settings.key = "s3cret".to_owned()).is_some_and(|text| text.contains(".p8") && !text.contains("s3cret")));
    assert!(made(|settings| settings.key = include_str!("keys/rsa.pem").to_owned()).is_some());
    assert!(made(|settings| settings.topic.clear()).is_some_and(|text| text.contains("topic")));
    assert!(made(|settings| settings.team_id.clear()).is_some_and(|text| text.contains("team")));
}
