//! What every test of this subgraph starts with.

use std::sync::Arc;
use std::time::Duration;

use openim_core::{Ctx, ErrorCode, Principal};
use openim_graphql::Subgraph;
use openim_platform::cache::Cache;
use openim_platform::config::{Secret, SigningSecrets};
use openim_platform::limits::{AttemptQuotas, Attempts, MemoryLimiter};
use openim_platform::presence::MemoryPresence;
use openim_platform::webhooks::Webhooks;
use openim_testing::{Answer, TestWorld, ask, for_each_database};
use openim_users::{Users, UsersPorts, UsersSettings};
use serde_json::{Value, json};

/// A day: how long tokens last unless a test says otherwise.
pub(crate) const LIFETIME: Duration = Duration::from_secs(86_400);

/// Settings with one administrator and policy 1.
pub(crate) fn settings() -> UsersSettings {
    UsersSettings {
        secrets: SigningSecrets::configured(Secret::new("test-secret"), "a test"),
        admin_ids: vec!["imAdmin".into()],
        admin_nicknames: vec!["superAdmin".into()],
        token_lifetime: LIFETIME,
        login_policy: 1,
        max_per_platform: 30,
        cleanup_interval: Duration::from_secs(3_600),
    }
}

/// The ports of a test's world, where nobody is online and no webhook is called.
pub(crate) fn ports(world: &TestWorld) -> UsersPorts {
    let presence = Arc::new(MemoryPresence::default());
    let clock = world.runtime().clock.clone();
    let quotas = AttemptQuotas { address: 10, together: 15, window: Duration::from_secs(900) };
    let attempts = Attempts::new("auth", quotas, Arc::new(MemoryLimiter::new(clock.clone())), clock);
    UsersPorts { store: world.store().clone(), cache: world.cache().clone(), presence, webhooks: Webhooks::disabled(), attempts }
}

/// The started subgraph in a test's world.
pub(crate) struct House<'w> {
    pub(crate) world: &'w TestWorld,
    pub(crate) users: Users,
    pub(crate) graph: Arc<dyn Subgraph>,
}

/// Runs a test on every database, with the administrators in place, and handles the events it leaves.
pub(crate) async fn in_each_house(settings: UsersSettings, test: impl AsyncFn(&House<'_>)) {
    for_each_database(async |world| {
        let house = House::open(world, settings.clone(), world.cache().clone());
        for handler in house.users.handlers() {
            world.register(handler);
        }
        house.users.ensure_admins().await.unwrap();
        world.take_events().await;
        test(&house).await;
        world.drain_events().await;
    })
    .await;
}

impl<'w> House<'w> {
    pub(crate) fn open(world: &'w TestWorld, settings: UsersSettings, cache: Arc<dyn Cache>) -> Self {
        Self::with(world, settings, UsersPorts { cache, ..ports(world) })
    }

    pub(crate) fn with(world: &'w TestWorld, settings: UsersSettings, ports: UsersPorts) -> Self {
        let users = Users::new(settings, ports, world.runtime().clone()).unwrap();
        let graph = users.subgraph();
        Self { world, users, graph }
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

    /// Registers ordinary users named like their ids.
    pub(crate) async fn register(&self, ids: &[&str]) {
        let users: Vec<Value> = ids.iter().map(|id| json!({"id": id, "nickname": id})).collect();
        self.ok(self.world.admin(), REGISTER, json!({"input": {"users": users}})).await;
    }

    /// Logs a user in.
    pub(crate) async fn log_in(&self, id: &str, platform: &str) -> String {
        let data = self.ok(self.world.admin(), LOG_IN, json!({"input": {"userId": id, "platform": platform}})).await;
        data["createUserToken"]["token"].as_str().unwrap().to_owned()
    }

    /// Logs the administrator in.
    pub(crate) async fn log_in_admin(&self) -> String {
        let input = json!({"input": {"secret": "test-secret", "userId": "imAdmin"}});
        let data = self.ok(self.world.anonymous(), LOG_IN_ADMIN, input).await;
        data["createAdminToken"]["token"].as_str().unwrap().to_owned()
    }

    /// Asks who a token belongs to.
    pub(crate) async fn whose(&self, token: &str) -> Result<Principal, ErrorCode> {
        let checked = self.users.authenticator().authenticate(token).await;
        checked.map(|(principal, _)| principal).map_err(|error| error.code())
    }

    /// Returns the ids of all registered users, in order of registration.
    pub(crate) async fn all_ids(&self) -> Vec<String> {
        let data = self.ok(self.world.admin(), "{ userIds(first: 1000) { ids } }", json!({})).await;
        serde_json::from_value(data["userIds"]["ids"].clone()).unwrap()
    }
}

pub(crate) const REGISTER: &str = "mutation($input: RegisterUsersInput!) { registerUsers(input: $input) {
    users { id nickname faceUrl ex createdAt level globalReceiveOption } } }";
pub(crate) const UPDATE: &str = "mutation($input: UpdateUserInput!) { updateUser(input: $input) {
    user { id nickname faceUrl ex globalReceiveOption } } }";
pub(crate) const LOG_IN: &str = "mutation($input: CreateUserTokenInput!) { createUserToken(input: $input) {
    token expiresInSeconds expiresAt } }";
pub(crate) const LOG_IN_ADMIN: &str = "mutation($input: CreateAdminTokenInput!) { createAdminToken(input: $input) {
    token expiresInSeconds expiresAt } }";
pub(crate) const REVOKE: &str = "mutation($input: RevokeSessionsInput!) { revokeSessions(input: $input) { revoked } }";
