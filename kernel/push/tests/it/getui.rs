//! Getui.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use openim_push::{Addressing, Getui, GetuiSettings, PushOutcome, PushSender};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::provider::{Answer, Asked, Provider, says};
use crate::{NOW, TIMEOUT, delivered, refused, request, retry, runtime, users};

const AUTH: &str = "POST /v2/app-1/auth";
const SINGLE: &str = "POST /v2/app-1/push/single/alias";
const MESSAGE: &str = "POST /v2/app-1/push/list/message";
const LIST: &str = "POST /v2/app-1/push/list/alias";

pub(crate) fn settings(provider: &Provider) -> GetuiSettings {
    GetuiSettings {
        url: format!("{}/v2/app-1", provider.url),
        app_key: "key-1".to_owned(),
        master_secret: "s3cret".to_owned(),
        channel_id: "chat".to_owned(),
        channel_name: "Chat".to_owned(),
        timeout: TIMEOUT,
    }
}

pub(crate) fn sender(provider: &Provider) -> Getui {
    Getui::new(settings(provider), runtime().0).expect("a sender")
}

fn ok(data: Value) -> Answer {
    says(200, json!({"code": 0, "msg": "success", "data": data}))
}

/// Grants tokens `t1`, `t2`, ... and leaves the rest to the test.
async fn service(answering: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Provider {
    let granted = AtomicU32::new(0);
    Provider::answering(move |asked| {
        if asked.line != AUTH {
            return answering(asked);
        }
        let number = granted.fetch_add(1, Ordering::SeqCst) + 1;
        let end = NOW.plus(Duration::from_secs(24 * 3_600)).0.to_string();
        ok(json!({"expire_time": end, "token": format!("t{number}")}))
    })
    .await
}

fn notification(channel_id: &str, channel_name: &str, badge: &str, category: &str) -> Value {
    json!({
        "title": "Anna", "body": "Are you there?", "channelID": channel_id, "ChannelName": channel_name, "click_type": "startapp",
        "badge_add_num": badge, "category": category,
    })
}

fn channel() -> Value {
    json!({
        "ios": {"type": "notify", "auto_badge": "+1",
            "aps": {"sound": "default", "alert": {"title": "Anna", "body": "Are you there?"}}},
        "android": {"ups": {
            "notification": notification("", "", "", ""),
            "options": {
                "HW": {
                    "/message/android/notification/default_sound": false,
                    "/message/android/notification/channel_id": "RingRing4",
                    "/message/android/notification/sound": "/raw/ring001",
                    "/message/android/notification/importance": "NORMAL",
                    "/message/android/category": "IM",
                },
                "XM": {"/extra.channel_id": "high_system"},
                "VV": {"/classification": 1},
            },
        }},
    })
}

#[tokio::test]
async fn one_user_gets_a_push_of_its_own() {
    let provider = service(|_| ok(json!({"RASS_0": {"cid-1": "successed_offline"}}))).await;
    let getui = sender(&provider);
    assert_eq!((getui.name(), getui.addressing()), ("getui", Addressing::Aliases));
    assert_eq!(getui.send(&request(users(&["anna"]))).await, [delivered("RASS_0")]);

    let asked = provider.take();
    assert_eq!(asked.iter().map(|asked| asked.line.as_str()).collect::<Vec<_>>(), [AUTH, SINGLE]);
    let timestamp = NOW.0.to_string();
    let sign = hex::encode(Sha256::digest(format!("key-1{timestamp}s3cret")));
    assert_eq!(asked[0].json(), json!({"sign": sign, "timestamp": timestamp, "appkey": "key-1"}));
    assert_eq!(asked[0].headers.get("token").expect("a header").as_bytes(), b"");
    assert_eq!(asked[1].header("token"), "t1");
    let mut body = asked[1].json();
    let id = body["request_id"].take();
    assert!(id.as_str().is_some_and(|id| (10..=32).contains(&id.len())), "{id}");
    let expected = json!({
        "request_id": null, "settings": null, "audience": {"alias": ["anna"]},
        "push_message": {"notification": notification("chat", "Chat", "1", "CATEGORY_MESSAGE")},
        "push_channel": channel(), "is_async": null, "taskid": null,
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn many_users_get_one_task_in_slices_each_once() {
    let provider = service(|asked| if asked.line == MESSAGE { ok(json!({"taskid": "RASL_1"})) } else { ok(Value::Null) }).await;
    let names: Vec<String> = (0..2_000).map(|number| format!("user{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(sender(&provider).send(&request(users(&names))).await, vec![delivered("RASL_1"); 2_000]);

    let asked = provider.take();
    assert_eq!(asked.iter().map(|asked| asked.line.as_str()).collect::<Vec<_>>(), [AUTH, MESSAGE, LIST, LIST, LIST]);
    let message = json!({
        "request_id": null, "settings": {"ttl": 300_000, "strategy": {"default": 1}}, "audience": null,
        "push_message": {"notification": notification("chat", "Chat", "1", "CATEGORY_MESSAGE")},
        "push_channel": channel(), "is_async": null, "taskid": null,
    });
    assert_eq!(asked[1].json(), message);
    let slices: Vec<Vec<String>> =
        asked[2..].iter().map(|asked| serde_json::from_value(asked.json()["audience"]["alias"].clone()).expect("names")).collect();
    assert_eq!(slices.iter().map(Vec::len).collect::<Vec<_>>(), [999, 999, 2]);
    assert_eq!(slices.concat(), names);
    let last = json!({
        "request_id": null, "settings": null, "audience": {"alias": ["user1998", "user1999"]}, "push_message": null,
        "push_channel": null, "is_async": true, "taskid": "RASL_1",
    });
    assert_eq!(asked[4].json(), last);
}

#[tokio::test]
async fn a_token_that_is_over_is_renewed_and_the_push_repeated_once() {
    let over = || says(401, json!({"code": 10001, "msg": "token is invalid"}));
    let provider = service(move |asked| if asked.header("token") == "t1" { over() } else { ok(json!({"T": {}})) }).await;
    let getui = sender(&provider);
    assert_eq!(getui.send(&request(users(&["anna"]))).await, [delivered("T")]);
    let asked = provider.take();
    assert_eq!(asked.iter().map(|asked| asked.line.as_str()).collect::<Vec<_>>(), [AUTH, SINGLE, AUTH, SINGLE]);
    assert_eq!(asked[1].json(), asked[3].json());
    assert_eq!(getui.send(&request(users(&["anna"]))).await, [delivered("T")]);
    assert_eq!(provider.lines(), [SINGLE]);

    let provider = service(move |_| over()).await;
    assert_eq!(sender(&provider).send(&request(users(&["anna"]))).await, [refused("getui answers code 10001")]);
    assert_eq!(provider.lines(), [AUTH, SINGLE, AUTH, SINGLE]);
}

#[tokio::test]
async fn a_token_is_renewed_before_its_day_is_over() {
    let provider = service(|_| ok(json!({"T": {}}))).await;
    let (runtime, clock) = runtime();
    let getui = Getui::new(settings(&provider), runtime).expect("a sender");
    for _ in 0..3 {
        getui.send(&request(users(&["anna"]))).await;
        clock.advance(Duration::from_secs(12 * 3_600));
    }
    assert_eq!(provider.lines(), [AUTH, SINGLE, SINGLE, AUTH, SINGLE]);
}

#[tokio::test]
async fn a_slice_that_fails_costs_the_others_nothing() {
    let provider = service(|asked| match asked.line.as_str() {
        MESSAGE => ok(json!({"taskid": "T"})),
        _ if asked.json()["audience"]["alias"][0] == "user0" => says(401, json!({"code": 10005, "msg": "too often"})),
        _ => ok(Value::Null),
    })
    .await;
    let names: Vec<String> = (0..1_000).map(|number| format!("user{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let outcomes = sender(&provider).send(&request(users(&names))).await;
    assert_eq!(outcomes[..999], vec![retry(None, "getui answers code 10005: later"); 999]);
    assert_eq!(outcomes[999], delivered("T"));
}

#[tokio::test]
async fn codes_say_whether_to_repeat() {
    async fn answered(status: u16, body: Value) -> PushOutcome {
        let provider = service(move |_| says(status, &body)).await;
        sender(&provider).send(&request(users(&["anna"]))).await.remove(0)
    }
    let bad = json!({"code": 20001, "msg": "target user is invalid s3cret"});
    assert_eq!(answered(400, bad).await, refused("getui answers code 20001"));
    assert_eq!(answered(200, json!({"code": 2, "msg": "starting"})).await, retry(None, "getui answers code 2: later"));
    assert_eq!(answered(503, json!({})).await, retry(None, "getui answers 503"));
    assert_eq!(answered(404, json!({})).await, refused("getui answers 404"));
}

#[tokio::test]
async fn wrong_credentials_are_told_for_every_user() {
    let provider = Provider::answering(|_| says(400, json!({"code": 20001, "msg": "sign is invalid"}))).await;
    let outcomes = sender(&provider).send(&request(users(&["anna", "ben"]))).await;
    assert_eq!(outcomes, vec![refused("getui answers code 20001 when asked for a token"); 2]);
    assert_eq!(provider.lines(), [AUTH]);
}
