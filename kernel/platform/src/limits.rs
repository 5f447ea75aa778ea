//! The rate limiter port: how often a key may do something.
//!
//! Both adapters count by the time at which a steady caller would be exactly on schedule ("GCRA"): a whole window's worth may come at
//! once, then it refills evenly. One number a key is kept.
//!
//! Two things are built on it: [`DoorLimits`], what every caller may ask at all doors together, and [`Attempts`], what keeps
//! a secret from being guessed.

mod attempts;
mod doors;
mod memory;
mod redis;

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use async_trait::async_trait;
use openim_core::Result;

pub use self::redis::RedisLimiter;
pub use attempts::{AttemptQuotas, Attempts};
pub use doors::{DoorLimits, DoorQuotas};
pub use memory::MemoryLimiter;

/// What the limiter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may be done now.
    pub allowed: bool,
    /// How many more may follow at once.
    pub remaining: u32,
    /// When it may be tried again; zero when allowed.
    pub retry_after: Duration,
}

/// Limits how often something happens, over all processes.
#[async_trait]
pub trait RateLimiter: Send + Sync + 'static {
    /// Asks to do something once, at most `limit` times in `window`. A limit of 0 allows nothing.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the counters cannot be reached; the caller decides what that means.
    async fn take(&self, key: &str, limit: u32, window: Duration) -> Result<Decision>;

    /// Tells what [`take`](Self::take) would say, and counts nothing.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the counters cannot be reached.
    async fn peek(&self, key: &str, limit: u32, window: Duration) -> Result<Decision>;

    /// Tells whether other processes count with us, at the price of a journey to them.
    fn is_shared(&self) -> bool;
}

/// Writes an address as part of a key. Whoever has an IPv6 address has a whole /64 of them.
pub fn address_key(origin: Option<IpAddr>) -> String {
    match origin.map(|address| address.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

/// A limit in microseconds.
#[derive(Debug, Clone, Copy)]
struct Schedule {
    window: i64,
    step: i64,
}

impl Schedule {
    fn new(limit: u32, window: Duration) -> Option<Self> {
        // A day is long enough for any limit and keeps every sum far from overflow.
        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX).clamp(1, 86_400_000_000);
        (limit > 0).then(|| Self { window, step: (window / i64::from(limit)).max(1) })
    }

    /// Decides by the time at which the key was on schedule; returns also the new such time when allowed.
    fn decide(self, on_schedule: i64, now: i64) -> (Decision, Option<i64>) {
        // Nobody gets further ahead than the window: the clock was set back, and what came before counts no more.
        let on_schedule = if on_schedule.saturating_sub(now) > self.window { now } else { on_schedule };
        let next = on_schedule.max(now).saturating_add(self.step);
        let over = next.saturating_sub(now).saturating_sub(self.window);
        if over > 0 {
            return (Decision { allowed: false, remaining: 0, retry_after: micros(over) }, None);
        }
        let remaining = u32::try_from((-over) / self.step).unwrap_or(u32::MAX);
        (Decision { allowed: true, remaining, retry_after: Duration::ZERO }, Some(next))
    }
}

fn micros(number: i64) -> Duration {
    Duration::from_micros(u64::try_from(number).unwrap_or(0))
}

fn never(window: Duration) -> Decision {
    Decision { allowed: false, remaining: 0, retry_after: window }
}
