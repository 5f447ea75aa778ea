//! A fan-out that remembers.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use openim_contracts::Signal;
use openim_platform::fanout::{Fanout, MemoryFanout, Receipt, Received};
use parking_lot::Mutex;

/// Keeps what was published for the test to look at, and passes it on to subscribers.
#[derive(Default)]
pub struct RecordingFanout {
    inner: MemoryFanout,
    published: Mutex<Vec<Signal>>,
}

impl RecordingFanout {
    /// Returns the signals since the last call.
    pub fn take(&self) -> Vec<Signal> {
        std::mem::take(&mut *self.published.lock())
    }
}

#[async_trait]
impl Fanout for RecordingFanout {
    async fn publish(&self, signals: Vec<Signal>) -> Receipt {
        self.published.lock().extend_from_slice(&signals);
        self.inner.publish(signals).await
    }

    fn subscribe(&self) -> BoxStream<'static, Received> {
        self.inner.subscribe()
    }
}
