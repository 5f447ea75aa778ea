//! A door on a free port, with everything a test may want to move: clock, tokens, fan-out, graph.

mod graph;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream;
use openim_contracts::{Audience, Authenticator, Envelope, MessageData, Signal, SignalKind};
use openim_core::{
    ClientMessageId, ConversationId, ErrorCode, ManualClock, Platform, Principal, Result, Runtime, SequentialIds, Timestamp, UserId,
};
use openim_platform::fanout::Received as Heard;
use openim_platform::limits::{DoorLimits, DoorQuotas, MemoryLimiter};
use openim_protocol::Response;
use openim_protocol::client::{ClientError, Options, Received, Refusal, SdkClient};
use openim_realtime::{Arrivals, Hub};
use openim_sdk_door::{Door, Settings, router};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use graph::Graph;

pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);

type Verdict = std::result::Result<(Principal, Timestamp), ErrorCode>;

/// Which tokens are good.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<String, Verdict>>);

#[async_trait]
impl Authenticator for Tokens {
    async fn authenticate(&self, token: &str) -> Result<(Principal, Timestamp)> {
        match self.0.lock().get(token) {
            Some(Ok(good)) => Ok(good.clone()),
            Some(Err(code)) => Err((*code).into()),
            None => Err(ErrorCode::TokenNotExist.into()),
        }
    }
}

/// A running door.
pub(crate) struct Node {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tokens: Arc<Tokens>,
    fanout: UnboundedSender<Heard>,
    pub(crate) graph: Arc<Graph>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// What a test may want differently.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) door: Settings,
    pub(crate) hub: openim_realtime::Settings,
    pub(crate) quotas: Option<DoorQuotas>,
}

impl Node {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Plan)) -> Self {
        // A second test of the same process finds it installed.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let mut plan = Plan::default();
        change(&mut plan);
        let clock = Arc::new(ManualClock::new(NOW));
        let runtime = Runtime { clock: clock.clone(), ids: Arc::new(SequentialIds::default()) };
        let (tokens, graph) = (Arc::new(Tokens::default()), Arc::new(Graph::default()));
        let (fanout, mut heard) = unbounded_channel();
        let received = stream::poll_fn(move |cx| heard.poll_recv(cx)).boxed();
        let hub = Hub::new(plan.hub, runtime.clone(), graph.clone(), Arrivals::unnoted());
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (running, stopping) = (hub.clone(), stop.clone());
        tokio::spawn(async move { running.run(received, stopping).await });
        let limits = match plan.quotas {
            Some(quotas) => DoorLimits::new(quotas, Arc::new(MemoryLimiter::new(clock.clone())), clock.clone()),
            None => DoorLimits::off(clock.clone()),
        };
        let door = Door {
            graph: &*graph.operations(),
            hub: hub.clone(),
            authenticator: tokens.clone(),
            runtime,
            limits: Arc::new(limits),
            settings: plan.door,
            tasks: tasks.clone(),
        };
        let routes = router(door).expect("documents that fit");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, clock, tokens, fanout, graph, hub, stop, tasks }
    }

    /// Makes a token that is good for an hour.
    pub(crate) fn login(&self, user: &str, platform: i32) -> String {
        let token = format!("token-of-{user}-{platform}");
        self.allow(&token, user, platform, NOW.plus(Duration::from_secs(3600)));
        token
    }

    pub(crate) fn allow(&self, token: &str, user: &str, platform: i32, until: Timestamp) {
        let platform = Platform::parse(platform).expect("a platform");
        let principal = Principal::new(user_id(user), platform, false).with_token_hash(format!("hash of {token}"));
        self.tokens.0.lock().insert(token.to_owned(), Ok((principal, until)));
    }

    pub(crate) fn refuse(&self, token: &str, code: ErrorCode) {
        self.tokens.0.lock().insert(token.to_owned(), Err(code));
    }

    /// What a native client of a user connects with.
    pub(crate) fn native(&self, user: &str, platform: i32) -> Options {
        Options::native(format!("ws://{}", self.address), user, self.login(user, platform), platform)
    }

    /// Connects a native client.
    pub(crate) async fn connect(&self, user: &str, platform: i32) -> SdkClient {
        self.open(&self.native(user, platform)).await
    }

    /// Connects and waits until the hub knows the groups of the user.
    pub(crate) async fn open(&self, options: &Options) -> SdkClient {
        let mut client = SdkClient::connect(options).await.expect("a connection");
        // A request is answered when the session is open.
        let request = client.request(openim_protocol::identifier::SIGNAL, &openim_protocol::sdkws::GetMaxSeqReq::default());
        client.send(&request).await.expect("a frame");
        client.answer_to(&request.msg_incr).await.expect("an answer");
        client
    }

    /// Publishes one signal.
    pub(crate) fn signal(&self, audience: Audience, kind: SignalKind) {
        self.fanout.send(Heard::Signals([Signal { audience, kind }].into())).expect("the hub runs");
    }

    /// Tells that signals were lost.
    pub(crate) fn lose(&self) {
        self.fanout.send(Heard::Lost).expect("the hub runs");
    }

    /// Tells that messages were appended, with or without them.
    pub(crate) fn append(&self, messages: Vec<MessageData>, carried: bool) {
        let (first, last) = (messages.first().expect("one"), messages.last().expect("one"));
        let users = [Some(first.envelope.sender.clone()), first.envelope.receiver.clone()].into_iter().flatten().collect();
        let (conversation_id, first_seq, last_seq) = (first.conversation_id.clone(), first.seq, last.seq);
        let messages = if carried { messages.into_iter().map(Arc::new).collect() } else { Vec::new() };
        let stored_at = Timestamp::default();
        self.signal(Audience::Users(users), SignalKind::MessagesAppended { conversation_id, first_seq, last_seq, messages, stored_at });
    }

    pub(crate) fn revoke(&self, user: &str, platform: i32, token: &str) {
        let platform = Platform::parse(platform).expect("a platform");
        let kind = SignalKind::SessionsRevoked { user_id: user_id(user), platform, token_hashes: vec![format!("hash of {token}")] };
        self.signal(Audience::Users(vec![user_id(user)]), kind);
    }
}

pub(crate) fn user_id(user: &str) -> UserId {
    UserId::parse(user).expect("an id")
}

/// A message of a chat.
pub(crate) fn message(from: &str, to: &str, seq: i64, options: &[(&str, bool)]) -> MessageData {
    let (sender, receiver) = (user_id(from), user_id(to));
    let conversation_id = ConversationId::single(&sender, &receiver);
    let envelope = Envelope {
        server_id: format!("server-{seq}"),
        client_id: ClientMessageId::parse(format!("client-{seq}")).expect("an id"),
        sender,
        receiver: Some(receiver),
        group: None,
        platform: 5,
        nickname: "Nick".into(),
        face_url: String::new(),
        session_type: 1,
        source: 100,
        content_type: 101,
        content: format!("{{\"content\":\"{seq}\"}}"),
        sent_at: NOW,
        created_at: NOW,
        at_user_ids: Vec::new(),
        attached_info: "null".into(),
        ex: String::new(),
        options: options.iter().map(|(name, on)| ((*name).to_owned(), *on)).collect(),
        offline_push: None,
    };
    MessageData { conversation_id, seq, envelope: Arc::new(envelope), operation_id: format!("op-{seq}") }
}

/// The refusal of a connection that must be refused.
pub(crate) async fn refusal(options: &Options) -> Refusal {
    match SdkClient::connect(options).await {
        Err(ClientError::Refused(refusal)) => refusal,
        Err(other) => panic!("not refused: {other}"),
        Ok(_) => panic!("the connection is open"),
    }
}

/// Waits for the end of a connection and returns the code and the reason; what comes before is returned, too.
pub(crate) async fn end(client: &mut SdkClient) -> (Vec<Response>, u16, String) {
    let mut before = Vec::new();
    loop {
        match client.receive().await {
            Ok(Received::Response(response)) => before.push(response),
            Ok(_) => {}
            Err(ClientError::Ended(Some((code, reason)))) => return (before, code, reason),
            Err(other) => panic!("it did not end politely: {other}"),
        }
    }
}
