//! What every test of this subgraph starts with: users that the test names, logs whose ends it sets, recorded events.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{
    ConversationHead, DomainEvent, GroupReader, MessageLogReader, NotificationRequested, NotificationTarget, UserReader, UserSummary,
};
use openim_core::{ConversationId, ConversationKind, Ctx, ErrorCode, GroupId, Result, UserId};
use openim_graphql::Subgraph;
use openim_groups::{Groups, Readers, Settings, Shared};
use openim_platform::events::{EventHandler, StoredEvent};
use openim_platform::store::Tx;
use openim_platform::webhooks::Webhooks;
use openim_testing::{Answer, TestWorld, ask, for_each_database};
use parking_lot::Mutex;
use serde_json::{Value, json};

/// Everybody whose id does not begin with "nobody" exists; names are the ids until a test changes them.
#[derive(Default)]
pub(crate) struct Users(Mutex<HashMap<UserId, (String, String)>>);

impl Users {
    pub(crate) fn rename(&self, id: &str, nickname: &str, face_url: &str) {
        self.0.lock().insert(user(id), (nickname.to_owned(), face_url.to_owned()));
    }
}

#[async_trait]
impl UserReader for Users {
    async fn users(&self, ids: &[UserId]) -> Result<Vec<UserSummary>> {
        let names = self.0.lock();
        let summary = |id: &UserId| {
            let (nickname, face_url) = names.get(id).cloned().unwrap_or_else(|| (id.to_string(), format!("face of {id}")));
            UserSummary { user_id: id.clone(), nickname, face_url, level: 0, global_receive_option: 0 }
        };
        Ok(ids.iter().filter(|id| !id.as_str().starts_with("nobody")).map(summary).collect())
    }

    async fn page(&self, _after: Option<&UserId>, _limit: u64) -> Result<Vec<UserSummary>> {
        Ok(Vec::new())
    }
}

/// The ends of logs, as the messages domain would tell them.
#[derive(Default)]
pub(crate) struct Logs(Mutex<HashMap<ConversationId, i64>>);

impl Logs {
    pub(crate) fn set(&self, group: &str, max_seq: i64) {
        self.0.lock().insert(ConversationId::group(&group_id(group)), max_seq);
    }
}

#[async_trait]
impl MessageLogReader for Logs {
    async fn heads(&self, conversations: &[ConversationId]) -> Result<Vec<ConversationHead>> {
        let logs = self.0.lock();
        let head = |id: &ConversationId| {
            Some(ConversationHead {
                conversation_id: id.clone(),
                kind: ConversationKind::Group,
                participants: Vec::new(),
                max_seq: *logs.get(id)?,
                min_seq: 1,
                last_time: openim_testing::START,
                last_stored_at: openim_testing::START,
                last_sender: None,
            })
        };
        Ok(conversations.iter().filter_map(head).collect())
    }
}

/// Stands for the messages domain: remembers the notifications that reach it.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Vec<NotificationRequested>>);

#[async_trait]
impl EventHandler for Heard {
    fn name(&self) -> &'static str {
        "tests.heard"
    }

    fn topics(&self) -> &'static [&'static str] {
        &[NotificationRequested::TOPIC]
    }

    async fn handle(&self, _ctx: &Ctx, _tx: &Tx, event: &StoredEvent) -> Result<()> {
        self.0.lock().push(event.decode()?);
        Ok(())
    }
}

/// The started subgraph in a test's world.
pub(crate) struct House<'w> {
    pub(crate) world: &'w TestWorld,
    pub(crate) users: Arc<Users>,
    pub(crate) logs: Arc<Logs>,
    heard: Arc<Heard>,
    pub(crate) groups: Groups,
    pub(crate) reader: Arc<dyn GroupReader>,
    pub(crate) graph: Arc<dyn Subgraph>,
}

/// Runs a test on every database and handles the events it leaves.
pub(crate) async fn in_each_house(test: impl AsyncFn(&House<'_>)) {
    in_each_house_with(Settings::default(), test).await;
}

/// The same with other settings.
pub(crate) async fn in_each_house_with(settings: Settings, test: impl AsyncFn(&House<'_>)) {
    for_each_database(async |world| {
        let house = House::with(world, settings, Webhooks::disabled());
        for handler in house.groups.handlers() {
            world.register(handler);
        }
        world.register(house.heard.clone());
        test(&house).await;
        world.drain_events().await;
        world.take_events().await;
    })
    .await;
}

impl<'w> House<'w> {
    pub(crate) fn open(world: &'w TestWorld) -> Self {
        Self::with(world, Settings::default(), Webhooks::disabled())
    }

    pub(crate) fn with(world: &'w TestWorld, settings: Settings, webhooks: Webhooks) -> Self {
        let (users, logs) = (Arc::<Users>::default(), Arc::<Logs>::default());
        let shared = Shared::new(world.store().clone());
        let readers = Readers { users: users.clone(), logs: logs.clone() };
        let groups = Groups::new(settings, &shared, readers, webhooks);
        Self { world, users, logs, heard: Arc::default(), reader: shared.reader(), graph: groups.subgraph(), groups }
    }

    /// Runs a document.
    pub(crate) async fn run(&self, ctx: Ctx, document: &str, variables: Value) -> Answer {
        ask(&*self.graph, ctx, document, variables).await
    }

    /// Runs a document that must succeed.
    pub(crate) async fn ok(&self, ctx: Ctx, document: &str, variables: Value) -> Value {
        self.run(ctx, document, variables).await.data()
    }

    /// Runs a document that must fail with this code.
    pub(crate) async fn fails(&self, ctx: Ctx, document: &str, variables: Value, expected: ErrorCode) {
        let answer = self.run(ctx, document, variables.clone()).await;
        let variables: String = variables.to_string().chars().take(300).collect();
        assert_eq!(answer.code(), Some(expected.word()), "{document} {variables} gave {answer:?}");
    }

    /// Runs a mutation by its name with its input; returns its payload.
    pub(crate) async fn does(&self, who: &str, mutation: &str, input: Value) -> Value {
        let mut data = self.ok(self.as_(who), &document(mutation), json!({"input": input})).await;
        data[mutation].take()
    }

    /// Runs a mutation that must fail.
    pub(crate) async fn refused(&self, who: &str, mutation: &str, input: Value, expected: ErrorCode) {
        self.fails(self.as_(who), &document(mutation), json!({"input": input}), expected).await;
    }

    /// Returns the context of somebody: `admin`, `nobody` for a caller without a token, or a user.
    pub(crate) fn as_(&self, who: &str) -> Ctx {
        match who {
            "admin" => self.world.admin(),
            "anonymous" => self.world.anonymous(),
            user => self.world.user(user),
        }
    }

    /// Makes a group that is named like its id; forgets the events of it.
    pub(crate) async fn group(&self, id: &str, owner: &str, admins: &[&str], members: &[&str]) {
        let input = json!({"id": id, "name": id, "adminIds": admins, "memberIds": members});
        self.does(owner, "createGroup", input).await;
        self.world.take_events().await;
        self.world.take_signals();
    }

    /// Reads fields of a group.
    pub(crate) async fn read(&self, who: &str, group: &str, fields: &str) -> Value {
        let mut data = self.ok(self.as_(who), &format!("query($id: ID!) {{ group(id: $id) {{ {fields} }} }}"), json!({"id": group})).await;
        data["group"].take()
    }

    /// Returns the ids of a group's members in the order of their list.
    pub(crate) async fn member_ids(&self, group: &str) -> Vec<String> {
        let read = self.read("admin", group, "memberIds { ids }").await;
        serde_json::from_value(read["memberIds"]["ids"].clone()).unwrap()
    }

    /// Handles everything that is due and returns the notifications that it brought about.
    pub(crate) async fn drained(&self) -> Vec<NotificationRequested> {
        self.heard.0.lock().clear();
        self.world.drain_events().await;
        std::mem::take(&mut *self.heard.0.lock())
    }

    /// Takes the waiting events apart: the notifications, and the topics of the others.
    pub(crate) async fn told(&self) -> (Vec<NotificationRequested>, Vec<StoredEvent>) {
        let events = self.world.take_events().await;
        let (notifications, others): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.topic == NotificationRequested::TOPIC);
        (notifications.iter().map(|event| event.decode().unwrap()).collect(), others)
    }
}

/// Returns to whom a notification goes.
pub(crate) fn receiver(notification: &NotificationRequested) -> String {
    match &notification.target {
        NotificationTarget::User(user) => user.to_string(),
        NotificationTarget::Group(group) => format!("group {group}"),
        NotificationTarget::Themselves(users) => format!("{users:?}"),
    }
}

pub(crate) fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

pub(crate) fn group_id(id: &str) -> GroupId {
    GroupId::parse(id).unwrap()
}

/// Returns the document of a mutation: its input's type follows from its name, mutes of groups share one.
fn document(mutation: &str) -> String {
    let input = match mutation {
        "unmuteGroup" => "MuteGroupInput".to_owned(),
        name => format!("{}{}Input", &name[..1].to_uppercase(), &name[1..]),
    };
    let answer = match mutation {
        "inviteToGroup" => "group { id memberCount } joinedIds alreadyMemberIds requestedIds",
        "joinGroup" => "status group { id memberCount } request { userId status message joinSource }",
        "respondToGroupRequest" => {
            "request { userId status answer handledById handledAt } member { userId role joinSource inviterId operatorId }"
        }
        "muteGroupMember" | "unmuteGroupMember" => "member { userId mutedUntil }",
        "updateGroupMembers" => "members { groupId userId nickname faceUrl role ex }",
        _ => {
            "group { id name notification introduction faceUrl ex status type verification lookMemberInfo applyMemberFriend
            createdAt creatorId ownerId memberCount announcementUpdatedAt announcementById }"
        }
    };
    format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ {answer} }} }}")
}
