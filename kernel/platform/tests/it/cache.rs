//! The cache port: one suite for both adapters.

use std::time::Duration;

use openim_core::{ErrorCode, IdSource, RandomIds, Runtime};
use openim_platform::cache::{Cache, MemoryCache, RedisCache};
use openim_testing::{PrivateServices, TestWorld, eventually};

const LONG: Duration = Duration::from_secs(60);
const BRIEF: Duration = Duration::from_millis(150);

async fn on_every_cache(test: impl AsyncFn(&dyn Cache)) {
    test(&MemoryCache::new(Runtime::system().clock)).await;
    if let Some(url) = openim_testing::redis_url() {
        test(&RedisCache::connect(&url, &RandomIds.hex32()).await.unwrap()).await;
    }
}

#[tokio::test]
async fn a_value_is_kept_replaced_and_forgotten() {
    on_every_cache(async |cache| {
        assert_eq!(cache.get("a").await.unwrap(), None);
        cache.set("a", b"\x00\xff one", LONG).await.unwrap();
        cache.set("a", b"\x00\xff two", LONG).await.unwrap();
        cache.set("b", b"", LONG).await.unwrap();
        assert_eq!(cache.get("a").await.unwrap().unwrap(), b"\x00\xff two");
        let keys = ["b", "missing", "a"].map(str::to_owned);
        let values = cache.get_many(&keys).await.unwrap();
        assert_eq!(values, [Some(vec![]), None, Some(b"\x00\xff two".to_vec())]);
        cache.delete(&keys).await.unwrap();
        assert_eq!(cache.get_many(&keys).await.unwrap(), [None, None, None]);
        cache.delete(&[]).await.unwrap();
        assert!(cache.get_many(&[]).await.unwrap().is_empty());
        cache.ping().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_value_goes_with_its_time_to_live() {
    on_every_cache(async |cache| {
        cache.set("long", b"x", LONG).await.unwrap();
        // A machine that stands still for so long comes too late: then once more.
        eventually("it is there at first", async || {
            cache.set("short", b"x", BRIEF).await.unwrap();
            cache.get("short").await.unwrap()
        })
        .await;
        eventually("it is gone", async || cache.get("short").await.unwrap().is_none().then_some(())).await;
        assert!(cache.get("long").await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_counter_loses_no_addition_and_ends_when_its_first_one_said() {
    on_every_cache(async |cache| {
        let additions = (0..100).map(|_| cache.increment("counter", 2, LONG));
        let results = futures_util::future::join_all(additions).await;
        let mut results: Vec<_> = results.into_iter().map(Result::unwrap).collect();
        results.sort_unstable();
        assert_eq!(results, (1..=100).map(|number| number * 2).collect::<Vec<_>>());
        assert_eq!(cache.increment("counter", -200, LONG).await.unwrap(), 0);
        assert_eq!(cache.get("counter").await.unwrap().unwrap(), b"0");

        eventually("the counter goes on", async || {
            cache.delete(&["brief".to_owned()]).await.unwrap();
            assert_eq!(cache.increment("brief", 5, BRIEF).await.unwrap(), 5);
            (cache.increment("brief", 1, LONG).await.unwrap() == 6).then_some(())
        })
        .await;
        eventually("the counter starts again", async || (cache.increment("brief", 1, LONG).await.unwrap() == 1).then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn the_embedded_cache_follows_the_clock_of_the_house() {
    let world = TestWorld::sqlite().await;
    let cache = world.cache();
    cache.set("a", b"x", LONG).await.unwrap();
    world.advance(LONG - Duration::from_millis(1));
    assert!(cache.get("a").await.unwrap().is_some());
    world.advance(Duration::from_millis(1));
    assert!(cache.get("a").await.unwrap().is_none());
}

#[tokio::test]
async fn a_redis_that_went_away_and_came_back_is_used_again() {
    let Some(services) = PrivateServices::start(&["redis"]).await else { return };
    let url = services.address("OPENIM_TEST_REDIS_URL").await;
    let cache = RedisCache::connect(&url, "test").await.unwrap();
    cache.set("a", b"x", LONG).await.unwrap();
    services.control("kill", "redis").await;
    assert_eq!(cache.get("a").await.unwrap_err().code(), ErrorCode::Unavailable);
    assert!(cache.ping().await.is_err());
    services.control("start", "redis").await;
    eventually("it is used again", async || cache.set("a", b"y", LONG).await.ok()).await;
    assert_eq!(cache.get("a").await.unwrap().unwrap(), b"y");
    assert!(RedisCache::connect("no address", "test").await.is_err());
}
