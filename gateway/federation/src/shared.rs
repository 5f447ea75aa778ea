//! Streams that several readers share: equal subscriptions have one source and one execution an event.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Weak};

use async_graphql::{Response, ServerError, Value, Variables};
use futures_util::stream::{BoxStream, StreamExt, unfold};
use openim_core::{Actor, ErrorCode};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::errors::error;
use crate::gateway::refuse;
use crate::steps::Plan;

/// How many answers a reader may be behind.
const BACKLOG: usize = 128;

/// An answer to an event, for all readers.
#[derive(Debug)]
struct Answer {
    data: Value,
    errors: Vec<ServerError>,
}

impl Answer {
    fn response(&self) -> Response {
        let mut response = Response::new(self.data.clone());
        response.errors.clone_from(&self.errors);
        response
    }
}

/// What makes two subscriptions equal.
#[derive(Debug, Clone)]
pub(crate) struct StreamKey {
    pub plan: Arc<Plan>,
    pub variables: Variables,
    pub actor: Actor,
}

impl PartialEq for StreamKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.plan, &other.plan) && *self.variables == *other.variables && self.actor == other.actor
    }
}

impl Eq for StreamKey {}

impl Hash for StreamKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.plan).hash(state);
        if let Actor::User(principal) = &self.actor {
            principal.user_id.as_str().hash(state);
        }
    }
}

/// The running streams.
#[derive(Debug, Default)]
pub(crate) struct SharedStreams(Mutex<FxHashMap<StreamKey, Weak<Shared>>>);

/// A running stream; its source stops with the last reader.
#[derive(Debug)]
struct Shared {
    answers: broadcast::Sender<Item>,
    _stop: DropGuard,
}

/// The writing end of a stream.
pub(crate) struct Source {
    answers: broadcast::WeakSender<Item>,
    /// Cancelled when nobody reads any more.
    pub stop: CancellationToken,
}

/// What travels to readers; `None` ends the stream.
type Item = Option<Arc<Answer>>;

impl Source {
    /// Sends an answer to whoever reads.
    pub(crate) fn send(&self, data: Value, errors: Vec<ServerError>) {
        self.broadcast(Some(Arc::new(Answer { data, errors })));
    }

    /// Ends the stream for its readers.
    pub(crate) fn end(&self) {
        self.broadcast(None);
    }

    fn broadcast(&self, item: Item) {
        if let Some(answers) = self.answers.upgrade() {
            // An error says that nobody reads, which the stop signal says as well.
            let _ = answers.send(item);
        }
    }
}

impl SharedStreams {
    /// Joins the stream of equal subscriptions. The first reader gets the source that it must run.
    pub(crate) fn join(&self, key: &StreamKey) -> (BoxStream<'static, Response>, Option<Source>) {
        let mut streams = self.0.lock();
        if let Some(shared) = streams.get(key).and_then(Weak::upgrade) {
            let answers = shared.answers.subscribe();
            return (read(shared, answers), None);
        }
        streams.retain(|_, stream| stream.strong_count() > 0);
        let (shared, answers, source) = open();
        streams.insert(key.clone(), Arc::downgrade(&shared));
        (read(shared, answers), Some(source))
    }

    /// Forgets a stream whose source has ended, so that nobody joins it.
    pub(crate) fn finish(&self, key: &StreamKey, source: &Source) {
        let mut streams = self.0.lock();
        let ours = streams.get(key).and_then(Weak::upgrade).zip(source.answers.upgrade());
        if ours.is_some_and(|(shared, answers)| shared.answers.same_channel(&answers)) {
            streams.remove(key);
        }
    }
}

fn open() -> (Arc<Shared>, broadcast::Receiver<Item>, Source) {
    let (sender, answers) = broadcast::channel(BACKLOG);
    let stop = CancellationToken::new();
    let source = Source { answers: sender.downgrade(), stop: stop.clone() };
    (Arc::new(Shared { answers: sender, _stop: stop.drop_guard() }), answers, source)
}

fn read(shared: Arc<Shared>, answers: broadcast::Receiver<Item>) -> BoxStream<'static, Response> {
    unfold(Some((shared, answers)), |reader| async move {
        let (shared, mut answers) = reader?;
        match answers.recv().await {
            Ok(Some(answer)) => Some((answer.response(), Some((shared, answers)))),
            Err(RecvError::Lagged(missed)) => {
                let message = format!("this subscription was too slow and missed {missed} events; subscribe again");
                Some((refuse(vec![error(ErrorCode::Unavailable, message)]), None))
            }
            Ok(None) | Err(RecvError::Closed) => None,
        }
    })
    .boxed()
}
