//! What is over is cleared away.

use std::time::Duration;

use openim_entities::third::file;
use openim_testing::for_each_database;
use openim_third::FileSettings;
use reqwest::StatusCode;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::house::{ACCESS, COMPLETE, House, PART, content, parts};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn expired_uploads_are_forgotten_with_what_arrived_of_them() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let (small, large) = (content(10), content(PART + 1));
        let mut uploads = Vec::new();
        for (name, bytes) in [("ann/a", &small), ("ann/b", &large)] {
            let upload = house.start(world.user("ann"), name, bytes).await.data()["startUpload"]["upload"].clone();
            let url = upload["signedParts"]["parts"][0]["url"].as_str().unwrap();
            assert_eq!(house.put(url, bytes[..bytes.len().min(PART)].to_vec()).await, StatusCode::OK);
            uploads.push((upload, bytes));
        }
        house.store(|| world.user("ann"), "ann/kept", &content(11)).await;
        assert_eq!(house.third.clean().await.unwrap(), (0, 0));
        world.advance(7 * DAY);
        for (upload, bytes) in &uploads {
            let late = json!({"id": upload["id"], "parts": parts(bytes)});
            assert_eq!(house.ask(world.user("ann"), COMPLETE, late).await.refused().0, "FILE_REFUSED", "it is over");
        }
        assert_eq!(house.third.clean().await.unwrap(), (0, 0), "what began before may still be at work");
        world.advance(Duration::from_secs(3_601));
        assert_eq!(house.third.clean().await.unwrap(), (3, 0), "the completed one too: its address was good until now");
        assert_eq!(house.third.clean().await.unwrap(), (0, 0));
        assert_eq!((house.stored("temp").len(), house.stored("data").len()), (0, 1));
        assert_eq!(std::fs::read_dir(house.root.path().join("objects/parts")).unwrap().count(), 0);
        world.drain_events().await;
        assert_eq!(house.read(world.user("ann"), "ann/kept").await, content(11));
    })
    .await;
}

#[tokio::test]
async fn files_of_some_causes_are_deleted_after_some_days() {
    for_each_database(async |world| {
        let settings = FileSettings { expire_causes: vec!["msg-picture".into()], expire_after: 30 * DAY, ..FileSettings::default() };
        let house = House::with(world, settings).await;
        house.store(|| world.user("ann"), "ann/old", b"1").await;
        world.advance(20 * DAY);
        house.store(|| world.user("ann"), "ann/young", b"2").await;
        world.advance(11 * DAY);
        assert_eq!(house.third.clean().await.unwrap().1, 1);
        world.drain_events().await;
        assert_eq!(house.ask(world.user("ann"), ACCESS, json!({"name": "ann/old"})).await.refused().0, "RECORD_NOT_FOUND");
        assert_eq!(house.read(world.user("ann"), "ann/young").await, b"2");
        assert_eq!(house.third.clean().await.unwrap(), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn nothing_expires_unless_it_is_configured() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.store(|| world.user("ann"), "ann/old", b"1").await;
        world.advance(4_000 * DAY);
        assert_eq!(house.third.clean().await.unwrap().1, 0);
        world.drain_events().await;
        let one = "{ file(name: \"ann/old\") { cause } }";
        assert_eq!(house.ask(world.user("ann"), one, Value::Null).await.data()["file"]["cause"], "msg-picture");
    })
    .await;
}

#[tokio::test]
async fn content_that_a_crash_left_without_a_name_is_deleted_and_no_other() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.store(|| world.user("ann"), "ann/kept", b"1").await;
        house.store(|| world.user("ann"), "ann/lost", b"2").await;
        // As if the process had died after the copy and before the commit that names it.
        let tx = world.store().begin().await.unwrap();
        file::Entity::delete_by_id("ann/lost").exec(tx.connection()).await.unwrap();
        tx.commit().await.unwrap();
        world.drain_events().await;
        assert_eq!(house.stored("data").len(), 2, "somebody may be at work on it");
        world.advance(Duration::from_secs(3_700));
        world.drain_events().await;
        assert_eq!(house.stored("data").len(), 1);
        assert_eq!(house.read(world.user("ann"), "ann/kept").await, b"1");
    })
    .await;
}
