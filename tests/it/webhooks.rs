//! The application's own server and ours, through the real doors: refusals reach clients, what was committed is told even
//! when the process is killed, and a delivery that fails is followed in graph and metrics until it is sent again.

mod broken;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use openim_testing::eventually;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::harness::{Binary, Client, SECRET, Server};

/// An application's server: refuses messages with "spam", and takes what it is told unless it is broken.
#[derive(Clone, Default)]
struct Application {
    broken: Arc<AtomicBool>,
    /// Path, `webhook-id` and body of every request.
    received: Arc<Mutex<Vec<(String, String, Value)>>>,
}

impl Application {
    /// Returns the application and its URL.
    async fn start() -> (Self, String) {
        let application = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(receive).with_state(application.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (application, url)
    }

    /// Waits until something was received on a path and returns all of it.
    async fn told(&self, path: &str, least: usize) -> Vec<(String, Value)> {
        eventually("the application is told", async || {
            let received = self.received.lock().await;
            let told = received.iter().filter(|(on, ..)| on == path).map(|(_, id, body)| (id.clone(), body.clone()));
            Some(told.collect::<Vec<_>>()).filter(|told| told.len() >= least)
        })
        .await
    }
}

async fn receive(State(application): State<Application>, uri: Uri, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let id = headers["webhook-id"].to_str().expect("text").to_owned();
    assert!(headers["webhook-signature"].to_str().expect("text").starts_with("v1,"));
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let spam = body["content"].as_str().is_some_and(|content| content.contains("spam"));
    application.received.lock().await.push((uri.path().to_owned(), id, body));
    if application.broken.load(Ordering::SeqCst) {
        return (StatusCode::INTERNAL_SERVER_ERROR, String::new());
    }
    let answer = if spam { json!({"nextCode": 1, "errCode": 10086, "errMsg": "no spam", "errDlt": "word 1"}) } else { json!({}) };
    (StatusCode::OK, answer.to_string())
}

fn message(text: &str, client_id: &str) -> Value {
    json!({"input": {"recipient": {"userId": "bob"}, "clientMessageId": client_id, "content": {"text": {"text": text}}}})
}

const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { message { seq } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_reaches_graphql_and_rest_with_the_applications_words() -> anyhow::Result<()> {
    let (application, url) = Application::start().await;
    let settings = [
        ("webhooks.url", url.as_str()),
        ("webhooks.allow_private_targets", "true"),
        ("webhooks.enabled", "beforeSendSingleMsg,afterSendSingleMsg"),
    ];
    let server = Server::start_with(&settings).await?;
    let ann = server.user("ann", "Ann").await;
    server.user("bob", "Bob").await;

    let refused = ann.answer(SEND, message("spam", "1")).await;
    let error = &refused["errors"][0];
    assert_eq!(error["message"], "no spam", "{refused}");
    let extensions = &error["extensions"];
    assert_eq!((&extensions["code"], &extensions["errCode"]), (&json!("WEBHOOK_REFUSED"), &json!(10086)));
    assert_eq!(ann.data(SEND, message("hello", "2")).await["sendMessage"]["message"]["seq"], 1);

    let sent = json!({"sendID": "ann", "recvID": "bob", "contentType": 101, "sessionType": 1, "content": {"content": "spam"}});
    let answer = server.admin().await.answer("/msg/send_msg", sent.to_string()).await;
    assert_eq!(answer, json!({"errCode": 10086, "errMsg": "no spam", "errDlt": "word 1"}));

    let told = application.told("/callbackAfterSendSingleMsgCommand", 1).await;
    assert_eq!((told.len(), &told[0].1["seq"]), (1, &json!(1)), "only what was stored");
    Ok(())
}

async fn admin(client: Client) -> Client {
    client.admin().await.graph()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_tells_what_it_had_committed() {
    let (application, url) = Application::start().await;
    application.broken.store(true, Ordering::SeqCst);
    let binary = Binary::new();
    let url = format!("webhooks.url={url}");
    let secret = format!("auth.secret={SECRET}");
    let settings =
        ["--set", &secret, "--set", &url, "--set", "webhooks.allow_private_targets=true", "--set", "webhooks.enabled=afterMsgSaveDB"];
    let mut process = binary.serve(&settings).await;
    let client = Client::new(process.address);
    let tokens = client.admin().await.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    client.with_token(&tokens[0]).data(SEND, message("hello", "1")).await;
    let before = application.told("/callbackAfterMsgSaveDBCommand", 1).await;
    process.signal("KILL").await;
    process.ended().await;

    application.broken.store(false, Ordering::SeqCst);
    let mut process = binary.serve(&settings).await;
    let client = Client::new(process.address);
    let attempts = before.len();
    let after = application.told("/callbackAfterMsgSaveDBCommand", attempts + 1).await;
    assert!(after.iter().all(|(id, body)| *id == before[0].0 && body["seq"] == 1 && body["recvID"] == "bob"), "{after:?}");

    let log = "{ admin { webhookDeliveries { totalCount edges { node { id name outcome status attempts } } } } }";
    let admin = admin(client).await;
    let delivery = eventually("the delivery is logged", async || {
        let delivery = admin.data(log, json!({})).await["admin"]["webhookDeliveries"]["edges"][0]["node"].take();
        (delivery["outcome"] == "DELIVERED").then_some(delivery)
    })
    .await;
    assert_eq!((&delivery["id"], &delivery["name"], &delivery["status"]), (&json!(before[0].0), &json!("afterMsgSaveDB"), &json!(200)));

    let again = "mutation($id: ID!) { redeliverWebhook(input: {id: $id}) { delivery { outcome } } }";
    let queued = admin.data(again, json!({"id": delivery["id"]})).await;
    assert_eq!(queued["redeliverWebhook"]["delivery"]["outcome"], "PENDING");
    application.told("/callbackAfterMsgSaveDBCommand", after.len() + 1).await;
    process.signal("TERM").await;
    assert_eq!(process.ended().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_receiver_is_refused_at_the_start() {
    let refused = Server::start_with(&[("webhooks.url", "http://127.0.0.1:9"), ("webhooks.enabled", "afterQuitGroup")]).await;
    let text = refused.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(text.contains("webhooks.url: 127.0.0.1 is no address of the internet"), "{text}");
}
