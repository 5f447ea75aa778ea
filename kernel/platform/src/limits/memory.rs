//! The embedded limiter: shards of plain maps. Asking costs a hash, an uncontended lock and no allocation for a known key.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openim_core::{Clock, Result};
use parking_lot::Mutex;

use super::{Decision, RateLimiter, Schedule, never};

const SHARDS: usize = 64;

/// How many keys a shard keeps.
const CAPACITY: usize = 4096;

/// Counts in this process.
pub struct MemoryLimiter {
    shards: Box<[Mutex<Shard>]>,
    /// Keyed, so that nobody can choose names that fall into one shard.
    hasher: RandomState,
    clock: Arc<dyn Clock>,
}

type Shard = HashMap<Box<str>, i64>;

impl MemoryLimiter {
    /// Makes a limiter that has seen nobody.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, hasher: RandomState::new(), clock }
    }

    /// Asks once; counts when `counts` and allowed.
    pub(super) fn decide(&self, key: &str, limit: u32, window: Duration, counts: bool) -> Decision {
        let Some(schedule) = Schedule::new(limit, window) else { return never(window) };
        let now = self.clock.now().0.saturating_mul(1000);
        let place = usize::try_from(self.hasher.hash_one(key)).unwrap_or(usize::MAX) % SHARDS;
        let Some(shard) = self.shards.get(place) else { return never(window) };
        let mut shard = shard.lock();
        let known = shard.get_mut(key);
        let (decision, next) = schedule.decide(known.as_deref().copied().unwrap_or(0), now);
        match (known, next.filter(|_| counts)) {
            (Some(on_schedule), Some(next)) => *on_schedule = next,
            (None, Some(next)) => {
                make_room(&mut shard, now);
                shard.insert(key.into(), next);
            }
            (_, None) => {}
        }
        decision
    }
}

/// Forgets keys that are on schedule, which is as if they had never come. If all are ahead of it, those that are less so than
/// the average start afresh: memory is bounded whoever comes, and who comes most is remembered.
fn make_room(shard: &mut Shard, now: i64) {
    if shard.len() < CAPACITY {
        return;
    }
    shard.retain(|_, on_schedule| *on_schedule > now);
    if shard.len() >= CAPACITY {
        let ahead: i64 = shard.values().map(|on_schedule| (on_schedule - now) / i64::try_from(CAPACITY).unwrap_or(1)).sum();
        shard.retain(|_, on_schedule| *on_schedule - now > ahead);
    }
}

#[async_trait]
impl RateLimiter for MemoryLimiter {
    async fn take(&self, key: &str, limit: u32, window: Duration) -> Result<Decision> {
        Ok(self.decide(key, limit, window, true))
    }

    async fn peek(&self, key: &str, limit: u32, window: Duration) -> Result<Decision> {
        Ok(self.decide(key, limit, window, false))
    }

    fn is_shared(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use openim_core::{ManualClock, Timestamp};

    use super::*;

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_waiting() {
        let clock = Arc::new(ManualClock::new(Timestamp(10_000_000)));
        let limiter = MemoryLimiter::new(clock.clone());
        let minute = Duration::from_secs(60);
        assert!(limiter.decide("ann", 1, minute, true).allowed);
        clock.set(Timestamp(10_000_000 - 3_600_000));
        assert!(limiter.decide("ann", 1, minute, true).allowed);
        assert!(!limiter.decide("ann", 1, minute, true).allowed);
    }

    #[test]
    fn memory_is_bounded_and_those_who_come_most_are_remembered() {
        let limiter = MemoryLimiter::new(Arc::new(ManualClock::new(Timestamp(1_000_000))));
        let hour = Duration::from_secs(3600);
        for _ in 0..10 {
            limiter.decide("greedy", 10, hour, true);
        }
        for number in 0..SHARDS * CAPACITY * 5 / 4 {
            limiter.decide(&format!("passer-by {number}"), 10, hour, true);
        }
        assert!(limiter.shards.iter().all(|shard| shard.lock().len() <= CAPACITY));
        assert!(!limiter.decide("greedy", 10, hour, true).allowed);
    }
}
