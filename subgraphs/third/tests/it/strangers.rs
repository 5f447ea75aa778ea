//! What comes from outside: foreign uploads, names that lead elsewhere, wrong hashes, wrong sizes.

use openim_testing::for_each_database;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::house::{COMPLETE, DELETE, House, PART, START, announced, content, md5, parts};

#[tokio::test]
async fn an_upload_is_its_owners_alone() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let bytes = content(10);
        let upload = house.start(world.user("ann"), "ann/a", &bytes).await.data()["startUpload"]["upload"].clone();
        house.send(&upload, &bytes).await;
        let read = "query($id: ID!) { viewer { upload(id: $id) { signedParts(first: 1) { parts { url } } } } }";
        let complete = json!({"id": upload["id"], "parts": parts(&bytes), "name": "bob/a"});
        assert_eq!(house.ask(world.user("bob"), COMPLETE, complete.clone()).await.refused().0, "FILE_REFUSED");
        assert_eq!(house.ask(world.user("bob"), read, complete.clone()).await.data()["viewer"]["upload"], Value::Null);
        assert_eq!(house.ask(world.admin(), read, complete.clone()).await.data()["viewer"]["upload"], Value::Null);
        for document in [COMPLETE, read] {
            assert_eq!(house.ask(world.anonymous(), document, complete.clone()).await.refused().0, "UNAUTHENTICATED");
        }
        assert_eq!(house.ask(world.user("ann"), read, json!({"id": "' OR 1=1"})).await.data()["viewer"]["upload"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn names_are_checked_whatever_they_are_made_of() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let long = format!("ann/{}", "x".repeat(10 << 10));
        for (name, code) in [
            ("", "ARGS_ERROR"),
            ("/ann/a", "ARGS_ERROR"),
            ("ann/../bob/a", "ARGS_ERROR"),
            ("../../etc/passwd", "ARGS_ERROR"),
            ("ann/a\0b", "ARGS_ERROR"),
            ("ann/\u{202e}gpj.exe", "ARGS_ERROR"),
            (long.as_str(), "ARGS_ERROR"),
            ("bob/a", "NO_PERMISSION"),
            ("a", "NO_PERMISSION"),
        ] {
            assert_eq!(house.start(world.user("ann"), name, b"x").await.refused().0, code, "{name:?}");
        }
        assert_eq!(house.start(world.anonymous(), "ann/a", b"x").await.refused().0, "UNAUTHENTICATED");
        // An administrator may give any name.
        house.store(|| world.admin(), "bob/a", b"x").await;
        assert_eq!(house.ask(world.user("ann"), DELETE, json!({"name": "bob/a"})).await.refused().0, "NO_PERMISSION");
        assert_eq!(house.ask(world.admin(), DELETE, json!({"name": "bob/a"})).await.data()["deleteFile"]["deleted"], true);
        world.drain_events().await;
    })
    .await;
}

#[tokio::test]
async fn a_file_is_what_was_announced_or_none() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let with = |key: &str, value: Value| {
            let mut variables = announced("ann/a", b"hello");
            variables[key] = value;
            variables
        };
        for (bad, code) in [
            (with("hash", json!("hello")), "FILE_REFUSED"),
            (with("hash", json!("z".repeat(32))), "FILE_REFUSED"),
            (with("size", json!(0)), "FILE_REFUSED"),
            (with("size", json!(-1)), "FILE_REFUSED"),
            (with("size", json!(6_i64 << 30)), "FILE_REFUSED"),
            (with("parts", json!(2)), "FILE_REFUSED"),
            (with("type", json!("image/png\r\nX: y")), "ARGS_ERROR"),
            (with("cause", json!("c".repeat(65))), "ARGS_ERROR"),
        ] {
            assert_eq!(house.ask(world.user("ann"), START, bad.clone()).await.refused().0, code, "{bad}");
        }
        // The address takes the announced size only, and the content is compared.
        let upload = house.start(world.user("ann"), "ann/a", b"hello").await.data()["startUpload"]["upload"].clone();
        let url = upload["signedParts"]["parts"][0]["url"].as_str().unwrap();
        assert_eq!(house.put(url, b"hello!".to_vec()).await, StatusCode::BAD_REQUEST);
        assert_eq!(house.put(url, b"jello".to_vec()).await, StatusCode::OK);
        let complete = |hashes: Value| json!({"id": upload["id"], "parts": hashes});
        for hashes in [json!([]), json!([md5(b"jello")]), json!([md5(b"hello"), md5(b"hello")]), json!(["x"])] {
            let refused = house.ask(world.user("ann"), COMPLETE, complete(hashes)).await.refused();
            assert_eq!(refused, ("FILE_REFUSED".to_owned(), "md5 mismatching".to_owned()));
        }
        assert_eq!(house.ask(world.user("ann"), COMPLETE, complete(json!([md5(b"hello")]))).await.refused().0, "ARGS_ERROR");
        assert_eq!(house.stored("data"), Vec::<String>::new());
        // Sent rightly, it becomes a file; what is sent to the old address afterwards changes nothing.
        assert_eq!(house.put(url, b"hello".to_vec()).await, StatusCode::OK);
        house.ask(world.user("ann"), COMPLETE, complete(json!([md5(b"hello")]))).await.data();
        assert_eq!(house.put(url, b"jello".to_vec()).await, StatusCode::OK);
        assert_eq!(house.read(world.user("ann"), "ann/a").await, b"hello");
    })
    .await;
}

#[tokio::test]
async fn parts_are_compared_one_by_one() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let bytes = content(PART + 3);
        let upload = house.start(world.user("ann"), "ann/a", &bytes).await.data()["startUpload"]["upload"].clone();
        let url = |place: usize| upload["signedParts"]["parts"][place]["url"].as_str().unwrap().to_owned();
        assert_eq!(house.put(&url(1), b"xyz".to_vec()).await, StatusCode::OK);
        assert_eq!(house.put(&url(1), b"four".to_vec()).await, StatusCode::BAD_REQUEST, "a part has its size");
        assert_eq!(house.put(&url(0), bytes[..PART].to_vec()).await, StatusCode::OK);
        let complete = json!({"id": upload["id"], "parts": parts(&bytes)});
        assert_eq!(house.ask(world.user("ann"), COMPLETE, complete.clone()).await.refused().0, "FILE_REFUSED");
        assert_eq!(house.put(&url(1), bytes[PART..].to_vec()).await, StatusCode::OK);
        house.ask(world.user("ann"), COMPLETE, complete).await.data();
        assert_ne!(house.put(&url(1), b"xyz".to_vec()).await, StatusCode::OK, "it is over");
        assert_eq!(house.read(world.user("ann"), "ann/a").await, bytes);
    })
    .await;
}
