//! JPush.

use openim_push::{Addressing, Jpush, JpushSettings, PushOutcome, PushRequest, PushSender};
use serde_json::{Value, json};

use crate::provider::{Provider, says, says_with};
use crate::{TIMEOUT, delivered, refused, request, retry, users};

pub(crate) fn sender(provider: &Provider, intent: &str) -> Jpush {
    let settings = JpushSettings {
        url: format!("{}/v3/push", provider.url),
        app_key: "key-1".to_owned(),
        master_secret: "s3cret".to_owned(),
        intent: intent.to_owned(),
        timeout: TIMEOUT,
    };
    Jpush::new(settings).expect("a sender")
}

#[tokio::test]
async fn all_users_get_one_request() {
    let provider = Provider::answering(|_| says(200, json!({"sendno": "0", "msg_id": "1828256757"}))).await;
    let jpush = sender(&provider, "intent:#Intent;end");
    assert_eq!((jpush.name(), jpush.addressing()), ("jpush", Addressing::Aliases));
    let outcomes = jpush.send(&PushRequest { production: true, ..request(users(&["anna", "ben"])) }).await;
    assert_eq!(outcomes, vec![delivered("1828256757"); 2]);

    let asked = provider.take();
    assert_eq!((asked.len(), asked[0].line.as_str()), (1, "POST /v3/push"));
    // base64 of key-1:s3cret
    assert_eq!(asked[0].header("authorization"), "Basic a2V5LTE6czNjcmV0");
    let extras = json!({"ex": "{\"room\":7}", "ClientMsgID": "5f3e"});
    let body = json!({
        "platform": "all", "audience": {"alias": ["anna", "ben"]},
        "notification": {
            "alert": "Are you there?",
            "android": {"alert": "Are you there?", "title": "Anna", "intent": {"url": "intent:#Intent;end"}, "extras": extras},
            "ios": {"alert": {"title": "Anna", "body": "Are you there?"}, "sound": "bell.caf", "badge": "+1", "extras": extras,
                "mutable-content": true},
        },
        "message": {"msg_content": "Are you there?", "title": "Anna", "extras": extras},
        "options": {"apns_production": true},
    });
    assert_eq!(asked[0].json(), body);
}

#[tokio::test]
async fn keys_without_a_value_are_left_out() {
    let provider = Provider::answering(|_| says(200, json!({"sendno": "0", "msg_id": "1"}))).await;
    let bare = PushRequest { title: "T".to_owned(), body: "B".to_owned(), targets: users(&["anna"]), ..PushRequest::default() };
    sender(&provider, "").send(&bare).await;
    let body = json!({
        "platform": "all", "audience": {"alias": ["anna"]},
        "notification": {
            "alert": "B", "android": {"alert": "B", "title": "T"},
            "ios": {"alert": {"title": "T", "body": "B"}, "mutable-content": true},
        },
        "message": {"msg_content": "B", "title": "T"},
        "options": {"apns_production": false},
    });
    assert_eq!(provider.take()[0].json(), body);
}

#[tokio::test]
async fn more_than_a_thousand_users_are_sliced() {
    let provider = Provider::answering(|asked| {
        let first = asked.json()["audience"]["alias"][0].as_str().unwrap_or_default().to_owned();
        says(200, json!({"sendno": 0, "msg_id": if first == "user0" { 1 } else { 2 }}))
    })
    .await;
    let names: Vec<String> = (0..1_001).map(|number| format!("user{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let outcomes = sender(&provider, "").send(&request(users(&names))).await;
    assert_eq!((&outcomes[999], &outcomes[1_000]), (&delivered("1"), &delivered("2")));
    assert_eq!(provider.lines().len(), 2);
}

#[tokio::test]
async fn codes_say_whether_to_repeat() {
    async fn answered(status: u16, headers: &'static [(&'static str, &'static str)], body: Value) -> PushOutcome {
        let provider = Provider::answering(move |_| says_with(status, headers, &body)).await;
        sender(&provider, "").send(&request(users(&["anna"]))).await.remove(0)
    }
    let failed = |code: i64| json!({"msg_id": 1, "error": {"code": code, "message": "free text s3cret"}});
    assert_eq!(answered(400, &[], failed(1_011)).await, refused("jpush answers code 1011: no device has bound this alias"));
    assert_eq!(answered(401, &[], failed(1_004)).await, refused("jpush answers code 1004"));
    assert_eq!(answered(200, &[], failed(1_003)).await, refused("jpush answers code 1003"));
    let reset = &[("x-rate-limit-reset", "42")];
    assert_eq!(answered(429, reset, failed(2_002)).await, retry(Some(42), "jpush answers code 2002: later"));
    assert_eq!(answered(500, &[], failed(1_000)).await, retry(None, "jpush answers code 1000: later"));
    assert_eq!(answered(503, &[], json!({})).await, retry(None, "jpush answers 503"));
}
