//! Uploads from beginning to end.

use openim_testing::for_each_database;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::house::{COMPLETE, DELETE, House, PART, START, announced, content, md5, parts};

#[tokio::test]
async fn a_small_file_is_sent_in_one_piece_and_a_large_one_in_parts() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        for (name, bytes, kind, count) in [("ann/a.png", content(10), "WHOLE", 1), ("ann/film", content(2 * PART + 7), "PARTS", 3)] {
            let upload = house.start(world.user("ann"), name, &bytes).await.data()["startUpload"]["upload"].clone();
            assert_eq!((&upload["kind"], &upload["partCount"], &upload["partSize"]), (&json!(kind), &json!(count), &json!(PART)));
            assert_eq!(upload["signedParts"]["parts"].as_array().unwrap().len(), count);
            house.send(&upload, &bytes).await;
            let complete = json!({"id": upload["id"], "parts": parts(&bytes)});
            let file = house.ask(world.user("ann"), COMPLETE, complete.clone()).await.data()["completeUpload"]["file"].clone();
            let hash = md5(parts(&bytes).join(",").as_bytes());
            let expected = json!({"name": name, "url": format!("/object/{name}"), "size": bytes.len(), "hash": hash,
                "contentType": "image/png", "cause": "msg-picture", "ownerId": "ann"});
            assert_eq!(file, expected);
            assert_eq!(house.read(world.anonymous(), name).await, bytes);
            // The same call again answers the same file.
            assert_eq!(house.ask(world.user("ann"), COMPLETE, complete).await.data()["completeUpload"]["file"], expected);
        }
        assert_eq!(house.stored("temp"), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn an_interrupted_upload_goes_on_where_it_stopped() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let bytes = content(2 * PART + 1);
        let upload = house.start(world.user("ann"), "ann/film", &bytes).await.data()["startUpload"]["upload"].clone();
        // The last part first: order does not matter.
        let url = upload["signedParts"]["parts"][2]["url"].as_str().unwrap();
        assert_eq!(house.put(url, bytes[2 * PART..].to_vec()).await, StatusCode::OK);

        let again = house.start(world.user("ann"), "ann/film", &bytes).await.data()["startUpload"]["upload"].clone();
        assert_eq!(again["id"], upload["id"], "no second upload of the same");
        assert_eq!(again["uploadedParts"], json!([{"number": 3, "size": 1, "hash": md5(&bytes[2 * PART..])}]));
        let more = "query($id: ID!) { viewer { upload(id: $id) { signedParts(numbers: [2, 1]) { parts { number url } } } } }";
        let data = house.ask(world.user("ann"), more, json!({"id": upload["id"]})).await.data();
        let signed = &data["viewer"]["upload"]["signedParts"]["parts"];
        assert_eq!((&signed[0]["number"], &signed[1]["number"]), (&json!(2), &json!(1)));
        let complete = json!({"id": upload["id"], "parts": parts(&bytes)});
        for (place, part) in [(0, 1), (1, 0)] {
            let refused = house.ask(world.user("ann"), COMPLETE, complete.clone()).await.refused();
            assert_eq!(refused.0, "FILE_REFUSED", "a part is missing");
            let url = signed[place]["url"].as_str().unwrap();
            assert_eq!(house.put(url, bytes[part * PART..(part + 1) * PART].to_vec()).await, StatusCode::OK);
        }
        house.ask(world.user("ann"), COMPLETE, complete).await.data();
        assert_eq!(house.read(world.user("ann"), "ann/film").await, bytes);
    })
    .await;
}

#[tokio::test]
async fn content_that_one_has_stored_before_is_not_sent_again() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let bytes = content(100);
        house.store(|| world.user("ann"), "ann/a.png", &bytes).await;
        let data = house.start(world.user("ann"), "ann/b.png", &bytes).await.data();
        assert_eq!(data["startUpload"], json!({"file": {"name": "ann/b.png", "url": "/object/ann/b.png"}, "upload": null}));
        assert_eq!(house.stored("data").len(), 1, "one content, two names");
        // Knowing the hash of somebody else's content is not having it.
        let data = house.start(world.user("bob"), "bob/a.png", &bytes).await.data();
        assert_eq!(data["startUpload"]["file"], Value::Null);

        for (name, left) in [("ann/a.png", 1), ("ann/b.png", 0)] {
            assert_eq!(house.ask(world.user("ann"), DELETE, json!({"name": name})).await.data()["deleteFile"]["deleted"], true);
            world.drain_events().await;
            assert_eq!(house.stored("data").len(), left, "content goes with its last name");
        }
        assert_eq!(house.ask(world.user("ann"), DELETE, json!({"name": "ann/a.png"})).await.data()["deleteFile"]["deleted"], false);
    })
    .await;
}

#[tokio::test]
async fn a_name_given_again_stands_for_the_new_content_alone() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.store(|| world.user("ann"), "ann/a.png", &content(100)).await;
        house.store(|| world.user("ann"), "ann/a.png", &content(101)).await;
        assert_eq!(house.read(world.user("ann"), "ann/a.png").await, content(101));
        world.drain_events().await;
        assert_eq!(house.stored("data").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_upload_may_end_under_another_name() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let bytes = content(9);
        let upload = house.start(world.user("ann"), "ann/a.png", &bytes).await.data()["startUpload"]["upload"].clone();
        house.send(&upload, &bytes).await;
        for name in ["ann/b.png", "ann/c.png", "ann/b.png"] {
            let variables = json!({"id": upload["id"], "parts": parts(&bytes), "name": name});
            assert_eq!(house.ask(world.user("ann"), COMPLETE, variables).await.data()["completeUpload"]["file"]["name"], name);
            assert_eq!(house.read(world.user("ann"), name).await, bytes);
        }
        let foreign = json!({"id": upload["id"], "parts": parts(&bytes), "name": "bob/a"});
        assert_eq!(house.ask(world.user("ann"), COMPLETE, foreign).await.refused().0, "NO_PERMISSION");
        assert_eq!(house.stored("data").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_form_is_sent_by_a_browser() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let start = "mutation($size: Long!) { startFormUpload(input: {name: \"ann/a.txt\", size: $size, contentType: \"text/plain\"}) {
            upload { id kind } form { url fileField fields { name value } successStatuses expiresAt } } }";
        let complete = "mutation($id: ID!) { completeFormUpload(input: {uploadId: $id}) { file { name hash size contentType } } }";
        let data = house.ask(world.user("ann"), start, json!({"size": 5})).await.data()["startFormUpload"].clone();
        assert_eq!(data["form"]["expiresAt"], "2026-01-01T00:10:00.000Z");
        let id = json!({"id": data["upload"]["id"]});
        assert_eq!(house.ask(world.user("ann"), complete, id.clone()).await.refused().0, "DATA_ERROR", "nothing was sent");
        let boundary = "----a-boundary";
        let field = |name: &str, rest: &str, value: &str| {
            format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"{rest}\r\n\r\n{value}\r\n")
        };
        let mut body = String::new();
        for one in data["form"]["fields"].as_array().unwrap() {
            body.push_str(&field(one["name"].as_str().unwrap(), "", one["value"].as_str().unwrap()));
        }
        body.push_str(&field(data["form"]["fileField"].as_str().unwrap(), "; filename=\"a.txt\"", "hello"));
        body.push_str(&format!("--{boundary}--\r\n"));
        let request = house.http.post(data["form"]["url"].as_str().unwrap());
        let sent = request.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body).send().await.unwrap();
        assert!(data["form"]["successStatuses"].as_array().unwrap().contains(&json!(sent.status().as_u16())));
        for _ in 0..2 {
            let file = house.ask(world.user("ann"), complete, id.clone()).await.data()["completeFormUpload"]["file"].clone();
            let hash = format!("etag_{}", md5(b"hello"));
            assert_eq!(file, json!({"name": "ann/a.txt", "hash": hash, "size": 5, "contentType": "text/plain"}));
        }
        assert_eq!(house.read(world.user("ann"), "ann/a.txt").await, b"hello");
        assert_eq!(house.ask(world.user("bob"), complete, id).await.refused().0, "ARGS_ERROR", "of somebody else");
        assert_eq!(house.ask(world.user("ann"), START, announced("ann/x", b"hello")).await.data()["startUpload"]["file"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn an_upload_is_given_up() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let abort = "mutation($id: ID!) { abortUpload(input: {uploadId: $id}) { aborted } }";
        for bytes in [content(10), content(PART + 1)] {
            let upload = house.start(world.user("ann"), "ann/a", &bytes).await.data()["startUpload"]["upload"].clone();
            let url = upload["signedParts"]["parts"][0]["url"].as_str().unwrap();
            assert_eq!(house.put(url, bytes[..bytes.len().min(PART)].to_vec()).await, StatusCode::OK);
            let id = json!({"id": upload["id"]});
            assert_eq!(house.ask(world.user("bob"), abort, id.clone()).await.data()["abortUpload"]["aborted"], false);
            assert_eq!(house.ask(world.user("ann"), abort, id.clone()).await.data()["abortUpload"]["aborted"], true);
            assert_eq!(house.ask(world.user("ann"), abort, id).await.data()["abortUpload"]["aborted"], false);
            let complete = json!({"id": upload["id"], "parts": parts(&bytes)});
            assert_eq!(house.ask(world.user("ann"), COMPLETE, complete).await.refused().0, "FILE_REFUSED");
        }
        assert_eq!(house.stored(""), Vec::<String>::new());
        assert_eq!(std::fs::read_dir(house.root.path().join("objects/parts")).unwrap().count(), 0);
    })
    .await;
}
