//! What was published. Each commit leaves a note of what it appended, in its own transaction; once that was published the
//! note is deleted, many at a time. A note that stays was left behind by a crash, and whoever finds it publishes what it
//! says.

use std::sync::Arc;

use openim_core::Result;
use openim_platform::store::Store;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::batcher::Appended;
use crate::events;
use crate::model::Log;
use crate::repository::{logs, publishing};

/// The most notes that wait to be deleted; beyond it the sweeper does the work, at the price of a repeated signal.
const MOST: usize = 100_000;
/// The most notes of one statement.
const CHUNK: usize = 500;
/// How many notes a sweep publishes at once.
const SWEEP: usize = 32;
/// The most notes that a sweep looks at, the oldest: about what a busy process commits between two flushes, many times over.
const MOST_LOOKED_AT: i64 = 10_000;

/// Notes whose commits were published.
#[derive(Default)]
pub(crate) struct Published {
    notes: Mutex<Vec<i64>>,
    /// Notes of any process that were there when it was looked last.
    seen: Mutex<FxHashSet<i64>>,
}

impl Published {
    /// Takes a note whose commit was published.
    pub(crate) fn note(&self, note: i64) {
        let mut notes = self.notes.lock();
        if notes.len() < MOST {
            notes.push(note);
        }
    }

    /// Deletes the notes; when that fails, they wait on.
    pub(crate) async fn flush(&self, store: &Store) -> Result<()> {
        loop {
            let chunk = {
                let mut notes = self.notes.lock();
                let rest = notes.len().saturating_sub(CHUNK);
                notes.split_off(rest)
            };
            if chunk.is_empty() {
                return Ok(());
            }
            if let Err(failure) = settle(store, &chunk).await {
                self.notes.lock().extend(chunk);
                return Err(failure);
            }
        }
    }
}

async fn settle(store: &Store, notes: &[i64]) -> Result<()> {
    let tx = store.begin().await?;
    publishing::settle(tx.connection(), notes).await?;
    tx.commit().await
}

/// Publishes what crashes left unpublished: the notes that were there at the look before already. Returns how many logs that
/// were. No clock is asked: one that was set forward would make everything that is under way look old.
pub(crate) async fn sweep(published: &Published, store: &Store) -> Result<usize> {
    let there = publishing::owed(store.read(), MOST_LOOKED_AT).await?;
    let before = std::mem::replace(&mut *published.seen.lock(), there.iter().copied().collect());
    let left: Vec<i64> = there.into_iter().filter(|note| before.contains(note)).collect();
    let mut logs = 0;
    for some in left.chunks(SWEEP) {
        logs += publish(store, some).await?;
    }
    Ok(logs)
}

async fn publish(store: &Store, notes: &[i64]) -> Result<usize> {
    let mut ranges: FxHashMap<i64, (i64, i64)> = FxHashMap::default();
    for (log, first, last) in publishing::ranges(store.read(), notes).await? {
        let range = ranges.entry(log).or_insert((first, last));
        *range = (range.0.min(first), range.1.max(last));
    }
    let mut numbers: Vec<i64> = ranges.keys().copied().collect();
    numbers.sort_unstable();
    let found = logs::by_number(store.read(), &numbers).await?;
    let tail = |log: &Arc<Log>| {
        let (first, last) = *ranges.get(&log.no)?;
        Some(Appended { log: log.clone(), first, last, messages: Vec::new(), operations: Vec::new() })
    };
    let tails: Vec<Appended> = found.iter().filter_map(tail).collect();
    if !tails.is_empty() {
        tracing::info!(logs = tails.len(), "unpublished messages were found and are published");
        store.fanout().publish(events::signals(&tails, &[])).await;
    }
    settle(store, notes).await?;
    Ok(tails.len())
}
