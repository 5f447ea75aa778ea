//! What the tests stand on: the subgraph over a test database, with users and readers' states that the test sets.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{ConversationReader, ReaderState, Signal, SignalKind, UserReader, UserSummary};
use openim_core::{ConversationId, Ctx, Result, UserId};
use openim_graphql::Subgraph;
use openim_messages::{Messages, MessagesPorts, MessagesSettings};
use openim_platform::nodes::Figures;
use openim_platform::store::Store;
use openim_platform::webhooks::Webhooks;
use openim_testing::{Answer, MemoryGroups, MemoryRelations, TestWorld, ask};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The users domain: whoever was added.
#[derive(Default)]
pub(crate) struct People(Mutex<BTreeMap<UserId, UserSummary>>);

impl People {
    pub(crate) fn add(&self, id: &str, level: i32, global_receive_option: i32) {
        let user_id = UserId::parse(id).expect("a user id");
        let face_url = format!("https://faces.example/{id}");
        let summary = UserSummary { user_id: user_id.clone(), nickname: id.to_uppercase(), face_url, level, global_receive_option };
        self.0.lock().insert(user_id, summary);
    }
}

#[async_trait]
impl UserReader for People {
    async fn users(&self, ids: &[UserId]) -> Result<Vec<UserSummary>> {
        let people = self.0.lock();
        let mut found: Vec<UserSummary> = Vec::new();
        for id in ids {
            if !found.iter().any(|user| &user.user_id == id) {
                found.extend(people.get(id).cloned());
            }
        }
        Ok(found)
    }

    async fn page(&self, after: Option<&UserId>, limit: u64) -> Result<Vec<UserSummary>> {
        let people = self.0.lock();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(people.iter().filter(|(id, _)| after.is_none_or(|after| *id > after)).map(|(_, user)| user.clone()).take(limit).collect())
    }
}

/// The conversations domain: the states that the test set, and how often it was asked.
#[derive(Default)]
pub(crate) struct States {
    rows: Mutex<BTreeMap<(UserId, ConversationId), ReaderState>>,
    pub(crate) questions: Mutex<usize>,
}

impl States {
    pub(crate) fn set(&self, owner: &str, conversation: &str, state: ReaderState) {
        let key = (UserId::parse(owner).expect("a user id"), ConversationId::parse(conversation).expect("a conversation id"));
        self.rows.lock().insert(key, state);
    }
}

#[async_trait]
impl ConversationReader for States {
    async fn reader_states(&self, owner: &UserId, conversations: &[ConversationId]) -> Result<Vec<Option<ReaderState>>> {
        *self.questions.lock() += 1;
        let rows = self.rows.lock();
        Ok(conversations.iter().map(|id| rows.get(&(owner.clone(), id.clone())).copied()).collect())
    }
}

/// One process of the subgraph.
pub(crate) struct Stage {
    pub(crate) messages: Messages,
    pub(crate) subgraph: Arc<dyn Subgraph>,
    pub(crate) people: Arc<People>,
    pub(crate) states: Arc<States>,
    pub(crate) groups: Arc<MemoryGroups>,
    pub(crate) relations: Arc<MemoryRelations>,
    cancel: CancellationToken,
    tracker: TaskTracker,
}

impl Stage {
    /// Starts the subgraph with the users a, b, c, ordinary ones, and `desk`, a system account.
    pub(crate) fn start(world: &TestWorld) -> Self {
        Self::on(world, world.store().clone(), settings())
    }

    pub(crate) fn on(world: &TestWorld, store: Store, settings: MessagesSettings) -> Self {
        Self::with(world, store, settings, Webhooks::disabled())
    }

    pub(crate) fn with(world: &TestWorld, store: Store, settings: MessagesSettings, webhooks: Webhooks) -> Self {
        let (people, states) = (Arc::new(People::default()), Arc::new(States::default()));
        for id in ["a", "b", "c"] {
            people.add(id, 1, 0);
        }
        people.add("desk", 3, 0);
        let (groups, relations) = (Arc::new(MemoryGroups::default()), Arc::new(MemoryRelations::default()));
        let ports = MessagesPorts {
            store,
            users: people.clone(),
            conversations: states.clone(),
            groups: groups.clone(),
            relations: relations.clone(),
            webhooks,
            cache: world.cache().clone(),
            figures: Figures::new(),
        };
        let messages = Messages::new(settings, ports, world.runtime().clone());
        let (cancel, tracker) = (CancellationToken::new(), TaskTracker::new());
        messages.start_workers(&tracker, &cancel);
        messages.handlers().into_iter().for_each(|handler| world.register(handler));
        Self { subgraph: messages.subgraph(), messages, people, states, groups, relations, cancel, tracker }
    }

    /// Stops as the server does, and waits until everything has ended.
    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// Runs an operation and returns its data.
    pub(crate) async fn ask(&self, ctx: Ctx, query: &str, variables: Value) -> Value {
        self.run(ctx, query, variables).await.data()
    }

    /// Runs an operation that must fail and returns its first error's code and text.
    pub(crate) async fn fail(&self, ctx: Ctx, query: &str, variables: Value) -> (String, String) {
        self.run(ctx, query, variables).await.refused()
    }

    /// Runs an operation.
    pub(crate) async fn run(&self, ctx: Ctx, query: &str, variables: Value) -> Answer {
        ask(&*self.subgraph, ctx, query, variables).await
    }

    /// Sends a text and returns the payload.
    pub(crate) async fn text(&self, ctx: Ctx, to: &str, client_id: &str, text: &str) -> Value {
        let input = json!({"recipient": {"userId": to}, "clientMessageId": client_id, "content": {"text": {"text": text}}});
        self.send(ctx, input).await
    }

    /// Sends a message and returns the payload.
    pub(crate) async fn send(&self, ctx: Ctx, input: Value) -> Value {
        self.ask(ctx, SEND, json!({"input": input})).await["sendMessage"].clone()
    }

    /// Sends a message that must be refused, and returns code and text.
    pub(crate) async fn refused(&self, ctx: Ctx, input: Value) -> (String, String) {
        self.fail(ctx, SEND, json!({"input": input})).await
    }
}

pub(crate) const SEND: &str = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { duplicate message {
    conversationId seq id clientMessageId senderId receiverId senderNickname senderFaceUrl senderPlatform kind contentType
    rawText sentAt createdAt status source atUserIds attachedInfo ex options { key value } offlinePush { title iosBadgeCount }
} } }";

/// The usual settings, but swept only when the test says so.
pub(crate) fn settings() -> MessagesSettings {
    MessagesSettings { sweep_every: std::time::Duration::from_secs(3600), ..MessagesSettings::default() }
}

/// Returns the seqs of a list of messages.
pub(crate) fn seqs(messages: &Value) -> Vec<i64> {
    messages.as_array().expect("a list").iter().map(|message| message["seq"].as_i64().expect("a seq")).collect()
}

/// What a signal says of a log that grew: the log, the first and the last seq, and the seqs of the messages that it carries.
pub(crate) fn grown(signal: &Signal) -> (&str, i64, i64, Vec<i64>) {
    match &signal.kind {
        SignalKind::MessagesAppended { conversation_id, first_seq, last_seq, messages, .. } => {
            assert!(messages.iter().all(|message| message.conversation_id == *conversation_id && !message.operation_id.is_empty()));
            (conversation_id.as_str(), *first_seq, *last_seq, messages.iter().map(|message| message.seq).collect())
        }
        other => panic!("{other:?} tells of no log"),
    }
}
