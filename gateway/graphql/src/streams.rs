//! Every open stream of this node and what ends it from outside: its token's time, a revocation, the server's shutdown.
//!
//! One task watches the clock and the fan-out for all streams together. A revocation signal does not end a stream by
//! itself: the stream's token is checked again, so that a user's other tokens stay good. It is checked twice, because the
//! signal may overtake the news on its way into this node's caches.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use futures_util::task::AtomicWaker;
use openim_contracts::{Authenticator, SignalKind};
use openim_core::{Error, ErrorCode, Platform, Result, Runtime, Timestamp, UserId};
use openim_platform::fanout::Received;
use parking_lot::Mutex;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::caller::Caller;
use crate::problem::is_token_code;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(1);
/// When a revoked user's surviving tokens are checked once more.
const SECOND_LOOK: Duration = Duration::from_secs(2);
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);
/// How many tokens are checked at the same time.
const CHECKS: usize = 32;

/// Why a stream must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Its token is not good any more.
    Token(ErrorCode),
    /// The server stops.
    Shutdown,
}

/// The register of open streams.
pub(crate) struct Streams {
    authenticator: Arc<dyn Authenticator>,
    runtime: Runtime,
    shutdown: CancellationToken,
    limit: usize,
    revocations: AtomicU64,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    next: u64,
    open: HashMap<u64, Arc<Entry>>,
    by_user: HashMap<UserId, Vec<u64>>,
    by_expiry: BTreeSet<(Timestamp, u64)>,
}

struct Entry {
    number: u64,
    caller: Arc<Caller>,
    end: OnceLock<End>,
    waker: AtomicWaker,
}

impl Entry {
    fn end(&self, end: End) {
        if self.end.set(end).is_ok() {
            self.waker.wake();
        }
    }
}

/// A stream's place in the register; leaving is dropping it.
pub(crate) struct Lifeline {
    entry: Arc<Entry>,
    streams: Arc<Streams>,
}

impl Lifeline {
    /// Becomes ready when the stream must end. One task may wait at a time.
    pub(crate) fn poll_ended(&self, cx: &Context<'_>) -> Poll<End> {
        if let Some(end) = self.entry.end.get() {
            return Poll::Ready(*end);
        }
        self.entry.waker.register(cx.waker());
        self.entry.end.get().map_or(Poll::Pending, |end| Poll::Ready(*end))
    }

    /// Waits until the stream must end.
    pub(crate) async fn ended(&self) -> End {
        poll_fn(|cx| self.poll_ended(cx)).await
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        self.streams.table.lock().remove(&self.entry);
    }
}

impl Table {
    fn insert(&mut self, caller: Arc<Caller>) -> Arc<Entry> {
        self.next += 1;
        let entry = Arc::new(Entry { number: self.next, caller, end: OnceLock::new(), waker: AtomicWaker::new() });
        if let Some(principal) = entry.caller.principal() {
            self.by_user.entry(principal.user_id.clone()).or_default().push(entry.number);
        }
        if let Some(at) = entry.caller.expires_at() {
            self.by_expiry.insert((at, entry.number));
        }
        self.open.insert(entry.number, entry.clone());
        entry
    }

    fn remove(&mut self, entry: &Entry) {
        self.open.remove(&entry.number);
        if let Some(at) = entry.caller.expires_at() {
            self.by_expiry.remove(&(at, entry.number));
        }
        if let Some(principal) = entry.caller.principal()
            && let Some(numbers) = self.by_user.get_mut(&principal.user_id)
        {
            numbers.retain(|number| *number != entry.number);
            if numbers.is_empty() {
                self.by_user.remove(&principal.user_id);
            }
        }
    }
}

impl Streams {
    pub(crate) fn new(authenticator: Arc<dyn Authenticator>, runtime: Runtime, shutdown: CancellationToken, limit: usize) -> Self {
        Self { authenticator, runtime, shutdown, limit, revocations: AtomicU64::new(0), table: Mutex::default() }
    }

    /// Returns a mark that [`Streams::open`] compares: take it before the token is checked.
    pub(crate) fn mark(&self) -> u64 {
        self.revocations.load(Ordering::SeqCst)
    }

    /// Registers a stream. When tokens were revoked since `mark`, the caller's token is checked again, because the signal
    /// may have come between its check and now.
    pub(crate) async fn open(self: &Arc<Self>, caller: Arc<Caller>, mark: u64) -> Result<Lifeline> {
        let entry = {
            let mut table = self.table.lock();
            if table.open.len() >= self.limit {
                return Err(Error::new(ErrorCode::ConnectionLimit, "too many streams are open on this server"));
            }
            table.insert(caller)
        };
        let lifeline = Lifeline { entry, streams: self.clone() };
        if self.shutdown.is_cancelled() {
            lifeline.entry.end(End::Shutdown);
        }
        if self.mark() != mark {
            self.check(&lifeline.entry).await;
        }
        Ok(lifeline)
    }

    /// Ends streams until the server stops.
    pub(crate) async fn watch(self: Arc<Self>, signals: BoxStream<'static, Received>) {
        let mut signals = signals.fuse();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut again: VecDeque<(Instant, Arc<Entry>)> = VecDeque::new();
        loop {
            tokio::select! {
                () = self.shutdown.cancelled() => break,
                received = signals.next(), if !signals.is_done() => {
                    let affected = received.map(|received| self.affected(&received)).unwrap_or_default();
                    if !affected.is_empty() {
                        self.check_all(affected.clone()).await;
                        let due = Instant::now() + SECOND_LOOK;
                        again.extend(affected.into_iter().map(|entry| (due, entry)));
                    }
                }
                _ = tick.tick() => {
                    self.expire();
                    let now = Instant::now();
                    let ready = again.partition_point(|(due, _)| *due <= now);
                    let due: Vec<Arc<Entry>> = again.drain(..ready).map(|(_, entry)| entry).collect();
                    let undecided = self.check_all(due).await;
                    again.extend(undecided.into_iter().map(|entry| (Instant::now() + SECOND_LOOK, entry)));
                }
            }
        }
        let open: Vec<Arc<Entry>> = self.table.lock().open.values().cloned().collect();
        open.iter().for_each(|entry| entry.end(End::Shutdown));
    }

    fn affected(&self, received: &Received) -> Vec<Arc<Entry>> {
        match received {
            Received::Lost => {
                self.revocations.fetch_add(1, Ordering::SeqCst);
                self.table.lock().open.values().filter(|entry| entry.caller.token().is_some()).cloned().collect()
            }
            Received::Signals(signals) => {
                let revoked = signals.iter().filter_map(|signal| match &signal.kind {
                    SignalKind::SessionsRevoked { user_id, platform, .. } => Some((user_id, *platform)),
                    _ => None,
                });
                revoked.flat_map(|(user, platform)| self.of_user(user, platform)).collect()
            }
        }
    }

    fn of_user(&self, user: &UserId, platform: Platform) -> Vec<Arc<Entry>> {
        self.revocations.fetch_add(1, Ordering::SeqCst);
        let table = self.table.lock();
        let numbers = table.by_user.get(user).map(Vec::as_slice).unwrap_or_default();
        let entries = numbers.iter().filter_map(|number| table.open.get(number));
        entries.filter(|entry| entry.caller.principal().is_some_and(|principal| principal.platform == platform)).cloned().collect()
    }

    fn expire(&self) {
        let now = self.runtime.clock.now();
        let table = self.table.lock();
        for (_, number) in table.by_expiry.iter().take_while(|(at, _)| *at <= now) {
            if let Some(entry) = table.open.get(number) {
                entry.end(End::Token(ErrorCode::TokenExpired));
            }
        }
    }

    /// Checks tokens and returns those about which nothing could be learnt.
    async fn check_all(&self, entries: Vec<Arc<Entry>>) -> Vec<Arc<Entry>> {
        let checks = stream::iter(entries).map(|entry| self.undecided(entry));
        checks.buffer_unordered(CHECKS).filter_map(std::future::ready).collect().await
    }

    async fn undecided(&self, entry: Arc<Entry>) -> Option<Arc<Entry>> {
        let decided = entry.end.get().is_some() || self.check(&entry).await;
        (!decided).then_some(entry)
    }

    async fn check(&self, entry: &Entry) -> bool {
        let Some(token) = entry.caller.token() else { return true };
        match tokio::time::timeout(CHECK_TIMEOUT, self.authenticator.authenticate(token)).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) if is_token_code(error.code()) => {
                entry.end(End::Token(error.code()));
                true
            }
            Ok(Err(_)) | Err(_) => false,
        }
    }
}
