//! A node with a hub, a fan-out that the test speaks for, and a graph that the test writes by hand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_graphql::{Request, Response, ServerError, Variables};
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{Actor, ConversationId, Ctx, ManualClock, OperationId, Platform, Principal, Runtime, SequentialIds, Timestamp, UserId};
use openim_graphql::Subgraph;
use openim_platform::fanout::Received;
use openim_realtime::{Arrivals, GraphQuery, Hub, OPERATIONS, Settings};
use openim_testing::{PATIENCE, START};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// What the graph knows: logs with the time of each message, rows with the time of their change, and reads.
#[derive(Default)]
pub(crate) struct Graph {
    logs: Mutex<BTreeMap<String, Vec<Timestamp>>>,
    rows: Mutex<BTreeMap<(String, String), Row>>,
    reads: Mutex<Vec<(String, String, i64, Timestamp)>>,
    announced: Mutex<Vec<Announcement>>,
    /// Where people are online, by OpenIM's names of the graph.
    pub(crate) online: Mutex<BTreeMap<String, Vec<&'static str>>>,
    pub(crate) broken: AtomicBool,
    /// What the next question for all heads waits for when its answer is made already.
    pub(crate) held: Mutex<Option<oneshot::Receiver<()>>>,
    /// Runs once, between the last question of a resume and its answer.
    pub(crate) meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

/// To whom, of which content type, for which group, when.
type Announcement = (String, i32, Option<String>, Timestamp);

#[derive(Clone, Copy)]
struct Row {
    changed: Timestamp,
    live: bool,
}

impl Graph {
    fn conversations(&self, viewer: &str) -> Vec<(String, Row)> {
        self.rows.lock().iter().filter(|((owner, _), _)| owner == viewer).map(|((_, id), row)| (id.clone(), *row)).collect()
    }

    fn max(&self, id: &str) -> usize {
        self.logs.lock().get(id).map_or(0, Vec::len)
    }

    fn heads(&self, viewer: &str, only: &Value) -> Value {
        let wanted = |id: &str| only.as_array().is_none_or(|ids| ids.iter().any(|other| other == id));
        let rows = self.conversations(viewer).into_iter().filter(|(id, _)| wanted(id));
        rows.map(|(id, row)| json!({"conversationId": id, "maxSeq": self.max(&id), "live": row.live})).collect()
    }

    fn changes(&self, viewer: &str, since: Timestamp) -> Value {
        let reads = self.reads.lock();
        let change = |(id, row): (String, Row)| {
            let read = |(_, user, seq, _): &(String, String, i64, Timestamp)| json!({"userId": user, "readSeq": seq});
            let reads: Vec<_> = reads.iter().filter(|read| read.0 == id && read.3 >= since).map(read).collect();
            let stored = self.logs.lock().get(&id).and_then(|log| log.last().copied()).is_some_and(|at| at >= since);
            let row_changed = row.changed >= since;
            let told = stored || row_changed || !reads.is_empty();
            told.then(|| json!({"conversationId": id, "maxSeq": self.max(&id), "rowChanged": row_changed, "reads": reads}))
        };
        json!({"truncated": false, "conversations": self.conversations(viewer).into_iter().filter_map(change).collect::<Vec<_>>()})
    }

    fn announced(&self, viewer: &str, since: Timestamp) -> Value {
        let announced = self.announced.lock();
        let heard = announced.iter().filter(|one| one.0 == viewer && one.3 >= since);
        heard.map(|one| json!({"contentType": one.1, "groupId": one.2})).collect()
    }

    /// Every third place of a stream is gone.
    fn pulled(&self, viewer: &str, ranges: &Value) -> Value {
        let place = |id: &Value, seq: i64| {
            let gone = seq % 3 == 0;
            let text = |text: &str| if gone { Value::Null } else { json!(text) };
            json!({"seq": seq, "id": text("server"), "clientMessageId": text("client"), "contentType": if gone { 0 } else { 2101 },
                "senderId": text("bob"), "receiverId": text(viewer), "groupId": null, "sentAt": text("2026-01-01T00:00:00.000Z"),
                "rawText": if gone { String::new() } else { json!({"detail": json!({"of": id}).to_string()}).to_string() }})
        };
        let range = |range: &Value| {
            let last = range["end"].as_i64().unwrap().min(i64::try_from(self.max(range["conversationId"].as_str().unwrap())).unwrap());
            let first = range["begin"].as_i64().unwrap();
            assert!(last - first < 100, "a page at a time");
            json!({"messages": (first..=last).map(|seq| place(&range["conversationId"], seq)).collect::<Vec<_>>()})
        };
        ranges.as_array().unwrap().iter().map(range).collect()
    }

    fn stored(&self, ids: &Value, since: Timestamp) -> Value {
        let range = |id: &Value| {
            let logs = self.logs.lock();
            let log = logs.get(id.as_str().unwrap())?;
            let first = (log.iter().position(|at| *at >= since)? + 1).max(log.len().saturating_sub(999));
            Some(json!({"conversationId": id, "firstSeq": first, "lastSeq": log.len()}))
        };
        ids.as_array().unwrap().iter().filter_map(range).collect()
    }
}

#[async_trait]
impl GraphQuery for Graph {
    async fn query(&self, operation: &'static str, variables: Variables, ctx: &Ctx) -> Response {
        if self.broken.load(Ordering::SeqCst) {
            return Response::from_errors(vec![ServerError::new("the database is away", None)]);
        }
        let viewer = ctx.principal().unwrap().user_id.to_string();
        let variables = serde_json::to_value(variables).unwrap();
        if operation == OPERATIONS[5] {
            let online = self.online.lock();
            let presence = |id: &Value| json!({"userId": id, "platforms": online.get(id.as_str().unwrap()).cloned().unwrap_or_default()});
            let presences: Value = variables["userIds"].as_array().unwrap().iter().map(presence).collect();
            return Response::new(async_graphql::Value::from_json(json!({"presences": presences})).unwrap());
        }
        let since = || {
            let text = variables["since"].as_str().unwrap();
            let value = async_graphql::Value::String(text.to_owned());
            <openim_graphql::DateTime as async_graphql::ScalarType>::parse(value).ok().unwrap().0
        };
        let place = OPERATIONS.iter().position(|other| *other == operation).unwrap();
        let answer = match place {
            0 => json!({"heads": self.heads(&viewer, &variables["ids"])}),
            1 => json!({"changesSince": self.changes(&viewer, since())}),
            3 => json!({"announcedSince": self.announced(&viewer, since())}),
            4 => json!({"pullMessages": self.pulled(&viewer, &variables["ranges"])}),
            _ => json!({"storedSince": self.stored(&variables["conversationIds"], since())}),
        };
        if place == 0
            && variables["ids"].is_null()
            && let Some(held) = { self.held.lock().take() }
        {
            held.await.unwrap();
        }
        if place == 2
            && let Some(meanwhile) = self.meanwhile.lock().take()
        {
            meanwhile();
        }
        Response::new(async_graphql::Value::from_json(json!({"viewer": answer})).unwrap())
    }
}

/// Says what the fan-out brings. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Voice {
    sender: UnboundedSender<Received>,
    graph: Arc<Graph>,
    clock: Arc<ManualClock>,
}

impl Voice {
    pub(crate) fn signal(&self, audience: Audience, kind: SignalKind) {
        self.sender.send(Received::Signals(Arc::new([Signal { audience, kind }]))).unwrap();
    }

    pub(crate) fn lost(&self) {
        self.sender.send(Received::Lost).unwrap();
    }

    /// Stores messages up to `last` without telling anybody.
    pub(crate) fn store(&self, id: &ConversationId, last: usize) {
        self.graph.logs.lock().entry(id.to_string()).or_default().resize(last, openim_core::Clock::now(&*self.clock));
    }

    /// Tells of messages.
    pub(crate) fn appended(&self, audience: Audience, id: &ConversationId, first_seq: i64, last_seq: i64) {
        self.signal(
            audience,
            SignalKind::MessagesAppended { conversation_id: id.clone(), first_seq, last_seq, messages: Vec::new(), stored_at: START },
        );
    }

    /// Stores messages and tells of them.
    pub(crate) fn say(&self, users: &[&str], id: &ConversationId, first: i64, last: i64) {
        self.store(id, usize::try_from(last).unwrap());
        self.appended(audience(users), id, first, last);
    }

    /// Gives users a row without telling anybody.
    pub(crate) fn row(&self, users: &[&str], id: &ConversationId, live: bool) {
        let changed = openim_core::Clock::now(&*self.clock);
        for user in users {
            self.graph.rows.lock().insert(((*user).to_owned(), id.to_string()), Row { changed, live });
        }
    }

    /// Notes a read position without telling anybody.
    pub(crate) fn read(&self, id: &ConversationId, reader: &str, seq: i64) {
        let at = openim_core::Clock::now(&*self.clock);
        self.graph.reads.lock().push((id.to_string(), reader.to_owned(), seq, at));
    }

    /// Notes that a user, or a group of the user's, was told something that is not kept.
    pub(crate) fn announce(&self, user: &str, content_type: i32, group: Option<&str>) {
        let at = openim_core::Clock::now(&*self.clock);
        self.graph.announced.lock().push((user.to_owned(), content_type, group.map(ToOwned::to_owned), at));
    }

    /// Sends a user something that cannot be confused with anything else.
    pub(crate) fn mark(&self, users: &[&str]) {
        self.signal(audience(users), SignalKind::UserChanged { user_id: user("mark") });
    }
}

pub(crate) struct Node {
    pub(crate) hub: Arc<Hub>,
    pub(crate) voice: Voice,
    pub(crate) graph: Arc<Graph>,
    pub(crate) stop: CancellationToken,
    clock: Arc<ManualClock>,
    pub(crate) runtime: Runtime,
    pub(crate) subgraph: Arc<dyn Subgraph>,
}

impl Node {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self::noting(settings, Arrivals::unnoted())
    }

    pub(crate) fn noting(settings: Settings, arrivals: Arrivals) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let runtime = Runtime { clock: clock.clone(), ids: Arc::new(SequentialIds::default()) };
        let graph = Arc::new(Graph::default());
        let hub = Hub::new(settings, runtime.clone(), graph.clone(), arrivals);
        let (sender, receiver) = unbounded_channel();
        let received = stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|item| (item, receiver)) }).boxed();
        let stop = CancellationToken::new();
        let (running, stopping) = (hub.clone(), stop.clone());
        tokio::spawn(async move { running.run(received, stopping).await });
        let voice = Voice { sender, graph: graph.clone(), clock: clock.clone() };
        Self { subgraph: hub.subgraph(), hub, voice, graph, stop, clock, runtime }
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Opens a stream; nothing happens before it is asked for its first event.
    pub(crate) fn open(&self, name: &str, platform: Platform, after: Option<&str>) -> Client {
        let principal = Principal::new(user(name), platform, false);
        self.open_as(Actor::User(principal), after)
    }

    pub(crate) fn open_as(&self, actor: Actor, after: Option<&str>) -> Client {
        self.open_watching(actor, after, &[])
    }

    /// Opens a stream that tells some people's presence.
    pub(crate) fn open_watching(&self, actor: Actor, after: Option<&str>, watched: &[&str]) -> Client {
        let request = Request::new(DOCUMENT).variables(Variables::from_json(json!({"after": after, "watched": watched})));
        Client { stream: self.subgraph.subscribe(self.ctx(actor), request), cursor: String::new() }
    }

    pub(crate) fn ctx(&self, actor: Actor) -> Ctx {
        let deadline = openim_core::Clock::now(&*self.clock).plus(Duration::from_secs(30));
        Ctx::new(self.runtime.clone(), actor, OperationId::parse("test").unwrap(), deadline)
    }

    /// Opens a fresh stream on the web and takes its first event.
    pub(crate) async fn online(&self, name: &str) -> Client {
        let mut client = self.open(name, Platform::WEB, None);
        assert_eq!(client.next().await, "ready 0");
        client
    }

    /// Resumes a stream on the web.
    pub(crate) fn resume(&self, name: &str, cursor: &str) -> Client {
        self.open(name, Platform::WEB, Some(cursor))
    }

    /// Waits until the hub has handed on everything that was said before.
    pub(crate) async fn settle(&self) {
        let mut probe = self.online("probe").await;
        self.voice.mark(&["probe"]);
        assert_eq!(probe.next().await, "user mark");
    }
}

pub(crate) struct Client {
    stream: BoxStream<'static, Response>,
    /// The newest cursor.
    pub(crate) cursor: String,
}

impl Client {
    /// Returns the next event as short text: its kind and what it is about.
    pub(crate) async fn next(&mut self) -> String {
        let next = tokio::time::timeout(PATIENCE, self.stream.next()).await.unwrap();
        let Some(response) = next else { return "end".to_owned() };
        let answer = serde_json::to_value(response).unwrap();
        if let Some(error) = answer["errors"].get(0) {
            return format!("error {}", error["extensions"]["code"].as_str().unwrap());
        }
        let event = &answer["data"]["events"];
        self.cursor = event["cursor"].as_str().unwrap().to_owned();
        assert!(self.cursor.len() <= 4096);
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let words = |list: &Value| list.as_array().unwrap().iter().map(word).collect::<Vec<_>>().join(",");
        match event["__typename"].as_str().unwrap() {
            "Ready" => format!("ready {}", event["missed"]),
            "MessageAdded" => {
                assert_eq!(event["message"]["conversationId"], event["conversation"]["id"]);
                format!("message {} {}", word(&event["conversation"]["id"]), event["message"]["seq"])
            }
            "ConversationRead" => {
                format!("read {} {} {}", word(&event["conversation"]["id"]), word(&event["readerId"]), event["readSeq"])
            }
            "ConversationChanged" => format!("changed {}", word(&event["conversation"]["id"])),
            "UserChanged" => format!("user {}", word(&event["user"]["id"])),
            "FriendRequestChanged" => format!("request {} {}", word(&event["from"]["id"]), word(&event["toId"])),
            "FriendsChanged" => format!("friends {}", words(&event["userIds"])),
            "BlacklistChanged" => format!("black {}", word(&event["userId"])),
            "GroupRequestChanged" => format!("group request {} {}", word(&event["groupId"]), word(&event["user"]["id"])),
            "GroupChanged" => format!("group {}", word(&event["group"]["id"])),
            "GroupMembersChanged" => format!("members {} {}", word(&event["groupId"]), words(&event["userIds"])),
            "JoinedGroupsChanged" => format!("joined {}", word(&event["group"]["id"])),
            "NotificationReceived" => {
                let place = (&event["seq"], &event["message"]["seq"]);
                assert_eq!(place.0 == 0, place.1.is_null(), "{event}");
                format!("notification {} {} {}", event["contentType"], word(&event["conversationId"]), event["seq"])
            }
            "ListsChanged" => {
                let groups: Vec<_> = event["groups"].as_array().unwrap().iter().map(|group| word(&group["id"])).collect();
                format!("lists {} groups {} types {}", words(&event["lists"]), groups.join(","), event["contentTypes"])
            }
            "PresenceChanged" => {
                assert_eq!(event["userId"], event["user"]["id"]);
                assert_eq!(event["online"], !event["platforms"].as_array().unwrap().is_empty());
                format!("presence {} {}", word(&event["userId"]), words(&event["platforms"]))
            }
            "MessageChanged" => format!("looks {} {}", word(&event["conversation"]["id"]), event["message"]["seq"]),
            "TransientMessageReceived" => {
                let ids = (word(&event["conversationId"]), word(&event["sender"]["id"]));
                format!("passed {} {} {} {}", ids.0, ids.1, event["contentType"], event["content"])
            }
            other => format!("{} {}", other.to_lowercase(), word(&event["reason"])),
        }
    }

    /// Expects these events, in this order.
    pub(crate) async fn expect(&mut self, events: &[&str]) {
        for event in events {
            assert_eq!(self.next().await, *event);
        }
    }
}

pub(crate) const DOCUMENT: &str = "subscription($after: EventCursor, $watched: [ID!]) {
    events(after: $after, presenceOf: $watched) { __typename cursor
    ... on Ready { missed }
    ... on MessageAdded { message { conversationId seq } conversation { ownerId id } }
    ... on ConversationRead { conversation { id } readerId reader { id } readSeq }
    ... on ConversationChanged { conversation { id } }
    ... on UserChanged { user { id } }
    ... on FriendRequestChanged { fromId from { id } toId to { id } }
    ... on FriendsChanged { userIds users { id } }
    ... on BlacklistChanged { userId user { id } }
    ... on GroupRequestChanged { groupId group { id } userId user { id } }
    ... on GroupChanged { groupId group { id } }
    ... on GroupMembersChanged { groupId group { id } userIds users { id } }
    ... on JoinedGroupsChanged { groupId group { id } }
    ... on NotificationReceived { contentType senderId sender { id } receiverId groupId group { id } conversationId seq
        message { conversationId seq } content sentAt }
    ... on ListsChanged { lists groups { id } contentTypes }
    ... on PresenceChanged { userId user { id } online platforms }
    ... on MessageChanged { message { conversationId seq } conversation { ownerId id } }
    ... on TransientMessageReceived { conversationId conversation { id } senderId sender { id } receiverId groupId group { id }
        clientMessageId contentType content ex sentAt }
    ... on Reset { reason } } }";

pub(crate) fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

pub(crate) fn audience(users: &[&str]) -> Audience {
    Audience::Users(users.iter().map(|name| user(name)).collect())
}

pub(crate) fn chat(a: &str, b: &str) -> ConversationId {
    ConversationId::single(&user(a), &user(b))
}
