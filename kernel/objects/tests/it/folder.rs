//! What is the folder's own: its server, its files.

use std::time::Duration;

use bytes::Bytes;
use openim_core::Runtime;
use openim_objects::{Download, Folder, FolderSettings, Key, Objects};
use reqwest::StatusCode;

use crate::places;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn an_address_ends_with_its_time() {
    let place = places::folder().await;
    let key = Key::parse("a").expect("a key");
    place.objects.write(&key, "a/b", Bytes::from_static(b"x")).await.expect("a write");
    let download = Download { content_type: "image/png".into(), file_name: None };
    let signed = place.objects.sign_get(&key, &download, place.now(), HOUR).expect("a signature");
    let status = async || place.client.get(&signed.url).send().await.expect("an answer").status();
    assert_eq!(status().await, StatusCode::OK);
    place.clock.advance(HOUR);
    assert_eq!(status().await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_served_runs_no_script() {
    let place = places::folder().await;
    let key = Key::parse("page").expect("a key");
    place.objects.write(&key, "text/html", Bytes::from_static(b"<script>alert(1)</script>")).await.expect("a write");
    for content_type in ["text/html", "image/svg+xml", "application/xhtml+xml"] {
        let download = Download { content_type: content_type.into(), file_name: None };
        let signed = place.objects.sign_get(&key, &download, place.now(), HOUR).expect("a signature");
        let answer = place.client.get(&signed.url).send().await.expect("an answer");
        let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
        assert_eq!(header("content-disposition"), "attachment", "{content_type}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").contains("sandbox"));
    }
}

#[tokio::test]
async fn names_that_lead_elsewhere_are_no_keys() {
    let place = places::folder().await;
    std::fs::write(place.root.path().join("secret"), "s").expect("a file");
    let key = Key::parse("a").expect("a key");
    let signed =
        place.objects.sign_get(&key, &Download { content_type: "a/b".into(), file_name: None }, place.now(), HOUR).expect("a signature");
    for bent in ["/files/..%2f..%2fsecret?", "/files/%2e%2e/secret?", "/files/%00?", "/files/data/../../secret?"] {
        let status = place.client.get(signed.url.replace("/files/a?", bent)).send().await.expect("an answer").status();
        assert!(status.is_client_error(), "{bent}: {status}");
    }
}

#[tokio::test]
async fn what_was_being_written_at_the_end_is_cleared_away_and_the_rest_stays() {
    let place = places::folder().await;
    let key = Key::parse("a/kept").expect("a key");
    place.objects.write(&key, "a/b", Bytes::from_static(b"x")).await.expect("a write");
    let upload = place.objects.start_parts(&key, "a/b").await.expect("an upload");
    let root = place.root.path().join("objects");
    std::fs::write(root.join("tmp/half"), "ha").expect("a file");
    std::fs::write(root.join("tmp/young"), "yo").expect("a file");
    let old = std::time::UNIX_EPOCH + Duration::from_millis(place.now().0.unsigned_abs()) - HOUR;
    std::fs::File::options().write(true).open(root.join("tmp/half")).and_then(|file| file.set_modified(old)).expect("an old file");
    let settings = FolderSettings { root: root.clone(), secret: "s".into(), public_url: String::new() };
    let again = Folder::open(settings, Runtime::system()).await.expect("the folder");
    assert!(!root.join("tmp/half").exists() && root.join("tmp/young").exists());
    assert_eq!(again.stat(&key).await.expect("a stat").map(|stat| stat.size), Some(1));
    assert_eq!(again.parts(&key, &upload).await.expect("the upload goes on"), []);
    let link = again.sign_put(&key, 1, place.now(), HOUR).expect("a signature").url;
    assert!(link.starts_with("/files/a/kept?"), "{link}");
}
