//! How far a stream has told its viewer.

use std::collections::VecDeque;
use std::time::Duration;

use openim_core::Timestamp;
use rustc_hash::FxHashMap;

use crate::cursor::{Cursor, MAX_POSITIONS};

/// The time and the positions of one stream. A conversation costs 16 bytes; its id is not kept.
#[derive(Debug)]
pub(crate) struct Progress {
    viewer: u64,
    margin: Duration,
    time: Timestamp,
    positions: FxHashMap<u64, i64>,
    /// Conversations that told something lately, the latest last: what a cursor carries.
    recent: VecDeque<(u64, Timestamp)>,
}

impl Progress {
    /// Starts at a moment with nothing told.
    pub(crate) fn new(viewer: u64, margin: Duration, time: Timestamp) -> Self {
        Self { viewer, margin, time, positions: FxHashMap::default(), recent: VecDeque::new() }
    }

    /// Returns the last seq told or skipped.
    pub(crate) fn position(&self, key: u64) -> Option<i64> {
        self.positions.get(&key).copied()
    }

    /// Sets where a conversation stands without telling anything.
    pub(crate) fn set(&mut self, key: u64, seq: i64) {
        self.positions.insert(key, seq);
    }

    /// Notes that a message was told, or that the client knows it.
    pub(crate) fn told(&mut self, key: u64, seq: i64, at: Timestamp) {
        self.positions.insert(key, seq);
        self.recent.retain(|(other, _)| *other != key);
        self.recent.push_back((key, at));
        if self.recent.len() > MAX_POSITIONS {
            self.recent.pop_front();
        }
    }

    /// Sets the time back to a cursor's.
    pub(crate) fn rewind(&mut self, time: Timestamp) {
        self.time = time;
    }

    /// Moves the time forward: everything that was signalled until then was told.
    pub(crate) fn advance(&mut self, time: Timestamp) {
        self.time = self.time.max(time);
        // A resume asks for what was stored since the time less the margin. What was heard of still earlier by another
        // margin is not among it, so its position need not be known.
        let oldest = self.time.minus(self.margin * 2);
        self.recent.retain(|(_, at)| *at >= oldest);
        if self.recent.is_empty() {
            self.recent.shrink_to_fit();
        }
    }

    /// Returns the place to resume at.
    pub(crate) fn cursor(&self) -> String {
        let position = |(key, _): &(u64, Timestamp)| Some((*key, self.position(*key)?));
        Cursor { viewer: self.viewer, time: self.time, positions: self.recent.iter().filter_map(position).collect() }.text()
    }
}
