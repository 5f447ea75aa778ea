//! What keeps a secret from being guessed: wrong attempts are counted by address and all together, and who has too many must
//! wait, whether the next one is right or wrong.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use openim_core::{Causes, Clock, Error, ErrorCode, Result};

use super::{Decision, MemoryLimiter, RateLimiter, address_key};
use crate::config::Live;

/// How many wrong attempts are borne.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptQuotas {
    /// From one address.
    pub address: u32,
    /// From all addresses together.
    pub together: u32,
    /// In this time.
    pub window: Duration,
}

/// Counts wrong attempts at one secret.
pub struct Attempts {
    name: &'static str,
    quotas: Live<AttemptQuotas>,
    limiter: Arc<dyn RateLimiter>,
    /// Counts along: what guards a secret must not end with the connection to others.
    near: MemoryLimiter,
}

impl Attempts {
    /// Makes the guard of the secret that is called `name` in keys and logs.
    pub fn new(name: &'static str, quotas: impl Into<Live<AttemptQuotas>>, limiter: Arc<dyn RateLimiter>, clock: Arc<dyn Clock>) -> Self {
        metrics::describe_counter!("openim_wrong_secrets_total", "wrong attempts at a secret");
        Self { name, quotas: quotas.into(), limiter, near: MemoryLimiter::new(clock) }
    }

    /// Passes who may try now; ask before looking at the attempt.
    ///
    /// # Errors
    /// `TOO_MANY_REQUESTS` with the time of the next try.
    pub async fn check(&self, origin: Option<IpAddr>) -> Result<()> {
        for (key, limit) in self.keys(origin) {
            let decision = self.ask(&key, limit, false).await;
            if !decision.allowed {
                return Err(Error::new(ErrorCode::TooManyRequests, "too many wrong attempts, try again later")
                    .with_retry_after(decision.retry_after));
            }
        }
        Ok(())
    }

    /// Counts a wrong attempt.
    pub async fn failed(&self, origin: Option<IpAddr>) {
        metrics::counter!("openim_wrong_secrets_total", "secret" => self.name).increment(1);
        tracing::warn!(secret.name = self.name, client.address = origin.map(tracing::field::display), "a wrong secret was tried");
        for (key, limit) in self.keys(origin) {
            self.ask(&key, limit, true).await;
        }
    }

    fn keys(&self, origin: Option<IpAddr>) -> [(String, u32); 2] {
        let by_address = format!("wrong:{}:ip:{}", self.name, address_key(origin));
        let quotas = self.quotas.get();
        [(by_address, quotas.address), (format!("wrong:{}:all", self.name), quotas.together)]
    }

    async fn ask(&self, key: &str, limit: u32, counts: bool) -> Decision {
        let window = self.quotas.get().window;
        let near = self.near.decide(key, limit, window, counts);
        let answer = if counts { self.limiter.take(key, limit, window).await } else { self.limiter.peek(key, limit, window).await };
        match answer {
            Ok(decision) if near.allowed => decision,
            Ok(_) => near,
            Err(error) => {
                tracing::warn!(error.cause = %Causes(&error), "the shared rate limiter is away; wrong attempts are counted by this process alone");
                near
            }
        }
    }
}
