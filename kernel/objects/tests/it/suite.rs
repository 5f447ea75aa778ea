//! What both adapters promise.

use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use md5::{Digest, Md5};
use openim_core::ErrorCode;
use openim_objects::{Download, Form, Key, Signed};
use reqwest::StatusCode;

use crate::places::{self, Place};

const HOUR: Duration = Duration::from_secs(3600);

/// The smallest part but the last.
const PART: usize = 5 << 20;

async fn everywhere(check: impl AsyncFn(&Place)) {
    for place in [places::folder().await, places::s3().await] {
        eprintln!("{}", place.name);
        check(&place).await;
    }
}

fn key(text: &str) -> Key {
    Key::parse(text).expect("a key")
}

fn md5(content: &[u8]) -> String {
    Md5::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn put(place: &Place, signed: &Signed, content: impl Into<Bytes>) -> StatusCode {
    let request = signed.headers.iter().fold(place.client.put(&signed.url), |request, (name, value)| request.header(name, value));
    request.body(content.into()).send().await.expect("an answer").status()
}

async fn content(place: &Place, key: &Key) -> Option<Vec<u8>> {
    let stream = place.objects.read(key).await.expect("a read")?;
    Some(
        stream
            .try_fold(Vec::new(), |mut all, chunk| async move {
                all.extend_from_slice(&chunk);
                Ok(all)
            })
            .await
            .expect("bytes"),
    )
}

#[tokio::test]
async fn a_whole_object_is_sent_and_read_by_signed_addresses() {
    everywhere(async |place| {
        let (objects, file) = (&place.objects, key("data/a/one.bin"));
        assert_eq!(objects.stat(&file).await.expect("a stat"), None);
        let signed = objects.sign_put(&file, 5, place.now(), HOUR).expect("a signature");
        assert_eq!(put(place, &signed, "hello").await, StatusCode::OK);
        let stat = objects.stat(&file).await.expect("a stat").expect("an object");
        assert_eq!((stat.size, stat.etag), (5, md5(b"hello")));
        let download = Download { content_type: "text/html".into(), file_name: Some("a b.html".into()) };
        let signed = objects.sign_get(&file, &download, place.now(), HOUR).expect("a signature");
        let answer = place.client.get(&signed.url).header("range", "bytes=1-3").send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(answer.headers()["content-type"], "text/html");
        assert_eq!(answer.headers()["content-disposition"], "attachment; filename*=UTF-8''a%20b.html");
        assert_eq!(answer.bytes().await.expect("bytes"), "ell");
        assert_eq!(content(place, &file).await.as_deref(), Some(b"hello".as_slice()));
    })
    .await;
}

#[tokio::test]
async fn every_signed_address_has_the_origin_that_is_told() {
    everywhere(async |place| {
        let (objects, file) = (&place.objects, key("x/one"));
        let origin = objects.origin().expect("an origin");
        let put = objects.sign_put(&file, 5, place.now(), HOUR).expect("a signature");
        let part = objects.sign_part(&file, "upload", 1, 5, place.now(), HOUR).expect("a signature");
        let form = objects.sign_form(&file, 5, "a/b", place.now(), HOUR).expect("a form");
        for address in [put.url, part.url, form.url] {
            assert!(address.starts_with(&format!("{origin}/")), "{address}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_is_for_its_size_its_key_and_its_method() {
    everywhere(async |place| {
        let (objects, file, other) = (&place.objects, key("x/one"), key("x/two"));
        let signed = objects.sign_put(&file, 5, place.now(), HOUR).expect("a signature");
        for wrong in ["longer than that", "four"] {
            assert!(put(place, &signed, wrong).await.is_client_error(), "{wrong}");
        }
        let bent = Signed { url: signed.url.replace("x/one", "x/two"), ..signed.clone() };
        assert_eq!(put(place, &bent, "hello").await, StatusCode::FORBIDDEN);
        assert_eq!(place.client.get(&signed.url).send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
        assert!(!place.client.delete(&signed.url).send().await.expect("an answer").status().is_success());
        for key in [&file, &other] {
            assert_eq!(objects.stat(key).await.expect("a stat"), None, "{key}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_large_object_comes_in_parts_in_any_order_and_again() {
    everywhere(async |place| {
        let (objects, file) = (&place.objects, key("data/large"));
        let parts = [vec![1_u8; PART], vec![2_u8; PART], b"end".to_vec()];
        let upload = objects.start_parts(&file, "video/mp4").await.expect("an upload");
        for (number, part) in [(3, &parts[2]), (1, &parts[1]), (1, &parts[0])] {
            let size = u64::try_from(part.len()).expect("a size");
            let signed = objects.sign_part(&file, &upload, number, size, place.now(), HOUR).expect("a signature");
            assert_eq!(put(place, &signed, part.clone()).await, StatusCode::OK, "part {number}");
        }
        let etags: Vec<String> = parts.iter().map(|part| md5(part)).collect();
        let there: Vec<_> = objects.parts(&file, &upload).await.expect("parts").into_iter().map(|part| (part.number, part.etag)).collect();
        assert_eq!(there, [(1, etags[0].clone()), (3, etags[2].clone())], "the second form of part 1 replaced the first");
        let early = objects.complete_parts(&file, &upload, &etags).await.expect_err("part 2 is missing");
        assert_eq!(early.code(), ErrorCode::Args);
        let signed = objects.sign_part(&file, &upload, 2, PART as u64, place.now(), HOUR).expect("a signature");
        assert_eq!(put(place, &signed, parts[1].clone()).await, StatusCode::OK);
        let wrong = [etags[1].clone(), etags[0].clone(), etags[2].clone()];
        assert_eq!(objects.complete_parts(&file, &upload, &wrong).await.expect_err("another order").code(), ErrorCode::Args);
        let stat = objects.complete_parts(&file, &upload, &etags).await.expect("an object");
        assert_eq!(stat.size, 2 * PART as u64 + 3);
        assert_eq!(objects.stat(&file).await.expect("a stat"), Some(stat));
        assert_eq!(content(place, &file).await.expect("an object"), parts.concat());
        // It is over: nothing can be changed any more.
        assert_eq!(objects.parts(&file, &upload).await.expect_err("over").code(), ErrorCode::NotFound);
        assert!(!put(place, &signed, parts[0].clone()).await.is_success());
        assert_eq!(content(place, &file).await.expect("an object"), parts.concat());
    })
    .await;
}

#[tokio::test]
async fn parts_can_be_given_up() {
    everywhere(async |place| {
        let (objects, file) = (&place.objects, key("data/never"));
        let upload = objects.start_parts(&file, "a/b").await.expect("an upload");
        let signed = objects.sign_part(&file, &upload, 1, 3, place.now(), HOUR).expect("a signature");
        assert_eq!(put(place, &signed, "abc").await, StatusCode::OK);
        objects.abort_parts(&file, &upload).await.expect("an end");
        objects.abort_parts(&file, &upload).await.expect("the same again");
        assert_eq!(objects.parts(&file, &upload).await.expect_err("gone").code(), ErrorCode::NotFound);
        assert_eq!(objects.complete_parts(&file, &upload, &[md5(b"abc")]).await.expect_err("gone").code(), ErrorCode::NotFound);
        for number in [0, 10_001] {
            assert!(objects.sign_part(&file, &upload, number, 3, place.now(), HOUR).is_err(), "{number}");
        }
    })
    .await;
}

#[tokio::test]
async fn objects_are_written_copied_and_deleted() {
    everywhere(async |place| {
        let (objects, one, two) = (&place.objects, key("a/one"), key("b/c/two"));
        objects.write(&one, "image/png", Bytes::from_static(b"png")).await.expect("a write");
        objects.copy(&one, &two).await.expect("a copy");
        assert_eq!(objects.stat(&two).await.expect("a stat").expect("an object").etag, md5(b"png"));
        objects.delete(&[one.clone(), key("not/there")]).await.expect("a deletion");
        assert_eq!((content(place, &one).await, content(place, &two).await), (None, Some(b"png".to_vec())));
        assert_eq!(objects.copy(&one, &two).await.expect_err("nothing there").code(), ErrorCode::NotFound);
        objects.ping().await.expect("a sign of life");
    })
    .await;
}

async fn post(place: &Place, form: &Form, content: &str) -> StatusCode {
    let boundary = "a-line-that-is-nowhere-else";
    let mut body = String::new();
    for (name, value) in &form.fields {
        body.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    let field = &form.file_field;
    body.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"f\"\r\n"));
    body.push_str(&format!("Content-Type: text/plain\r\n\r\n{content}\r\n--{boundary}--\r\n"));
    let request = place.client.post(&form.url).header("content-type", format!("multipart/form-data; boundary={boundary}"));
    request.body(body).send().await.expect("an answer").status()
}

#[tokio::test]
async fn a_form_sends_one_file_of_its_size() {
    everywhere(async |place| {
        let (objects, file) = (&place.objects, key("direct/form"));
        let form = objects.sign_form(&file, 5, "text/plain", place.now(), HOUR).expect("a form");
        assert!(post(place, &form, "longer").await.is_client_error());
        assert_eq!(objects.stat(&file).await.expect("a stat"), None);
        let status = post(place, &form, "hello").await;
        assert!(form.success.contains(&status.as_u16()), "{status}");
        assert_eq!(content(place, &file).await.as_deref(), Some(b"hello".as_slice()));
    })
    .await;
}
