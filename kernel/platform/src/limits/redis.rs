//! The production limiter: one number a key in Redis, on Redis' own clock, so that no two processes disagree.

use std::time::Duration;

use async_trait::async_trait;
use openim_core::Result;
use redis::Script;

use super::{Decision, RateLimiter, Schedule, micros, never};
use crate::redis_link::{RedisLink, bounded};

/// Returns {1, remaining} or {0, microseconds to wait}; the same arithmetic as [`Schedule::decide`].
const TAKE: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, step = tonumber(ARGV[1]), tonumber(ARGV[2])
local on_schedule = tonumber(redis.call('GET', KEYS[1]) or '0')
if on_schedule - now > window then on_schedule = now end
local next = math.max(on_schedule, now) + step
local over = next - now - window
if over > 0 then return {0, over} end
if ARGV[3] == '0' then return {1, math.floor(-over / step)} end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return {1, math.floor(-over / step)}";

/// Counts in Redis, for all processes.
pub struct RedisLimiter {
    link: RedisLink,
    take: Script,
}

impl RedisLimiter {
    pub(crate) fn new(link: RedisLink) -> Self {
        Self { link, take: Script::new(TAKE) }
    }

    /// Connects to a Redis of one's own; `prefix` keeps deployments apart.
    ///
    /// # Errors
    /// `ARGS_ERROR` for an address that is none, `UNAVAILABLE` when nobody answers there.
    pub async fn connect(url: &str, prefix: &str) -> Result<Self> {
        Ok(Self::new(RedisLink::connect(url, prefix).await?))
    }
}

impl RedisLimiter {
    async fn decide(&self, key: &str, limit: u32, window: Duration, counts: bool) -> Result<Decision> {
        let Some(schedule) = Schedule::new(limit, window) else { return Ok(never(window)) };
        let mut manager = self.link.manager();
        let mut call = self.take.key(self.link.key("limit", key));
        let (allowed, number): (u8, i64) =
            bounded(call.arg(schedule.window).arg(schedule.step).arg(u8::from(counts)).invoke_async(&mut manager)).await?;
        Ok(if allowed == 1 {
            Decision { allowed: true, remaining: u32::try_from(number).unwrap_or(u32::MAX), retry_after: Duration::ZERO }
        } else {
            Decision { allowed: false, remaining: 0, retry_after: micros(number) }
        })
    }
}

#[async_trait]
impl RateLimiter for RedisLimiter {
    async fn take(&self, key: &str, limit: u32, window: Duration) -> Result<Decision> {
        self.decide(key, limit, window, true).await
    }

    async fn peek(&self, key: &str, limit: u32, window: Duration) -> Result<Decision> {
        self.decide(key, limit, window, false).await
    }

    fn is_shared(&self) -> bool {
        true
    }
}
