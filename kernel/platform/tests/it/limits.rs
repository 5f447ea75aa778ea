//! The rate limiter port: one suite for both adapters.

use std::sync::Arc;
use std::time::Duration;

use openim_core::{Clock, IdSource, ManualClock, RandomIds, Runtime, Timestamp};
use openim_platform::limits::{MemoryLimiter, RateLimiter, RedisLimiter};
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
        let minute = Duration::from_secs(60);
        for expected in (0..5).rev() {
            let decision = limiter.take("ann", 5, minute).await.unwrap();
            assert!(decision.allowed && decision.retry_after.is_zero());
            assert_eq!(decision.remaining, expected);
        }
        let refused = limiter.take("ann", 5, minute).await.unwrap();
        assert!(!refused.allowed && refused.remaining == 0);
        assert!(refused.retry_after > Duration::from_secs(8) && refused.retry_after <= Duration::from_secs(12), "{refused:?}");
        assert!(limiter.take("bob", 5, minute).await.unwrap().allowed, "keys do not share");
        assert!(!limiter.take("nobody", 0, minute).await.unwrap().allowed);
    })
    .await;
}

#[tokio::test]
async fn who_waits_as_told_may_go_on() {
    on_every_limiter(async |limiter| {
        let window = Duration::from_millis(300);
        for _ in 0..3 {
            assert!(limiter.take("ann", 3, window).await.unwrap().allowed);
        }
        let refused = limiter.take("ann", 3, window).await.unwrap();
        assert!(!refused.allowed && refused.retry_after <= Duration::from_millis(100), "{refused:?}");
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
