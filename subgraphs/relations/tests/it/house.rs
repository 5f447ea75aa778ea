//! What every test of this subgraph starts with.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use openim_contracts::{DomainEvent, NotificationRequested, NotificationTarget, RelationReader, SignalKind, UserReader, UserSummary};
use openim_core::{Ctx, ErrorCode, Result, UserId};
use openim_graphql::Subgraph;
use openim_platform::webhooks::Webhooks;
use openim_relations::Relations;
use openim_testing::{Answer, TestWorld, ask, for_each_database};
use parking_lot::Mutex;
use serde_json::{Value, json};

/// Registered users, as the users domain would tell them.
#[derive(Default)]
pub(crate) struct People(Mutex<BTreeMap<UserId, UserSummary>>);

#[async_trait]
impl UserReader for People {
    async fn users(&self, ids: &[UserId]) -> Result<Vec<UserSummary>> {
        let mut people = self.0.lock().clone();
        Ok(ids.iter().filter_map(|id| people.remove(id)).collect())
    }

    async fn page(&self, after: Option<&UserId>, limit: u64) -> Result<Vec<UserSummary>> {
        let people = self.0.lock();
        let rest = people.values().filter(|person| after.is_none_or(|after| person.user_id > *after));
        Ok(rest.take(usize::try_from(limit).unwrap()).cloned().collect())
    }
}

/// The started subgraph in a test's world.
pub(crate) struct House<'w> {
    pub(crate) world: &'w TestWorld,
    pub(crate) graph: Arc<dyn Subgraph>,
    pub(crate) reader: Arc<dyn RelationReader>,
    people: Arc<People>,
}

/// Runs a test on every database and handles the events it leaves.
pub(crate) async fn in_each_house(test: impl AsyncFn(&House<'_>)) {
    for_each_database(async |world| {
        test(&House::open(world, Webhooks::disabled())).await;
        world.drain_events().await;
    })
    .await;
}

impl<'w> House<'w> {
    /// Starts the subgraph; ann, bob, cid, dan and eve are registered, and the administrator.
    pub(crate) fn open(world: &'w TestWorld, webhooks: Webhooks) -> Self {
        let people = Arc::new(People::default());
        let relations = Relations::new(world.store().clone(), world.cache().clone(), webhooks, people.clone());
        for handler in relations.handlers() {
            world.register(handler);
        }
        let reader = openim_relations::reader(world.store().clone(), world.cache().clone());
        let house = Self { world, graph: relations.subgraph(), reader, people };
        house.register(&["ann", "bob", "cid", "dan", "eve", "imAdmin"]);
        house
    }

    /// Registers users whose names are their ids in capitals.
    pub(crate) fn register<T: AsRef<str>>(&self, ids: &[T]) {
        for id in ids.iter().map(AsRef::as_ref) {
            let summary = UserSummary {
                user_id: user(id),
                nickname: id.to_uppercase(),
                face_url: format!("http://faces/{id}"),
                level: 0,
                global_receive_option: 0,
            };
            self.people.0.lock().insert(summary.user_id.clone(), summary);
        }
    }

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

    /// Asks for what `viewer` has of a user.
    pub(crate) async fn viewer(&self, name: &str, field: &str) -> Value {
        let mut data = self.ok(self.world.user(name), &format!("{{ viewer {{ it: {field} }} }}"), json!({})).await;
        data["viewer"]["it"].take()
    }

    /// Lets one ask another and returns the outcome.
    pub(crate) async fn send(&self, from: &str, to: &str) -> String {
        let data = self.ok(self.world.user(from), SEND, json!({"input": {"toId": to, "message": "hi"}})).await;
        text(&data["sendFriendRequest"]["status"])
    }

    /// Lets one answer another and returns the outcome.
    pub(crate) async fn answer(&self, to: &str, from: &str, answer: &str) -> String {
        let data = self.ok(self.world.user(to), RESPOND, json!({"input": {"fromId": from, "answer": answer}})).await;
        text(&data["respondToFriendRequest"]["status"])
    }

    /// Makes two friends of each other and forgets who was told.
    pub(crate) async fn befriend(&self, one: &str, other: &str) {
        assert_eq!(self.send(one, other).await, "SENT");
        assert_eq!(self.answer(other, one, "ACCEPT").await, "ACCEPTED");
        self.forget().await;
    }

    /// Imports friends and forgets who was told.
    pub(crate) async fn import<T: AsRef<str>>(&self, owner: &str, friends: &[T]) {
        let ids: Vec<&str> = friends.iter().map(AsRef::as_ref).collect();
        self.ok(self.world.admin(), IMPORT, json!({"input": {"ownerId": owner, "friendIds": ids}})).await;
        self.forget().await;
    }

    /// Handles all events and forgets all signals.
    pub(crate) async fn forget(&self) {
        self.world.drain_events().await;
        self.world.take_signals();
    }

    /// Returns the friends of a user in order.
    pub(crate) async fn friends(&self, owner: &str) -> Vec<String> {
        ids(&self.viewer(owner, "friendIds { ids }").await["ids"])
    }

    /// Takes the notifications that wait: content type, sender, receiver, tips. Other events are forgotten.
    pub(crate) async fn notifications(&self) -> Vec<Told> {
        let events = self.world.take_events().await;
        let asked = events.iter().filter(|event| event.topic == NotificationRequested::TOPIC);
        asked
            .map(|event| {
                let NotificationRequested { key, content_type, sender, target, detail, as_message, at } = event.decode().unwrap();
                let NotificationTarget::User(receiver) = target else { panic!("{target:?}") };
                assert!(key.len() == 32 && as_message.is_none() && at == self.world.now());
                (content_type, sender.to_string(), receiver.to_string(), detail)
            })
            .collect()
    }

    /// Takes the signals since the last call: who hears of what.
    pub(crate) fn signals(&self) -> Vec<String> {
        let users = |ids: Vec<UserId>| ids.iter().map(UserId::as_str).collect::<Vec<_>>().join("+");
        let mut heard: Vec<String> = self
            .world
            .take_signals()
            .into_iter()
            .map(|signal| {
                let openim_contracts::Audience::Users(audience) = signal.audience else { panic!("{:?}", signal.audience) };
                let what = match signal.kind {
                    SignalKind::FriendRequestChanged { from, to } => format!("request {from}>{to}"),
                    SignalKind::FriendsChanged { owner, user_ids } => format!("friends of {owner}: {}", users(user_ids)),
                    SignalKind::BlacklistChanged { owner, user_id } => format!("blacks of {owner}: {user_id}"),
                    other => panic!("{other:?}"),
                };
                format!("{} hear {what}", users(audience))
            })
            .collect();
        heard.sort_unstable();
        heard
    }
}

/// Content type, sender, receiver, tips.
pub(crate) type Told = (i32, String, String, Value);

/// Returns who was told what, without the tips.
pub(crate) fn envelopes(told: &[Told]) -> Vec<(i32, &str, &str)> {
    told.iter().map(|(content_type, from, to, _)| (*content_type, from.as_str(), to.as_str())).collect()
}

pub(crate) const SEND: &str = "mutation($input: SendFriendRequestInput!) { sendFriendRequest(input: $input) { status request {
    fromId toId state message ex createdAt handlerId reply handledAt } } }";
pub(crate) const RESPOND: &str = "mutation($input: RespondToFriendRequestInput!) { respondToFriendRequest(input: $input) {
    status request { state handlerId reply handledAt } friendship { ownerId friendId source operatorId } } }";
pub(crate) const IMPORT: &str = "mutation($input: ImportFriendsInput!) { importFriends(input: $input) {
    friendships { friendId source operatorId remark } } }";
pub(crate) const REMOVE: &str = "mutation($input: RemoveFriendInput!) { removeFriend(input: $input) { changed user { id } } }";
pub(crate) const REMARK: &str = "mutation($input: SetFriendRemarkInput!) { setFriendRemark(input: $input) { friendship { remark } } }";
pub(crate) const UPDATE: &str = "mutation($input: UpdateFriendsInput!) { updateFriends(input: $input) {
    friendships { friendId pinned remark ex } } }";
pub(crate) const BLOCK: &str =
    "mutation($input: BlockUserInput!) { blockUser(input: $input) { changed entry { blockedId ex operatorId } } }";
pub(crate) const UNBLOCK: &str = "mutation($input: UnblockUserInput!) { unblockUser(input: $input) { changed user { id } } }";

pub(crate) fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

pub(crate) fn ids(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
