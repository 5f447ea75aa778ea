//! The operations that run on one socket.

use std::task::{Context, Poll};

use async_graphql::Response;
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::BoxStream;

use crate::answer::is_refused;

/// What came of starting an operation.
#[expect(clippy::large_enum_variant, reason = "it is made and taken apart once per operation")]
pub(super) enum Begun {
    /// A query or mutation, answered; or a refusal.
    Answer(Response),
    /// A subscription.
    Stream(BoxStream<'static, Response>),
}

/// Something to tell the client.
pub(super) enum Event {
    /// One answer; more may come.
    Next(String, Response),
    /// The one answer of a query or mutation.
    Last(String, Response),
    /// The operation did not run.
    Refused(String, Response),
    /// The stream is over.
    Complete(String),
}

enum Work {
    Starting(BoxFuture<'static, Begun>),
    Streaming { stream: BoxStream<'static, Response>, answered: bool },
}

/// A bounded set of operations, asked in turns. A socket has few, so a list is the smallest and fastest set.
#[derive(Default)]
pub(super) struct Operations {
    running: Vec<(String, Work)>,
    turn: usize,
}

impl Operations {
    pub(super) fn len(&self) -> usize {
        self.running.len()
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.running.iter().any(|(its, _)| its == id)
    }

    pub(super) fn start(&mut self, id: String, starting: BoxFuture<'static, Begun>) {
        self.running.push((id, Work::Starting(starting)));
    }

    pub(super) fn stop(&mut self, id: &str) -> bool {
        let before = self.running.len();
        self.running.retain(|(its, _)| its != id);
        self.running.len() < before
    }

    /// Drops the subscriptions; queries and mutations finish.
    pub(super) fn drain(&mut self) {
        self.running.retain(|(_, work)| matches!(work, Work::Starting(_)));
    }

    pub(super) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        for _ in 0..self.running.len() {
            self.turn = (self.turn + 1) % self.running.len();
            if let Poll::Ready(event) = self.poll_one(self.turn, cx) {
                return Poll::Ready(event);
            }
        }
        Poll::Pending
    }

    fn poll_one(&mut self, index: usize, cx: &mut Context<'_>) -> Poll<Event> {
        let Some((id, work)) = self.running.get_mut(index) else { return Poll::Pending };
        if let Work::Starting(starting) = work {
            match starting.poll_unpin(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Begun::Stream(stream)) => *work = Work::Streaming { stream, answered: false },
                Poll::Ready(Begun::Answer(response)) => {
                    let (id, _) = self.running.swap_remove(index);
                    return Poll::Ready(if is_refused(&response) { Event::Refused(id, response) } else { Event::Last(id, response) });
                }
            }
        }
        let Work::Streaming { stream, answered } = work else { return Poll::Pending };
        match stream.poll_next_unpin(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(response)) if is_refused(&response) && !*answered => {
                Poll::Ready(Event::Refused(self.running.swap_remove(index).0, response))
            }
            Poll::Ready(Some(response)) => {
                *answered = true;
                Poll::Ready(Event::Next(id.clone(), response))
            }
            Poll::Ready(None) => Poll::Ready(Event::Complete(self.running.swap_remove(index).0)),
        }
    }
}
