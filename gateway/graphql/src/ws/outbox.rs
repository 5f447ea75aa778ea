//! The frames that wait for a client, bounded in number and bytes.
//!
//! A full outbox stops asking the operations for more; only when the client then takes nothing for a while is it slow.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::Sink;
use metrics::Counter;
use tokio::time::Instant;

/// An empty queue that once grew beyond this gives its memory back.
const KEPT_CAPACITY: usize = 16;

pub(super) struct Outbox {
    queue: VecDeque<Message>,
    bytes: usize,
    unflushed: bool,
    progress: Instant,
    max_frames: usize,
    max_bytes: usize,
    sent: Counter,
}

impl Outbox {
    pub(super) fn new(max_frames: usize, max_bytes: usize, sent: Counter) -> Self {
        Self { queue: VecDeque::new(), bytes: 0, unflushed: false, progress: Instant::now(), max_frames, max_bytes, sent }
    }

    pub(super) fn push(&mut self, message: Message) {
        if self.queue.is_empty() {
            self.progress = Instant::now();
        }
        self.bytes += length(&message);
        self.queue.push_back(message);
    }

    pub(super) fn is_full(&self) -> bool {
        self.queue.len() >= self.max_frames || self.bytes >= self.max_bytes
    }

    /// Returns when a full outbox that nothing leaves has waited long enough.
    pub(super) fn stalled_at(&self, patience: Duration) -> Option<Instant> {
        self.is_full().then(|| self.progress + patience)
    }

    pub(super) fn clear(&mut self) {
        self.queue.clear();
        self.bytes = 0;
    }

    /// Hands the frames to the socket and flushes once behind the last of them.
    pub(super) fn poll_drain(&mut self, socket: &mut WebSocket, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
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
