//! Offline push through the real binary: a message to somebody who is away reaches the provider, is in the log and in the
//! metrics, and is sent again when the provider fails, also when the process is killed in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use openim_testing::eventually;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::harness::{Binary, Client, SECRET};

const REGISTER: &str = include_str!("../../docs/examples/third/register_push.graphql");
const PUSHES: &str = include_str!("../../docs/examples/third/pushes.graphql");
const TRY: &str = include_str!("../../docs/examples/third/try_push.graphql");
const SEND: &str = "mutation($key: ID!, $text: String!) { sendMessage(input: {recipient: {userId: \"bob\"}, clientMessageId: $key, content: {text: {text: $text}},
    offlinePush: {title: \"Ann\", description: $text, iosBadgeCount: true, ex: \"e\"}}) { message { seq } } }";

const RETRIED: &str = "openim_pushes_total{provider=\"fcm\",outcome=\"retry\"}";
const UNKNOWN: &str = "openim_pushes_total{provider=\"fcm\",outcome=\"invalid_token\"}";
const DELIVERED: &str = "openim_pushes_total{provider=\"fcm\",outcome=\"delivered\"}";

/// Firebase, as far as a server sees it.
#[derive(Clone, Default)]
struct Firebase {
    broken: Arc<AtomicBool>,
    /// Whether no device is there any more.
    gone: Arc<AtomicBool>,
    /// What devices were sent.
    messages: Arc<Mutex<Vec<Value>>>,
}

impl Firebase {
    async fn start() -> (Self, String) {
        let firebase = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(answer).with_state(firebase.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (firebase, url)
    }

    async fn told(&self, least: usize) -> Vec<Value> {
        eventually("the provider is asked", async || {
            let messages = self.messages.lock().await;
            (messages.len() >= least).then(|| messages.clone())
        })
        .await
    }
}

async fn answer(State(firebase): State<Firebase>, uri: Uri, headers: HeaderMap, body: String) -> (StatusCode, String) {
    if uri.path() == "/token" {
        return (StatusCode::OK, json!({"access_token": "ya29.1", "expires_in": 3599, "token_type": "Bearer"}).to_string());
    }
    assert_eq!((uri.path(), &headers["authorization"]), ("/v1/projects/chat-7/messages:send", &"Bearer ya29.1".parse().expect("a value")));
    let body: Value = serde_json::from_str(&body).expect("JSON");
    firebase.messages.lock().await.push(body["message"].clone());
    if firebase.broken.load(Ordering::SeqCst) {
        let error = json!({"error": {"code": 503, "message": "busy", "status": "UNAVAILABLE"}});
        return (StatusCode::SERVICE_UNAVAILABLE, error.to_string());
    }
    if firebase.gone.load(Ordering::SeqCst) {
        let detail = json!({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED"});
        let error = json!({"error": {"code": 404, "message": "gone", "status": "NOT_FOUND", "details": [detail]}});
        return (StatusCode::NOT_FOUND, error.to_string());
    }
    (StatusCode::OK, json!({"name": "projects/chat-7/messages/1"}).to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_to_who_is_away_reaches_the_provider_whatever_happens_to_the_process() {
    let (firebase, url) = Firebase::start().await;
    firebase.broken.store(true, Ordering::SeqCst);
    let binary = Binary::new();
    let account = json!({
        "type": "service_account", "project_id": "chat-7", "private_key_id": "1", "client_email": "push@chat-7.example.com",
        "private_key": include_str!("../../kernel/push/tests/it/keys/rsa.pem"), "token_uri": format!("{url}/token"),
    });
    let file = binary.folder().join("account.json");
    std::fs::write(&file, account.to_string()).expect("a file");
    let (secret, url) = (format!("auth.secret={SECRET}"), format!("push.fcm_url={url}"));
    let file = format!("push.fcm_account_file={}", file.display());
    let settings = ["--set", &secret, "--set", "push.enable=fcm", "--set", &url, "--set", &file];
    let mut process = binary.serve(&settings).await;
    let client = Client::new(process.address);
    let tokens = client.admin().await.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let bob = client.with_token(&tokens[1]);
    // As OpenIM's apps do it, and as apps of the graph do.
    bob.rest().call("/third/fcm_update_token", json!({"platformID": 1, "fcmToken": "first", "account": "bob", "expireTime": 0})).await;
    bob.rest().call("/third/set_app_badge", json!({"userID": "bob", "appUnreadCount": 4})).await;
    let foreign = json!({"platformID": 1, "fcmToken": "mine", "account": "bob", "expireTime": 0}).to_string();
    let stolen = client.with_token(&tokens[0]).rest().answer("/third/fcm_update_token", foreign).await;
    assert_eq!(stolen["errCode"], 1002, "{stolen}");
    let phone = json!({"platform": "IOS", "provider": "FCM", "token": "phone", "unread": 6});
    assert_eq!(bob.data(REGISTER, phone).await["setAppBadge"]["appBadge"], 6);

    client.with_token(&tokens[0]).data(SEND, json!({"key": "1", "text": "tea?"})).await;
    let pushed = json!({
        "token": "phone", "notification": {"title": "Ann", "body": "tea?"}, "data": {"ex": "e"}, "apns": {"payload": {"aps": {"badge": 7}}},
    });
    assert_eq!(firebase.told(1).await[0], pushed);
    let admin = client.admin().await.graph();
    let log = async |admin: &Client| admin.data(PUSHES, json!({"user": "bob"})).await["admin"].take();
    let waits = eventually("the failure is logged", async || {
        let node = log(&admin).await["pushDeliveries"]["edges"][0]["node"].take();
        (node["attempts"].as_i64() > Some(0)).then_some(node)
    })
    .await;
    assert_eq!((&waits["outcome"], &waits["messageRef"]), (&json!("PENDING"), &json!({"conversationId": "si_ann_bob", "seq": 1})));
    assert!(waits["error"].as_str().is_some_and(|error| error.contains("UNAVAILABLE")), "{waits}");
    assert!(admin.metric(RETRIED).await >= 1.0 && admin.metric("msg_offline_push_failed_total").await >= 1.0);
    assert!(admin.metric(DELIVERED).await < 1.0);
    process.signal("KILL").await;
    process.ended().await;

    firebase.broken.store(false, Ordering::SeqCst);
    let before = firebase.messages.lock().await.len();
    let mut process = binary.serve(&settings).await;
    let client = Client::new(process.address);
    let after = firebase.told(before + 1).await;
    assert!(after.iter().all(|message| *message == pushed), "{after:?}");
    let admin = client.admin().await.graph();
    let done = eventually("the push is delivered", async || {
        let seen = log(&admin).await;
        (seen["pushDeliveries"]["edges"][0]["node"]["outcome"] == "DELIVERED").then_some(seen)
    })
    .await;
    assert_eq!((&done["pushDeliveries"]["totalCount"], &done["pushDeliveries"]["edges"][0]["node"]["error"]), (&json!(1), &json!(null)));
    assert_eq!((&done["pushProviders"][0]["name"], &done["pushProviders"][0]["sent"]), (&json!("FCM"), &json!(1)), "{done}");

    assert!(admin.metric(DELIVERED).await >= 1.0 && admin.metric("openim_push_seconds_count{provider=\"fcm\"}").await >= 1.0);

    let tried = admin.data(TRY, json!({"user": "bob"})).await["sendTestPush"]["deliveries"].take();
    assert_eq!(tried[0]["platform"], "IOS");
    let told = firebase.told(after.len() + 1).await;
    assert_eq!(told.last().expect("a message")["notification"]["body"], "Offline push works.");
    // A device that is gone is no fault of the provider: given up at once, and counted as what it is.
    firebase.gone.store(true, Ordering::SeqCst);
    client.with_token(&tokens[0]).data(SEND, json!({"key": "2", "text": "cake?"})).await;
    let gone = eventually("the push is given up", async || {
        let mut edges = log(&admin).await["pushDeliveries"]["edges"].take();
        let node = edges.as_array_mut()?.iter_mut().map(|edge| edge["node"].take()).find(|node| node["messageRef"]["seq"] == 2)?;
        (node["outcome"] == "FAILED").then_some(node)
    })
    .await;
    assert_eq!(gone["error"], "the provider does not know the token any more");
    assert!(admin.metric(UNKNOWN).await >= 1.0 && admin.metric("openim_pushes_given_up_total").await >= 1.0);
    process.signal("TERM").await;
    assert_eq!(process.ended().await, Some(0));
}
