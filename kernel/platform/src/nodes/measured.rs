//! What waits in services that all processes share, measured by those that look after them.

use std::collections::BTreeMap;
use std::time::Duration;

/// What waits on its way to the handlers of events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Events in the outbox that are due.
    pub waiting: u64,
    /// For how long the oldest of them has been.
    pub lag: Duration,
    /// Events that wait for their handlers, by consumer; `None` when this process does not know.
    pub queues: Option<BTreeMap<String, u64>>,
}
