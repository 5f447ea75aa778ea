//! Imports that are stopped, repeated, or must not begin.

use std::sync::atomic::{AtomicUsize, Ordering};

use bson::Document;
use openim_entities::messages::message;
use openim_entities::platform::node;
use openim_entities::users::user_account;
use openim_importer::{Error, Importer, News, Settings};
use openim_testing::{TestWorld, for_each_database};
use sea_orm::{ActiveValue::Set, EntityTrait as _, PaginatorTrait as _};
use tokio_util::sync::CancellationToken;

use crate::fixtures::{Folder, Style, block, message as said, slot, user};
use crate::{import, import_with, settings};

/// Enough blocks for several batches.
fn talk(folder: &Folder, blocks: i64) {
    let one = |number: i64| {
        let slots = (1..=100).map(|place| slot(said("ann", ("bob", ""), number * 100 + place, "words")));
        block("si_ann_bob", number, slots.collect())
    };
    folder.write("msg", &(0..blocks).map(one).collect::<Vec<Document>>(), Style::BsonGz);
}

async fn messages(world: &TestWorld) -> u64 {
    message::Entity::find().count(world.store().read()).await.unwrap()
}

#[tokio::test]
async fn an_import_that_was_stopped_goes_on_where_it_was() {
    for_each_database(async |world| {
        let folder = Folder::of(Style::BsonGz);
        talk(&folder, 50);
        let cancel = CancellationToken::new();
        let pieces = AtomicUsize::new(0);
        let tell = |news: &News<'_>| {
            if matches!(news, News::Progress { file, .. } if file.contains("msg")) && pieces.fetch_add(1, Ordering::Relaxed) == 0 {
                cancel.cancel();
            }
        };
        let first = settings(&folder);
        let importer = Importer { store: Some(world.store()), runtime: world.runtime(), settings: &first, cancel: &cancel, tell: &tell };
        assert!(matches!(importer.import().await, Err(Error::Cancelled)));
        let so_far = messages(world).await;
        assert!((1..5_000).contains(&so_far), "{so_far}");
        assert!(matches!(import(world, &folder).await, Err(Error::Unfinished)));
        let resume = Settings { resume: true, ..settings(&folder) };
        let report = import_with(world, &resume).await.unwrap();
        assert!(report.complete(), "{report}");
        assert_eq!(messages(world).await, 5_000);
        let row = report.collections.iter().find(|one| one.name == "msg").unwrap();
        assert_eq!((row.records, row.written), (5_000, 5_000), "each was written once");
        // Going on with what is finished changes nothing.
        let again = import_with(world, &resume).await.unwrap();
        assert!(again.complete() && messages(world).await == 5_000, "{again}");
    })
    .await;
}

#[tokio::test]
async fn what_must_not_begin_does_not() {
    for_each_database(async |world| {
        let folder = Folder::of(Style::Bson);
        let resume = Settings { resume: true, ..settings(&folder) };
        assert!(matches!(import_with(world, &resume).await, Err(Error::NothingToResume)));
        import(world, &folder).await.unwrap();
        assert!(matches!(import(world, &folder).await, Err(Error::NotEmpty("users"))));
        folder.write("user", &[user("new", "New")], Style::Bson);
        assert!(matches!(import_with(world, &resume).await, Err(Error::Changed(file)) if file.contains("user.bson")));
        folder.write("user", &[user("new", "New")], Style::JsonLines);
        assert!(matches!(import(world, &folder).await, Err(Error::Twice(..))));
        assert!(matches!(import(world, &Folder::empty()).await, Err(Error::Nothing(_))));

        let other = Folder::of(Style::Bson);
        let now = world.now().0;
        let row = node::ActiveModel {
            id: Set("node-1".into()),
            roles: Set("all".into()),
            version: Set("0".into()),
            host: Set(String::new()),
            pid: Set(1),
            address: Set(String::new()),
            metrics_address: Set(String::new()),
            started_at: Set(now),
            seen_at: Set(now),
            stopping: Set(false),
            figures: Set("{}".into()),
        };
        let tx = world.store().begin().await.unwrap();
        node::Entity::insert(row).exec_without_returning(tx.connection()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(import(world, &other).await, Err(Error::InUse(node)) if node == "node-1"));
    })
    .await;
}

#[tokio::test]
async fn merging_adds_and_changes_nothing_that_is_there() {
    for_each_database(async |world| {
        let first = Folder::empty();
        first.write("user", &[user("ann", "Ann of here")], Style::Bson);
        first.write("msg", &[block("si_ann_bob", 0, vec![slot(said("ann", ("bob", ""), 1, "here"))])], Style::Bson);
        import(world, &first).await.unwrap();
        world.advance(std::time::Duration::from_secs(5));
        let second = Folder::of(Style::Bson);
        let merge = Settings { merge: true, on_error: openim_importer::OnError::Skip, ..settings(&second) };
        let report = import_with(world, &merge).await.unwrap();
        let ann = user_account::Entity::find_by_id("ann").one(world.store().read()).await.unwrap().unwrap();
        assert_eq!(ann.nickname, "Ann of here");
        assert_eq!(messages(world).await, 1 + 4, "the log that was here stays as it was: {report}");
        assert_eq!(report.damaged(), 3, "its three blocks are named");
    })
    .await;
}

#[tokio::test]
async fn a_message_that_was_lost_afterwards_is_found() {
    for_each_database(async |world| {
        let folder = Folder::of(Style::Bson);
        import(world, &folder).await.unwrap();
        let tx = world.store().begin().await.unwrap();
        user_account::Entity::delete_by_id("cem").exec(tx.connection()).await.unwrap();
        let rows = message::Entity::find().all(tx.connection()).await.unwrap();
        let [lost, bent, ..] = rows.as_slice() else { panic!("messages") };
        message::Entity::delete_by_id((lost.conv_no, lost.seq)).exec(tx.connection()).await.unwrap();
        let changed = message::ActiveModel { send_time: Set(1), ..bent.clone().into() };
        message::Entity::update(changed).exec(tx.connection()).await.unwrap();
        tx.commit().await.unwrap();
        let cancel = CancellationToken::new();
        let settings = settings(&folder);
        let importer =
            Importer { store: Some(world.store()), runtime: world.runtime(), settings: &settings, cancel: &cancel, tell: &|_| {} };
        let report = importer.verify().await.unwrap();
        assert!(!report.complete());
        let missing = |name: &str| report.collections.iter().find(|one| one.name == name).unwrap().missing;
        assert_eq!((missing("user"), missing("msg"), missing("friend")), (1, 1, 0), "{report}");
        assert_eq!(report.logs.unwrap().different, 1);
        assert_eq!(user_account::Entity::find().count(world.store().read()).await.unwrap(), 2, "a look changes nothing");
    })
    .await;
}
