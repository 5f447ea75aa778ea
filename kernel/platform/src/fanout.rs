//! The fan-out port: lossy, fast, to every gateway node.

mod memory;
mod rabbit;
mod receipt;

pub use memory::MemoryFanout;
pub use rabbit::RabbitFanout;
pub use receipt::{Fate, Outcome, Receipt};

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use openim_contracts::Signal;
use openim_core::Result;

/// What a node receives.
#[derive(Debug, Clone)]
pub enum Received {
    /// Signals, as they were published together.
    Signals(Arc<[Signal]>),
    /// Some were lost (slow node, broker gone): readers must look at the log again.
    Lost,
}

/// Publishes signals to every node.
#[async_trait]
pub trait Fanout: Send + Sync + 'static {
    /// Publishes without waiting; a failure is logged and counted, never returned, because the log is the truth. The receipt
    /// tells later whether the way to the nodes has taken it.
    async fn publish(&self, signals: Vec<Signal>) -> Receipt;

    /// Returns everything published from now on. The stream lives as long as the port.
    fn subscribe(&self) -> BoxStream<'static, Received>;

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// `UNAVAILABLE` while other nodes cannot be reached.
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}
