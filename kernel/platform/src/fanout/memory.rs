//! The embedded fan-out: a bounded broadcast inside the process.

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use openim_contracts::Signal;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use super::{Fanout, Receipt, Received};

/// How many publications a slow subscriber may be behind before it loses some.
const CAPACITY: usize = 4096;

/// Hands signals to the subscribers of this process.
#[derive(Debug, Clone)]
pub struct MemoryFanout(broadcast::Sender<Received>);

impl MemoryFanout {
    /// Makes a fan-out without subscribers.
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// Makes a fan-out whose subscribers may be `capacity` publications behind.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(broadcast::Sender::new(capacity.max(1)))
    }

    /// Hands something to every subscriber.
    pub(super) fn send(&self, received: Received) {
        // An error means that nobody listens.
        let _ = self.0.send(received);
    }
}

impl Default for MemoryFanout {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Fanout for MemoryFanout {
    async fn publish(&self, signals: Vec<Signal>) -> Receipt {
        if !signals.is_empty() {
            self.send(Received::Signals(signals.into()));
        }
        // There is no way that could end before this process does.
        Receipt::accepted()
    }

    fn subscribe(&self) -> BoxStream<'static, Received> {
        BroadcastStream::new(self.0.subscribe()).map(|received| received.unwrap_or(Received::Lost)).boxed()
    }
}
