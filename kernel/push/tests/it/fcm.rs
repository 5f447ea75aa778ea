//! Firebase Cloud Messaging.

use std::collections::HashMap;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use openim_push::{Addressing, Fcm, FcmSettings, PushOutcome, PushRequest, PushSender, ServiceAccount};
use serde_json::{Value, json};

use crate::provider::{Answer, Asked, Provider, says, says_with};
use crate::{NOW, TIMEOUT, delivered, devices, refused, request, retry, runtime};

const SENT: &str = "POST /v1/projects/chat-7/messages:send";

pub(crate) fn account(token_uri: &str) -> Value {
    json!({
        "type": "service_account", "project_id": "chat-7", "private_key_id": "key-1",
        "private_key": include_str!("keys/rsa.pem"), "client_email": "push@chat-7.iam.gserviceaccount.com",
        "token_uri": token_uri,
    })
}

pub(crate) fn sender(provider: &Provider) -> Fcm {
    let account = ServiceAccount::Json(account(&format!("{}/token", provider.url)).to_string());
    Fcm::new(FcmSettings { account, url: provider.url.clone(), timeout: TIMEOUT }, runtime().0).expect("a sender")
}

/// Grants tokens `ya29.1`, `ya29.2`, ...
pub(crate) fn granting() -> impl Fn() -> Answer {
    let granted = std::sync::atomic::AtomicU32::new(0);
    move || {
        let number = granted.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        says(200, json!({"access_token": format!("ya29.{number}"), "expires_in": 3599, "token_type": "Bearer"}))
    }
}

fn failure(status: u16, word: &str, code: &str) -> Answer {
    let detail = json!({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code});
    says(status, json!({"error": {"code": status, "message": "free text s3cret", "status": word, "details": [detail]}}))
}

async fn answered(answering: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (PushOutcome, Vec<String>) {
    let grant = granting();
    let provider = Provider::answering(move |asked| if asked.line == SENT { answering(asked) } else { grant() }).await;
    let outcomes = sender(&provider).send(&request(devices(&["a"]))).await;
    (outcomes[0].clone(), provider.lines())
}

#[tokio::test]
async fn a_token_is_got_once_and_each_device_gets_one_message() {
    let grant = granting();
    let provider = Provider::answering(move |asked| match asked.line.as_str() {
        SENT => says(200, json!({"name": format!("projects/chat-7/messages/{}", asked.json()["message"]["token"].as_str().unwrap())})),
        _ => grant(),
    })
    .await;
    let fcm = sender(&provider);
    assert_eq!((fcm.name(), fcm.addressing()), ("fcm", Addressing::Devices));
    let outcomes = fcm.send(&request(devices(&["a", "b"]))).await;
    assert_eq!(outcomes, [delivered("projects/chat-7/messages/a"), delivered("projects/chat-7/messages/b")]);

    let asked = provider.take();
    assert_eq!(asked.len(), 3);
    assert_eq!((asked[0].line.as_str(), asked[0].header("content-type")), ("POST /token", "application/x-www-form-urlencoded"));
    let form: HashMap<String, String> = form_urlencoded::parse(&asked[0].body).into_owned().collect();
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let key = DecodingKey::from_rsa_pem(include_bytes!("keys/rsa.pub.pem")).expect("a key");
    let mut rules = Validation::new(Algorithm::RS256);
    rules.validate_exp = false;
    rules.validate_aud = false;
    let statement = decode::<Value>(&form["assertion"], &key, &rules).expect("a signed statement");
    assert_eq!(statement.header.kid.as_deref(), Some("key-1"));
    let issued = NOW.seconds() - 10;
    let claims = json!({
        "iss": "push@chat-7.iam.gserviceaccount.com", "scope": "https://www.googleapis.com/auth/firebase.messaging",
        "aud": format!("{}/token", provider.url), "iat": issued, "exp": issued + 3600,
    });
    assert_eq!(statement.claims, claims);

    let message = asked.iter().find(|asked| asked.line == SENT && asked.json()["message"]["token"] == "a").expect("a message");
    assert_eq!((message.header("authorization"), message.header("content-type")), ("Bearer ya29.1", "application/json"));
    let body = json!({"message": {
        "token": "a",
        "notification": {"title": "Anna", "body": "Are you there?"},
        "data": {"ex": "{\"room\":7}"},
        "apns": {"payload": {"aps": {"sound": "bell.caf", "badge": 3}}},
    }});
    assert_eq!(message.json(), body);

    fcm.send(&PushRequest { sound: String::new(), ..request(devices(&["a"])) }).await;
    let asked = provider.take();
    assert_eq!((asked.len(), &asked[0].json()["message"]["apns"]), (1, &json!({"payload": {"aps": {"badge": 3}}})));
}

#[tokio::test]
async fn a_token_that_is_over_is_renewed_and_the_message_repeated_once() {
    let provider = {
        let grant = granting();
        Provider::answering(move |asked| match (asked.line.as_str(), asked.header("authorization")) {
            (SENT, "Bearer ya29.1") => failure(401, "UNAUTHENTICATED", ""),
            (SENT, _) => says(200, json!({"name": "n"})),
            _ => grant(),
        })
        .await
    };
    let fcm = sender(&provider);
    assert_eq!(fcm.send(&request(devices(&["a"]))).await, [delivered("n")]);
    assert_eq!(provider.lines(), ["POST /token", SENT, "POST /token", SENT]);
    assert_eq!(fcm.send(&request(devices(&["a"]))).await, [delivered("n")]);
    assert_eq!(provider.lines(), [SENT]);

    let (outcome, lines) = answered(|_| failure(401, "UNAUTHENTICATED", "")).await;
    assert_eq!(outcome, refused("fcm answers 401 UNAUTHENTICATED"));
    assert_eq!(lines, ["POST /token", SENT, "POST /token", SENT]);
}

#[tokio::test]
async fn a_token_is_renewed_before_its_hour_is_over() {
    let provider = {
        let grant = granting();
        Provider::answering(move |asked| if asked.line == SENT { says(200, json!({"name": "n"})) } else { grant() }).await
    };
    let (runtime, clock) = runtime();
    let account = ServiceAccount::Json(account(&format!("{}/token", provider.url)).to_string());
    let fcm = Fcm::new(FcmSettings { account, url: provider.url.clone(), timeout: TIMEOUT }, runtime).expect("a sender");
    fcm.send(&request(devices(&["a"]))).await;
    clock.advance(Duration::from_secs(3_200));
    fcm.send(&request(devices(&["a"]))).await;
    clock.advance(Duration::from_secs(100));
    fcm.send(&request(devices(&["a"]))).await;
    assert_eq!(provider.lines(), ["POST /token", SENT, SENT, "POST /token", SENT]);
}

#[tokio::test]
async fn answers_say_what_becomes_of_token_and_message() {
    let about = |field: &'static str| {
        move |_: &Asked| {
            let details = json!([
                {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "INVALID_ARGUMENT"},
                {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": field, "description": "x"}]},
            ]);
            says(400, json!({"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT", "details": details}}))
        }
    };
    assert_eq!(answered(|_| failure(404, "NOT_FOUND", "UNREGISTERED")).await.0, PushOutcome::InvalidToken);
    assert_eq!(answered(about("message.token")).await.0, PushOutcome::InvalidToken);
    assert_eq!(answered(about("message.data[0].value")).await.0, refused("fcm answers 400 INVALID_ARGUMENT"));
    let malformed = "The registration token is not a valid FCM registration token";
    let malformed = json!({"error": {"code": 400, "message": malformed, "status": "INVALID_ARGUMENT", "details": []}});
    assert_eq!(answered(move |_| says(400, &malformed)).await.0, PushOutcome::InvalidToken);
    // A wrong project must not cost everybody's tokens.
    let outcome = answered(|_| failure(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH")).await.0;
    assert_eq!(outcome, refused("fcm answers 403 SENDER_ID_MISMATCH"));
    let (outcome, lines) = answered(|_| failure(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR")).await;
    assert_eq!((outcome, lines.len()), (refused("fcm answers 401 THIRD_PARTY_AUTH_ERROR"), 2));
    assert_eq!(answered(|_| failure(503, "UNAVAILABLE", "UNAVAILABLE")).await.0, retry(None, "fcm answers 503 UNAVAILABLE"));
    let busy = |_: &Asked| says_with(429, &[("retry-after", "90")], json!({"error": {"status": "RESOURCE_EXHAUSTED"}}));
    assert_eq!(answered(busy).await.0, retry(Some(90), "fcm answers 429 RESOURCE_EXHAUSTED"));
    assert_eq!(answered(|_| says(502, "<html>Bad Gateway</html>")).await.0, retry(None, "fcm answers 502"));
}

#[tokio::test]
async fn an_account_that_is_refused_is_asked_about_once_for_all_devices() {
    let provider = Provider::answering(|_| says(400, json!({"error": "invalid_grant", "error_description": "s3cret"}))).await;
    let outcomes = sender(&provider).send(&request(devices(&["a"; 40]))).await;
    assert_eq!(outcomes, vec![refused("fcm answers 400 invalid_grant"); 40]);
    assert_eq!(provider.lines(), ["POST /token"]);
}

#[tokio::test]
async fn an_account_can_be_got_from_an_address() {
    let provider = {
        let (grant, url) = (granting(), std::sync::Arc::new(parking_lot::Mutex::new(String::new())));
        let known = url.clone();
        let provider = Provider::answering(move |asked| match asked.line.as_str() {
            "GET /account.json" => says(200, account(&format!("{}/token", known.lock()))),
            SENT => says(200, json!({"name": "n"})),
            _ => grant(),
        })
        .await;
        url.lock().clone_from(&provider.url);
        provider
    };
    let account = ServiceAccount::Address(format!("{}/account.json?key=s3cret", provider.url));
    let settings = FcmSettings { account, url: provider.url.clone(), timeout: TIMEOUT };
    let fcm = Fcm::new(settings, runtime().0).expect("a sender");
    assert_eq!(fcm.send(&request(devices(&["a", "b"]))).await, [delivered("n"), delivered("n")]);
    assert_eq!(provider.lines(), ["GET /account.json", "POST /token", SENT, SENT]);
}

#[test]
fn an_account_that_is_none_is_refused_at_the_start() {
    let made = |account: Value| {
        let settings = FcmSettings { account: ServiceAccount::Json(account.to_string()), url: String::new(), timeout: TIMEOUT };
        Fcm::new(settings, runtime().0).err().map(|error| error.message().to_owned())
    };
    assert_eq!(made(account("")), None);
    assert!(made(json!({"private_key": "s3cret"})).is_some_and(|text| text.contains("project_id") && !text.contains("s3cret")));
    for (key, value) in [("project_id", "a/../b"), ("private_key", "s3cret"), ("token_uri", "file:///s3cret")] {
        let mut broken = account("");
        broken[key] = value.into();
        let text = made(broken).expect("an error");
        assert!(text.starts_with("fcm: ") && text.contains(key) && !text.contains("s3cret"), "{text}");
    }
}
