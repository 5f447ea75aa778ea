//! Persisted documents.

use std::sync::Arc;

use openim_core::ManualClock;
use openim_graphql_door::{DocumentMode, PersistedDocuments};
use openim_platform::cache::{Cache, MemoryCache};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{NOW, Server, answer, code};

const QUERY: &str = "query Who { me }";

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn persisted(hash: &str) -> Value {
    json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } })
}

/// The request by which a client registers a document.
fn registering(text: &str) -> Value {
    let mut request = persisted(&hash(text));
    request["query"] = json!(text);
    request
}

fn cache() -> Arc<dyn Cache> {
    Arc::new(MemoryCache::new(Arc::new(ManualClock::new(NOW))))
}

#[tokio::test]
async fn a_document_that_was_sent_once_is_known_by_its_hash_on_every_node() {
    let shared = cache();
    let first = Server::with_documents(DocumentMode::Allow, shared.clone(), None).await;
    let second = Server::with_documents(DocumentMode::Allow, shared, None).await;
    let by_hash = persisted(&hash(QUERY));

    let (status, body) = answer(first.post(&by_hash)).await;
    assert_eq!((status, code(&body), &body["errors"][0]["message"]), (200, "PERSISTED_QUERY_NOT_FOUND", &json!("PersistedQueryNotFound")));
    let strict = first.post(&by_hash).header("accept", "application/graphql-response+json");
    assert_eq!(answer(strict).await.0, 400);

    let alice = first.login("alice");
    assert_eq!(answer(first.post(&registering(QUERY)).bearer_auth(&alice)).await.1["data"]["me"], "alice");
    assert_eq!(answer(first.post(&by_hash).bearer_auth(&alice)).await.1["data"]["me"], "alice");
    for server in [&first, &second] {
        assert_eq!(answer(server.post(&by_hash)).await.1["data"]["me"], "nobody");
    }
    let get =
        format!("/graphql?extensions=%7B%22persistedQuery%22%3A%7B%22version%22%3A1%2C%22sha256Hash%22%3A%22{}%22%7D%7D", hash(QUERY));
    assert_eq!(answer(second.get(&get)).await.1["data"]["me"], "nobody");
}

#[tokio::test]
async fn only_what_ran_for_a_caller_with_a_token_is_remembered() {
    let shared = cache();
    let server = Server::with_documents(DocumentMode::Allow, shared.clone(), None).await;
    let alice = server.login("alice");
    let remembered = async |text: &str| {
        let by_hash = answer(server.post(&persisted(&hash(text)))).await.1;
        let shared = shared.get(&format!("graphql:document:{}", hash(text))).await.unwrap().is_some();
        assert_eq!(shared, code(&by_hash) != "PERSISTED_QUERY_NOT_FOUND", "{by_hash}");
        shared
    };
    let garbage = format!("not graphql at all {}", "x".repeat(60_000));
    for text in [garbage.as_str(), "{ nothing }", "{", QUERY] {
        answer(server.post(&registering(text))).await;
        assert!(!remembered(text).await, "nobody: {text:.30}");
    }
    for (text, ran) in [(garbage.as_str(), false), ("{ nothing }", false), ("{", false), ("{ me fail }", true), (QUERY, true)] {
        answer(server.post(&registering(text)).bearer_auth(&alice)).await;
        assert_eq!(remembered(text).await, ran, "alice: {text:.30}");
    }
    let (good, bad) = ("query Batched { me }", "query Batched { nothing }");
    answer(server.post(&json!([registering(bad), registering(good)])).bearer_auth(&alice)).await;
    assert_eq!((remembered(good).await, remembered(bad).await), (true, false));
}

#[tokio::test]
async fn a_subscription_is_remembered_with_its_first_event() {
    let shared = cache();
    let server = Server::with_documents(DocumentMode::Allow, shared.clone(), None).await;
    let alice = server.login("alice");
    let ticks = "subscription { ticks { number } }";
    let mut users = server.ready_socket(json!({ "token": alice })).await;
    let mut strangers = server.ready_socket(json!({})).await;
    let key = format!("graphql:document:{}", hash(ticks));
    for (socket, number, remembered) in [(&mut strangers, 1, false), (&mut users, 2, true)] {
        let refused = "subscription { nothing }";
        socket.say(json!({ "id": "0", "type": "subscribe", "payload": registering(refused) })).await;
        assert_eq!(socket.hear().await["type"], "error");
        assert_eq!(shared.get(&format!("graphql:document:{}", hash(refused))).await.unwrap(), None);
        socket.say(json!({ "id": "1", "type": "subscribe", "payload": registering(ticks) })).await;
        server.probe.open(number).await;
        server.probe.feed.send(1).unwrap();
        assert_eq!(socket.hear().await["payload"]["data"]["ticks"]["number"], 1);
        assert_eq!(shared.get(&key).await.unwrap().is_some(), remembered);
    }
    strangers.hear().await;
    strangers.say(json!({ "id": "2", "type": "subscribe", "payload": persisted(&hash(ticks)) })).await;
    server.probe.open(3).await;
}

#[tokio::test]
async fn a_hash_that_does_not_fit_is_refused_and_not_remembered() {
    let server = Server::start().await;
    let alice = server.login("alice");
    let mut lie = persisted(&hash("{ fail }"));
    lie["query"] = json!(QUERY);
    let (status, body) = answer(server.post(&lie).bearer_auth(&alice)).await;
    assert_eq!((status, code(&body)), (400, "ARGS_ERROR"));
    assert_eq!(code(&answer(server.post(&persisted(&hash("{ fail }")))).await.1), "PERSISTED_QUERY_NOT_FOUND");
    let version = json!({ "query": QUERY, "extensions": { "persistedQuery": { "version": 2, "sha256Hash": hash(QUERY) } } });
    assert_eq!(code(&answer(server.post(&version)).await.1), "ARGS_ERROR");
}

#[tokio::test]
async fn registered_documents_are_known_by_id_and_hash() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("who.graphql"), QUERY).unwrap();
    let apollo = folder.path().join("apollo.json");
    let manifest = json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [{ "id": "who", "name": "Who", "type": "query", "body": QUERY }] });
    std::fs::write(&apollo, manifest.to_string()).unwrap();
    let plain = folder.path().join("plain.json");
    std::fs::write(&plain, json!({ "who": QUERY }).to_string()).unwrap();
    for place in [folder.path(), &apollo, &plain] {
        let server = Server::with_documents(DocumentMode::Only, cache(), Some(place)).await;
        for good in [json!({ "documentId": "who" }), persisted(&hash(QUERY)), json!({ "query": QUERY })] {
            assert_eq!(answer(server.post(&good)).await.1["data"]["me"], "nobody", "{good}");
        }
        let (status, body) = answer(server.post(&json!({ "query": "{ me }" }))).await;
        assert_eq!((status, code(&body)), (403, "NO_PERMISSION"));
        assert_eq!(code(&answer(server.post(&registering("{ me }"))).await.1), "NO_PERMISSION");
        assert_eq!(code(&answer(server.post(&json!({ "documentId": "other" }))).await.1), "PERSISTED_QUERY_NOT_FOUND");
        assert_eq!(code(&answer(server.post(&json!({ "documentId": "who", "query": QUERY }))).await.1), "ARGS_ERROR");
    }
}

#[tokio::test]
async fn hashes_name_nothing_when_switched_off() {
    let server = Server::with_documents(DocumentMode::Off, cache(), None).await;
    let alice = server.login("alice");
    assert_eq!(answer(server.post(&registering(QUERY)).bearer_auth(&alice)).await.1["data"]["me"], "alice");
    assert_eq!(code(&answer(server.post(&persisted(&hash(QUERY)))).await.1), "PERSISTED_QUERY_NOT_FOUND");
}

#[test]
fn a_manifest_that_is_none_is_refused_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.json");
    std::fs::write(&file, "[1]").unwrap();
    for (place, text) in [(file, "broken.json is neither"), (folder.path().join("none.json"), "none.json cannot be read")] {
        let Err(error) = PersistedDocuments::new(DocumentMode::Only, cache()).register(&place) else { panic!("{text}") };
        assert!(error.to_string().contains(text), "{error}");
    }
}
