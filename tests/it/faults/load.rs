//! Load that outlives failures: senders that repeat a message until it is acknowledged, readers that resume where they were.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use crate::harness::Socket;

const SEND: &str = "mutation($to: ID!, $key: ID!) { sendMessage(input: {recipient: {userId: $to}, clientMessageId: $key, content: {text: {text: \"still there?\"}}}) { message { seq conversationId } } }";
const EVENTS: &str = "subscription($after: EventCursor) { events(after: $after) { __typename cursor ... on MessageAdded { message { conversationId seq } } ... on Reset { reason } } }";

/// How long one try may take before it is repeated.
const TRY: Duration = Duration::from_secs(5);
/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(50);
/// The pause of a sender between two messages: a machine's speed must not decide how much is said while a service is away.
/// What two senders say within [`RECOVERY`] is less than what a stream repeats after a loss (2,000).
const RHYTHM: Duration = Duration::from_millis(200);
/// The bound of everything that must come right after a failure, on a slow machine too.
const RECOVERY: Duration = Duration::from_secs(180);

/// A user with a token that outlives restarts.
#[derive(Clone)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) token: String,
}

/// Which seqs each reader has seen of each conversation, in the order of their coming.
type Seen = BTreeMap<usize, BTreeMap<String, Vec<i64>>>;

/// Pairs of users that write to each other until told to stop.
pub(super) struct Load {
    users: Vec<User>,
    doors: watch::Sender<Vec<SocketAddr>>,
    acknowledged: Arc<Mutex<BTreeMap<String, (String, i64)>>>,
    count: Arc<AtomicUsize>,
    seen: Arc<Mutex<Seen>>,
    sending: Arc<AtomicBool>,
    senders: JoinSet<()>,
    /// A reader ends only when it cannot go on, and says why.
    readers: JoinSet<String>,
}

impl Load {
    /// Starts with users in pairs; user `n` goes through door `n` modulo their number.
    pub(super) async fn start(users: Vec<User>, doors: Vec<SocketAddr>) -> Self {
        let (doors, _) = watch::channel(doors);
        let mut load = Self {
            users,
            doors,
            acknowledged: Arc::default(),
            count: Arc::default(),
            seen: Arc::default(),
            sending: Arc::new(AtomicBool::new(true)),
            senders: JoinSet::new(),
            readers: JoinSet::new(),
        };
        for index in 0..load.users.len() {
            load.readers.spawn(load.reader(index));
        }
        // A stream without a cursor starts with what comes next: nobody sends before everybody listens.
        let ready = async {
            while load.seen.lock().await.len() < load.users.len() {
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(RECOVERY, ready).await.expect("every stream is ready");
        for index in 0..load.users.len() {
            load.senders.spawn(load.sender(index));
        }
        load
    }

    /// Tells everybody where the doors are now.
    pub(super) fn moved(&self, doors: Vec<SocketAddr>) {
        self.doors.send_replace(doors);
    }

    /// Waits until so many more messages were acknowledged.
    pub(super) async fn progress(&mut self, more: usize) {
        let goal = self.count.load(Ordering::Relaxed) + more;
        let stop_at = tokio::time::Instant::now() + RECOVERY;
        while self.count.load(Ordering::Relaxed) < goal {
            if let Some(ended) = self.senders.try_join_next() {
                ended.expect("a sender gave up");
            }
            readers_go_on(&mut self.readers);
            let now = tokio::time::Instant::now();
            assert!(
                now < stop_at,
                "no {more} messages were acknowledged within {RECOVERY:?}: stuck at {} of {goal}",
                self.count.load(Ordering::Relaxed)
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Stops sending, waits until every reader has every message, and checks all promises.
    pub(super) async fn check(mut self) {
        self.sending.store(false, Ordering::Relaxed);
        while let Some(ended) = self.senders.join_next().await {
            ended.expect("a sender panicked");
        }
        let logs = self.logs().await;
        let stop_at = tokio::time::Instant::now() + RECOVERY;
        loop {
            readers_go_on(&mut self.readers);
            let missing = missing(&logs, &*self.seen.lock().await, &self.users);
            if missing.is_empty() {
                break;
            }
            assert!(tokio::time::Instant::now() < stop_at, "readers miss messages: {missing}");
            tokio::time::sleep(PAUSE).await;
        }
        self.readers.shutdown().await;
        let seen = self.seen.lock().await;
        for (reader, conversations) in seen.iter() {
            for (id, seqs) in conversations {
                let mut known = HashSet::new();
                let first: Vec<i64> = seqs.iter().copied().filter(|seq| known.insert(*seq)).collect();
                assert!(first.is_sorted(), "reader {reader} saw {id} out of order: {first:?}");
            }
        }
    }

    /// Reads every log as it is stored and compares it with what was acknowledged.
    async fn logs(&self) -> BTreeMap<String, i64> {
        let mut logs = BTreeMap::new();
        let acknowledged = self.acknowledged.lock().await;
        for user in self.users.iter().step_by(2) {
            let conversation = acknowledged.values().map(|(id, _)| id).find(|id| id.split('_').any(|piece| piece == user.id)).cloned();
            let Some(conversation) = conversation else { continue };
            // Each by itself: the long form has logs by the hundred.
            let stored = tokio::time::timeout(RECOVERY, self.log(user, &conversation)).await.expect("the log can be read again");
            let expected: Vec<i64> = (1..).take(stored.len()).collect();
            assert_eq!(stored.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), expected, "{conversation} has holes or repeats");
            let keys: BTreeSet<&String> = stored.iter().map(|(_, key)| key).collect();
            assert_eq!(keys.len(), stored.len(), "{conversation} holds a message twice");
            for (key, (id, seq)) in acknowledged.iter().filter(|(_, (id, _))| *id == conversation) {
                let at = usize::try_from(*seq).ok().and_then(|seq| stored.get(seq.wrapping_sub(1)));
                assert_eq!(at.map(|(_, stored)| stored), Some(key), "acknowledged {key} is not at {id}/{seq}");
            }
            logs.insert(conversation, i64::try_from(stored.len()).expect("a small log"));
        }
        assert!(!logs.is_empty(), "nothing was sent");
        logs
    }

    async fn log(&self, user: &User, conversation: &str) -> Vec<(i64, String)> {
        const PAGE: &str = "query($id: ID!, $before: String) { viewer { conversationsById(ids: [$id]) { messages(last: 100, before: $before) { pageInfo { hasPreviousPage startCursor } edges { node { seq clientMessageId } } } } } }";
        let mut stored = Vec::new();
        let mut before = Value::Null;
        loop {
            let door = self.doors.borrow()[0];
            let answer = loop {
                let variables = json!({ "id": conversation, "before": before });
                match post(door, &user.token, PAGE, variables).await.filter(|answer| answer.get("errors").is_none()) {
                    Some(answer) => break answer,
                    None => tokio::time::sleep(PAUSE).await,
                }
            };
            let messages = &answer["data"]["viewer"]["conversationsById"][0]["messages"];
            let edges = messages["edges"].as_array().unwrap_or_else(|| panic!("{answer}"));
            let page = edges.iter().map(|edge| {
                let node = &edge["node"];
                (node["seq"].as_i64().expect("a seq"), node["clientMessageId"].as_str().expect("a key").to_owned())
            });
            stored.splice(0..0, page);
            if messages["pageInfo"]["hasPreviousPage"] != true {
                return stored;
            }
            before = messages["pageInfo"]["startCursor"].clone();
        }
    }

    fn sender(&self, index: usize) -> impl Future<Output = ()> + Send + 'static {
        let (user, peer) = (self.users[index].clone(), self.users[index ^ 1].id.clone());
        let (doors, sending) = (self.doors.subscribe(), self.sending.clone());
        let (acknowledged, count) = (self.acknowledged.clone(), self.count.clone());
        async move {
            for number in 0_u32.. {
                if !sending.load(Ordering::Relaxed) {
                    return;
                }
                let key = format!("{}-{number}", user.id);
                let stop_at = tokio::time::Instant::now() + RECOVERY;
                // The same key until it is acknowledged, as a client does: what was stored already is found by it.
                let answer = loop {
                    let door = door(&doors, index);
                    match post(door, &user.token, SEND, json!({ "to": peer, "key": key })).await {
                        Some(answer) if answer["data"]["sendMessage"]["message"]["seq"].is_i64() => break answer,
                        other => {
                            let retryable = other.as_ref().is_none_or(|answer| answer["errors"][0]["extensions"]["retryable"] == true);
                            assert!(retryable && tokio::time::Instant::now() < stop_at, "{key} could not be sent: {other:?}");
                        }
                    }
                    tokio::time::sleep(PAUSE).await;
                };
                let message = &answer["data"]["sendMessage"]["message"];
                let place = (message["conversationId"].as_str().expect("an id").to_owned(), message["seq"].as_i64().expect("a seq"));
                acknowledged.lock().await.insert(key, place);
                count.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(RHYTHM).await;
            }
        }
    }

    fn reader(&self, index: usize) -> impl Future<Output = String> + Send + 'static {
        let user = self.users[index].clone();
        let (doors, seen) = (self.doors.subscribe(), self.seen.clone());
        async move {
            let mut cursor = Value::Null;
            loop {
                let door = door(&doors, index);
                if let Ok(Ok(mut socket)) = tokio::time::timeout(TRY, Socket::open(door, Some(&user.token))).await {
                    let start =
                        json!({ "id": "events", "type": "subscribe", "payload": { "query": EVENTS, "variables": { "after": cursor } } });
                    if socket.send(start).await.is_ok()
                        && let Err(reset) = follow(&mut socket, index, &seen, &mut cursor).await
                    {
                        return format!("the stream of {} could not be resumed: {reset}", user.id);
                    }
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Reads events until the socket ends; `Err` is the reset that says that something was missed.
async fn follow(socket: &mut Socket, index: usize, seen: &Mutex<Seen>, cursor: &mut Value) -> Result<(), Value> {
    while let Some(frame) = socket.patient_message().await {
        let event = &frame["payload"]["data"]["events"];
        if frame["type"] != "next" || !event.is_object() {
            break;
        }
        // A stream that ends because its reader was too slow is resumed where it was, as after any other end.
        if event["__typename"] == "Reset" && event["reason"] != "TOO_SLOW" {
            return Err(event.clone());
        }
        *cursor = event["cursor"].clone();
        let mut seen = seen.lock().await;
        let conversations = seen.entry(index).or_default();
        if let (Some(id), Some(seq)) = (event["message"]["conversationId"].as_str(), event["message"]["seq"].as_i64()) {
            conversations.entry(id.to_owned()).or_default().push(seq);
        }
    }
    Ok(())
}

/// Fails with the words of a reader that has ended.
fn readers_go_on(readers: &mut JoinSet<String>) {
    match readers.try_join_next() {
        None => {}
        Some(Ok(reason)) => panic!("{reason}"),
        Some(Err(error)) => panic!("a reader panicked: {error}"),
    }
}

fn missing(logs: &BTreeMap<String, i64>, seen: &Seen, users: &[User]) -> String {
    let mut text = String::new();
    for (index, user) in users.iter().enumerate() {
        for (id, max) in logs.iter().filter(|(id, _)| id.split('_').any(|piece| piece == user.id)) {
            let known: BTreeSet<i64> = seen.get(&index).and_then(|all| all.get(id)).into_iter().flatten().copied().collect();
            let holes: Vec<i64> = (1..=*max).filter(|seq| !known.contains(seq)).collect();
            if let (Some(first), Some(last)) = (holes.first(), holes.last()) {
                text.push_str(&format!("{} misses {} between {first} and {last} of {max} in {id}; ", user.id, holes.len()));
            }
        }
    }
    text
}

fn door(doors: &watch::Receiver<Vec<SocketAddr>>, index: usize) -> SocketAddr {
    let doors = doors.borrow();
    doors[index % doors.len()]
}

/// Posts an operation; `None` when the door is closed or too slow.
async fn post(door: SocketAddr, token: &str, query: &str, variables: Value) -> Option<Value> {
    static HTTP: std::sync::LazyLock<reqwest::Client> =
        std::sync::LazyLock::new(|| reqwest::Client::builder().timeout(TRY).build().expect("a client"));
    let request = HTTP.post(format!("http://{door}/graphql")).bearer_auth(token).json(&json!({ "query": query, "variables": variables }));
    request.send().await.ok()?.json().await.ok()
}
