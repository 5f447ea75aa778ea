//! Damaged exports: each record that cannot be used is named, and nothing else is lost.

use std::time::Duration;

use bson::{Bson, Document, doc};
use openim_entities::users::user_account;
use openim_importer::{Error, Importer, OnError, Settings};
use openim_testing::{TestWorld, for_each_database};
use sea_orm::EntityTrait as _;
use tokio_util::sync::CancellationToken;

use crate::fixtures::{Folder, Style, block, bytes, message, slot, user};
use crate::{import, import_with, named, settings};

async fn people(world: &TestWorld) -> Vec<String> {
    let rows = user_account::Entity::find().all(world.store().read()).await.unwrap();
    let mut ids: Vec<_> = rows.into_iter().map(|row| row.user_id).collect();
    ids.sort();
    ids
}

/// Imports a file of users while leaving out what is damaged; returns who came over and what was named.
async fn users(name: &str, content: &[u8]) -> (Vec<String>, Vec<(u64, u64, String)>) {
    let folder = Folder::empty();
    folder.raw(name, content);
    let world = TestWorld::sqlite().await;
    let stopped = import(&world, &folder).await;
    assert!(matches!(stopped, Err(Error::Damaged { .. })), "{stopped:?}");
    let settings = Settings { on_error: OnError::Skip, resume: true, ..settings(&folder) };
    let report = import_with(&world, &settings).await.unwrap();
    assert!(report.complete() && report.damaged() > 0, "{report}");
    let named = named(&folder.problems()).into_iter().map(|(_, line, offset, reason)| (line, offset, reason)).collect();
    (people(&world).await, named)
}

#[tokio::test]
async fn a_file_that_ends_in_the_middle_loses_its_last_record_only() {
    let whole = bytes(&[user("ann", "Ann"), user("bob", "Bob")]);
    let (people, named) = users("user.bson", &whole[..whole.len() - 3]).await;
    assert_eq!(people, ["ann"]);
    let second = u64::try_from(bytes(&[user("ann", "Ann")]).len()).unwrap();
    assert_eq!(named, [(2, second, "the file ends in the middle of a record".to_owned())]);
}

#[tokio::test]
async fn a_length_that_cannot_be_takes_no_memory_and_is_named() {
    for length in [i32::MAX, -5, 0, 4] {
        let mut content = bytes(&[user("ann", "Ann")]);
        content.extend_from_slice(&length.to_le_bytes());
        content.extend_from_slice(&[7; 64]);
        let (people, named) = users("user.bson", &content).await;
        assert_eq!((people, named.len()), (vec!["ann".to_owned()], 1));
        assert!(named[0].2.contains(&format!("{length} bytes long")), "{named:?}");
    }
}

#[tokio::test]
async fn a_record_over_the_limit_of_mongodb_is_passed_over() {
    let huge = doc! {"user_id": "huge", "nickname": "x", "ex": "y".repeat(17 << 20)};
    let (people, named) = users("user.bson", &bytes(&[user("ann", "Ann"), huge, user("bob", "Bob")])).await;
    assert_eq!(people, ["ann", "bob"]);
    assert!(named[0].2.contains("more than MongoDB allows"), "{named:?}");
}

#[tokio::test]
async fn wrong_records_are_named_with_the_field() {
    let changed = |field: &str, value: Bson| {
        let mut document = user("eve", "Eve");
        document.insert(field, value);
        document
    };
    let mut deep = doc! {};
    for _ in 0..200 {
        deep = doc! {"x": deep};
    }
    let wrong: [(Document, &str); 8] = [
        (changed("nickname", Bson::Int32(7)), "nickname is a number, not a text"),
        (changed("app_manger_level", Bson::Int32(9)), "app_manger_level is 9, which means nothing"),
        (changed("app_manger_level", Bson::Int64(1 << 40)), "app_manger_level is 1099511627776: that is too big"),
        (changed("create_time", Bson::String("yesterday".into())), "create_time is a text, not a time"),
        (changed("user_id", Bson::String("a b".into())), "user_id: user id is empty, too long or has a character that is not allowed"),
        (changed("nickname", Bson::String("n".repeat(300))), "nickname has 300 characters, 255 are possible"),
        (changed("ex", Bson::String("a\0b".into())), "ex has a NUL character"),
        (changed("ex", Bson::Document(deep)), "it nests too deep"),
    ];
    let mut documents: Vec<_> = wrong.iter().map(|(document, _)| document.clone()).collect();
    documents.push(user("ann", "Ann"));
    let (people, named) = users("user.bson", &bytes(&documents)).await;
    assert_eq!(people, ["ann"]);
    assert_eq!(named.iter().map(|one| one.2.as_str()).collect::<Vec<_>>(), wrong.iter().map(|one| one.1).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_field_that_is_there_twice_is_no_record_in_either_form() {
    let mut twice = bytes(&[user("eve", "Eve")]);
    // The same document with its second half once more: { user_id: "eve", user_id: "eve" }.
    let one = bytes(&[doc! {"user_id": "eve"}]);
    let element = &one[4..one.len() - 1];
    twice.clear();
    twice.extend_from_slice(&i32::try_from(5 + element.len() * 2).unwrap().to_le_bytes());
    twice.extend_from_slice(element);
    twice.extend_from_slice(element);
    twice.push(0);
    twice.extend_from_slice(&bytes(&[user("ann", "Ann")]));
    let (people, named) = users("user.bson", &twice).await;
    assert_eq!((people, named[0].2.as_str()), (vec!["ann".to_owned()], "the field user_id is there twice"));
    let json = b"{\"user_id\":\"eve\",\"user_id\":\"mal\"}\n{\"user_id\":\"ann\",\"nickname\":\"Ann\"}\n";
    let (people, named) = users("user.json", json).await;
    assert_eq!((people, named[0].0), (vec!["ann".to_owned()], 1));
    assert!(named[0].2.contains("the field user_id is there twice"), "{named:?}");
}

#[tokio::test]
async fn broken_lines_of_json_are_named_with_their_number() {
    let text = "{\"user_id\":\"ann\",\"nickname\":\"Ann\"}\n{\"user_id\":\"eve\",\n\nnonsense\n{\"user_id\":\"bob\",\"nickname\":\"Bob\"}\n{\"user_id\":\"cem\"";
    let (people, named) = users("user.json", text.as_bytes()).await;
    assert_eq!(people, ["ann", "bob"]);
    assert_eq!(named.iter().map(|one| one.0).collect::<Vec<_>>(), [2, 6], "{named:?}");
}

#[tokio::test]
async fn a_damaged_message_does_not_touch_the_others_of_its_block() {
    for_each_database(async |world| {
        let folder = Folder::empty();
        let mut wrong = message("ann", ("bob", ""), 2, "x");
        wrong.insert("send_id", "not a user");
        let slots =
            vec![slot(message("ann", ("bob", ""), 1, "a")), slot(wrong), slot(message("ann", ("bob", ""), 9, "elsewhere")), Bson::Int32(5)];
        folder.write("msg", &[block("si_ann_bob", 0, slots), block("g_legacy", 0, Vec::new())], Style::Bson);
        let settings = Settings { on_error: OnError::Skip, ..settings(&folder) };
        let report = import_with(world, &settings).await.unwrap();
        let logs = report.logs.clone().unwrap();
        assert_eq!((logs.messages, report.damaged()), (1, 4), "{report}");
        let reasons: Vec<_> = named(&folder.problems()).into_iter().map(|one| one.3).collect();
        assert!(reasons.iter().any(|reason| reason.starts_with("seq 2: send_id")), "{reasons:?}");
        assert!(reasons.contains(&"seq 3: the message says that its seq is 9".to_owned()), "{reasons:?}");
        assert!(reasons.iter().any(|reason| reason.contains("g_legacy")), "{reasons:?}");
    })
    .await;
}

#[tokio::test]
async fn a_rehearsal_needs_no_database_and_counts_what_is_wrong() {
    let folder = Folder::of(Style::Bson);
    folder.write("user", &[user("ann", "Ann"), doc! {"user_id": 5}], Style::Bson);
    let settings = Settings { on_error: OnError::Skip, ..settings(&folder) };
    let world = TestWorld::sqlite().await;
    let cancel = CancellationToken::new();
    let importer = Importer { store: None, runtime: world.runtime(), settings: &settings, cancel: &cancel, tell: &|_| {} };
    let report = tokio::time::timeout(Duration::from_secs(30), importer.rehearse()).await.unwrap().unwrap();
    assert_eq!((report.damaged(), report.collections[0].records, report.logs.clone()), (1, 1, None), "{report}");
    assert!(matches!(importer.import().await, Err(Error::NoDatabase)));
}
