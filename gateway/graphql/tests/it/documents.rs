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

    let mut register = by_hash.clone();
    register["query"] = json!(QUERY);
    assert_eq!(answer(first.post(&register)).await.1["data"]["me"], "nobody");
    for server in [&first, &second] {
        assert_eq!(answer(server.post(&by_hash)).await.1["data"]["me"], "nobody");
    }
    let get =
        format!("/graphql?extensions=%7B%22persistedQuery%22%3A%7B%22version%22%3A1%2C%22sha256Hash%22%3A%22{}%22%7D%7D", hash(QUERY));
    assert_eq!(answer(second.get(&get)).await.1["data"]["me"], "nobody");
}

#[tokio::test]
async fn a_hash_that_does_not_fit_is_refused_and_not_remembered() {
    let server = Server::start().await;
    let mut lie = persisted(&hash("{ fail }"));
    lie["query"] = json!(QUERY);
    let (status, body) = answer(server.post(&lie)).await;
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
        let mut register = persisted(&hash("{ me }"));
        register["query"] = json!("{ me }");
        assert_eq!(code(&answer(server.post(&register)).await.1), "NO_PERMISSION");
        assert_eq!(code(&answer(server.post(&json!({ "documentId": "other" }))).await.1), "PERSISTED_QUERY_NOT_FOUND");
        assert_eq!(code(&answer(server.post(&json!({ "documentId": "who", "query": QUERY }))).await.1), "ARGS_ERROR");
    }
}

#[tokio::test]
async fn hashes_name_nothing_when_switched_off() {
    let server = Server::with_documents(DocumentMode::Off, cache(), None).await;
    let mut register = persisted(&hash(QUERY));
    register["query"] = json!(QUERY);
    assert_eq!(answer(server.post(&register)).await.1["data"]["me"], "nobody");
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
