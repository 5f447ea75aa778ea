//! `openim seed`: made-up data, for demos and screenshots.

use serde_json::json;

use crate::harness::{Binary, SECRET, Server};

const SHOWN: &str = "{ admin { users(first: 50) { totalCount edges { node { nickname faceUrl } } } groups(first: 10) { totalCount }
    files(first: 5) { totalCount } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_server_is_filled_once_and_refuses_to_be_mixed() {
    let server = Server::start().await.expect("a server");
    let (url, secret) = (format!("http://{}", server.address()), format!("auth.secret={SECRET}"));
    let binary = Binary::new();
    let arguments = ["seed", "--url", &url, "--set", &secret, "--users", "12", "--groups", "3", "--messages", "120"];
    let filled = binary.run(&arguments, &[]).await;
    let told = String::from_utf8_lossy(&filled.stdout).into_owned();
    assert_eq!(filled.status.code(), Some(0), "{told}{}", String::from_utf8_lossy(&filled.stderr));

    let admin = server.client().admin().await.graph();
    let shown = admin.data(SHOWN, json!({})).await["admin"].take();
    assert_eq!(shown["groups"]["totalCount"], 3);
    let users = shown["users"]["edges"].as_array().expect("users");
    assert!(users.iter().any(|user| user["node"]["nickname"] == "林伟"), "{shown}");
    let face = users.iter().find_map(|user| user["node"]["faceUrl"].as_str().filter(|url| !url.is_empty())).expect("a picture");
    assert!(face.starts_with(&url), "{face}");
    let picture = reqwest::get(face).await.expect("an answer");
    assert_eq!((picture.status().as_u16(), picture.headers()["content-type"].to_str().ok()), (200, Some("image/jpeg")));
    let inbox = "{ viewer(as: \"amara\") { conversations(first: 50) { edges { node { id kind maxSeq unreadCount
        latestMessage { sentAt } } } } } }";
    let inbox = admin.data(inbox, json!({})).await;
    let chats = inbox["viewer"]["conversations"]["edges"].as_array().expect("chats").clone();
    assert!(
        chats.iter().any(|chat| chat["node"]["kind"] == "GROUP") && chats.iter().any(|chat| chat["node"]["kind"] == "SINGLE"),
        "{inbox}"
    );
    assert!(chats.iter().all(|chat| chat["node"]["latestMessage"]["sentAt"].is_string()), "nobody's list has empty chats: {inbox}");

    let refused = binary.run(&arguments, &[]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("has users already"));
}

#[tokio::test]
async fn a_server_that_does_not_run_is_started_for_it() {
    let binary = Binary::new();
    let addresses = ["--set", "server.listen=127.0.0.1:0", "--set", "sdk.listen=127.0.0.1:0"];
    let sizes = ["--users", "3", "--groups", "1", "--messages", "5"];
    let arguments: Vec<&str> = ["seed"].into_iter().chain(addresses).chain(sizes).collect();
    let filled = binary.run(&arguments, &[]).await;
    let told = String::from_utf8_lossy(&filled.stdout).into_owned();
    assert_eq!(filled.status.code(), Some(0), "{told}{}", String::from_utf8_lossy(&filled.stderr));
    assert!(told.contains("done after"), "{told}");
    let nowhere = binary.run(&["seed", "--url", "http://127.0.0.1:9", "--set", "auth.secret=long-enough"], &[]).await;
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("gives no answer"));
}
