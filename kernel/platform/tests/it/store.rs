//! The database port: one suite for SQLite and PostgreSQL.

use futures_util::FutureExt as _;
use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{ErrorCode, UserId};
use openim_platform::events::pending_events;
use openim_platform::fanout::{Fate, MemoryFanout};
use openim_platform::store::{DatabaseKind, DatabaseSettings, Store, Tx, db_error, is_conflict, is_duplicate};
use openim_testing::{eventually, for_each_database};
use sea_orm::ConnectionTrait;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Counted, Notices, append};

fn signal() -> Signal {
    let user_id = UserId::parse("ann").unwrap();
    Signal { audience: Audience::Users(vec![user_id.clone()]), kind: SignalKind::UserChanged { user_id } }
}

#[tokio::test]
async fn events_and_signals_go_out_with_the_commit() {
    for_each_database(async |world| {
        let ctx = world.user("ann");
        let tx = world.store().begin().await.unwrap();
        tx.append(&ctx, &Counted { number: 7 }).await.unwrap();
        tx.signal(signal());
        assert!(world.take_signals().is_empty(), "nothing before the commit");
        tx.commit().await.unwrap();

        assert_eq!(world.take_signals(), [signal()]);
        let events = world.take_events().await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].decode::<Counted>().unwrap().number, 7);
        assert_eq!((events[0].topic.as_str(), &events[0].operation_id, events[0].at), ("tests.counted", ctx.operation_id(), world.now()));
    })
    .await;
}

#[tokio::test]
async fn a_rollback_leaves_no_event_and_no_signal() {
    for_each_database(async |world| {
        let tx = world.store().begin().await.unwrap();
        tx.append(&world.user("ann"), &Counted { number: 1 }).await.unwrap();
        tx.signal(signal());
        drop(tx);
        // The writer is free again, and what was dropped is not there.
        world.store().begin().await.unwrap().commit().await.unwrap();
        assert!(pending_events(world.store().read(), 10).await.unwrap().is_empty());
        assert!(world.take_signals().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_follows_a_commit_is_done_after_it_and_never_without_it() {
    for_each_database(async |world| {
        let done = Arc::new(AtomicUsize::new(0));
        let begin = async || -> Tx {
            let (tx, done) = (world.store().begin().await.unwrap(), done.clone());
            tx.signal(signal());
            tx.after_commit(move |receipt| {
                assert_eq!(receipt.fate(), Some(Fate::Accepted), "the signals are on their way before");
                done.fetch_add(1, Ordering::SeqCst);
            });
            tx
        };
        begin().await.rollback().await;
        drop(begin().await);
        let tx = begin().await;
        assert_eq!(done.load(Ordering::SeqCst), 0);
        tx.commit().await.unwrap();
        assert_eq!((done.load(Ordering::SeqCst), world.take_signals()), (1, vec![signal()]));
    })
    .await;
}

#[tokio::test]
async fn a_commit_whose_caller_stopped_waiting_is_carried_to_its_end() {
    let notices = Notices::listen();
    for_each_database(async |world| {
        let tx = world.store().begin().await.unwrap();
        tx.append(&world.user("ann"), &Counted { number: 7 }).await.unwrap();
        tx.signal(signal());
        assert!(tx.commit().now_or_never().is_none(), "it is begun and takes a moment");
        eventually("the signal is published", async || (world.take_signals() == [signal()]).then_some(())).await;
        assert_eq!(world.take_events().await.len(), 1);
        // What another transaction finds is no half of the last one.
        world.store().begin().await.unwrap().commit().await.unwrap();
    })
    .await;
    assert_eq!(notices.heard(), [] as [String; 0]);
}

#[tokio::test]
async fn a_transaction_that_nobody_waited_for_leaves_no_connection_inside_of_it() {
    let notices = Notices::listen();
    for_each_database(async |world| {
        for _ in 0..10 {
            drop(world.store().begin().now_or_never());
            for _ in 0..10 {
                world.store().begin().await.unwrap().commit().await.unwrap();
            }
        }
    })
    .await;
    assert_eq!(notices.heard(), [] as [String; 0]);
}

#[tokio::test]
async fn event_ids_are_unique_and_sort_by_time() {
    for_each_database(async |world| {
        append(world.store(), &world.user("ann"), 0..3).await;
        world.advance(std::time::Duration::from_millis(1));
        append(world.store(), &world.user("ann"), 3..6).await;
        let ids: Vec<_> = world.take_events().await.into_iter().map(|event| event.id).collect();
        let mut sorted = ids.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted, ids);
        assert!(ids.iter().all(|id| id.len() == 36 && id.as_bytes()[14] == b'7'), "{ids:?}");
    })
    .await;
}

#[tokio::test]
async fn many_writers_take_turns() {
    for_each_database(async |world| {
        let writers = (0..32).map(|number| {
            let (store, ctx) = (world.store().clone(), world.user("ann"));
            tokio::spawn(async move { append(&store, &ctx, [number, number + 100]).await })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(world.take_events().await.len(), 64);
    })
    .await;
}

#[tokio::test]
async fn readers_are_not_held_up_by_an_open_transaction() {
    for_each_database(async |world| {
        let tx = world.store().begin().await.unwrap();
        tx.append(&world.user("ann"), &Counted { number: 1 }).await.unwrap();
        assert!(pending_events(world.store().read(), 10).await.unwrap().is_empty());
        tx.rollback().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_key_is_told_from_other_failures() {
    for_each_database(async |world| {
        let tx = world.store().begin().await.unwrap();
        let insert = "INSERT INTO inbox (consumer, event_id, handled_at) VALUES ('a', 'b', 1)";
        tx.connection().execute_unprepared(insert).await.unwrap();
        let error = tx.connection().execute_unprepared(insert).await.unwrap_err();
        assert!(is_duplicate(&error) && !is_conflict(&error), "{error}");
        tx.rollback().await;
        let error = world.store().read().execute_unprepared("SELECT * FROM nowhere").await.unwrap_err();
        assert!(!is_duplicate(&error));
        assert_eq!(db_error(error).code(), ErrorCode::Internal);
    })
    .await;
}

#[tokio::test]
async fn a_migrated_database_has_nothing_pending_and_answers() {
    for_each_database(async |world| {
        world.store().ping().await.unwrap();
        assert!(world.store().pending_migrations().await.unwrap().is_empty());
        world.store().migrate().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn processes_that_start_together_migrate_one_after_the_other() {
    for_each_database(async |world| {
        if world.kind() == DatabaseKind::Sqlite {
            return; // one process only
        }
        let migrations = (0..4).map(|_| {
            let store = world.store().clone();
            tokio::spawn(async move { store.migrate().await })
        });
        for migration in migrations.collect::<Vec<_>>() {
            migration.await.unwrap().unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_sqlite_reader_cannot_write() {
    let world = openim_testing::TestWorld::sqlite().await;
    let error = world.store().read().execute_unprepared("DELETE FROM outbox").await.unwrap_err();
    assert!(error.to_string().contains("readonly"), "{error}");
}

#[tokio::test]
async fn unusable_addresses_are_refused() {
    for url in ["mysql://localhost/x", "sqlite::memory:", "sqlite:x?mode=memory", ""] {
        let refused = Store::connect(&DatabaseSettings::new(url), Arc::new(MemoryFanout::new())).await;
        assert_eq!(refused.err().map(|error| error.code()), Some(ErrorCode::Args), "{url}");
    }
    let nobody = "postgres://nobody@127.0.0.1:1/none";
    let settings = DatabaseSettings { acquire_timeout: std::time::Duration::from_secs(1), ..DatabaseSettings::new(nobody) };
    let refused = Store::connect(&settings, Arc::new(MemoryFanout::new())).await;
    assert_eq!(refused.err().map(|error| error.code()), Some(ErrorCode::Unavailable));
}
