//! What happens at the same time: no content is lost, and no limit is passed.

use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use openim_core::Ctx;
use openim_entities::third::file;
use openim_platform::store::{DatabaseKind, Tx};
use openim_testing::{Answer, TestWorld, eventually, for_each_database};
use openim_third::FileSettings;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, Statement};
use serde_json::{Value, json};

use crate::client_logs::{UPLOAD, input};
use crate::house::{COMPLETE, DELETE, House, PART, START, content, parts};

const DAY: Duration = Duration::from_secs(86_400);

/// Waits until so many wait for another's lock. On SQLite there is one writer, and nothing to be seen of who stands in line.
async fn waiting(world: &TestWorld, count: i64) {
    if world.kind() == DatabaseKind::Sqlite {
        return;
    }
    let sql = "SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    eventually("transactions that wait for a lock", async || {
        let row = world.store().read().query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
        (row.try_get::<i64>("", "waiting").unwrap() >= count).then_some(())
    })
    .await;
}

/// Lets nobody insert into a table until the transaction ends.
async fn gate(world: &TestWorld, table: &str) -> Tx {
    let tx = world.store().begin().await.unwrap();
    if world.kind() == DatabaseKind::Postgres {
        tx.connection().execute_unprepared(&format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")).await.unwrap();
    }
    tx
}

/// Lets the first of two get half through its work and wait for the gate, and the second begin only then.
async fn one_within_the_other<A, B>(
    world: &TestWorld,
    gate: Tx,
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let second = async {
        waiting(world, 1).await;
        second.await
    };
    let open = async {
        waiting(world, 2).await;
        gate.rollback().await;
    };
    let (first, second, ()) = tokio::join!(first, second, open);
    (first, second)
}

/// As if somebody were just giving `ann/new` to something else: who wants the name waits in the middle of its work.
async fn name_taken(world: &TestWorld) -> Tx {
    let tx = world.store().begin().await.unwrap();
    let old = file::Entity::find_by_id("ann/old").one(tx.connection()).await.unwrap().unwrap();
    let new = file::Model { name: "ann/new".into(), id: "0".into(), ..old };
    file::Entity::insert(new.into_active_model()).exec_without_returning(tx.connection()).await.unwrap();
    tx
}

/// Returns the names of all files after all jobs. Each of them can be read.
async fn readable(world: &TestWorld, house: &House) -> Vec<String> {
    world.drain_events().await;
    let mut names: Vec<String> = file::Entity::find().all(world.store().read()).await.unwrap().into_iter().map(|row| row.name).collect();
    names.sort();
    for name in &names {
        house.read(world.user("ann"), name).await;
    }
    names
}

async fn sent(house: &House, ctx: impl Fn() -> Ctx, name: &str, bytes: &[u8]) -> Value {
    let upload = house.start(ctx(), name, bytes).await.data()["startUpload"]["upload"].clone();
    house.send(&upload, bytes).await;
    json!({"id": upload["id"], "parts": parts(bytes)})
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// Returns how many were done; the others were refused because of a limit.
fn done(answers: &[Answer]) -> usize {
    let refused = answers.iter().filter(|answer| answer.code() == Some("LIMIT_EXCEEDED")).count();
    let done = answers.iter().filter(|answer| answer.code().is_none()).count();
    assert_eq!(done + refused, answers.len(), "{answers:?}");
    done
}

#[tokio::test]
async fn content_that_gets_another_name_stays_when_its_only_one_is_deleted() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let bytes = content(100);
        house.store(|| world.user("ann"), "ann/old", &bytes).await;
        let (start, delete) = (house.start(world.user("ann"), "ann/new", &bytes), json!({"name": "ann/old"}));
        let delete = house.ask(world.user("ann"), DELETE, delete);
        let (started, deleted) = one_within_the_other(world, name_taken(world).await, start, delete).await;
        assert_eq!(deleted.data()["deleteFile"]["deleted"], true);
        let given = started.data()["startUpload"]["file"].is_object();
        assert!(given || world.kind() == DatabaseKind::Sqlite, "whoever came first has it");
        let names = readable(world, &house).await;
        assert_eq!(names, if given { vec!["ann/new"] } else { vec![] });
    })
    .await;
}

#[tokio::test]
async fn content_that_gets_another_name_stays_when_its_only_one_is_given_away() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let bytes = content(100);
        let first = sent(&house, || world.user("ann"), "ann/old", &bytes).await;
        house.ask(world.user("ann"), COMPLETE, first.clone()).await.data();
        // An administrator, who may give any name and does not stand in line with its owner.
        let other = sent(&house, || world.admin(), "ann/old", &content(101)).await;
        let again = json!({"id": first["id"], "parts": first["parts"], "name": "ann/new"});
        let again = house.ask(world.user("ann"), COMPLETE, again);
        let other = house.ask(world.admin(), COMPLETE, other);
        let (again, other) = one_within_the_other(world, name_taken(world).await, again, other).await;
        assert_eq!(other.data()["completeUpload"]["file"]["size"], 101);
        let given = again.code().is_none();
        assert!(given || world.kind() == DatabaseKind::Sqlite, "{again:?}");
        let names = readable(world, &house).await;
        assert_eq!(names, if given { vec!["ann/new", "ann/old"] } else { vec!["ann/old"] });
    })
    .await;
}

#[tokio::test]
async fn content_that_gets_another_name_stays_when_its_only_one_expires() {
    for_each_database(async |world| {
        let settings = FileSettings { expire_causes: vec!["msg-picture".into()], expire_after: 30 * DAY, ..FileSettings::default() };
        let house = House::with(world, settings).await;
        let bytes = content(100);
        house.store(|| world.user("ann"), "ann/old", &bytes).await;
        world.advance(31 * DAY);
        let start = house.start(world.user("ann"), "ann/new", &bytes);
        let (started, cleaned) = one_within_the_other(world, name_taken(world).await, start, house.third.clean()).await;
        assert_eq!(cleaned.unwrap().1, 1);
        let given = started.data()["startUpload"]["file"].is_object();
        assert!(given || world.kind() == DatabaseKind::Sqlite, "whoever came first has it");
        assert_eq!(readable(world, &house).await, if given { vec!["ann/new"] } else { vec![] });
    })
    .await;
}

#[tokio::test]
async fn content_whose_last_name_is_being_deleted_gets_no_other() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let bytes = content(100);
        house.store(|| world.user("ann"), "ann/old", &bytes).await;
        let delete = house.ask(world.user("ann"), DELETE, json!({"name": "ann/old"}));
        let start = house.start(world.user("ann"), "ann/new", &bytes);
        // The row is deleted, the job is not yet ordered.
        let gate = gate(world, "outbox").await;
        let (deleted, started) = one_within_the_other(world, gate, delete, start).await;
        assert_eq!(deleted.data()["deleteFile"]["deleted"], true);
        let given = started.data()["startUpload"]["file"].is_object();
        assert!(!given || world.kind() == DatabaseKind::Sqlite, "it has to be sent again");
        assert_eq!(readable(world, &house).await, if given { vec!["ann/new"] } else { vec![] });
        assert_eq!(house.stored("data").len(), usize::from(given));
    })
    .await;
}

#[tokio::test]
async fn content_goes_when_its_last_names_are_deleted_at_the_same_time() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.store(|| world.user("ann"), "ann/a", &content(100)).await;
        house.start(world.user("ann"), "ann/b", &content(100)).await.data();
        let delete = |name: &str| house.ask(world.user("ann"), DELETE, json!({"name": name}));
        let gate = gate(world, "outbox").await;
        one_within_the_other(world, gate, delete("ann/a"), delete("ann/b")).await;
        assert_eq!(readable(world, &house).await, Vec::<String>::new());
        assert_eq!(house.stored("data"), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn uploads_that_begin_together_keep_to_the_limits() {
    const MANY: usize = 5;
    let size = PART + 1;
    let few = FileSettings { max_open_uploads: 2, ..FileSettings::default() };
    let small = FileSettings { quota_bytes: 2 * u64::try_from(size).unwrap() + 1, ..FileSettings::default() };
    for settings in [few, small] {
        for_each_database(async |world| {
            let house = House::with(world, settings.clone()).await;
            let folder = house.root.path().join("objects/parts");
            let gate = gate(world, "upload").await;
            let start = |at: usize| {
                let announced =
                    json!({"name": format!("ann/{at}"), "size": size, "hash": "0".repeat(32), "type": "image/png", "cause": ""});
                house.ask(world.user("ann"), START, announced)
            };
            let open = async {
                // Each has looked for room and begun at the object store; none is noted.
                eventually("uploads that begin", async || (entries(&folder) == MANY).then_some(())).await;
                gate.rollback().await;
            };
            let (answers, ()) = tokio::join!(join_all((0..MANY).map(start)), open);
            assert_eq!(done(&answers), 2);
            assert_eq!(entries(&folder), 2, "of the refused nothing is left");
        })
        .await;
    }
}

#[tokio::test]
async fn names_that_content_gets_together_keep_to_the_quota() {
    for_each_database(async |world| {
        let house = House::with(world, FileSettings { quota_bytes: 12, ..FileSettings::default() }).await;
        house.store(|| world.user("ann"), "ann/a", b"1234").await;
        let gate = gate(world, "file").await;
        let names = ["ann/b", "ann/c", "ann/d", "ann/e"];
        let open = async {
            waiting(world, 4).await;
            gate.rollback().await;
        };
        let (answers, ()) = tokio::join!(join_all(names.map(|name| house.start(world.user("ann"), name, b"1234"))), open);
        assert_eq!(done(&answers), 2);
        assert_eq!(readable(world, &house).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn logs_that_are_noted_together_keep_to_the_limit() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let files: Vec<Value> = (0..100).map(|at| json!({"name": format!("{at}"), "url": "https://files.example.com/a"})).collect();
        for _ in 0..9 {
            house.ask(world.user("ann"), UPLOAD, json!({"input": {"files": files}})).await.data();
        }
        let gate = gate(world, "client_log").await;
        let open = async {
            waiting(world, 3).await;
            gate.rollback().await;
        };
        let upload = |_| house.ask(world.user("ann"), UPLOAD, json!({"input": {"files": files}}));
        let (answers, ()) = tokio::join!(join_all((0..3).map(upload)), open);
        assert_eq!(done(&answers), 1);
        assert_eq!(house.ask(world.user("ann"), UPLOAD, input("more")).await.refused().0, "LIMIT_EXCEEDED");
    })
    .await;
}
