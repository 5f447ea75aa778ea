//! A house with the conversations domain in it and logs that the test writes by hand.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{
    ConversationHead, ConversationStarted, DomainEvent, GroupMembersJoined, GroupMembersLeft, MessageLogReader, NotificationRequested,
    NotificationTarget, ReadAdvanced, ReadPosition, StoredBefore, UserReader, UserSummary,
};
use openim_conversations::{Conversations, Ports, Settings};
use openim_core::{ConversationId, ConversationKind, Ctx, GroupId, Result, Timestamp, UserId};
use openim_graphql::Subgraph;
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;
use openim_platform::webhooks::Webhooks;
use openim_testing::{MemoryGroups, MemoryRelations, TestWorld, ask};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::Barrier;

/// The ends of logs, as the messages domain would tell them.
#[derive(Default)]
pub(crate) struct Logs {
    heads: Mutex<HashMap<ConversationId, ConversationHead>>,
    /// When each message was stored.
    times: Mutex<HashMap<ConversationId, Vec<(i64, Timestamp)>>>,
    /// Where the next question of what is old waits twice: when it is asked, and before it is answered.
    halt: Mutex<Option<Arc<Barrier>>>,
}

#[async_trait]
impl MessageLogReader for Logs {
    async fn heads(&self, conversations: &[ConversationId]) -> Result<Vec<ConversationHead>> {
        let logs = self.heads.lock();
        Ok(conversations.iter().filter_map(|id| logs.get(id)).cloned().collect())
    }

    async fn last_before(&self, asked: &[StoredBefore]) -> Result<Vec<i64>> {
        let halt = self.halt.lock().take();
        if let Some(halt) = halt {
            halt.wait().await;
            halt.wait().await;
        }
        let times = self.times.lock();
        let last = |asked: &StoredBefore| {
            let old = times.get(&asked.conversation_id).into_iter().flatten().filter(|(_, at)| *at < asked.moment);
            old.map(|(seq, _)| *seq).filter(|seq| *seq >= asked.from).max().unwrap_or(0)
        };
        Ok(asked.iter().map(last).collect())
    }
}

/// Everybody is registered but those whose ids begin with `no`.
struct Registered;

#[async_trait]
impl UserReader for Registered {
    async fn users(&self, ids: &[UserId]) -> Result<Vec<UserSummary>> {
        let summary = |id: &UserId| UserSummary {
            user_id: id.clone(),
            nickname: id.to_string(),
            face_url: String::new(),
            level: 0,
            global_receive_option: 0,
        };
        Ok(ids.iter().filter(|id| !id.as_str().starts_with("no")).map(summary).collect())
    }

    async fn page(&self, _: Option<&UserId>, _: u64) -> Result<Vec<UserSummary>> {
        Ok(Vec::new())
    }
}

/// Notifications that the domain asked for.
#[derive(Default)]
pub(crate) struct Asked(Mutex<Vec<NotificationRequested>>);

impl Asked {
    /// Takes what was asked for: content type, for whom, and the detail. Who is told by somebody else is `from>to`.
    pub(crate) fn take(&self) -> Vec<(i32, Vec<String>, Value)> {
        let asked = std::mem::take(&mut *self.0.lock());
        let told = |request: NotificationRequested| {
            let users = match request.target {
                NotificationTarget::Themselves(users) => users.iter().map(ToString::to_string).collect(),
                NotificationTarget::User(user) => vec![format!("{}>{user}", request.sender)],
                NotificationTarget::Group(group) => vec![format!("{}>{group}", request.sender)],
            };
            (request.content_type, users, request.detail)
        };
        asked.into_iter().map(told).collect()
    }
}

#[async_trait]
impl EventHandler for Asked {
    fn name(&self) -> &'static str {
        "test.asked"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[NotificationRequested::TOPIC]
    }

    async fn handle(&self, _: &Ctx, _: &Tx, event: &StoredEvent) -> Result<()> {
        self.0.lock().push(event.decode()?);
        Ok(())
    }
}

pub(crate) struct House<'a> {
    pub(crate) world: &'a TestWorld,
    logs: Arc<Logs>,
    pub(crate) groups: Arc<MemoryGroups>,
    pub(crate) relations: Arc<MemoryRelations>,
    pub(crate) asked: Arc<Asked>,
    pub(crate) domain: Conversations,
    subgraph: Arc<dyn Subgraph>,
}

impl<'a> House<'a> {
    pub(crate) fn new(world: &'a TestWorld) -> Self {
        Self::with(world, Settings::default())
    }

    pub(crate) fn with(world: &'a TestWorld, settings: Settings) -> Self {
        Self::hooked(world, settings, Webhooks::disabled())
    }

    pub(crate) fn hooked(world: &'a TestWorld, settings: Settings, webhooks: Webhooks) -> Self {
        let (logs, groups, relations) =
            (Arc::new(Logs::default()), Arc::new(MemoryGroups::default()), Arc::new(MemoryRelations::default()));
        let domain = domain(world, settings, (logs.clone(), groups.clone(), relations.clone()), webhooks);
        for handler in domain.handlers() {
            world.register(handler);
        }
        let asked = Arc::new(Asked::default());
        world.register(asked.clone());
        Self { world, logs, groups, relations, asked, subgraph: domain.subgraph(), domain }
    }

    /// Puts a message into the log only.
    pub(crate) fn log(&self, id: &ConversationId, max_seq: i64, sender: &str, participants: &[&str]) {
        let head = ConversationHead {
            conversation_id: id.clone(),
            kind: id.kind(),
            participants: participants.iter().map(|name| user(name)).collect(),
            max_seq,
            min_seq: 1,
            last_time: self.world.now(),
            last_stored_at: self.world.now(),
            last_sender: Some(user(sender)),
        };
        self.logs.heads.lock().insert(id.clone(), head);
        let mut times = self.logs.times.lock();
        let times = times.entry(id.clone()).or_default();
        let next = times.last().map_or(1, |(seq, _)| seq + 1);
        times.extend((next..=max_seq).map(|seq| (seq, self.world.now())));
    }

    /// Halts whoever asks next what is old: the first wait is for the question, the second one lets it be answered.
    pub(crate) fn halt(&self) -> Arc<Barrier> {
        let halt = Arc::new(Barrier::new(2));
        *self.logs.halt.lock() = Some(halt.clone());
        halt
    }

    /// Lets `from` write the first messages of a chat to `to`; returns the conversation.
    pub(crate) async fn chat(&self, from: &str, to: &str, messages: i64) -> ConversationId {
        let id = ConversationId::single(&user(from), &user(to));
        let mut pair = [from, to];
        pair.sort_unstable();
        self.log(&id, messages, from, &pair);
        let participants = pair.map(user).to_vec();
        let kind = ConversationKind::Single;
        let event =
            ConversationStarted { conversation_id: id.clone(), kind, owners: participants.clone(), participants, at: self.world.now() };
        self.event(&event).await;
        self.world.take_signals();
        id
    }

    /// Appends an event and lets everybody handle it.
    pub(crate) async fn event<E: DomainEvent>(&self, event: &E) {
        self.append(event).await;
        self.world.drain_events().await;
    }

    /// Appends an event that nobody handles yet.
    pub(crate) async fn append<E: DomainEvent>(&self, event: &E) {
        let tx = self.world.store().begin().await.unwrap();
        tx.append(&self.world.system(), event).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Lets users enter a group and returns its conversation.
    pub(crate) async fn joined(&self, group: &str, users: &[&str], visible_from: i64) -> ConversationId {
        let group_id = GroupId::parse(group).unwrap();
        let id = ConversationId::group(&group_id);
        let user_ids = users.iter().map(|name| user(name)).collect();
        self.event(&GroupMembersJoined { group_id, user_ids, visible_from, at: self.world.now() }).await;
        id
    }

    /// Lets users leave a group.
    pub(crate) async fn left(&self, group: &str, users: &[&str], visible_until: i64) {
        let group_id = GroupId::parse(group).unwrap();
        let user_ids = users.iter().map(|name| user(name)).collect();
        self.event(&GroupMembersLeft { group_id, user_ids, visible_until, at: self.world.now() }).await;
    }

    pub(crate) async fn read_advanced(&self, positions: &[(&str, &ConversationId, i64)]) {
        let position = |(name, id, seq): &(&str, &ConversationId, i64)| ReadPosition {
            user_id: user(name),
            conversation_id: (*id).clone(),
            seq: *seq,
        };
        self.event(&ReadAdvanced { positions: positions.iter().map(position).collect() }).await;
    }

    /// Runs a document that must succeed; its data.
    pub(crate) async fn data(&self, ctx: Ctx, document: &str, variables: Value) -> Value {
        let data = self.answer(ctx, document, variables).await;
        self.world.drain_events().await;
        data
    }

    /// Runs a document that must succeed, and handles nothing of what it brings about.
    pub(crate) async fn answer(&self, ctx: Ctx, document: &str, variables: Value) -> Value {
        ask(&*self.subgraph, ctx, document, variables).await.data()
    }

    /// Runs a document that must fail; its error code.
    pub(crate) async fn code(&self, ctx: Ctx, document: &str, variables: Value) -> String {
        ask(&*self.subgraph, ctx, document, variables).await.refused().0
    }

    /// Marks as read and returns the position and the count afterwards.
    pub(crate) async fn mark(&self, name: &str, id: &ConversationId, seq: i64) -> (i64, i64) {
        let data = self.data(self.world.user(name), MARK, json!({"input": {"conversationId": id.as_str(), "readSeq": seq}})).await;
        let conversation = &data["markConversationRead"]["conversation"];
        (conversation["readSeq"].as_i64().unwrap(), conversation["unreadCount"].as_i64().unwrap())
    }
}

type Readers = (Arc<Logs>, Arc<MemoryGroups>, Arc<MemoryRelations>);

fn domain(world: &TestWorld, settings: Settings, (logs, groups, relations): Readers, webhooks: Webhooks) -> Conversations {
    let ports = Ports { store: world.store().clone(), logs, groups, users: Arc::new(Registered), relations, webhooks };
    Conversations::new(settings, ports, world.runtime().clone())
}

pub(crate) const MARK: &str =
    "mutation($input: MarkConversationReadInput!) { markConversationRead(input: $input) { conversation { readSeq unreadCount } } }";

pub(crate) fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

pub(crate) fn text(time: Timestamp) -> Value {
    serde_json::to_value(async_graphql::ScalarType::to_value(&openim_graphql::DateTime(time))).unwrap()
}
