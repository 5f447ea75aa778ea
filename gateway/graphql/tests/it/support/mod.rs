//! A server on a free port, with everything a test may want to move: clock, tokens, fan-out, events.

mod client;
mod graph;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openim_contracts::{Audience, Authenticator, Signal, SignalKind};
use openim_core::{Error, ErrorCode, ManualClock, Platform, Principal, Result, Runtime, SequentialIds, Timestamp, UserId};
use openim_graphql_door::{DocumentMode, Door, PersistedDocuments, Settings, router};
use openim_platform::cache::{Cache, MemoryCache};
use openim_platform::fanout::{Fanout, MemoryFanout};
use openim_platform::limits::{DoorLimits, DoorQuotas, MemoryLimiter};
use openim_platform::nodes::Figures;
use parking_lot::Mutex;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use client::{Frame, Socket};
pub(crate) use graph::Probe;

/// How long a test waits for something that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// How many publications the doors may be behind.
pub(crate) const FANOUT: usize = 64;
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// Waits for something that must happen soon.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it happens in time")
}

type Verdict = std::result::Result<(Principal, Timestamp), ErrorCode>;

#[derive(Default)]
pub(crate) struct Tokens {
    verdicts: Mutex<HashMap<String, Verdict>>,
    /// What is said of a token from its second check on.
    late: Mutex<HashMap<String, ErrorCode>>,
}

#[async_trait]
impl Authenticator for Tokens {
    async fn authenticate(&self, token: &str) -> Result<(Principal, Timestamp)> {
        let mut verdicts = self.verdicts.lock();
        let verdict = verdicts.get(token).cloned().unwrap_or(Err(ErrorCode::TokenNotExist));
        if let Some(code) = self.late.lock().remove(token) {
            verdicts.insert(token.to_owned(), Err(code));
        }
        Ok(verdict?)
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) fanout: Arc<MemoryFanout>,
    pub(crate) probe: Arc<Probe>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
    client: Client,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        let clock = Arc::new(ManualClock::new(NOW));
        let documents = PersistedDocuments::new(DocumentMode::Allow, Arc::new(MemoryCache::new(clock.clone())));
        let limits = DoorLimits::off(clock.clone());
        Self::build(settings, documents, clock, limits).await
    }

    /// Starts a server with these quotas.
    pub(crate) async fn with_quotas(quotas: DoorQuotas) -> Self {
        let clock = Arc::new(ManualClock::new(NOW));
        let documents = PersistedDocuments::new(DocumentMode::Allow, Arc::new(MemoryCache::new(clock.clone())));
        let limits = DoorLimits::new(quotas, Arc::new(MemoryLimiter::new(clock.clone())), clock.clone());
        Self::build(Settings::default(), documents, clock, limits).await
    }

    pub(crate) async fn with_documents(mode: DocumentMode, shared: Arc<dyn Cache>, place: Option<&std::path::Path>) -> Self {
        let documents = PersistedDocuments::new(mode, shared);
        let documents = match place {
            Some(place) => documents.register(place).expect("a good manifest"),
            None => documents,
        };
        let clock = Arc::new(ManualClock::new(NOW));
        let limits = DoorLimits::off(clock.clone());
        Self::build(Settings::default(), documents, clock, limits).await
    }

    async fn build(settings: Settings, documents: PersistedDocuments, clock: Arc<ManualClock>, limits: DoorLimits) -> Self {
        // A second test of the same process finds it installed.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (tokens, fanout, probe) =
            (Arc::new(Tokens::default()), Arc::new(MemoryFanout::with_capacity(FANOUT)), Arc::new(Probe::default()));
        let (shutdown, tasks) = (CancellationToken::new(), TaskTracker::new());
        let routes = router(Door {
            executor: graph::schema(probe.clone()),
            authenticator: tokens.clone(),
            runtime: Runtime { clock: clock.clone(), ids: Arc::new(SequentialIds::default()) },
            fanout: fanout.clone(),
            documents,
            settings,
            limits: Arc::new(limits),
            figures: Figures::new(),
            shutdown: shutdown.clone(),
            tasks: tasks.clone(),
        });
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { address, clock, tokens, fanout, probe, shutdown, tasks, client }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub(crate) fn request(&self, method: reqwest::Method) -> RequestBuilder {
        self.client.request(method, self.url("/graphql"))
    }

    /// A POST of JSON.
    pub(crate) fn post(&self, body: &Value) -> RequestBuilder {
        self.client.post(self.url("/graphql")).json(body)
    }

    /// A POST of anything.
    pub(crate) fn post_raw(&self, content_type: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.client.post(self.url("/graphql")).header("content-type", content_type).body(body)
    }

    /// Makes a token that is good for an hour.
    pub(crate) fn login(&self, user: &str) -> String {
        let principal = Principal::new(UserId::parse(user).expect("an id"), Platform::WEB, false);
        self.tokens.verdicts.lock().insert(format!("token-of-{user}"), Ok((principal, NOW.plus(Duration::from_secs(3600)))));
        format!("token-of-{user}")
    }

    /// Makes a token that is refused.
    pub(crate) fn refuse(&self, token: &str, code: ErrorCode) {
        self.tokens.verdicts.lock().insert(token.to_owned(), Err(code));
    }

    /// Makes a token that is good once more and then refused.
    pub(crate) fn refuse_late(&self, token: &str, code: ErrorCode) {
        self.tokens.late.lock().insert(token.to_owned(), code);
    }

    /// Tells all nodes that tokens of the user were revoked.
    pub(crate) async fn signal_revoked(&self, user: &str) {
        let user_id = UserId::parse(user).expect("an id");
        let kind = SignalKind::SessionsRevoked { user_id: user_id.clone(), platform: Platform::WEB, token_hashes: Vec::new() };
        self.fanout.publish(vec![Signal { audience: Audience::Users(vec![user_id]), kind }]).await;
    }

    pub(crate) async fn socket(&self, protocol: &str) -> Socket {
        Socket::open(self.address, protocol, &[]).await.expect("a handshake")
    }

    /// A `graphql-transport-ws` socket whose handshake is done.
    pub(crate) async fn ready_socket(&self, payload: Value) -> Socket {
        let mut socket = self.socket("graphql-transport-ws").await;
        socket.say(serde_json::json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hear().await["type"], "connection_ack");
        socket
    }
}

/// Sends a request and returns its status and JSON.
pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = soon(request.send()).await.expect("an answer");
    let status = response.status().as_u16();
    (status, json(response).await)
}

pub(crate) async fn json(response: Response) -> Value {
    let text = soon(response.text()).await.expect("a body");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"))
}

/// Returns the code of the first error.
pub(crate) fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

/// Reads a streamed body until it contains `wanted`, or to its end for `None`.
pub(crate) async fn read_until(response: &mut Response, text: &mut String, wanted: Option<&str>) {
    while wanted.is_none_or(|wanted| !text.contains(wanted)) {
        match soon(response.chunk()).await.expect("a chunk") {
            Some(chunk) => text.push_str(std::str::from_utf8(&chunk).expect("UTF-8")),
            None => {
                assert!(wanted.is_none(), "the stream ended without {wanted:?}: {text}");
                return;
            }
        }
    }
}

pub(crate) fn error(code: ErrorCode, message: &'static str) -> Error {
    Error::new(code, message).with_source("the secret of the database")
}
