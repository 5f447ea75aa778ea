//! Version logs: what a client that names a version is told, on SQLite and PostgreSQL.

use std::time::Duration;

use openim_core::Ctx;
use openim_platform::store::Store;
use openim_platform::timers::{Job as _, Turn, VersionLogs};
use openim_platform::versions::{self, Change, Delta, MAX_CHANGES, Version, VersionedList};
use openim_testing::{TestWorld, for_each_database};

const LIST: VersionedList = VersionedList::GroupMembers;

async fn record(store: &Store, ctx: &Ctx, owner: &str, changes: &[Change<'_>]) -> Version {
    let tx = store.begin().await.unwrap();
    let version = versions::record(tx.connection(), ctx, LIST, owner, changes).await.unwrap();
    tx.commit().await.unwrap();
    version
}

async fn since(store: &Store, ctx: &Ctx, known: &Version) -> Delta {
    versions::delta(store, ctx, LIST, "team", known).await.unwrap()
}

#[tokio::test]
async fn each_element_is_told_once_with_its_last_state() {
    for_each_database(async |world| {
        let (store, ctx) = (world.store(), world.user("ann"));
        let first = record(store, &ctx, "team", &[Change::Inserted("a"), Change::Inserted("b"), Change::Inserted("c")]).await;
        assert_eq!(first.number, 1, "one change with many elements is one version");
        record(store, &ctx, "team", &[Change::Updated("a")]).await;
        record(store, &ctx, "team", &[Change::Deleted("b")]).await;
        record(store, &ctx, "team", &[Change::Inserted("b")]).await;
        let last = record(store, &ctx, "team", &[Change::Deleted("c")]).await;
        assert_eq!((last.number, &last.id), (5, &first.id));

        let delta = since(store, &ctx, &first).await;
        assert_eq!((delta.inserted, delta.updated, delta.deleted), (vec!["b".to_owned()], vec!["a".to_owned()], vec!["c".to_owned()]));
        assert_eq!((delta.full, delta.version, delta.sort_version, delta.owner_changed), (false, last.clone(), 0, false));
        assert_eq!(since(store, &ctx, &last).await, Delta { version: last, ..Delta::default() });
    })
    .await;
}

#[tokio::test]
async fn changes_of_order_and_owner_are_told_apart_and_do_not_count() {
    for_each_database(async |world| {
        let (store, ctx) = (world.store(), world.user("ann"));
        let first = record(store, &ctx, "team", &[Change::Inserted("a")]).await;
        let names: Vec<String> = (0..MAX_CHANGES).map(|number| format!("m{number}")).collect();
        let mut changes: Vec<Change<'_>> = names.iter().map(|name| Change::Updated(name)).collect();
        changes.extend([Change::Sorted, Change::Owner]);
        let second = record(store, &ctx, "team", &changes).await;

        let delta = since(store, &ctx, &first).await;
        assert_eq!((delta.full, delta.updated.len(), delta.sort_version, delta.owner_changed), (false, MAX_CHANGES, second.number, true));
        record(store, &ctx, "team", &[Change::Updated("one more")]).await;
        let delta = since(store, &ctx, &first).await;
        assert!(delta.full && delta.updated.is_empty(), "more than {MAX_CHANGES} changes are not told one by one");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_version_of_the_log_is_answered_with_full() {
    for_each_database(async |world| {
        let (store, ctx) = (world.store(), world.user("ann"));
        let empty = since(store, &ctx, &Version::default()).await;
        assert!(empty.full);
        assert_eq!((empty.version.number, empty.version.id.len()), (1, 24));
        assert!(!since(store, &ctx, &empty.version).await.full, "the identity of an empty log lasts");

        let version = record(store, &ctx, "team", &[Change::Inserted("a")]).await;
        assert_eq!(version, Version { id: empty.version.id, number: 2 });
        for known in [
            Version { number: 3, ..version.clone() },
            Version { number: 0, ..version.clone() },
            Version { number: -1, ..version.clone() },
            Version { id: "f".repeat(24), number: 1 },
        ] {
            assert!(since(store, &ctx, &known).await.full, "{known:?}");
        }
        let tx = store.begin().await.unwrap();
        versions::forget(tx.connection(), LIST, "team").await.unwrap();
        tx.commit().await.unwrap();
        assert!(since(store, &ctx, &version).await.full, "a log that was made anew has another identity");
    })
    .await;
}

#[tokio::test]
async fn one_change_in_many_lists_is_a_version_in_each() {
    for_each_database(async |world| {
        let (store, ctx) = (world.store(), world.user("ann"));
        record(store, &ctx, "m700", &[Change::Inserted("old")]).await;
        let owners: Vec<String> = (0..1_200).map(|number| format!("m{number}")).collect();
        let owners: Vec<&str> = owners.iter().map(String::as_str).collect();
        let tx = store.begin().await.unwrap();
        versions::record_for_each(tx.connection(), &ctx, LIST, &owners, Change::Inserted("team")).await.unwrap();
        tx.commit().await.unwrap();

        for (owner, number) in [("m0", 1), ("m700", 2), ("m1199", 1)] {
            assert_eq!(versions::current(store, &ctx, LIST, owner).await.unwrap().number, number, "{owner}");
        }
        let known = versions::current(store, &ctx, LIST, "m700").await.unwrap();
        let before = Version { number: 1, ..known };
        assert_eq!(versions::delta(store, &ctx, LIST, "m700", &before).await.unwrap().inserted, ["team"]);
    })
    .await;
}

#[tokio::test]
async fn writers_of_the_same_log_wait_for_each_other() {
    for_each_database(async |world| {
        let (store, ctx) = (world.store(), world.user("ann"));
        let writers = (0..20).map(|number| async move {
            let (first, second) = (format!("a{number}"), format!("b{number}"));
            let changes = [Change::Inserted(&first), Change::Inserted(&second)];
            record(world.store(), &world.user("ann"), "team", &changes).await.number
        });
        let mut numbers = futures_util::future::join_all(writers).await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>());
        let known = Version { number: 1, ..versions::current(store, &ctx, LIST, "team").await.unwrap() };
        assert_eq!(since(store, &ctx, &known).await.inserted.len(), 38);
    })
    .await;
}

#[test]
fn the_hash_of_ids_is_openims() {
    assert_eq!(versions::id_hash(&[] as &[&str]).unwrap(), 0);
    // printf '["a","b"]' | md5sum: the first 16 hex digits.
    assert_eq!(versions::id_hash(&["a", "b"]).unwrap(), 0xe53f_04d1_bcc1_428d);
}

async fn pruned(world: &TestWorld, keep: u64) -> u64 {
    let job = VersionLogs { store: world.store().clone(), keep, every: Duration::from_secs(60) };
    job.run(&Turn::alone(world.store().clone(), world.runtime().clone())).await.unwrap()
}

#[tokio::test]
async fn who_missed_more_than_is_kept_loads_everything_and_nobody_else_notices() {
    for_each_database(async |world| {
        let (store, ctx) = (world.store(), world.user("ann"));
        let names: Vec<String> = (0..300).map(|number| format!("m{number:03}")).collect();
        let mut versions = Vec::new();
        for name in &names {
            versions.push(record(store, &ctx, "team", &[Change::Inserted(name)]).await);
        }
        record(store, &ctx, "small", &[Change::Inserted("x")]).await;
        let before: Vec<_> = futures_util::future::join_all(versions.iter().map(|known| since(store, &ctx, known))).await;
        assert_eq!(pruned(world, 256).await, 44);
        let after: Vec<_> = futures_util::future::join_all(versions.iter().map(|known| since(store, &ctx, known))).await;
        assert_eq!(before, after, "with as much kept as is told one by one, the answers stay the same");

        assert_eq!(pruned(world, 10).await, 246);
        assert!(since(store, &ctx, &versions[288]).await.full, "what it missed is forgotten");
        let delta = since(store, &ctx, &versions[290]).await;
        assert_eq!((delta.full, delta.inserted.len()), (false, 9));
        assert_eq!(pruned(world, 10).await, 0);
        let last = record(store, &ctx, "team", &[Change::Deleted("m000")]).await;
        let delta = since(store, &ctx, &versions[299]).await;
        assert_eq!((delta.deleted, delta.version), (vec!["m000".to_owned()], last));
        let one = versions::delta(store, &ctx, LIST, "small", &Version { number: 1, id: String::new() }).await.unwrap();
        assert!(one.full, "another log's id");
    })
    .await;
}
