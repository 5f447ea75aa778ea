//! `lists`: what large lists cost. A group of 100,000 members and 5,000 friends are made through the graph; then pages and
//! incremental synchronisation are asked of the subgraphs and held against the database's own answer for the same rows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_graphql::{Request, Variables};
use async_trait::async_trait;
use openim_contracts::{ConversationHead, MessageLogReader, UserReader, UserSummary};
use openim_core::{Actor, ConversationId, Ctx, OperationId, Platform, Principal, Result, Runtime, UserId};
use openim_graphql::Subgraph;
use openim_platform::cache::MemoryCache;
use openim_platform::fanout::MemoryFanout;
use openim_platform::store::{DatabaseSettings, Store};
use openim_platform::webhooks::Webhooks;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use super::rest::median;
use super::store::fresh_database;
use crate::report::{Goal, Report};

const MEMBERS: usize = 100_000;
const FRIENDS: usize = 5_000;
/// Ids of one call: the limit of OpenIM's contract.
const CALL: usize = 1_000;
/// How often each question is asked; the median counts.
const ROUNDS: usize = 101;

const PAGE: &str = "query($id: ID!, $after: String, $offset: Int) { group(id: $id) { members(first: 100, after: $after, offset: $offset) { pageInfo { endCursor } edges { node { userId nickname role joinedAt } } } } }";
const RENAME: &str = "mutation($id: ID!, $user: ID!, $name: String!) { updateGroupMembers(input: {members: [{groupId: $id, userId: $user, nickname: $name}]}) { members { userId } } }";
const CHANGES: &str = "query($id: ID!, $since: VersionInput) { group(id: $id) { memberChanges(since: $since) { full version { id number } updated { userId nickname } } } }";
const FRIEND_PAGE: &str = "query($owner: ID!) { viewer(as: $owner) { friends(first: 100) { pageInfo { endCursor } edges { node { friendId remark createdAt } } } } }";

/// Measures SQLite, and PostgreSQL when there is one.
pub(crate) async fn run(report: &mut Report, postgres: Option<&str>) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    measure(report, "SQLite", &format!("sqlite:{}", folder.path().join("lists.db").display())).await?;
    if let Some(server) = postgres {
        measure(report, "PostgreSQL", &fresh_database(server).await?).await?;
    }
    Ok(())
}

async fn measure(report: &mut Report, database: &str, url: &str) -> anyhow::Result<()> {
    let bed = Bed::open(url).await?;
    let started = Instant::now();
    bed.group("large", MEMBERS).await?;
    report.figure("lists", format!("{database}: {MEMBERS} members enter, {CALL} a call"), started.elapsed().as_secs_f64(), "s");
    bed.group("small", 100).await?;

    let middle = bed.cursor("large", MEMBERS / 2).await?;
    let page = bed.time(async || bed.members("large", &middle).await.map(drop)).await?;
    let ids = bed.members("large", &middle).await?;
    let plain = bed.time(async || bed.rows("group_member", "group_id", "large", "user_id", &ids).await).await?;
    report.goal("lists", format!("{database}: page of 100 in the middle of {MEMBERS} members"), page, "ms", Goal::AtMost(5.0));
    report.figure("lists", format!("{database}: that page ÷ the same rows by SQL"), page / plain, "x");

    let large = bed.sync("large").await?;
    let small = bed.sync("small").await?;
    report.goal("lists", format!("{database}: synchronisation after one change"), large, "ms", Goal::AtMost(3.0));
    report.figure("lists", format!("{database}: that in {MEMBERS} members ÷ in 100"), large / small, "x");

    bed.friends().await?;
    let friends = bed.time(async || bed.friend_page().await.map(drop)).await?;
    let ids = bed.friend_page().await?;
    let plain = bed.time(async || bed.rows("friendship", "owner_id", "owner", "friend_id", &ids).await).await?;
    report.goal("lists", format!("{database}: first page of {FRIENDS} friends"), friends, "ms", Goal::AtMost(5.0));
    report.figure("lists", format!("{database}: that page ÷ the same rows by SQL"), friends / plain, "x");
    bed.store.close().await;
    Ok(())
}

/// A fresh database with the two domains over it.
struct Bed {
    store: Store,
    groups: Arc<dyn Subgraph>,
    relations: Arc<dyn Subgraph>,
}

impl Bed {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let store = Store::connect(&DatabaseSettings::new(url), Arc::new(MemoryFanout::new())).await?;
        store.migrate().await?;
        let readers = openim_groups::Readers { users: Arc::new(Everybody), logs: Arc::new(Everybody) };
        let shared = openim_groups::Shared::new(store.clone());
        let groups = openim_groups::Groups::new(openim_groups::Settings::default(), &shared, readers, Webhooks::disabled());
        let cache = Arc::new(MemoryCache::new(Runtime::system().clock));
        let relations = openim_relations::Relations::new(store.clone(), cache, Webhooks::disabled(), Arc::new(Everybody));
        Ok(Self { store, groups: groups.subgraph(), relations: relations.subgraph() })
    }

    async fn group(&self, id: &str, members: usize) -> anyhow::Result<()> {
        const CREATE: &str = "mutation($id: ID!) { createGroup(input: {id: $id, name: \"Large\", ownerId: \"owner\"}) { group { id } } }";
        const INVITE: &str = "mutation($id: ID!, $users: [ID!]!) { inviteToGroup(input: {groupId: $id, userIds: $users}) { joinedIds } }";
        ask(&self.groups, CREATE, json!({ "id": id })).await?;
        let users: Vec<String> = (0..members).map(|number| format!("member{number}")).collect();
        for users in users.chunks(CALL) {
            ask(&self.groups, INVITE, json!({ "id": id, "users": users })).await?;
        }
        Ok(())
    }

    async fn friends(&self) -> anyhow::Result<()> {
        const IMPORT: &str =
            "mutation($friends: [ID!]!) { importFriends(input: {ownerId: \"owner\", friendIds: $friends}) { friendships { friendId } } }";
        let friends: Vec<String> = (0..FRIENDS).map(|number| format!("member{number}")).collect();
        for friends in friends.chunks(CALL) {
            ask(&self.relations, IMPORT, json!({ "friends": friends })).await?;
        }
        Ok(())
    }

    async fn cursor(&self, id: &str, offset: usize) -> anyhow::Result<Value> {
        let mut data = ask(&self.groups, PAGE, json!({ "id": id, "offset": offset })).await?;
        Ok(data["group"]["members"]["pageInfo"]["endCursor"].take())
    }

    async fn members(&self, id: &str, after: &Value) -> anyhow::Result<Vec<String>> {
        let data = ask(&self.groups, PAGE, json!({ "id": id, "after": after })).await?;
        ids(&data["group"]["members"]["edges"], "userId")
    }

    async fn friend_page(&self) -> anyhow::Result<Vec<String>> {
        let data = ask(&self.relations, FRIEND_PAGE, json!({ "owner": "owner" })).await?;
        ids(&data["viewer"]["friends"]["edges"], "friendId")
    }

    /// Changes one member, then asks what changed, many times; returns the median of the asking.
    async fn sync(&self, id: &str) -> anyhow::Result<f64> {
        let first = ask(&self.groups, CHANGES, json!({ "id": id })).await?;
        let mut version = first["group"]["memberChanges"]["version"].clone();
        let mut times = Vec::with_capacity(ROUNDS);
        for round in 0..ROUNDS {
            let name = format!("name {round}");
            ask(&self.groups, RENAME, json!({ "id": id, "user": "member7", "name": name })).await?;
            let started = Instant::now();
            let mut data = ask(&self.groups, CHANGES, json!({ "id": id, "since": version })).await?;
            times.push(millis(started.elapsed()));
            let changes = &mut data["group"]["memberChanges"];
            anyhow::ensure!(changes["updated"][0]["nickname"] == name.as_str(), "the change is not told: {changes}");
            version = changes["version"].take();
        }
        Ok(median(&mut times))
    }

    /// Asks the database alone for rows by their keys.
    async fn rows(&self, table: &str, owner: &str, id: &str, element: &str, ids: &[String]) -> anyhow::Result<()> {
        let marks: Vec<String> = (0..ids.len()).map(|place| format!("${}", place + 2)).collect();
        let sql = format!("SELECT * FROM {table} WHERE {owner} = $1 AND {element} IN ({})", marks.join(", "));
        let values = std::iter::once(id.to_owned()).chain(ids.iter().cloned()).map(sea_orm::Value::from);
        let read = self.store.read();
        let found = read.query_all_raw(Statement::from_sql_and_values(read.get_database_backend(), sql, values)).await?;
        anyhow::ensure!(found.len() == ids.len(), "{} rows of {}", found.len(), ids.len());
        Ok(())
    }

    /// Returns the median time of a question in milliseconds.
    async fn time(&self, question: impl AsyncFn() -> anyhow::Result<()>) -> anyhow::Result<f64> {
        let mut times = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let started = Instant::now();
            question().await?;
            times.push(millis(started.elapsed()));
        }
        Ok(median(&mut times))
    }
}

fn ids(edges: &Value, field: &str) -> anyhow::Result<Vec<String>> {
    let edges = edges.as_array().context("a page")?;
    anyhow::ensure!(edges.len() == 100, "a page of {} instead of 100", edges.len());
    edges.iter().map(|edge| Ok(edge["node"][field].as_str().context("an id")?.to_owned())).collect()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

async fn ask(subgraph: &Arc<dyn Subgraph>, document: &str, variables: Value) -> anyhow::Result<Value> {
    let runtime = Runtime::system();
    let deadline = runtime.clock.now().plus(Duration::from_secs(60));
    let admin = Principal::new(UserId::parse("imAdmin")?, Platform::ADMIN, true);
    let ctx = Ctx::new(runtime, Actor::User(admin), OperationId::parse("bench")?, deadline);
    let request = Request::new(document).variables(Variables::from_json(variables));
    let response = subgraph.execute(ctx, request).await;
    anyhow::ensure!(response.errors.is_empty(), "{document}: {:?}", response.errors);
    Ok(response.data.into_json()?)
}

/// Readers to whom everybody exists and no log has a message.
struct Everybody;

#[async_trait]
impl UserReader for Everybody {
    async fn users(&self, ids: &[UserId]) -> Result<Vec<UserSummary>> {
        let summary = |id: &UserId| UserSummary {
            user_id: id.clone(),
            nickname: id.to_string(),
            face_url: String::new(),
            level: 0,
            global_receive_option: 0,
        };
        Ok(ids.iter().map(summary).collect())
    }

    async fn page(&self, _after: Option<&UserId>, _limit: u64) -> Result<Vec<UserSummary>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl MessageLogReader for Everybody {
    async fn heads(&self, _conversations: &[ConversationId]) -> Result<Vec<ConversationHead>> {
        Ok(Vec::new())
    }
}
