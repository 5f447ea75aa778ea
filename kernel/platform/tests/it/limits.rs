//! The rate limiter port: one suite for both adapters.

use std::sync::Arc;
use std::time::Duration;

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use openim_core::{Clock, Error, IdSource, ManualClock, Platform, Principal, RandomIds, Result, Runtime, Timestamp, UserId};
use openim_platform::limits::{AttemptQuotas, Attempts, Decision, DoorLimits, DoorQuotas, MemoryLimiter, RateLimiter, RedisLimiter};
use openim_testing::eventually;

async fn on_every_limiter(test: impl AsyncFn(&dyn RateLimiter)) {
    test(&MemoryLimiter::new(Runtime::system().clock)).await;
    if let Some(url) = openim_testing::redis_url() {
        test(&RedisLimiter::connect(&url, &RandomIds.hex32()).await.unwrap()).await;
    }
}

#[tokio::test]
async fn a_window_of_requests_may_come_at_once_and_then_no_more() {
    on_every_limiter(async |limiter| {
        let hour = Duration::from_secs(3600);
        for expected in (0..5).rev() {
            let decision = limiter.take("ann", 5, hour).await.unwrap();
            assert!(decision.allowed && decision.retry_after.is_zero());
            assert_eq!(decision.remaining, expected);
        }
        let refused = limiter.take("ann", 5, hour).await.unwrap();
        assert!(!refused.allowed && refused.remaining == 0);
        assert!(refused.retry_after > Duration::from_secs(600) && refused.retry_after <= Duration::from_secs(720), "{refused:?}");
        assert!(limiter.take("bob", 5, hour).await.unwrap().allowed, "keys do not share");
        assert!(!limiter.take("nobody", 0, hour).await.unwrap().allowed);
    })
    .await;
}

#[tokio::test]
async fn who_waits_as_told_may_go_on() {
    on_every_limiter(async |limiter| {
        let window = Duration::from_millis(300);
        assert!(limiter.take("ann", 3, window).await.unwrap().allowed);
        let refused = eventually("it is too much", async || {
            let decision = limiter.take("ann", 3, window).await.unwrap();
            (!decision.allowed).then_some(decision)
        })
        .await;
        assert!(refused.retry_after <= Duration::from_millis(100), "{refused:?}");
        eventually("it is allowed again", async || limiter.take("ann", 3, window).await.unwrap().allowed.then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn no_more_than_the_limit_passes_at_once() {
    on_every_limiter(async |limiter| {
        let tries = (0..200).map(|_| limiter.take("ann", 20, Duration::from_secs(3600)));
        let allowed = futures_util::future::join_all(tries).await.into_iter().filter(|taken| taken.as_ref().unwrap().allowed).count();
        assert_eq!(allowed, 20);
    })
    .await;
}

#[tokio::test]
async fn the_allowance_refills_evenly() {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let limiter = MemoryLimiter::new(clock.clone());
    let window = Duration::from_secs(10);
    for _ in 0..10 {
        assert!(limiter.take("ann", 10, window).await.unwrap().allowed);
    }
    let refused = limiter.take("ann", 10, window).await.unwrap();
    assert_eq!(refused.retry_after, Duration::from_secs(1));
    clock.advance(refused.retry_after);
    assert!(limiter.take("ann", 10, window).await.unwrap().allowed);
    assert!(!limiter.take("ann", 10, window).await.unwrap().allowed);
    clock.advance(window);
    assert_eq!(limiter.take("ann", 10, window).await.unwrap().remaining, 9, "at {:?}", clock.now());
}

#[tokio::test]
async fn looking_is_not_counted() {
    on_every_limiter(async |limiter| {
        let hour = Duration::from_secs(3600);
        for _ in 0..5 {
            assert!(limiter.peek("ann", 2, hour).await.unwrap().allowed);
        }
        assert!(limiter.take("ann", 2, hour).await.unwrap().allowed);
        assert!(limiter.take("ann", 2, hour).await.unwrap().allowed);
        let refused = limiter.peek("ann", 2, hour).await.unwrap();
        assert!(!refused.allowed && !refused.retry_after.is_zero(), "{refused:?}");
    })
    .await;
}

/// A limiter that others share, or would share if it were there.
#[derive(Default)]
struct Shared {
    away: AtomicBool,
    asked: AtomicUsize,
}

#[async_trait]
impl RateLimiter for Shared {
    async fn take(&self, _key: &str, _limit: u32, _window: Duration) -> Result<Decision> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            return Err(Error::unavailable("gone"));
        }
        Ok(Decision { allowed: false, remaining: 0, retry_after: Duration::from_secs(7) })
    }

    async fn peek(&self, key: &str, limit: u32, window: Duration) -> Result<Decision> {
        self.take(key, limit, window).await
    }

    fn is_shared(&self) -> bool {
        true
    }
}

const QUOTAS: DoorQuotas = DoorQuotas { user: 8, admin: 0, anonymous: 8 };

fn ann(app_admin: bool) -> Principal {
    Principal::new(UserId::parse("ann").unwrap(), Platform::WEB, app_admin)
}

#[tokio::test]
async fn who_asks_little_costs_no_journey_and_who_asks_much_is_counted_with_all() {
    let (clock, shared) = (Arc::new(ManualClock::new(Timestamp(1_000_000))), Arc::new(Shared::default()));
    let doors = DoorLimits::new(QUOTAS, shared.clone(), clock);
    for _ in 0..2 {
        doors.admit(Some(&ann(false)), None).await.unwrap();
    }
    assert_eq!(shared.asked.load(Ordering::SeqCst), 0);
    let refused = doors.admit(Some(&ann(false)), None).await.unwrap_err();
    assert_eq!((refused.code().number(), refused.retry_after_seconds()), (429, Some(7)));
    for _ in 0..50 {
        doors.admit(Some(&ann(true)), None).await.unwrap();
    }
    assert_eq!(shared.asked.load(Ordering::SeqCst), 1, "what has no limit is not counted");
}

#[tokio::test]
async fn nobody_is_refused_because_the_shared_limiter_is_away_and_nobody_waits_for_it() {
    let (clock, shared) = (Arc::new(ManualClock::new(Timestamp(1_000_000))), Arc::new(Shared::default()));
    shared.away.store(true, Ordering::SeqCst);
    let doors = DoorLimits::new(QUOTAS, shared.clone(), clock.clone());
    for _ in 0..10 {
        doors.admit(Some(&ann(false)), None).await.unwrap();
    }
    assert_eq!(shared.asked.load(Ordering::SeqCst), 1, "it is left alone for a while");
    assert!(doors.admit(Some(&ann(false)), None).await.is_err(), "this process still counts");
    clock.advance(Duration::from_secs(6));
    shared.away.store(false, Ordering::SeqCst);
    while doors.admit(Some(&ann(false)), None).await.is_ok() {}
    assert_eq!(shared.asked.load(Ordering::SeqCst), 2, "then it is asked again");
}

#[tokio::test]
async fn addresses_without_a_token_count_apart_and_an_ipv6_network_as_one() {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let doors = DoorLimits::new(QUOTAS, Arc::new(MemoryLimiter::new(clock.clone())), clock);
    let address = |text: &str| Some(text.parse::<IpAddr>().unwrap());
    for number in 0..8 {
        doors.admit(None, address(&format!("2001:db8::{number}"))).await.unwrap();
    }
    assert!(doors.admit(None, address("2001:db8::ffff")).await.is_err());
    doors.admit(None, address("2001:db8:0:1::1")).await.unwrap();
    for number in 0..8 {
        doors.admit(None, address(if number % 2 == 0 { "192.0.2.1" } else { "::ffff:192.0.2.1" })).await.unwrap();
    }
    assert!(doors.admit(None, address("192.0.2.1")).await.is_err());
    doors.admit(None, None).await.unwrap();
}

#[tokio::test]
async fn a_secret_stays_guarded_while_the_shared_limiter_is_away() {
    let (clock, shared) = (Arc::new(ManualClock::new(Timestamp(1_000_000))), Arc::new(Shared::default()));
    shared.away.store(true, Ordering::SeqCst);
    let quotas = AttemptQuotas { address: 2, together: 100, window: Duration::from_secs(60) };
    let attempts = Attempts::new("test", quotas, shared, clock);
    for _ in 0..2 {
        attempts.check(None).await.unwrap();
        attempts.failed(None).await;
    }
    assert_eq!(attempts.check(None).await.unwrap_err().code().number(), 429);
}
