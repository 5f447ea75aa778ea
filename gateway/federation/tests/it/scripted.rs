//! A transport that answers as a test says, and counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use openim_federation::{SubgraphRequest, SubgraphResponse, SubgraphTransport, TransportError};
use parking_lot::Mutex;
use tokio::sync::mpsc;

type Answer = Box<dyn Fn(&SubgraphRequest) -> Result<SubgraphResponse, TransportError> + Send + Sync>;
pub(crate) type Event = Result<SubgraphResponse, TransportError>;

#[derive(Clone)]
pub(crate) struct Scripted(Arc<Inner>);

struct Inner {
    answer: Answer,
    opened: AtomicUsize,
    sources: Mutex<Vec<mpsc::UnboundedSender<Event>>>,
}

impl Scripted {
    pub(crate) fn new(answer: impl Fn(&SubgraphRequest) -> Result<SubgraphResponse, TransportError> + Send + Sync + 'static) -> Self {
        let inner = Inner { answer: Box::new(answer), opened: AtomicUsize::new(0), sources: Mutex::default() };
        Self(Arc::new(inner))
    }

    /// Answers everything with this JSON.
    pub(crate) fn json(answer: serde_json::Value) -> Self {
        Self::new(move |_| Ok(response(answer.clone())))
    }

    pub(crate) fn opened(&self) -> usize {
        self.0.opened.load(Ordering::SeqCst)
    }

    /// Sends an event to every open subscription; returns how many there are.
    pub(crate) fn send(&self, event: impl Fn() -> Event) -> usize {
        let mut sources = self.0.sources.lock();
        sources.retain(|source| source.send(event()).is_ok());
        sources.len()
    }

    /// Ends every open subscription.
    pub(crate) fn end(&self) {
        self.0.sources.lock().clear();
    }

    /// Returns how many subscriptions are still read.
    pub(crate) fn open(&self) -> usize {
        self.0.sources.lock().iter().filter(|source| !source.is_closed()).count()
    }
}

/// Reads `{"data": .., "errors": [..]}`.
pub(crate) fn response(answer: serde_json::Value) -> SubgraphResponse {
    let errors = answer.get("errors").cloned().map(|errors| serde_json::from_value(errors).expect("errors")).unwrap_or_default();
    let data = answer.get("data").cloned().unwrap_or_default();
    SubgraphResponse { data: async_graphql::Value::from_json(data).expect("data"), errors }
}

#[async_trait]
impl SubgraphTransport for Scripted {
    async fn execute(&self, request: SubgraphRequest) -> Result<SubgraphResponse, TransportError> {
        (self.0.answer)(&request)
    }

    async fn subscribe(&self, _: SubgraphRequest) -> Result<BoxStream<'static, Event>, TransportError> {
        self.0.opened.fetch_add(1, Ordering::SeqCst);
        let (sender, receiver) = mpsc::unbounded_channel();
        self.0.sources.lock().push(sender);
        let events =
            futures_util::stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|event| (event, receiver)) });
        Ok(events.boxed())
    }
}
