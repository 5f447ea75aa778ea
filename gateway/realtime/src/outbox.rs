//! The frames that wait for the client of a socket, bounded in number and bytes; both doors with sockets have one for each.
//!
//! A door stops taking and making things while it is full. A client is too slow when nothing leaves for a while; whether
//! that counts from the first frame that waits or only when the outbox is full, the door says.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::Sink;
use metrics::Counter;
use tokio::time::Instant;

/// An empty queue that once grew beyond this gives its memory back.
const KEPT_CAPACITY: usize = 8;

/// How much may wait before an outbox is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxLimits {
    /// Frames.
    pub frames: usize,
    /// Bytes of all of them.
    pub bytes: usize,
}

/// What waits for one client.
pub struct Outbox {
    queue: VecDeque<Message>,
    bytes: usize,
    unflushed: bool,
    progress: Instant,
    limits: OutboxLimits,
    sent: Counter,
}

impl Outbox {
    /// Makes an empty one that counts what leaves.
    pub fn new(limits: OutboxLimits, sent: Counter) -> Self {
        Self { queue: VecDeque::new(), bytes: 0, unflushed: false, progress: Instant::now(), limits, sent }
    }

    /// Puts a frame behind the others, also into a full one.
    pub fn push(&mut self, message: Message) {
        if self.queue.is_empty() {
            self.progress = Instant::now();
        }
        self.bytes += length(&message);
        self.queue.push_back(message);
    }

    /// Tells whether nothing more should be put into it.
    pub fn is_full(&self) -> bool {
        self.queue.len() >= self.limits.frames || self.bytes >= self.limits.bytes
    }

    /// Returns when what waits has waited long enough.
    pub fn stalled_at(&self, patience: Duration) -> Option<Instant> {
        (!self.queue.is_empty()).then(|| self.progress + patience)
    }

    /// Returns when a full outbox that nothing leaves has waited long enough.
    pub fn blocked_at(&self, patience: Duration) -> Option<Instant> {
        self.stalled_at(patience).filter(|_| self.is_full())
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.queue = VecDeque::new();
        self.bytes = 0;
    }

    /// Hands the frames to the socket and flushes once behind the last of them.
    ///
    /// # Errors
    /// When the client is gone.
    pub fn poll_drain(&mut self, socket: &mut WebSocket, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        let mut socket = Pin::new(socket);
        while !self.queue.is_empty() {
            ready!(socket.as_mut().poll_ready(cx))?;
            if let Some(message) = self.queue.pop_front() {
                self.bytes -= length(&message);
                socket.as_mut().start_send(message)?;
                self.sent.increment(1);
            }
            self.unflushed = true;
            self.progress = Instant::now();
        }
        if self.queue.capacity() > KEPT_CAPACITY {
            self.queue = VecDeque::new();
        }
        if self.unflushed {
            ready!(socket.poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }
}

fn length(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn outbox() -> Outbox {
        Outbox::new(OutboxLimits { frames: 2, bytes: 10 }, Counter::noop())
    }

    #[test]
    fn frames_and_bytes_fill_it() {
        let mut outbox = outbox();
        outbox.push(Message::Text("a".into()));
        assert!(!outbox.is_full());
        outbox.push(Message::Text("b".into()));
        assert!(outbox.is_full(), "two frames");
        outbox.clear();
        assert!(!outbox.is_full());
        outbox.push(Message::Binary(vec![0; 10].into()));
        assert!(outbox.is_full(), "ten bytes");
    }

    #[test]
    fn who_waits_is_late_and_who_is_full_is_blocked() {
        let mut outbox = outbox();
        assert_eq!((outbox.stalled_at(PATIENCE), outbox.blocked_at(PATIENCE)), (None, None));
        outbox.push(Message::Ping(Vec::new().into()));
        assert!(outbox.stalled_at(PATIENCE).is_some_and(|at| at > Instant::now()) && outbox.blocked_at(PATIENCE).is_none());
        outbox.push(Message::Ping(Vec::new().into()));
        assert_eq!(outbox.blocked_at(PATIENCE), outbox.stalled_at(PATIENCE));
    }
}
