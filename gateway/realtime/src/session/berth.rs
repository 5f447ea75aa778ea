//! Where the pushes of one session wait: a queue that is bounded in messages and bytes and costs nothing while it is empty.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Context;

use futures_util::task::AtomicWaker;
use openim_core::{ConversationId, Platform, Principal, Timestamp, UserId};
use parking_lot::Mutex;

use super::rules::receives;
use super::{Push, Pushed};
use crate::registry::Sitter;

/// Why a session ends before its socket does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// Too much waited for the socket.
    TooSlow,
    /// The token was revoked.
    Revoked,
    /// The node stops.
    Stopping,
    /// The graph could not tell what was missed.
    Failed,
}

/// What waits for a session.
#[derive(Debug)]
pub(crate) enum Waiting {
    /// Something to hand on.
    Push(Push),
    /// Somebody's presence changed.
    Presence {
        /// Whose.
        user_id: UserId,
        /// All platforms that are online now.
        platforms: Vec<Platform>,
        /// The number of the change.
        version: i64,
    },
    /// The user's view of a conversation changed: it may be new, and of a group the user may be a member now, or no more.
    View(ConversationId),
    /// Signals were lost after that moment.
    Lost {
        /// When the last one before was heard.
        since: Timestamp,
    },
}

impl Waiting {
    fn size(&self) -> usize {
        match self {
            Self::Push(Push::Message(pushed)) => pushed.size(),
            _ => size_of::<Self>(),
        }
    }
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Waiting>,
    bytes: usize,
    end: Option<SessionEnd>,
}

/// One session's place in the hub.
#[derive(Debug)]
pub(crate) struct Berth {
    user: UserId,
    platform: Platform,
    token_hash: Option<Arc<str>>,
    frames: usize,
    bytes: usize,
    background: AtomicBool,
    state: Mutex<State>,
    waker: AtomicWaker,
}

impl Sitter for Berth {
    fn user(&self) -> &UserId {
        &self.user
    }

    fn platform(&self) -> Platform {
        self.platform
    }

    fn token_hash(&self) -> Option<&str> {
        self.token_hash.as_deref()
    }
}

impl Berth {
    /// Makes a berth for at most so many waiting frames and bytes.
    pub(super) fn new(principal: &Principal, frames: usize, bytes: usize) -> Self {
        Self {
            user: principal.user_id.clone(),
            platform: principal.platform,
            token_hash: principal.token_hash.clone(),
            frames,
            bytes,
            background: AtomicBool::new(false),
            state: Mutex::default(),
            waker: AtomicWaker::new(),
        }
    }

    /// Takes in what the rules let pass; a full queue ends the session instead of growing.
    pub(super) fn hear(&self, messages: &[Arc<Pushed>]) {
        let background = self.background.load(Ordering::Relaxed);
        let wanted = messages.iter().filter(|pushed| receives(pushed.message(), &self.user, self.platform, background));
        self.push(wanted.map(|pushed| Waiting::Push(Push::Message(pushed.clone()))));
    }

    /// Takes in what must be told.
    pub(super) fn push(&self, items: impl IntoIterator<Item = Waiting>) {
        {
            let mut state = self.state.lock();
            let before = state.queue.len();
            for item in items {
                if state.end.is_some() {
                    return;
                }
                // A second loss is covered by what the first will ask for.
                if matches!(item, Waiting::Lost { .. }) && state.queue.iter().any(|other| matches!(other, Waiting::Lost { .. })) {
                    continue;
                }
                state.bytes += item.size();
                state.queue.push_back(item);
                if state.queue.len() > self.frames || state.bytes > self.bytes {
                    *state = State { end: Some(SessionEnd::TooSlow), ..State::default() };
                }
            }
            if state.end.is_none() && state.queue.len() == before {
                return;
            }
        }
        self.waker.wake();
    }

    /// Takes in what comes before everything that waits.
    pub(super) fn push_first(&self, item: Waiting) {
        {
            let mut state = self.state.lock();
            if state.end.is_some() {
                return;
            }
            state.bytes += item.size();
            state.queue.push_front(item);
        }
        self.waker.wake();
    }

    /// Ends the session; what waits is dropped.
    pub(super) fn close(&self, end: SessionEnd) {
        {
            let mut state = self.state.lock();
            let end = state.end.unwrap_or(end);
            *state = State { end: Some(end), ..State::default() };
        }
        self.waker.wake();
    }

    /// Tells whether the session must end, and notes who is to be woken when something happens.
    pub(super) fn poll_end(&self, cx: &Context<'_>) -> Option<SessionEnd> {
        self.waker.register(cx.waker());
        self.state.lock().end
    }

    /// Takes the next item.
    pub(super) fn take(&self) -> Option<Waiting> {
        let mut state = self.state.lock();
        let item = state.queue.pop_front()?;
        state.bytes = state.bytes.saturating_sub(item.size());
        if state.queue.is_empty() {
            // A burst must not leave its memory behind on an idle session.
            state.queue = VecDeque::new();
        }
        Some(item)
    }

    /// Notes whether the app is in the background; returns whether it was before.
    pub(super) fn set_background(&self, background: bool) -> bool {
        self.background.swap(background, Ordering::Relaxed)
    }
}
