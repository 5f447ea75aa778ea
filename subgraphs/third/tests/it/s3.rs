//! The same over a service with the S3 API: clients talk to it directly.

use std::sync::Arc;

use openim_core::Runtime;
use openim_objects::{S3, S3Settings};
use openim_testing::{TestWorld, for_each_database, s3_service};
use openim_third::FileSettings;
use serde_json::json;
use tempfile::TempDir;

use crate::house::{COMPLETE, DELETE, House, PART, client, content, parts};

async fn house(world: &TestWorld) -> House {
    // The service compares with the machine's time.
    world.advance(world.now().until(Runtime::system().clock.now()));
    let root = TempDir::new().unwrap();
    let router = s3_service(root.path());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let settings = S3Settings {
        endpoint,
        public_endpoint: String::new(),
        bucket: "bucket".into(),
        region: "us-east-1".into(),
        path_style: true,
        access_key: "id".into(),
        secret_key: "key".into(),
    };
    let objects = S3::new(settings, client(), world.runtime().clone()).unwrap();
    House::over(world, root, Arc::new(objects), FileSettings::default())
}

#[tokio::test]
async fn files_are_stored_read_and_deleted_in_a_bucket() {
    for_each_database(async |world| {
        let house = house(world).await;
        for (name, bytes) in [("ann/a.png", content(10)), ("ann/film", content(PART + 7))] {
            let upload = house.start(world.user("ann"), name, &bytes).await.data()["startUpload"]["upload"].clone();
            let complete = json!({"id": upload["id"], "parts": parts(&bytes)});
            assert_eq!(house.ask(world.user("ann"), COMPLETE, complete.clone()).await.refused().0, "FILE_REFUSED", "nothing was sent");
            house.send(&upload, &bytes).await;
            for _ in 0..2 {
                house.ask(world.user("ann"), COMPLETE, complete.clone()).await.data();
            }
            assert_eq!(house.read(world.anonymous(), name).await, bytes);
            assert_eq!(house.ask(world.user("ann"), DELETE, json!({"name": name})).await.data()["deleteFile"]["deleted"], true);
            world.drain_events().await;
        }
        let left = std::fs::read_dir(house.root.path().join("bucket/data")).map_or(0, |entries| {
            entries.flatten().filter(|folder| folder.path().read_dir().is_ok_and(|mut inside| inside.next().is_some())).count()
        });
        assert_eq!(left, 0);
    })
    .await;
}
