//! How often a caller may ask, at all doors together.
//!
//! Who asks little is counted in this process alone and costs no journey: only beyond a share of the quota is the shared
//! limiter asked, so the true limit over several processes is a little higher than the quota. While the shared limiter is
//! away every process counts alone; nobody is refused for that.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use openim_core::{Causes, Clock, Error, ErrorCode, Principal, Result};

use super::{Decision, MemoryLimiter, RateLimiter, address_key};
use crate::config::Live;

/// Quotas are told by the minute.
const MINUTE: Duration = Duration::from_secs(60);

/// A quota's part that is counted in this process alone.
const SHARE: u32 = 4;

/// How long a shared limiter that has failed is not asked again: its time limit would be everybody's wait.
const AWAY_MILLISECONDS: i64 = 5_000;

/// Operations a minute; all of them may come at once, and 0 is without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoorQuotas {
    /// Of a user on one class of device.
    pub user: u32,
    /// Of an app administrator.
    pub admin: u32,
    /// Of everybody without a good token at one address.
    pub anonymous: u32,
}

/// Limits what comes in through the doors.
pub struct DoorLimits {
    quotas: Live<DoorQuotas>,
    near: MemoryLimiter,
    shared: Option<Arc<dyn RateLimiter>>,
    clock: Arc<dyn Clock>,
    /// Until when the shared limiter is not asked, in milliseconds.
    away_until: AtomicI64,
}

impl DoorLimits {
    /// Makes the limits over a limiter.
    pub fn new(quotas: impl Into<Live<DoorQuotas>>, limiter: Arc<dyn RateLimiter>, clock: Arc<dyn Clock>) -> Self {
        metrics::describe_counter!("openim_door_refused_total", "operations refused because a caller came too often, by kind of caller");
        metrics::describe_counter!(
            "openim_door_unshared_total",
            "operations counted by this process alone because the shared limiter was away"
        );
        let shared = limiter.is_shared().then_some(limiter);
        Self { quotas: quotas.into(), near: MemoryLimiter::new(clock.clone()), shared, clock, away_until: AtomicI64::new(i64::MIN) }
    }

    /// Makes limits that let everybody pass.
    pub fn off(clock: Arc<dyn Clock>) -> Self {
        let quotas = Live::new(DoorQuotas { user: 0, admin: 0, anonymous: 0 });
        Self { quotas, near: MemoryLimiter::new(clock.clone()), shared: None, clock, away_until: AtomicI64::new(i64::MIN) }
    }

    /// Counts an operation of a caller; `None` has no good token and is known by the address only.
    ///
    /// # Errors
    /// `TOO_MANY_REQUESTS` with the time of the next try.
    pub async fn admit(&self, caller: Option<&Principal>, origin: Option<IpAddr>) -> Result<()> {
        let quotas = self.quotas.get();
        let (kind, quota) = match caller {
            None => ("anonymous", quotas.anonymous),
            Some(principal) if principal.app_admin => ("admin", quotas.admin),
            Some(_) => ("user", quotas.user),
        };
        if quota == 0 {
            return Ok(());
        }
        let key = match caller {
            None => format!("door:ip:{}", address_key(origin)),
            Some(principal) => format!("door:user:{}:{}", principal.platform.number(), principal.user_id),
        };
        let decision = self.decide(&key, quota).await;
        if decision.allowed {
            return Ok(());
        }
        metrics::counter!("openim_door_refused_total", "caller" => kind).increment(1);
        Err(Error::new(ErrorCode::TooManyRequests, "too many requests, try again later").with_retry_after(decision.retry_after))
    }

    async fn decide(&self, key: &str, quota: u32) -> Decision {
        let Some(shared) = &self.shared else { return self.near.decide(key, quota, MINUTE, true) };
        let own = self.near.decide(key, (quota / SHARE).max(1), MINUTE, true);
        if own.allowed {
            return own;
        }
        if self.clock.now().0 >= self.away_until.load(Ordering::Relaxed) {
            match shared.take(key, quota, MINUTE).await {
                Ok(decision) => return decision,
                Err(error) => {
                    self.away_until.store(self.clock.now().0.saturating_add(AWAY_MILLISECONDS), Ordering::Relaxed);
                    tracing::warn!(error.cause = %Causes(&error), "the shared rate limiter is away; this process counts alone for a while");
                }
            }
        }
        metrics::counter!("openim_door_unshared_total").increment(1);
        self.near.decide(&format!("alone:{key}"), quota, MINUTE, true)
    }
}
