//! Where the signals of one stream wait: a bounded queue that costs nothing while it is empty.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use futures_util::task::AtomicWaker;
use openim_contracts::SignalKind;
use openim_core::{Platform, Timestamp, UserId};
use parking_lot::Mutex;

/// A signal as this node heard it; shared by all streams that wait for it.
#[derive(Debug)]
pub(crate) struct Notice {
    /// What happened.
    pub(crate) kind: SignalKind,
    /// What stands for the conversation it happened in; 0 without one.
    pub(crate) key: u64,
    /// When this node heard of it.
    pub(crate) at: Timestamp,
}

/// What waits for a stream.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// A signal.
    Notice(Arc<Notice>),
    /// Signals were lost after `since`; it was noticed at `at`.
    Lost { since: Timestamp, at: Timestamp },
}

/// Why a stream ends before its client does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The queue ran over.
    TooSlow,
    /// The token was revoked.
    Revoked,
    /// The node stops.
    Stopping,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    end: Option<End>,
}

/// One stream's place in the hub.
#[derive(Debug)]
pub(crate) struct Seat {
    /// Whose stream.
    pub(crate) user: UserId,
    /// The device class of the token it was opened with.
    pub(crate) platform: Platform,
    capacity: usize,
    state: Mutex<State>,
    waker: AtomicWaker,
}

impl Seat {
    /// Makes a seat for at most `capacity` waiting signals.
    pub(crate) fn new(user: UserId, platform: Platform, capacity: usize) -> Self {
        Self { user, platform, capacity, state: Mutex::default(), waker: AtomicWaker::new() }
    }

    /// Adds what happened; a full queue ends the stream instead of growing.
    pub(crate) fn push(&self, item: Item) {
        {
            let mut state = self.state.lock();
            if state.end.is_some() {
                return;
            }
            match (&item, state.items.back()) {
                // What the first loss asks for covers the second.
                (Item::Lost { .. }, Some(Item::Lost { .. })) => return,
                _ if state.items.len() >= self.capacity => {
                    state.end = Some(End::TooSlow);
                    state.items = VecDeque::new();
                }
                _ => state.items.push_back(item),
            }
        }
        self.waker.wake();
    }

    /// Ends the stream; what waits is dropped.
    pub(crate) fn close(&self, end: End) {
        {
            let mut state = self.state.lock();
            state.end.get_or_insert(end);
            state.items = VecDeque::new();
        }
        self.waker.wake();
    }

    /// Tells whether the stream must end.
    pub(crate) fn end(&self) -> Option<End> {
        self.state.lock().end
    }

    /// Waits for the next item, or for the end.
    pub(crate) async fn next(&self) -> Result<Item, End> {
        poll_fn(|task| {
            self.waker.register(task.waker());
            let mut state = self.state.lock();
            if let Some(end) = state.end {
                return Poll::Ready(Err(end));
            }
            match state.items.pop_front() {
                Some(item) => {
                    if state.items.is_empty() {
                        // A burst must not leave its memory behind on an idle stream.
                        state.items = VecDeque::new();
                    }
                    Poll::Ready(Ok(item))
                }
                None => Poll::Pending,
            }
        })
        .await
    }
}
