//! A receiver that fails in every way there is, and what an operator sees of it.

use std::sync::Arc;

use openim_testing::eventually;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{SEND, message};
use crate::harness::{Binary, Client, SECRET};

const LOG: &str = "{ admin { webhookDeliveries(first: 5) { totalCount edges { node {
    id name host outcome status error answer attempts nextAttemptAt } } } } }";
const AGAIN: &str = "mutation($id: ID!) { redeliverWebhook(input: {id: $id}) { delivery { outcome } } }";
const ACTS: &str = "{ admin { auditLog(operation: \"redeliverWebhook\") { edges { node { actorId arguments reason outcome } } } } }";
const BACKLOG: &str = "{ admin { nodes { figures { webhookBacklog } } } }";

const FAILED: &str = "openim_webhooks_total{command=\"afterMsgSaveDB\",outcome=\"failed\"}";
const DELIVERED: &str = "openim_webhooks_total{command=\"afterMsgSaveDB\",outcome=\"delivered\"}";
const GIVEN_UP: &str = "openim_webhooks_given_up_total";
const WAITING: &str = "openim_webhooks_waiting";

/// What the receiver does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    /// Says that it has failed.
    Failing,
    /// Says what is no HTTP.
    Babbling,
    /// Says nothing, and holds the connection.
    Silent,
    Well,
}

#[derive(Clone)]
struct Receiver {
    /// What is done with the next requests, each in its turn; a request for which nothing is said waits.
    moods: Arc<Mutex<UnboundedReceiver<Mood>>>,
    /// `webhook-id` and body of every request.
    heard: Arc<Mutex<Vec<(String, String)>>>,
}

impl Receiver {
    /// Returns the receiver, what tells it its moods, and its address.
    async fn start() -> (Self, UnboundedSender<Mood>, String) {
        let (mood, moods) = unbounded_channel();
        let receiver = Self { moods: Arc::new(Mutex::new(moods)), heard: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let own = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().answer(stream));
            }
        });
        (receiver, mood, address)
    }

    /// Answers one request of a connection.
    async fn answer(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let (mut id, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) <= 2 {
                break;
            }
            match line.trim().split_once(": ") {
                Some(("webhook-id", value)) => value.clone_into(&mut id),
                Some(("content-length", value)) => length = value.parse().expect("a length"),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        if stream.read_exact(&mut body).await.is_err() || id.is_empty() {
            return;
        }
        self.heard.lock().await.push((id, String::from_utf8(body).expect("text")));
        let mood = self.moods.lock().await.recv().await;
        let words: &[u8] = match mood.unwrap_or(Mood::Silent) {
            Mood::Failing => b"HTTP/1.1 500 Oh\r\ncontent-length: 15\r\nconnection: close\r\n\r\nthe disk is off",
            Mood::Babbling => b"\x16\x03\x01 what is HTTP?\r\n\r\n",
            Mood::Silent => return std::future::pending().await,
            Mood::Well => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
        };
        // Who is gone does not listen.
        let _ = stream.write_all(words).await;
    }
}

/// Waits until the one delivery has so many attempts behind it.
async fn after(admin: &Client, attempts: i64) -> Value {
    eventually("the attempt is in the log", async || {
        let log = admin.data(LOG, json!({})).await["admin"]["webhookDeliveries"].take();
        assert!(log["totalCount"].as_i64() <= Some(1), "{log}");
        let delivery = log["edges"][0]["node"].clone();
        (delivery["attempts"] == attempts).then_some(delivery)
    })
    .await
}

async fn waiting(admin: &Client, number: u32) {
    eventually("the graph and the metrics tell how many wait", async || {
        let nodes = admin.data(BACKLOG, json!({})).await["admin"]["nodes"].take();
        let told = nodes[0]["figures"]["webhookBacklog"] == number;
        // Deliveries that wait are counted with each sign of life.
        (told && (admin.metric(WAITING).await - f64::from(number)).abs() < 0.5).then_some(())
    })
    .await;
}

async fn counted(admin: &Client) -> [u64; 3] {
    let mut counts = [0; 3];
    for (count, series) in counts.iter_mut().zip([FAILED, DELIVERED, GIVEN_UP]) {
        *count = format!("{}", admin.metric(series).await).parse().expect("a whole number");
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_webhook_and_its_replay_are_followed_in_graph_metrics_and_audit_log() {
    let (receiver, mood, address) = Receiver::start().await;
    let will = |next: Mood| mood.send(next).expect("it listens");
    will(Mood::Failing);
    let binary = Binary::new();
    let (secret, url) = (format!("auth.secret={SECRET}"), format!("webhooks.url=http://{address}/hooks"));
    let given = [
        &*secret,
        &*url,
        "webhooks.enabled=afterMsgSaveDB",
        "webhooks.allow_private_targets=true",
        // Longer than a machine stands still before it says what comes of the next attempt.
        "webhooks.timeout_seconds=7",
        "webhooks.max_attempts=3",
    ];
    let settings: Vec<&str> = given.into_iter().flat_map(|setting| ["--set", setting]).collect();
    let mut process = binary.serve(&settings).await;
    let client = Client::new(process.address);
    let rest = client.admin().await;
    let tokens = rest.users(&[("ann", "Ann"), ("bob", "Bob")]).await;
    let admin = rest.graph();
    client.with_token(&tokens[0]).data(SEND, message("hello", "1")).await;

    // Each way to fail is told with its reason, and counted.
    let first = after(&admin, 1).await;
    let told = json!({"id": first["id"], "name": "afterMsgSaveDB", "host": address, "outcome": "PENDING", "status": 500, "attempts": 1,
        "error": "the receiver answered with status 500", "answer": "the disk is off", "nextAttemptAt": first["nextAttemptAt"]});
    assert_eq!(first, told);
    assert!(first["nextAttemptAt"].is_string(), "{first}");
    assert_eq!(counted(&admin).await, [1, 0, 0]);
    will(Mood::Babbling);
    let second = after(&admin, 2).await;
    assert_eq!((&second["outcome"], &second["status"], &second["answer"]), (&json!("PENDING"), &json!(null), &json!(null)));
    assert!(second["error"].as_str().is_some_and(|error| error.contains("cannot be reached") && error.contains("HTTP")), "{second}");
    waiting(&admin, 1).await;
    will(Mood::Silent);
    let third = after(&admin, 3).await;
    let state = (&third["outcome"], &third["error"], &third["nextAttemptAt"]);
    assert_eq!(state, (&json!("FAILED"), &json!("no answer within 7s"), &json!(null)), "{third}");
    assert_eq!(counted(&admin).await, [3, 0, 1]);
    waiting(&admin, 0).await;

    // The receiver is well again, and somebody says so.
    will(Mood::Well);
    let again = json!({"query": AGAIN, "variables": {"id": first["id"]}}).to_string();
    let answer: Value = admin.post_with("/graphql", "audit-reason", "the%20disk%20is%20on", again).await.json().await.expect("JSON");
    assert_eq!(answer["data"]["redeliverWebhook"]["delivery"]["outcome"], "PENDING", "{answer}");
    let done = after(&admin, 4).await;
    let state = (&done["outcome"], &done["status"], &done["error"], &done["answer"]);
    assert_eq!(state, (&json!("DELIVERED"), &json!(200), &json!(null), &json!("{}")), "{done}");
    assert_eq!(counted(&admin).await, [3, 1, 1]);
    let heard = receiver.heard.lock().await.clone();
    assert_eq!(heard.len(), 4);
    assert!(heard.iter().all(|request| request.0 == first["id"] && *request == heard[0]), "{heard:?}");
    let act = eventually("the replay is in the audit log", async || {
        let acts = admin.data(ACTS, json!({})).await["admin"]["auditLog"]["edges"].take();
        acts[0]["node"].is_object().then(|| acts[0]["node"].clone())
    })
    .await;
    let noted = json!({"actorId": "imAdmin", "arguments": {"input": {"id": first["id"]}}, "reason": "the disk is on", "outcome": "DONE"});
    assert_eq!(act, noted);
    process.signal("TERM").await;
    assert_eq!(process.ended().await, Some(0));
}
