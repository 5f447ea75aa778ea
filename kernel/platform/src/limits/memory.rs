//! The embedded limiter.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use moka::future::Cache as Moka;
use moka::ops::compute::Op;
use openim_core::{Clock, Result};
use parking_lot::Mutex;

use super::{Decision, RateLimiter, Schedule, never};

/// How many keys are kept; who comes beyond that starts afresh.
const CAPACITY: u64 = 200_000;

/// Counts in this process.
pub struct MemoryLimiter {
    on_schedule: Moka<String, i64>,
    clock: Arc<dyn Clock>,
}

impl MemoryLimiter {
    /// Makes a limiter that has seen nobody.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let on_schedule = Moka::builder().max_capacity(CAPACITY).time_to_idle(Duration::from_secs(86_400)).build();
        Self { on_schedule, clock }
    }
}

#[async_trait]
impl RateLimiter for MemoryLimiter {
    async fn take(&self, key: &str, limit: u32, window: Duration) -> Result<Decision> {
        let Some(schedule) = Schedule::new(limit, window) else { return Ok(never(window)) };
        let now = self.clock.now().0.saturating_mul(1000);
        let decided = Mutex::new(never(window));
        self.on_schedule
            .entry_by_ref(key)
            .and_compute_with(async |old| {
                let (decision, next) = schedule.decide(old.map_or(0, moka::Entry::into_value), now);
                *decided.lock() = decision;
                next.map_or(Op::Nop, Op::Put)
            })
            .await;
        Ok(decided.into_inner())
    }
}
