//! Subscriptions: events with data from everywhere, shared by equal readers, bounded for slow ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{Data, Executor, Request, Response, Variables};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use openim_federation::{Gateway, InProcess, TransportError};
use serde_json::{Value, json};

use crate::scripted::{Scripted, response};
use crate::world::{code, ctx, in_process, new_data, over_http, subgraphs};

const LIVE: &str = "subscription($count: Int) { message: posted(count: $count) { id author { name greeting } room { name } } }";

fn open(gateway: &Gateway, document: &str, variables: Value) -> BoxStream<'static, Response> {
    let request = Request::new(document).variables(Variables::from_json(variables)).data(ctx());
    gateway.execute_stream(request, None)
}

fn json_of(response: Response) -> Value {
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    response.data.into_json().expect("JSON")
}

/// Waits until a condition holds.
async fn until(condition: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the condition never held");
}

/// Waits for the next answer, not for ever.
async fn next(stream: &mut BoxStream<'static, Response>) -> Option<Response> {
    tokio::time::timeout(Duration::from_secs(10), stream.next()).await.expect("an answer in time")
}

#[tokio::test]
async fn events_get_their_entities_from_the_other_subgraphs_over_both_transports() {
    for builder in [in_process(&new_data()), over_http(&new_data()).await] {
        let gateway = builder.build().expect("a gateway");
        let mut stream = open(&gateway, LIVE, json!({ "count": 2 }));
        let first =
            json!({ "message": { "id": "m1", "author": { "name": "user 2", "greeting": "hello user 2" }, "room": { "name": "room 2" } } });
        assert_eq!(json_of(next(&mut stream).await.expect("an event")), first);
        assert_eq!(json_of(next(&mut stream).await.expect("an event"))["message"]["id"], "m2");
        assert!(next(&mut stream).await.is_none(), "the stream ends with its source");
    }
}

/// A gateway whose events come from a script.
fn scripted() -> (Gateway, Scripted) {
    let events = Scripted::new(|_| Err(TransportError::DeadlineExceeded));
    let mut builder = Gateway::builder();
    for subgraph in subgraphs(&new_data()) {
        let (name, sdl) = (subgraph.name(), subgraph.sdl());
        builder = match name {
            "messages" => builder.subgraph(name, sdl, events.clone()),
            _ => builder.subgraph(name, sdl, InProcess(subgraph)),
        };
    }
    (builder.build().expect("a gateway"), events)
}

const SCRIPTED: &str = "subscription { posted { id author { name } } }";
const RESUMABLE: &str = "subscription($after: ID) { resumed(after: $after) { id author { name } } }";

fn resumed(author: &str) -> Result<openim_federation::SubgraphResponse, TransportError> {
    Ok(response(json!({ "data": { "resumed": { "id": "m1", "author": { "__typename": "User", "id": author } } } })))
}

fn event(author: &str) -> Result<openim_federation::SubgraphResponse, TransportError> {
    Ok(response(json!({ "data": { "posted": { "id": "m1", "author": { "__typename": "User", "id": author } } } })))
}

#[tokio::test]
async fn equal_subscriptions_share_one_source_until_the_last_reader_goes() {
    let (gateway, events) = scripted();
    let mut one = open(&gateway, SCRIPTED, json!({}));
    let mut two = open(&gateway, SCRIPTED, json!({ "stray": 1 }));
    let reading = tokio::spawn(async move { (next(&mut one).await, next(&mut two).await, one, two) });
    until(|| events.opened() > 0).await;
    // The second reader joins without a sign; an event for each of a few rounds reaches it at last.
    let sending = events.clone();
    until(|| {
        sending.send(|| event("u1"));
        reading.is_finished()
    })
    .await;
    let (first, second, one, two) = reading.await.expect("two answers");
    assert_eq!(json_of(first.expect("an event")), json_of(second.expect("an event")));
    assert_eq!(events.opened(), 1);
    drop(one);
    assert_eq!(events.open(), 1);
    drop(two);
    until(|| events.open() == 0).await;
}

#[tokio::test]
async fn subscriptions_with_a_place_of_their_own_are_not_shared() {
    let (gateway, events) = scripted();
    for after in [json!({ "after": "m1" }), json!({})] {
        let opened = events.opened();
        let mut streams = [open(&gateway, RESUMABLE, after.clone()), open(&gateway, RESUMABLE, after)];
        let reading = tokio::spawn(async move { futures_util::future::join_all(streams.iter_mut().map(next)).await });
        until(|| events.opened() == opened + 2).await;
        events.send(|| resumed("u1"));
        assert_eq!(reading.await.expect("answers").len(), 2);
    }
}

#[tokio::test]
async fn a_resumable_stream_keeps_everything_for_a_slow_reader() {
    let (gateway, events) = scripted();
    let mut stream = open(&gateway, RESUMABLE, json!({}));
    let reading = tokio::spawn(async move { (next(&mut stream).await, stream) });
    until(|| events.opened() == 1).await;
    // Many more than a shared stream holds for a reader that is behind.
    for _ in 0..1_000 {
        events.send(|| resumed("u1"));
    }
    events.end();
    let (first, mut stream) = reading.await.expect("a reader");
    let mut count = usize::from(first.is_some());
    while let Some(answer) = next(&mut stream).await {
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        count += 1;
    }
    assert_eq!(count, 1_000);
}

/// A gateway whose events come from a script and whose users cannot be reached the first few times.
fn scripted_with_failing_users(failures: usize) -> (Gateway, Scripted, Arc<AtomicUsize>) {
    let events = Scripted::new(|_| Err(TransportError::DeadlineExceeded));
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let users = Scripted::new(move |_| {
        if counter.fetch_add(1, Ordering::SeqCst) < failures {
            return Err(TransportError::Unreachable("gone".into()));
        }
        Ok(response(json!({ "data": { "_entities": [{ "name": "user 1" }] } })))
    });
    let mut builder = Gateway::builder();
    for subgraph in subgraphs(&new_data()) {
        let (name, sdl) = (subgraph.name(), subgraph.sdl());
        builder = match name {
            "messages" => builder.subgraph(name, sdl, events.clone()),
            "users" => builder.subgraph(name, sdl, users.clone()),
            _ => builder.subgraph(name, sdl, InProcess(subgraph)),
        };
    }
    (builder.build().expect("a gateway"), events, asked)
}

#[tokio::test]
async fn an_event_of_a_resumable_stream_is_completed_once_the_subgraph_is_back() {
    let (gateway, events, asked) = scripted_with_failing_users(2);
    let mut stream = open(&gateway, RESUMABLE, json!({}));
    let reading = tokio::spawn(async move { next(&mut stream).await });
    until(|| events.opened() == 1).await;
    events.send(|| resumed("u1"));
    let answer = reading.await.expect("a reader").expect("an event");
    assert_eq!(json_of(answer)["resumed"]["author"]["name"], "user 1");
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_resumable_stream_ends_instead_of_passing_over_an_event() {
    let (gateway, events, _) = scripted_with_failing_users(usize::MAX);
    let mut stream = open(&gateway, RESUMABLE, json!({}));
    let reading = tokio::spawn(async move { (next(&mut stream).await, next(&mut stream).await) });
    until(|| events.opened() == 1).await;
    events.send(|| resumed("u1"));
    let (error, end) = reading.await.expect("a reader");
    let error = error.expect("an error");
    assert_eq!(code(&error.errors[0]), "UNAVAILABLE");
    assert!(error.data == async_graphql::Value::Null, "a cursor of the event would let the client go on behind it");
    assert!(end.is_none());
}

#[tokio::test]
async fn slow_reader_is_told_that_it_missed_events() {
    let (gateway, events) = scripted();
    let mut slow = open(&gateway, SCRIPTED, json!({}));
    let mut quick = open(&gateway, SCRIPTED, json!({}));
    // Both must have joined before the flood.
    let joining = tokio::spawn(async move {
        let first = (next(&mut slow).await, next(&mut quick).await);
        (first, slow, quick)
    });
    until(|| {
        events.send(|| event("u1"));
        joining.is_finished()
    })
    .await;
    let (_, mut slow, mut quick) = joining.await.expect("two readers");
    let read = Arc::new(AtomicUsize::new(0));
    let counter = read.clone();
    let reader = tokio::spawn(async move {
        while let Some(answer) = next(&mut quick).await {
            assert!(answer.errors.is_empty(), "the quick reader misses nothing");
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    for sent in 1..=40 {
        for _ in 0..10 {
            events.send(|| event("u1"));
        }
        until(|| read.load(Ordering::SeqCst) >= sent * 10).await;
    }
    events.end();
    reader.await.expect("the quick reader");
    let mut last = None;
    while let Some(answer) = next(&mut slow).await {
        last = Some(answer);
    }
    let last = last.expect("an error");
    assert_eq!(code(&last.errors[0]), "UNAVAILABLE");
    assert!(last.errors[0].message.contains("too slow"), "{:?}", last.errors);
}

#[tokio::test]
async fn broken_source_ends_the_stream_with_an_error() {
    let (gateway, events) = scripted();
    let mut stream = open(&gateway, SCRIPTED, json!({}));
    let reading = tokio::spawn(async move { (next(&mut stream).await, next(&mut stream).await) });
    until(|| events.opened() == 1).await;
    events.send(|| Err(TransportError::Unreachable("gone".into())));
    let (error, end) = reading.await.expect("an answer");
    assert_eq!(code(&error.expect("an error").errors[0]), "UNAVAILABLE");
    assert!(end.is_none());
}

#[tokio::test]
async fn closing_the_gateway_tells_every_reader() {
    let (gateway, events) = scripted();
    let mut stream = open(&gateway, SCRIPTED, json!({}));
    let reading = tokio::spawn(async move { (next(&mut stream).await, next(&mut stream).await) });
    until(|| events.opened() == 1).await;
    gateway.close().await;
    let (error, end) = reading.await.expect("an answer");
    assert_eq!(code(&error.expect("an error").errors[0]), "UNAVAILABLE");
    assert!(end.is_none());
    assert_eq!(events.open(), 0);
}

#[tokio::test]
async fn streams_answer_queries_refuse_bad_documents_and_take_the_sessions_context() {
    let gateway = in_process(&new_data()).build().expect("a gateway");
    let mut session = Data::default();
    session.insert(ctx());
    let session = Arc::new(session);
    let mut stream = gateway.execute_stream(Request::new("{ rooms { id } }"), Some(session.clone()));
    assert_eq!(json_of(next(&mut stream).await.expect("an answer"))["rooms"][0]["id"], "r1");
    assert!(next(&mut stream).await.is_none());
    let mut stream = gateway.execute_stream(Request::new("subscription { nonsense }"), Some(session));
    assert_eq!(code(&next(&mut stream).await.expect("an answer").errors[0]), "GRAPHQL_VALIDATION_FAILED");
    let mut stream = gateway.execute_stream(Request::new("{ rooms { id } }"), None);
    assert_eq!(code(&next(&mut stream).await.expect("an answer").errors[0]), "UNAUTHENTICATED");
    let prepared = gateway.prepare("subscription { posted(count: 1) { id } }", None).expect("a document");
    let mut stream = gateway.subscribe_prepared(&prepared, Variables::default(), &ctx());
    assert_eq!(json_of(next(&mut stream).await.expect("an event"))["posted"]["id"], "m1");
    let refused = gateway.execute_prepared(&prepared, Variables::default(), &ctx()).await;
    assert_eq!(code(&refused.errors[0]), "GRAPHQL_VALIDATION_FAILED");
}
