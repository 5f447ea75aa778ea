//! The frames that wait for a client. Requests and pushes wait while it is full, and the hub's queue of the session fills;
//! when nothing leaves for a while, or that queue runs over, the client is too slow.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::Sink;
use metrics::Counter;
use tokio::time::Instant;

/// So many frames or bytes may wait here; what is beyond waits in the hub.
const MAX_FRAMES: usize = 32;
const MAX_BYTES: usize = 256 * 1024;

/// An empty queue that once grew beyond this gives its memory back.
const KEPT_CAPACITY: usize = 8;

pub(crate) struct Outbox {
    queue: VecDeque<Message>,
    bytes: usize,
    unflushed: bool,
    progress: Instant,
    sent: Counter,
}

impl Outbox {
    pub(crate) fn new(sent: Counter) -> Self {
        Self { queue: VecDeque::new(), bytes: 0, unflushed: false, progress: Instant::now(), sent }
    }

    pub(crate) fn push(&mut self, message: Message) {
        if self.queue.is_empty() {
            self.progress = Instant::now();
        }
        self.bytes += length(&message);
        self.queue.push_back(message);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.queue.len() >= MAX_FRAMES || self.bytes >= MAX_BYTES
    }

    /// Returns when what waits has waited long enough.
    pub(crate) fn stalled_at(&self, patience: Duration) -> Option<Instant> {
        (!self.queue.is_empty()).then(|| self.progress + patience)
    }

    pub(crate) fn clear(&mut self) {
        self.queue = VecDeque::new();
        self.bytes = 0;
    }

    /// Hands the frames to the socket and flushes once behind the last of them.
    pub(crate) fn poll_drain(&mut self, socket: &mut WebSocket, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
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
