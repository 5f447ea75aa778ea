//! How far each log was published. After the commit the log itself is the outbox: what this process published is noted
//! here and written down once a second; a log whose end was committed but never noted was left behind by a crash, and
//! whoever finds it publishes its tail.

use std::collections::VecDeque;

use openim_core::{Result, Runtime};
use openim_platform::store::Store;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::events;
use crate::repository::publishing;
use crate::settings::MessagesSettings;

/// The most logs that wait to be written down; beyond it the sweeper does the work, at the price of a repeated signal.
const MOST_LOGS: usize = 100_000;
/// How often a range is offered that does not join on to what was published before it.
const PATIENCE: u32 = 5;
/// The most logs of one statement.
const CHUNK: usize = 1_000;
/// The most logs of one sweep.
const SWEEP: i64 = 500;

/// Published ranges that are not written down yet, by log.
#[derive(Default)]
pub(crate) struct Published {
    ranges: Mutex<FxHashMap<i64, Ranges>>,
}

/// The ranges of one log, ascending; neighbours are joined, ranges that another process interrupted are not.
#[derive(Default)]
struct Ranges {
    list: VecDeque<(i64, i64)>,
    refused: u32,
}

impl Published {
    /// Notes that `first..=last` of a log was published.
    pub(crate) fn note(&self, log: i64, first: i64, last: i64) {
        let mut ranges = self.ranges.lock();
        if ranges.len() >= MOST_LOGS && !ranges.contains_key(&log) {
            return;
        }
        let list = &mut ranges.entry(log).or_default().list;
        match list.back_mut() {
            Some(end) if end.1 + 1 == first => end.1 = last,
            _ => list.push_back((first, last)),
        }
    }

    /// Writes down what was noted.
    pub(crate) async fn flush(&self, store: &Store) -> Result<()> {
        let mut due: Vec<(i64, i64, i64)> = {
            let ranges = self.ranges.lock();
            ranges.iter().filter_map(|(log, ranges)| ranges.list.front().map(|range| (*log, range.0, range.1))).collect()
        };
        due.sort_unstable();
        for chunk in due.chunks(CHUNK) {
            let tx = store.begin().await?;
            let written = publishing::mark_published(tx.connection(), chunk).await?;
            tx.commit().await?;
            self.forget(chunk, &written);
        }
        Ok(())
    }

    fn forget(&self, offered: &[(i64, i64, i64)], written: &[i64]) {
        let mut ranges = self.ranges.lock();
        for (log, first, last) in offered {
            let Some(entry) = ranges.get_mut(log) else { continue };
            if written.contains(log) {
                entry.refused = 0;
                if let Some(front) = entry.list.front_mut() {
                    // It may have grown since it was offered.
                    *front = (last + 1, front.1);
                }
            } else {
                entry.refused += 1;
            }
            let done = entry.list.front().is_none_or(|front| front.0 > front.1);
            if done || (entry.refused >= PATIENCE && entry.list.front().is_some_and(|front| front.0 == *first)) {
                entry.list.pop_front();
                entry.refused = 0;
            }
            if entry.list.is_empty() {
                ranges.remove(log);
            }
        }
    }
}

/// Publishes the tails that a crash left unpublished, and returns how many logs had one.
pub(crate) async fn sweep(store: &Store, runtime: &Runtime, settings: &MessagesSettings) -> Result<usize> {
    let before = runtime.clock.now().minus(settings.sweep_after);
    let left = publishing::unpublished(store.read(), before, SWEEP).await?;
    if left.is_empty() {
        return Ok(0);
    }
    tracing::info!(logs = left.len(), "unpublished messages were found and are published");
    store.fanout().publish(left.iter().map(|log| events::tail(&log.head, log.published_seq)).collect()).await;
    let ranges: Vec<_> = left.iter().map(|log| (log.head.log.no, log.published_seq + 1, log.head.max_seq)).collect();
    let tx = store.begin().await?;
    publishing::mark_published(tx.connection(), &ranges).await?;
    tx.commit().await?;
    Ok(left.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(published: &Published) -> Vec<(i64, i64)> {
        published.ranges.lock().get(&1).map(|ranges| ranges.list.iter().copied().collect()).unwrap_or_default()
    }

    #[test]
    fn neighbours_are_joined_and_foreign_parts_are_left_out() {
        let published = Published::default();
        for (first, last) in [(1, 2), (3, 3), (7, 9)] {
            published.note(1, first, last);
        }
        assert_eq!(noted(&published), [(1, 3), (7, 9)]);
    }

    #[test]
    fn what_was_published_while_writing_stays_noted() {
        let published = Published::default();
        published.note(1, 1, 3);
        published.note(1, 4, 5);
        published.forget(&[(1, 1, 3)], &[1]);
        assert_eq!(noted(&published), [(4, 5)]);
        published.forget(&[(1, 4, 5)], &[1]);
        assert!(noted(&published).is_empty());
    }

    #[test]
    fn a_range_that_never_joins_on_is_left_to_the_sweeper() {
        let published = Published::default();
        published.note(1, 7, 9);
        for _ in 0..PATIENCE {
            published.forget(&[(1, 7, 9)], &[]);
        }
        assert!(noted(&published).is_empty());
    }
}
