//! What was published. Each commit leaves a note of what it appended, in its own transaction; once the fan-out has accepted
//! that, the note is deleted, many at a time. A note that stays was left behind by a crash or belongs to a process that does
//! not reach the others, and whoever finds it publishes what it says.

use std::sync::Arc;

use openim_core::Result;
use openim_platform::fanout::{Fate, Receipt};
use openim_platform::store::Store;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::batcher::Appended;
use crate::events;
use crate::model::Log;
use crate::repository::{logs, publishing};

/// The most notes that are remembered until they are deleted; beyond it the sweeper does the work, at the price of a repeated signal.
const MOST: usize = 100_000;
/// The most notes of one statement.
const CHUNK: usize = 500;
/// How many notes a sweep publishes at once.
const SWEEP: usize = 32;
/// The most notes that a sweep looks at, the oldest: about what a busy process commits between two flushes, many times over.
const MOST_LOOKED_AT: i64 = 10_000;

/// Notes whose signals are on their way or were accepted.
#[derive(Default)]
pub(crate) struct Published {
    notes: Mutex<FxHashMap<i64, Receipt>>,
    /// Notes of any process that were there when it was looked last.
    seen: Mutex<FxHashSet<i64>>,
}

impl Published {
    /// Takes a note, and the receipt of the signals that it stands for.
    pub(crate) fn note(&self, note: i64, receipt: &Receipt) {
        let mut notes = self.notes.lock();
        if notes.len() < MOST {
            notes.insert(note, receipt.clone());
        }
    }

    /// Deletes the notes whose signals were accepted; when that fails, they wait on.
    pub(crate) async fn flush(&self, store: &Store) -> Result<()> {
        for chunk in self.accepted().chunks(CHUNK) {
            settle(store, chunk).await?;
            let mut notes = self.notes.lock();
            for note in chunk {
                notes.remove(note);
            }
        }
        Ok(())
    }

    /// Returns the notes whose signals were accepted, and forgets those whose signals were lost: the sweeper finds them.
    fn accepted(&self) -> Vec<i64> {
        let mut accepted = Vec::new();
        self.notes.lock().retain(|note, receipt| {
            let fate = receipt.fate();
            if fate == Some(Fate::Accepted) {
                accepted.push(*note);
            }
            fate != Some(Fate::Lost)
        });
        accepted
    }

    /// Waits until nothing is on its way.
    pub(crate) async fn settled(&self) {
        let receipts: Vec<Receipt> = self.notes.lock().values().cloned().collect();
        for receipt in receipts {
            receipt.settled().await;
        }
    }

    /// Leaves out what this process has published itself.
    fn without_own(&self, mut notes: Vec<i64>) -> Vec<i64> {
        let own = self.notes.lock();
        notes.retain(|note| !own.contains_key(note));
        notes
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
    let mut there = publishing::owed(store.read(), MOST_LOOKED_AT).await?;
    let before = std::mem::replace(&mut *published.seen.lock(), there.iter().copied().collect());
    there.retain(|note| before.contains(note));
    let mut logs = 0;
    for some in published.without_own(there).chunks(SWEEP) {
        let (published_logs, receipt) = publish(store, some).await?;
        logs += published_logs;
        for note in some {
            published.note(*note, &receipt);
        }
        if receipt.fate() == Some(Fate::Lost) {
            // There is no room for more until other nodes are reached again.
            break;
        }
    }
    published.flush(store).await?;
    Ok(logs)
}

async fn publish(store: &Store, notes: &[i64]) -> Result<(usize, Receipt)> {
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
    if tails.is_empty() {
        return Ok((0, Receipt::accepted()));
    }
    tracing::info!(logs = tails.len(), "unpublished messages were found and are published");
    Ok((tails.len(), store.fanout().publish(events::signals(&tails, &[])).await))
}
