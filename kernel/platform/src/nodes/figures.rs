//! What a process counts for operators, beside what its metrics show: cheap enough for every message and every socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram};
use openim_core::Platform;
use parking_lot::Mutex;

/// Times are counted in classes: each number below 8 ms by itself, and 8 classes for each doubling beyond, up to some nine
/// hours.
const FINE: u32 = 3;
const CLASSES: usize = (1 << FINE) * 23;

/// Which door a socket came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketKind {
    /// The GraphQL door.
    Graphql,
    /// The door of official SDKs.
    Sdk,
}

impl SocketKind {
    fn gauge(self, platform: &'static str) -> Gauge {
        match self {
            Self::Graphql => metrics::gauge!("openim_graphql_sockets", "platform" => platform),
            Self::Sdk => metrics::gauge!("openim_sdk_sockets", "platform" => platform),
        }
    }
}

/// The counts of one process. Cheap to clone.
#[derive(Clone)]
pub struct Figures(Arc<Counts>);

struct Counts {
    stored: AtomicU64,
    graphql_sockets: AtomicU64,
    sdk_sockets: AtomicU64,
    delivered: [AtomicU64; CLASSES],
    /// The same for whoever reads metrics.
    stored_counter: Counter,
    delivery_seconds: Histogram,
    before: Mutex<u64>,
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Figures")
    }
}

impl Default for Figures {
    fn default() -> Self {
        Self::new()
    }
}

/// What happened since figures were taken the last time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Lately {
    pub(super) stored: u64,
    pub(super) delivered: u64,
    pub(super) p50_ms: Option<u64>,
    pub(super) p99_ms: Option<u64>,
}

impl Figures {
    /// Makes counts of nothing. The recorder of metrics must be installed before.
    pub fn new() -> Self {
        Self(Arc::new(Counts {
            stored: AtomicU64::new(0),
            graphql_sockets: AtomicU64::new(0),
            sdk_sockets: AtomicU64::new(0),
            delivered: std::array::from_fn(|_| AtomicU64::new(0)),
            stored_counter: metrics::counter!("openim_messages_stored_total"),
            delivery_seconds: metrics::histogram!("openim_delivery_seconds"),
            before: Mutex::new(0),
        }))
    }

    /// Counts messages that were stored.
    pub fn stored(&self, messages: usize) {
        let messages = messages as u64;
        self.0.stored.fetch_add(messages, Ordering::Relaxed);
        self.0.stored_counter.increment(messages);
    }

    /// Counts a message that was handed to a socket so long after its commit.
    pub fn delivered(&self, took: Duration) {
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if let Some(class) = self.0.delivered.get(class(milliseconds)) {
            class.fetch_add(1, Ordering::Relaxed);
        }
        self.0.delivery_seconds.record(took.as_secs_f64());
    }

    /// Counts a socket as open until the returned value is dropped.
    pub fn open(&self, kind: SocketKind, platform: Option<Platform>) -> OpenSocket {
        let gauge = kind.gauge(platform.map_or("none", Platform::name));
        gauge.increment(1.0);
        self.sockets(kind).fetch_add(1, Ordering::Relaxed);
        OpenSocket { figures: self.clone(), kind, gauge }
    }

    pub(super) fn total_stored(&self) -> u64 {
        self.0.stored.load(Ordering::Relaxed)
    }

    pub(super) fn sockets(&self, kind: SocketKind) -> &AtomicU64 {
        match kind {
            SocketKind::Graphql => &self.0.graphql_sockets,
            SocketKind::Sdk => &self.0.sdk_sockets,
        }
    }

    /// Takes what happened since the last time.
    pub(super) fn take(&self) -> Lately {
        let total = self.total_stored();
        let before = std::mem::replace(&mut *self.0.before.lock(), total);
        let counts: Vec<u64> = self.0.delivered.iter().map(|class| class.swap(0, Ordering::Relaxed)).collect();
        let delivered = counts.iter().sum();
        let of = |per_cent| percentile(&counts, delivered, per_cent);
        Lately { stored: total.saturating_sub(before), delivered, p50_ms: of(50), p99_ms: of(99) }
    }
}

/// Holds the count of open sockets up as long as it lives.
#[derive(Debug)]
pub struct OpenSocket {
    figures: Figures,
    kind: SocketKind,
    gauge: Gauge,
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.figures.sockets(self.kind).fetch_sub(1, Ordering::Relaxed);
        self.gauge.decrement(1.0);
    }
}

fn class(milliseconds: u64) -> usize {
    let class = match milliseconds.checked_ilog2() {
        Some(power) if power >= FINE => {
            let fine = usize::try_from((milliseconds >> (power - FINE)) - (1 << FINE)).unwrap_or(0);
            ((power - FINE + 1) << FINE) as usize + fine
        }
        _ => usize::try_from(milliseconds).unwrap_or(0),
    };
    class.min(CLASSES - 1)
}

/// Returns the longest time of a class.
fn longest(class: usize) -> u64 {
    let class = class as u64;
    match class >> FINE {
        0 => class,
        power => (((class & ((1 << FINE) - 1)) + (1 << FINE) + 1) << (power - 1)) - 1,
    }
}

fn percentile(counts: &[u64], all: u64, per_cent: u64) -> Option<u64> {
    let wanted = (all * per_cent).div_ceil(100).max(1);
    let mut seen = 0;
    let class = counts.iter().position(|count| {
        seen += count;
        seen >= wanted
    });
    class.map(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_falls_into_a_class_that_is_at_most_an_eighth_too_long() {
        for milliseconds in (0..5_000).chain([10_000, 123_456, 10_000_000]) {
            let longest = longest(class(milliseconds));
            assert!(longest >= milliseconds && longest <= milliseconds + milliseconds / 8, "{milliseconds} became {longest}");
        }
        assert_eq!(class(u64::MAX), CLASSES - 1);
    }

    #[test]
    fn figures_are_those_since_the_last_time() {
        let figures = Figures::new();
        assert_eq!(figures.take(), Lately::default());
        figures.stored(3);
        for milliseconds in 1..=100 {
            figures.delivered(Duration::from_millis(milliseconds));
        }
        let Lately { stored, delivered, p50_ms, p99_ms } = figures.take();
        assert_eq!((stored, delivered), (3, 100));
        assert!(p50_ms.is_some_and(|half| (50..=56).contains(&half)) && p99_ms.is_some_and(|most| (99..=111).contains(&most)));
        assert_eq!((figures.take(), figures.total_stored()), (Lately::default(), 3));
    }

    #[test]
    fn a_socket_counts_as_long_as_it_is_open() {
        let figures = Figures::new();
        let first = figures.open(SocketKind::Sdk, Some(Platform::WEB));
        let second = figures.open(SocketKind::Sdk, None);
        drop(first);
        assert_eq!(figures.sockets(SocketKind::Sdk).load(Ordering::Relaxed), 1);
        assert_eq!(figures.sockets(SocketKind::Graphql).load(Ordering::Relaxed), 0);
        drop(second);
        assert_eq!(figures.sockets(SocketKind::Sdk).load(Ordering::Relaxed), 0);
    }
}
