//! Files through the doors: as OpenIM's SDKs send them by REST, as a page does by GraphQL, across the end of a process, and
//! large ones in little memory.

use axum::http::StatusCode;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use md5::{Digest as _, Md5};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::harness::{Binary, Client, Process, SECRET, Server, soon};

const UPLOAD: &str = include_str!("../../docs/examples/third/upload.graphql");
const COMPLETE: &str = include_str!("../../docs/examples/third/complete.graphql");
const FILES: &str = include_str!("../../docs/examples/third/files.graphql");
const PICTURE: &str = include_str!("../../docs/examples/third/picture.graphql");

/// Bytes of a part of the folder.
const PART: usize = 5 << 20;

fn md5(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hashes(content: &[u8]) -> Vec<String> {
    content.chunks(PART).map(md5).collect()
}

/// Follows nothing: a redirect is an answer.
fn browser() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(Policy::none()).build().expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_sent_and_read_as_the_sdks_do_it() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let (ann, bob) = (server.user("ann", "Ann").await.rest(), server.user("bob", "Bob").await.rest());
    let limit = ann.call("/object/part_limit", json!({})).await;
    assert_eq!(limit, json!({"minPartSize": PART, "maxPartSize": 5_i64 << 30, "maxNumSize": 10_000}));
    let content = vec![7_u8; PART + 11];
    assert_eq!(ann.call("/object/part_size", json!({"size": content.len()})).await["size"], PART);
    let hash = md5(hashes(&content).join(",").as_bytes());
    let initiate = json!({"hash": hash, "size": content.len(), "partSize": PART, "maxParts": 1, "cause": "msg-file",
        "name": "ann/report 1.bin", "contentType": "application/x-report", "urlPrefix": ""});
    let begun = ann.call("/object/initiate_multipart_upload", initiate.clone()).await;
    assert_eq!(begun["url"], "");
    let upload = &begun["upload"];
    let signed = &upload["sign"]["parts"];
    assert_eq!(signed.as_array().map(Vec::len), Some(1), "{upload}");
    let more = ann.call("/object/auth_sign", json!({"uploadID": upload["uploadID"], "partNumbers": [2]})).await;
    for (address, part) in [(&signed[0]["url"], &content[..PART]), (&more["parts"][0]["url"], &content[PART..])] {
        let address = address.as_str().expect("an address");
        assert!(address.starts_with(&format!("http://{}/files/", server.address())), "{address}");
        let put = browser().put(address).header("origin", "https://chat.example.com").body(part.to_vec()).send().await?;
        assert_eq!((put.status(), &put.headers()["access-control-allow-origin"]), (StatusCode::OK, &"*".parse()?));
    }
    let complete = |hash: Vec<String>| json!({"uploadID": upload["uploadID"], "parts": hash, "name": "ann/report 1.bin"});
    let path = "/object/complete_multipart_upload";
    let wrong = ann.answer(path, complete(vec![md5(b"x"), md5(b"y")]).to_string()).await;
    assert_eq!((&wrong["errCode"], &wrong["errDlt"]), (&json!(500), &json!("md5 mismatching")));
    let foreign = bob.answer(path, complete(hashes(&content)).to_string()).await;
    assert_eq!(foreign["errCode"], 1002, "{foreign}");
    let url = ann.call(path, complete(hashes(&content))).await["url"].clone();
    assert_eq!(url, json!(format!("http://{}/object/ann/report%201.bin", server.address())));
    assert_eq!(ann.call("/object/initiate_multipart_upload", initiate).await["url"], url, "it is there already");

    // Without a token, as avatars are loaded.
    let led = browser().get(url.as_str().expect("an address")).send().await?;
    assert_eq!(led.status(), StatusCode::FOUND);
    let read = browser().get(led.headers()["location"].to_str()?).send().await?;
    assert_eq!(read.headers()["content-type"], "application/x-report");
    assert_eq!(read.headers()["content-disposition"], "attachment; filename*=UTF-8''report%201.bin");
    assert_eq!(read.bytes().await?, content);
    assert_eq!(browser().get(format!("http://{}/object/ann/none", server.address())).send().await?.status(), StatusCode::NOT_FOUND);

    let access = bob.call("/object/access_url", json!({"name": "ann/report 1.bin", "query": {}})).await;
    let part = browser().get(access["url"].as_str().expect("an address")).header("range", "bytes=2-4").send().await?;
    assert_eq!((part.status(), part.bytes().await?.as_ref()), (StatusCode::PARTIAL_CONTENT, [7_u8; 3].as_slice()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_files_store_and_show_one() -> anyhow::Result<()> {
    let server = Server::start().await?;
    let ann = server.user("ann", "Ann").await;
    let base = format!("http://{}", server.address());
    let picture = include_bytes!("files/dot.png");
    let hash = md5(md5(picture).as_bytes());
    let start = json!({"name": "ann/dot.png", "size": picture.len(), "hash": hash, "base": base});
    let upload = ann.data(UPLOAD, start).await["startUpload"]["upload"].take();
    let address = upload["signedParts"]["parts"][0]["url"].as_str().expect("an address");
    // A browser asks first.
    let asked = browser().request(reqwest::Method::OPTIONS, address).header("origin", "https://chat.example.com");
    let asked =
        asked.header("access-control-request-method", "PUT").header("access-control-request-headers", "content-type").send().await?;
    assert_eq!(asked.headers()["access-control-allow-origin"], "*");
    assert!(asked.headers()["access-control-allow-methods"].to_str()?.contains("PUT"));
    assert_eq!(browser().put(address).body(picture.to_vec()).send().await?.status(), StatusCode::OK);
    let complete = json!({"upload": upload["id"], "partHashes": [md5(picture)], "base": base});
    let file = ann.data(COMPLETE, complete).await["completeUpload"]["file"].take();
    assert_eq!(file["contentType"], "image/png", "told by the name");
    let listed = ann.data(FILES, json!({"base": base})).await["viewer"]["files"].take();
    assert_eq!((&listed["totalBytes"], &listed["edges"][0]["node"]["url"]), (&json!(picture.len()), &file["url"]));
    let small = ann.data(PICTURE, json!({"name": "ann/dot.png", "size": 1, "base": base})).await;
    let answer = browser().get(small["fileAccess"]["url"].as_str().expect("an address")).send().await?;
    assert_eq!((answer.status(), &answer.headers()["content-type"]), (StatusCode::OK, &"image/jpeg".parse()?));
    Ok(())
}

async fn user(process: &Process) -> Client {
    let client = Client::new(process.address);
    let tokens = client.admin().await.users(&[("ann", "Ann")]).await;
    client.with_token(&tokens[0])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_on_after_the_process_was_killed() -> anyhow::Result<()> {
    let binary = Binary::new();
    let secret = format!("auth.secret={SECRET}");
    let settings = ["--set", secret.as_str()];
    let mut process = binary.serve(&settings).await;
    let ann = user(&process).await;
    let content = vec![9_u8; 2 * PART + 1];
    let hash = md5(hashes(&content).join(",").as_bytes());
    let start = |base: String| json!({"name": "ann/film", "size": content.len(), "hash": hash, "base": base});
    let base = |process: &Process| format!("http://{}", process.address);
    let begun = ann.data(UPLOAD, start(base(&process))).await["startUpload"]["upload"].take();
    let send = async |upload: &Value, place: usize| {
        let address = upload["signedParts"]["parts"][place]["url"].as_str().expect("an address").to_owned();
        let part = content.chunks(PART).nth(place).expect("a part").to_vec();
        browser().put(address).body(part).send().await.expect("an answer").status()
    };
    assert_eq!(send(&begun, 1).await, StatusCode::OK);
    process.signal("KILL").await;
    process.ended().await;

    let mut process = binary.serve(&settings).await;
    let ann = Client::new(process.address).with_token(ann.token().expect("a token"));
    let again = ann.data(UPLOAD, start(base(&process))).await["startUpload"]["upload"].take();
    assert_eq!((&again["id"], &again["uploadedParts"][0]["number"]), (&begun["id"], &json!(2)), "{again}");
    for place in [0, 2] {
        assert_eq!(send(&again, place).await, StatusCode::OK);
    }
    let complete = json!({"upload": again["id"], "partHashes": hashes(&content), "base": base(&process)});
    let url = ann.data(COMPLETE, complete).await["completeUpload"]["file"]["url"].take();
    let read = reqwest::get(url.as_str().expect("an address")).await?.bytes().await?;
    assert_eq!(read, content);
    process.signal("TERM").await;
    assert_eq!(process.ended().await, Some(0));
    Ok(())
}

/// More than a server without a user may grow by while it sends and receives.
const ROOM: u64 = 32 << 20;

/// The bytes of a part, which no other one has.
fn part(number: usize, length: usize) -> Bytes {
    const BLOCK: usize = 4096;
    let mut bytes = Vec::with_capacity(length + BLOCK);
    for block in 0..length.div_ceil(BLOCK) {
        bytes.resize(bytes.len() + BLOCK, u8::try_from((number * 31 + block) % 251).expect("a byte"));
    }
    bytes.truncate(length);
    bytes.into()
}

/// Sends a file in parts, some at once and the last ones first, and reads it by ranges that are not its parts.
async fn there_and_back(ann: &Client, base: &str, name: &str, size: usize) -> anyhow::Result<()> {
    let http = browser();
    let parts: Vec<(usize, usize)> = (0..size).step_by(PART).map(|start| PART.min(size - start)).enumerate().collect();
    let hashes: Vec<String> = parts.iter().map(|(number, length)| md5(&part(*number, *length))).collect();
    let hash = md5(hashes.join(",").as_bytes());
    let start = json!({"name": name, "size": size, "hash": hash, "contentType": "video/mp4", "base": base});
    let upload = ann.data(UPLOAD, start).await["startUpload"]["upload"].take();
    let signed = upload["signedParts"]["parts"].as_array().expect("addresses");
    let addresses = signed.iter().map(|part| part["url"].as_str().expect("an address").to_owned());
    assert_eq!((upload["partSize"].as_u64(), signed.len()), (Some(PART as u64), parts.len()));
    let sending = parts.iter().zip(addresses).rev().map(|((number, length), address)| {
        let request = http.put(address).body(part(*number, *length));
        async move { soon("a part is taken", request.send()).await.expect("an answer").status() }
    });
    let sent: Vec<StatusCode> = stream::iter(sending).buffer_unordered(4).collect().await;
    assert!(sent.iter().all(|status| *status == StatusCode::OK), "{sent:?}");
    let complete = json!({"upload": upload["id"], "partHashes": hashes, "base": base});
    let file = ann.data(COMPLETE, complete).await["completeUpload"]["file"].take();
    assert_eq!((&file["size"], &file["contentType"]), (&json!(size), &json!("video/mp4")));

    let led = http.get(file["url"].as_str().expect("an address")).send().await?;
    let address = led.headers()["location"].to_str()?;
    for start in (7..size).step_by(PART) {
        let end = (start + PART).min(size);
        let read = http.get(address).header("range", format!("bytes={start}-{}", end - 1)).send().await?;
        assert_eq!(read.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(read.headers()["content-range"], format!("bytes {start}-{}/{size}", end - 1));
        let number = start / PART;
        let tail = parts.get(number + 1).map(|(number, length)| part(*number, *length).slice(..7.min(*length))).unwrap_or_default();
        let expected = [part(number, parts[number].1).slice(7..), tail].concat();
        assert!(read.bytes().await? == expected[..end - start], "bytes {start} to {end} differ");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_is_sent_in_parts_and_read_by_ranges_in_little_memory() -> anyhow::Result<()> {
    let megabytes = openim_testing::large_megabytes();
    let binary = Binary::new();
    let secret = format!("auth.secret={SECRET}");
    let process = binary.serve(&["--set", secret.as_str()]).await;
    let ann = user(&process).await;
    let base = format!("http://{}", process.address);
    // The first operations of a kind are planned, connections and their buffers are made.
    there_and_back(&ann, &base, "ann/trailer", 4 * PART + 1).await?;
    let before = process.memory();
    there_and_back(&ann, &base, "ann/film", megabytes << 20).await?;
    let grown = process.memory().saturating_sub(before);
    eprintln!("{megabytes} MiB in parts: from {} KiB the server grew by {} KiB", before >> 10, grown >> 10);
    assert!(grown < ROOM, "{megabytes} MiB went through and the server grew by {} KiB", grown >> 10);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_takes_little_memory() -> anyhow::Result<()> {
    // 1024 is OpenIM's gigabyte; less is enough to see what is kept in memory, and quick.
    let megabytes: usize = openim_testing::large_megabytes();
    let size = megabytes << 20;
    let binary = Binary::new();
    let secret = format!("auth.secret={SECRET}");
    let process = binary.serve(&["--set", secret.as_str()]).await;
    let ann = user(&process).await.rest();
    let form = ann.call("/object/initiate_form_data", json!({"name": "ann/large", "size": size, "contentType": "video/mp4"})).await;
    let before = process.memory();

    let boundary = "----a-boundary";
    let field = |name: &str, value: &str| format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"{value}\r\n\r\n");
    let mut head = String::new();
    for (name, value) in form["formData"].as_object().expect("fields") {
        head.push_str(&format!("{}{}\r\n", field(name, ""), value.as_str().expect("text")));
    }
    head.push_str(&field(form["file"].as_str().expect("a name"), "; filename=\"large\""));
    let tail = format!("\r\n--{boundary}--\r\n");
    let chunk = Bytes::from(vec![5_u8; 1 << 20]);
    let pieces = stream::iter([Bytes::from(head)])
        .chain(stream::iter(std::iter::repeat_n(chunk, megabytes)))
        .chain(stream::iter([Bytes::from(tail)]));
    let body = reqwest::Body::wrap_stream(pieces.map(Ok::<_, std::convert::Infallible>));
    let request = browser().post(form["url"].as_str().expect("an address"));
    let sent = request.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body).send().await?;
    assert!(form["successCodes"].as_array().expect("codes").contains(&json!(sent.status().as_u16())), "{}", sent.status());
    let url = ann.call("/object/complete_form_data", json!({"id": form["id"]})).await["url"].clone();
    let mut read = reqwest::get(url.as_str().expect("an address")).await?;
    let mut length = 0;
    while let Some(chunk) = soon("more of the file comes", read.chunk()).await? {
        length += chunk.len();
    }
    assert_eq!(length, size);
    let grown = process.memory().saturating_sub(before);
    eprintln!("{megabytes} MiB as a form: the server grew by {} KiB", grown >> 10);
    assert!(grown < ROOM, "{megabytes} MiB went through and the server grew by {} KiB", grown >> 10);
    Ok(())
}
