//! Offline push: who is told, and that everybody is told once.

mod deciding;
mod devices;
mod hooks;
mod sending;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{
    ConversationReader, Envelope, GroupReader, MessageData, MessageLogReader, OfflinePush, PlacedMessage, PushWanted, ReaderState,
};
use openim_core::{ClientMessageId, ConversationId, Ctx, GroupId, Platform, Result, Timestamp, UserId};
use openim_graphql::Subgraph;
use openim_platform::presence::{MemoryPresence, Presence};
use openim_platform::webhooks::Webhooks;
use openim_push::{Address, Addressing, PushOutcome, PushRequest, PushSender};
use openim_testing::{Answer, MemoryGroups, TestWorld, ask};
use openim_third::{PushPorts, PushSettings, Third, ThirdSettings};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::house::ports;

type Answering = dyn Fn(&Address) -> PushOutcome + Send + Sync;

/// A provider that does what the test says and remembers what it was asked.
pub(crate) struct Provider {
    name: &'static str,
    answering: Mutex<Box<Answering>>,
    asked: Mutex<Vec<PushRequest>>,
}

impl Provider {
    fn new(name: &'static str) -> Arc<Self> {
        let taken = |_: &Address| PushOutcome::Delivered { reference: "taken".into() };
        Arc::new(Self { name, answering: Mutex::new(Box::new(taken)), asked: Mutex::default() })
    }

    fn answers(&self, answering: impl Fn(&Address) -> PushOutcome + Send + Sync + 'static) {
        *self.answering.lock() = Box::new(answering);
    }

    fn take(&self) -> Vec<PushRequest> {
        std::mem::take(&mut self.asked.lock())
    }
}

#[async_trait]
impl PushSender for Provider {
    fn name(&self) -> &'static str {
        self.name
    }

    fn addressing(&self) -> Addressing {
        if self.name == "fcm" { Addressing::Devices } else { Addressing::Aliases }
    }

    async fn send(&self, request: &PushRequest) -> Vec<PushOutcome> {
        self.asked.lock().push(request.clone());
        let answering = self.answering.lock();
        request.targets.iter().map(|target| answering(&target.address)).collect()
    }
}

/// Messages by their places.
#[derive(Default)]
pub(crate) struct Logs(Mutex<HashMap<(String, i64), MessageData>>);

#[async_trait]
impl MessageLogReader for Logs {
    async fn heads(&self, _: &[ConversationId]) -> Result<Vec<openim_contracts::ConversationHead>> {
        Ok(Vec::new())
    }

    async fn messages(&self, places: &[PlacedMessage]) -> Result<Vec<MessageData>> {
        let messages = self.0.lock();
        Ok(places.iter().filter_map(|place| messages.get(&(place.conversation_id.to_string(), place.seq)).cloned()).collect())
    }
}

/// What readers want of conversations.
#[derive(Default)]
pub(crate) struct Options(Mutex<HashMap<UserId, i32>>);

#[async_trait]
impl ConversationReader for Options {
    async fn reader_states(&self, owner: &UserId, conversations: &[ConversationId]) -> Result<Vec<Option<ReaderState>>> {
        let option = self.0.lock().get(owner).copied();
        let state = option.map(|receive_option| ReaderState { receive_option, ..ReaderState::default() });
        Ok(vec![state; conversations.len()])
    }
}

/// The domain with a provider, groups, presence and messages of the test's.
pub(crate) struct Stage {
    third: Third,
    subgraph: Arc<dyn Subgraph>,
    provider: Arc<Provider>,
    presence: Arc<MemoryPresence>,
    groups: Arc<MemoryGroups>,
    options: Arc<Options>,
    logs: Arc<Logs>,
    _root: TempDir,
}

impl Stage {
    async fn new(world: &TestWorld) -> Self {
        Self::with(world, "fcm", Webhooks::disabled()).await
    }

    async fn with(world: &TestWorld, name: &'static str, webhooks: Webhooks) -> Self {
        let provider = Provider::new(name);
        let (presence, groups) = (Arc::new(MemoryPresence::default()), Arc::new(MemoryGroups::default()));
        let (options, logs) = (Arc::new(Options::default()), Arc::new(Logs::default()));
        let push = PushPorts {
            sender: Some(provider.clone()),
            presence: presence.clone(),
            groups: groups.clone() as Arc<dyn GroupReader>,
            conversations: options.clone(),
            logs: logs.clone(),
        };
        assert!(push.are_used(&webhooks));
        let (root, mut third_ports) = ports(world).await;
        third_ports.webhooks = webhooks;
        third_ports.push = push;
        let settings = PushSettings { configured: vec!["fcm", "log"], ..PushSettings::default() };
        let third = Third::new(ThirdSettings { push: settings, ..ThirdSettings::default() }, third_ports, world.runtime().clone());
        for handler in third.handlers() {
            if handler.name() == "third.push" {
                world.register(handler);
            }
        }
        Self { subgraph: third.subgraph(), third, provider, presence, groups, options, logs, _root: root }
    }

    async fn ask(&self, ctx: Ctx, document: &str, variables: Value) -> Answer {
        ask(&*self.subgraph, ctx, document, variables).await
    }

    /// Registers a token `{user}-{platform}`.
    async fn device(&self, world: &TestWorld, user: &str, platform: &str) {
        let variables = json!({"platform": platform, "token": format!("{user}-{platform}")});
        self.ask(world.user(user), REGISTER, variables).await.data();
    }

    async fn online(&self, user: &str, platform: i32, connection: &str) {
        self.presence.connect(&UserId::parse(user).unwrap(), Platform::parse(platform).unwrap(), connection).await.unwrap();
    }

    /// Puts messages into logs and says that they are to be pushed.
    async fn happened(&self, world: &TestWorld, messages: Vec<MessageData>) {
        let ctx = world.system();
        let place = |message: &MessageData| PlacedMessage {
            conversation_id: message.conversation_id.clone(),
            seq: message.seq,
            operation_id: ctx.operation_id().clone(),
        };
        let stored = messages.iter().map(place).collect();
        self.logs.0.lock().extend(messages.into_iter().map(|message| ((message.conversation_id.to_string(), message.seq), message)));
        let tx = world.store().begin().await.unwrap();
        tx.append(&ctx, &PushWanted { stored, passing: Vec::new() }).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The same, and everything that follows until the provider has it; returns who was told what, in the order of names.
    async fn told(&self, world: &TestWorld, messages: Vec<MessageData>) -> Vec<(String, String)> {
        self.happened(world, messages).await;
        world.drain_events().await;
        self.third.send_pushes().await.unwrap();
        self.requests()
    }

    fn requests(&self) -> Vec<(String, String)> {
        let mut told = Vec::new();
        for request in self.provider.take() {
            told.extend(request.targets.iter().map(|target| (name(&target.address), request.body.clone())));
        }
        told.sort();
        told
    }

    async fn log(&self, world: &TestWorld, variables: Value) -> Vec<Value> {
        let page = self.ask(world.admin(), LIST, variables).await.data()["admin"]["pushDeliveries"].clone();
        let edges = page["edges"].as_array().unwrap().iter();
        edges.map(|edge| edge["node"].clone()).collect()
    }
}

fn name(address: &Address) -> String {
    match address {
        Address::Device { token, .. } => token.clone(),
        Address::Alias(user) => user.to_string(),
    }
}

const REGISTER: &str = "mutation($platform: Platform!, $token: String!, $user: ID, $life: Long, $provider: PushProviderName = FCM) {
    registerPushToken(input: {platform: $platform, provider: $provider, token: $token, userId: $user, expiresInSeconds: $life}) { pushToken { platform provider expiresAt } } }";
const LIST: &str = "query($user: ID, $outcome: PushOutcome, $provider: PushProviderName) { admin { pushDeliveries(userId: $user, outcome: $outcome, provider: $provider) { totalCount
    edges { node { id userId platform provider title body badge outcome attempts error reference nextAttemptAt messageRef { conversationId seq clientMessageId } } } } } }";

/// A message to a user.
fn chat(from: &str, to: &str, seq: i64, text: &str) -> MessageData {
    let (sender, receiver) = (UserId::parse(from).unwrap(), UserId::parse(to).unwrap());
    let conversation_id = ConversationId::single(&sender, &receiver);
    message(conversation_id, seq, sender, Some(receiver), None, text)
}

/// A message to a group.
fn group_chat(from: &str, group: &str, seq: i64, text: &str) -> MessageData {
    let (sender, group) = (UserId::parse(from).unwrap(), GroupId::parse(group).unwrap());
    message(ConversationId::group(&group), seq, sender, None, Some(group), text)
}

fn message(id: ConversationId, seq: i64, sender: UserId, receiver: Option<UserId>, group: Option<GroupId>, text: &str) -> MessageData {
    let envelope = Envelope {
        server_id: "0".repeat(32),
        client_id: ClientMessageId::parse(format!("{sender}-{seq}")).unwrap(),
        sender,
        session_type: if group.is_some() { 3 } else { 1 },
        receiver,
        group,
        platform: 1,
        nickname: String::new(),
        face_url: String::new(),
        source: 100,
        content_type: 101,
        content: json!({"content": text}).to_string(),
        sent_at: Timestamp(1),
        created_at: Timestamp(1),
        at_user_ids: Vec::new(),
        attached_info: String::new(),
        ex: String::new(),
        options: Vec::new(),
        offline_push: Some(OfflinePush { title: "News".into(), description: text.into(), ..OfflinePush::default() }),
    };
    MessageData { conversation_id: id, seq, envelope: Arc::new(envelope), operation_id: "send".into() }
}

/// Changes what a message says about its push.
fn with_push(mut message: MessageData, change: impl FnOnce(&mut OfflinePush)) -> MessageData {
    let mut envelope = Envelope::clone(&message.envelope);
    change(envelope.offline_push.get_or_insert_default());
    message.envelope = Arc::new(envelope);
    message
}

fn pairs(told: &[(&str, &str)]) -> Vec<(String, String)> {
    told.iter().map(|(who, what)| ((*who).to_owned(), (*what).to_owned())).collect()
}
