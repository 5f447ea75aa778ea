//! The worker that follows the logs. It leaves most of the database's time to those who send: portions are as large as can
//! be written within a few milliseconds, because SQLite has one writer, and after each it rests for a multiple of what it
//! took, so that a flood of messages is found later instead of being stored later.

use std::sync::Arc;
use std::time::Duration;

use openim_core::{ConversationKind, Result, Timestamp};
use openim_platform::store::DatabaseKind;
use rustc_hash::FxHashMap;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::entries;
use crate::batcher::Commits;
use crate::model::{Log, Message};
use crate::repository::progress::{self, Owed};
use crate::repository::{Range, reading, search};

/// The fewest and the most messages of one portion, and how long writing one should take.
const SMALLEST: i64 = 10;
const LARGEST: i64 = 200;
const HOLD: Duration = Duration::from_millis(8);
/// For how long the worker rests after a portion, as a multiple of what it took.
const REST: u32 = 9;
/// How often a process says that it is there, and after which silence it is taken for dead.
const SEEN_EVERY: Duration = Duration::from_secs(30);
const DEAD_AFTER: Duration = Duration::from_secs(120);
/// How far clocks may differ from what was noted.
const MARGIN: Duration = Duration::from_secs(60);
/// How many messages are still put into the index when the process is about to end: about a second's work. What remains is
/// found as if it had been left behind by a crash.
const AT_THE_END: i64 = 1_000;
/// How many logs are caught up between two notes.
const LOGS: i64 = 200;

/// One process's worker.
struct Follower {
    commits: Commits,
    cancel: CancellationToken,
    /// The name of this process in the table of progress.
    process: String,
    noted_at: Timestamp,
    looked_at: Timestamp,
    /// How many messages the next portion has at most.
    portion: i64,
    /// How many messages may still be indexed once the process is about to end.
    at_the_end: i64,
}

/// A part of a log that is to be looked at.
type Part = (Arc<Log>, i64, i64);

/// Follows the logs until cancelled and the writers have ended.
pub(crate) async fn run(commits: Commits, every: Duration, writers: TaskTracker, cancel: CancellationToken) {
    if !commits.grown.switched_on {
        if let Err(error) = rest(&commits).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "it was not noted that the index of words rests");
        }
        return;
    }
    let mut follower = Follower {
        process: commits.runtime.ids.hex32(),
        commits,
        cancel,
        noted_at: Timestamp(0),
        looked_at: Timestamp(0),
        portion: SMALLEST,
        at_the_end: AT_THE_END,
    };
    let mut tick = interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = follower.cancel.cancelled() => break,
            _ = tick.tick() => {}
        }
        follower.work().await;
    }
    writers.wait().await;
    follower.end().await;
}

async fn rest(commits: &Commits) -> Result<()> {
    let tx = commits.store.begin().await?;
    progress::pause(tx.connection(), commits.runtime.clock.now()).await?;
    tx.commit().await
}

impl Follower {
    async fn work(&mut self) {
        if let Err(error) = self.turn().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "new messages cannot be searched yet, it will be tried again");
        }
    }

    async fn turn(&mut self) -> Result<()> {
        let now = self.commits.runtime.clock.now();
        let first = self.noted_at == Timestamp(0);
        if first {
            let tx = self.commits.store.begin().await?;
            progress::begin(tx.connection()).await?;
            tx.commit().await?;
            self.note(now).await?;
        }
        let worked = self.flush().await?;
        if self.at_the_end <= 0 {
            return Ok(());
        }
        let due = now < self.looked_at || self.looked_at.until(now) >= SEEN_EVERY;
        if worked || due {
            // Before `now` nothing of this process is missing.
            self.note(now).await?;
        }
        if due && !self.cancel.is_cancelled() {
            self.looked_at = now;
            // A database of one process has no others that live.
            let alone = first && self.commits.store.kind() == DatabaseKind::Sqlite;
            self.settle_debts(if alone { Timestamp(i64::MAX) } else { now.minus(DEAD_AFTER) }).await?;
        }
        Ok(())
    }

    async fn note(&mut self, now: Timestamp) -> Result<()> {
        let tx = self.commits.store.begin().await?;
        progress::note(tx.connection(), &self.process, now, now).await?;
        tx.commit().await?;
        self.noted_at = now;
        Ok(())
    }

    async fn end(mut self) {
        self.work().await;
        self.work().await;
        // What is owed is left to whoever finds the row.
        if self.commits.grown.is_empty()
            && let Err(error) = self.leave().await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "the index of words was not closed, it will be looked through again");
        }
    }

    async fn leave(&self) -> Result<()> {
        let tx = self.commits.store.begin().await?;
        progress::settle(tx.connection(), &self.process).await?;
        tx.commit().await
    }

    /// Puts what waits into the index; tells whether there was anything.
    async fn flush(&mut self) -> Result<bool> {
        let (mut parts, overflow) = self.commits.grown.waiting.lock().take();
        if overflow {
            // Somebody will find it as if it had been left behind.
            let tx = self.commits.store.begin().await?;
            let process = self.commits.runtime.ids.hex32();
            progress::note(tx.connection(), &process, self.noted_at, Timestamp(0)).await?;
            tx.commit().await?;
        }
        let worked = !parts.is_empty();
        while !parts.is_empty() {
            if self.cancel.is_cancelled() {
                self.at_the_end -= self.portion;
                if self.at_the_end <= 0 {
                    self.wait_on(parts);
                    break;
                }
            }
            let portion = portion(&mut parts, self.portion);
            let started = Instant::now();
            if let Err(failure) = self.index(&portion).await {
                self.wait_on(portion.into_iter().chain(parts));
                return Err(failure);
            }
            self.pause(started).await;
        }
        Ok(worked)
    }

    fn wait_on(&self, parts: impl IntoIterator<Item = Part>) {
        let mut waiting = self.commits.grown.waiting.lock();
        for (log, first, last) in parts {
            waiting.add(&log, first, last);
        }
    }

    /// Rests, unless the process is about to end.
    async fn pause(&self, started: Instant) {
        tokio::select! {
            () = self.cancel.cancelled() => {}
            () = sleep(started.elapsed() * REST) => {}
        }
    }

    async fn index(&mut self, parts: &[Part]) -> Result<()> {
        let ranges: Vec<Range> = parts.iter().map(|(log, first, last)| Range { log: log.clone(), first: *first, last: *last }).collect();
        let found = reading::in_ranges(self.commits.store.read(), &ranges).await?;
        self.insert(parts.iter().map(|(log, ..)| log), found).await
    }

    async fn insert(&mut self, logs: impl Iterator<Item = &Arc<Log>>, found: Vec<(i64, Arc<Message>)>) -> Result<()> {
        let mut by_log: FxHashMap<i64, Vec<Arc<Message>>> = FxHashMap::default();
        for (log, message) in found {
            by_log.entry(log).or_default().push(message);
        }
        let mut all = Vec::new();
        for log in logs {
            if let Some(messages) = by_log.remove(&log.no) {
                all.extend(entries(log, &messages)?);
            }
        }
        if all.is_empty() {
            return Ok(());
        }
        let tx = self.commits.store.begin().await?;
        search::lock(tx.connection()).await?;
        let started = Instant::now();
        search::insert(tx.connection(), all).await?;
        tx.commit().await?;
        let held = started.elapsed();
        if held > HOLD {
            self.portion = (self.portion / 2).max(SMALLEST);
        } else if held < HOLD / 2 {
            self.portion = (self.portion * 2).min(LARGEST);
        }
        // A transaction of its own, so that those who send come in between.
        let tx = self.commits.store.begin().await?;
        search::tidy(tx.connection()).await?;
        tx.commit().await
    }

    /// Catches up what processes left behind that were not seen since `before`.
    async fn settle_debts(&mut self, before: Timestamp) -> Result<()> {
        for mut owed in progress::owed(self.commits.store.read(), before).await? {
            let position = owed.position;
            if owed.process != self.process && self.claim(&mut owed, position).await? {
                self.settle(owed).await?;
            }
        }
        Ok(())
    }

    /// Takes over what is owed, or notes how far it was caught up; false when somebody else has done so.
    async fn claim(&self, owed: &mut Owed, position: i64) -> Result<bool> {
        let now = self.commits.runtime.clock.now();
        let tx = self.commits.store.begin().await?;
        let claimed = progress::claim(tx.connection(), owed, now, position).await?;
        tx.commit().await?;
        owed.seen_at = now;
        owed.position = position;
        Ok(claimed)
    }

    /// Looks through the logs that have grown since what is owed begins.
    async fn settle(&mut self, mut owed: Owed) -> Result<()> {
        let since = owed.indexed_until.minus(MARGIN);
        loop {
            let page = progress::active_since(self.commits.store.read(), owed.position, since, LOGS).await?;
            let Some(last) = page.last().map(|(log, _)| log.no) else { break };
            for (log, max_seq) in page {
                if log.key.kind != ConversationKind::Notification {
                    self.catch_up(&log, max_seq, since).await?;
                }
            }
            // What was not reached before the end is left to whoever finds the row.
            if self.cancel.is_cancelled() || !self.claim(&mut owed, last).await? {
                return Ok(());
            }
        }
        let tx = self.commits.store.begin().await?;
        progress::settle(tx.connection(), &owed.process).await?;
        tx.commit().await
    }

    /// Walks back from the end of a log to what was stored before.
    async fn catch_up(&mut self, log: &Arc<Log>, max_seq: i64, since: Timestamp) -> Result<()> {
        let mut last = max_seq;
        while last > 0 && !self.cancel.is_cancelled() {
            let started = Instant::now();
            let first = (last - self.portion + 1).max(1);
            let range = Range { log: log.clone(), first, last };
            let found = reading::in_ranges(self.commits.store.read(), &[range]).await?;
            let reached = found.iter().any(|(_, message)| message.stored_at < since);
            self.insert(std::iter::once(log), found).await?;
            if reached {
                return Ok(());
            }
            last = first - 1;
            self.pause(started).await;
            // What is new does not wait for what is old.
            let now = self.commits.runtime.clock.now();
            self.flush().await?;
            if now < self.noted_at || self.noted_at.until(now) >= SEEN_EVERY {
                self.note(now).await?;
            }
        }
        Ok(())
    }
}

/// Takes parts off the end of the list, at most `size` messages.
fn portion(parts: &mut Vec<Part>, size: i64) -> Vec<Part> {
    let (mut taken, mut room) = (Vec::new(), size);
    while room > 0
        && let Some((log, first, last)) = parts.pop()
    {
        let end = last.min(first + room - 1);
        room -= end - first + 1;
        if end < last {
            parts.push((log.clone(), end + 1, last));
        }
        taken.push((log, first, end));
    }
    taken
}
