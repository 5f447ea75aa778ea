//! What was published. Each commit leaves a note of what it appended, in its own transaction; once that was published the
//! note is deleted, many at a time. A note that stays was left behind by a crash, and whoever finds it publishes what it
//! says.

use std::sync::Arc;

use openim_core::{Result, Runtime};
use openim_platform::store::Store;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::batcher::Appended;
use crate::events;
use crate::model::Log;
use crate::repository::{logs, publishing};
use crate::settings::MessagesSettings;

/// The most notes that wait to be deleted; beyond it the sweeper does the work, at the price of a repeated signal.
const MOST: usize = 100_000;
/// The most notes of one statement.
const CHUNK: usize = 500;
/// The most notes that are read at once by a sweep.
const SWEEP: i64 = 32;

/// Notes whose commits were published.
#[derive(Default)]
pub(crate) struct Published {
    notes: Mutex<Vec<i64>>,
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

/// Publishes what crashes left unpublished, and returns how many logs that were.
pub(crate) async fn sweep(store: &Store, runtime: &Runtime, settings: &MessagesSettings) -> Result<usize> {
    let before = runtime.clock.now().minus(settings.sweep_after);
    let mut logs = 0;
    loop {
        let left = publishing::owed(store.read(), before, SWEEP).await?;
        if left.is_empty() {
            return Ok(logs);
        }
        let mut ranges: FxHashMap<i64, (i64, i64)> = FxHashMap::default();
        for (log, first, last) in left.iter().flat_map(|note| &note.ranges) {
            let range = ranges.entry(*log).or_insert((*first, *last));
            *range = (range.0.min(*first), range.1.max(*last));
        }
        let mut numbers: Vec<i64> = ranges.keys().copied().collect();
        numbers.sort_unstable();
        let found = logs::by_number(store.read(), &numbers).await?;
        let tail = |log: &Arc<Log>| {
            let (first, last) = *ranges.get(&log.no)?;
            Some(Appended { log: log.clone(), first, last, messages: Vec::new(), operations: Vec::new() })
        };
        let tails: Vec<Appended> = found.iter().filter_map(tail).collect();
        logs += tails.len();
        tracing::info!(logs = tails.len(), "unpublished messages were found and are published");
        store.fanout().publish(events::signals(&tails, &[])).await;
        let notes: Vec<i64> = left.iter().map(|note| note.id).collect();
        settle(store, &notes).await?;
    }
}
