//! Every open stream of this node and what ends it from outside: its token's time, a revocation, the server's shutdown.
//!
//! One task watches the clock and the fan-out for all streams together. A revocation signal does not end a stream by
//! itself: the stream's token is checked again, so that a user's other tokens stay good. It is checked twice, because the
//! signal may overtake the news on its way into this node's caches.

mod table;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use openim_contracts::{Authenticator, SignalKind};
use openim_core::{ErrorCode, Platform, Result, Runtime, UserId};
use openim_platform::fanout::Received;
use parking_lot::Mutex;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::caller::Caller;
use crate::problem::is_token_code;
pub(crate) use table::Bounds;
use table::{Entry, Table};

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
    /// It had not said who it is for longest when others came.
    Crowded,
    /// The server stops.
    Shutdown,
}

/// The register of open streams.
pub(crate) struct Streams {
    authenticator: Arc<dyn Authenticator>,
    runtime: Runtime,
    shutdown: CancellationToken,
    revocations: AtomicU64,
    table: Mutex<Table>,
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

impl Streams {
    pub(crate) fn new(authenticator: Arc<dyn Authenticator>, runtime: Runtime, shutdown: CancellationToken, bounds: Bounds) -> Self {
        Self { authenticator, runtime, shutdown, revocations: AtomicU64::new(0), table: Mutex::new(Table::new(bounds)) }
    }

    /// Returns a mark that [`Streams::open`] compares: take it before the token is checked.
    pub(crate) fn mark(&self) -> u64 {
        self.revocations.load(Ordering::SeqCst)
    }

    /// Registers a WebSocket that has yet to say who it is. It holds no place among the streams; when too many wait, the one
    /// that has done so for longest must go.
    pub(crate) fn wait(self: &Arc<Self>, caller: Arc<Caller>) -> Lifeline {
        let entry = self.table.lock().wait(caller);
        self.lifeline(entry)
    }

    /// Registers a stream. When tokens were revoked since `mark`, the caller's token is checked again, because the signal
    /// may have come between its check and now.
    pub(crate) async fn open(self: &Arc<Self>, caller: Arc<Caller>, mark: u64) -> Result<Lifeline> {
        let entry = self.table.lock().open(caller)?;
        let lifeline = self.lifeline(entry);
        if self.mark() != mark {
            self.check(&lifeline.entry).await;
        }
        Ok(lifeline)
    }

    fn lifeline(self: &Arc<Self>, entry: Arc<Entry>) -> Lifeline {
        if self.shutdown.is_cancelled() {
            entry.end(End::Shutdown);
        }
        Lifeline { entry, streams: self.clone() }
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
        let all = self.table.lock().all();
        all.iter().for_each(|entry| entry.end(End::Shutdown));
    }

    fn affected(&self, received: &Received) -> Vec<Arc<Entry>> {
        match received {
            Received::Lost => {
                self.revocations.fetch_add(1, Ordering::SeqCst);
                self.table.lock().with_token()
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
        self.table.lock().of_user(user, platform)
    }

    fn expire(&self) {
        let expired = self.table.lock().expired(self.runtime.clock.now());
        expired.iter().for_each(|entry| entry.end(End::Token(ErrorCode::TokenExpired)));
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
