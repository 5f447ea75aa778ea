//! How long tokens are good, and what their loss of good standing looks like.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_graphql::{Request, Variables};
use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jsonwebtoken::{EncodingKey, Header, encode};
use openim_core::ErrorCode::{Args, TokenExpired, TokenKicked, TokenMalformed, TokenNotExist, TokenUnknown};
use openim_core::{Error, ErrorCode, Result, Timestamp};
use openim_entities::users::user_token;
use openim_platform::cache::{Cache, MemoryCache};
use openim_platform::timers::Turn;
use openim_testing::{START, for_each_database};
use openim_users::UsersSettings;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::house::{House, LIFETIME, LOG_IN, REVOKE, in_each_house, settings};

const INFO: &str = "query($token: String!) { tokenInfo(token: $token) { userId platform expiresAt } }";

fn bob_on_ios() -> Value {
    json!({"input": {"userId": "bob", "platform": "IOS"}})
}

async fn stored_tokens(house: &House<'_>) -> u64 {
    user_token::Entity::find().count(house.world.store().read()).await.unwrap()
}

#[tokio::test]
async fn a_token_ends_with_its_lifetime_and_its_row_is_cleaned_away() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let data = house.ok(house.world.admin(), LOG_IN, bob_on_ios()).await["createUserToken"].clone();
        assert_eq!((&data["expiresInSeconds"], &data["expiresAt"]), (&json!(86_400), &json!("2026-01-02T00:00:00.000Z")));
        let token = data["token"].as_str().unwrap();
        let (_, end) = house.users.authenticator().authenticate(token).await.unwrap();
        assert_eq!(end, START.plus(LIFETIME));

        house.world.advance(LIFETIME - Duration::from_millis(1));
        assert!(house.whose(token).await.is_ok());
        let later = house.log_in("bob", "WEB").await;
        house.world.advance(Duration::from_millis(1));
        assert_eq!(house.whose(token).await, Err(TokenExpired));

        assert_eq!(stored_tokens(house).await, 2);
        let turn = Turn::alone(house.world.store().clone(), house.world.runtime().clone());
        for job in house.users.timers() {
            assert_eq!(job.run(&turn).await.unwrap(), 1, "{}", job.name());
        }
        assert_eq!(stored_tokens(house).await, 1);
        assert!(house.whose(&later).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_lifetime_of_zero_never_ends() {
    let settings = UsersSettings { token_lifetime: Duration::ZERO, ..settings() };
    in_each_house(settings, async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let data = house.ok(house.world.admin(), LOG_IN, bob_on_ios()).await["createUserToken"].clone();
        assert_eq!((&data["expiresInSeconds"], &data["expiresAt"]), (&json!(0), &json!(null)));
        house.world.advance(Duration::from_secs(100 * 365 * 86_400));
        let (_, end) = house.users.authenticator().authenticate(data["token"].as_str().unwrap()).await.unwrap();
        assert_eq!(end, Timestamp(i64::MAX));
        house.ok(house.world.admin(), REVOKE, bob_on_ios()).await;
        assert_eq!(house.whose(data["token"].as_str().unwrap()).await, Err(TokenKicked));
    })
    .await;
}

#[tokio::test]
async fn short_lived_tokens_count_in_seconds() {
    let settings = UsersSettings { token_lifetime: Duration::from_secs(2), ..settings() };
    in_each_house(settings, async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let token = house.log_in("bob", "IOS").await;
        house.world.advance(Duration::from_millis(1_999));
        assert!(house.whose(&token).await.is_ok());
        house.world.advance(Duration::from_millis(1));
        assert_eq!(house.whose(&token).await, Err(TokenExpired));
    })
    .await;
}

#[tokio::test]
async fn an_administrators_older_tokens_stay_good_for_five_minutes() {
    in_each_house(settings(), async |house: &House<'_>| {
        let first = house.log_in_admin().await;
        assert!(house.whose(&first).await.is_ok(), "now it lies in the cache");
        let second = house.log_in_admin().await;
        assert_ne!(first, second, "two logins in one second differ");
        let (_, end) = house.users.authenticator().authenticate(&first).await.unwrap();
        assert_eq!(end, START.plus(Duration::from_secs(300)));

        house.world.advance(Duration::from_secs(200));
        let third = house.log_in_admin().await;
        house.world.advance(Duration::from_millis(99_999));
        assert!(house.whose(&first).await.is_ok());
        house.world.advance(Duration::from_millis(1));
        assert_eq!(house.whose(&first).await, Err(TokenNotExist));
        assert!(house.whose(&second).await.is_ok(), "its five minutes began with the third");
        house.world.advance(Duration::from_secs(200));
        assert_eq!(house.whose(&second).await, Err(TokenNotExist));
        assert!(house.whose(&third).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_kicked_token_is_forgotten_with_the_next_login() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let first = house.log_in("bob", "IOS").await;
        let _second = house.log_in("bob", "IOS").await;
        assert_eq!(house.whose(&first).await, Err(TokenKicked));
        house.log_in("bob", "WEB").await;
        assert_eq!(house.whose(&first).await, Err(TokenNotExist));
        assert_eq!(stored_tokens(house).await, 2);
    })
    .await;
}

#[tokio::test]
async fn each_bad_token_has_its_code_at_both_ends() {
    in_each_house(settings(), async |house: &House<'_>| {
        let sign = |secret: &str, exp: i64| {
            let claims = json!({"UserID": "imAdmin", "PlatformID": 10, "exp": exp, "iat": 0});
            encode(&Header::default(), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
        };
        let later = START.seconds() + 60;
        let cases: [(String, ErrorCode); 6] = [
            (String::new(), Args),
            ("x".into(), TokenMalformed),
            ("x".repeat(10_000), TokenMalformed),
            (sign("another", later), TokenUnknown),
            (sign("test-secret", 1), TokenExpired),
            (sign("test-secret", later), TokenNotExist),
        ];
        for (token, code) in cases {
            assert_eq!(house.whose(&token).await, Err(code));
            house.fails(house.world.anonymous(), INFO, json!({"token": token}), code).await;
        }
        house.register(&["bob"]).await;
        let token = house.log_in("bob", "MINI_WEB").await;
        let info = house.ok(house.world.anonymous(), INFO, json!({"token": token})).await;
        assert_eq!(info, json!({"tokenInfo": {"userId": "bob", "platform": "MINI_WEB", "expiresAt": "2026-01-02T00:00:00.000Z"}}));
    })
    .await;
}

#[tokio::test]
async fn a_lost_cache_logs_nobody_out() {
    in_each_house(settings(), async |house: &House<'_>| {
        house.register(&["bob"]).await;
        let token = house.log_in("bob", "IOS").await;
        let fresh = Arc::new(MemoryCache::new(house.world.runtime().clock.clone()));
        assert!(House::open(house.world, settings(), fresh).whose(&token).await.is_ok());
    })
    .await;
}

/// A cache whose connection a test can cut.
struct CutCache {
    inner: Arc<dyn Cache>,
    cut: AtomicBool,
}

impl CutCache {
    fn check(&self) -> Result<()> {
        if self.cut.load(Ordering::SeqCst) { Err(Error::unavailable("cut")) } else { Ok(()) }
    }
}

#[async_trait]
impl Cache for CutCache {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.check()?;
        self.inner.get(key).await
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Duration) -> Result<()> {
        self.check()?;
        self.inner.set(key, value, ttl).await
    }

    async fn delete(&self, keys: &[String]) -> Result<()> {
        self.check()?;
        self.inner.delete(keys).await
    }

    async fn increment(&self, key: &str, by: i64, ttl: Duration) -> Result<i64> {
        self.check()?;
        self.inner.increment(key, by, ttl).await
    }
}

#[tokio::test]
async fn without_the_cache_logins_and_logouts_still_work() {
    for_each_database(async |world| {
        let cache = Arc::new(CutCache { inner: world.cache().clone(), cut: AtomicBool::new(false) });
        let house = House::open(world, settings(), cache.clone());
        for handler in house.users.handlers() {
            world.register(handler);
        }
        house.register(&["bob"]).await;
        let token = house.log_in("bob", "IOS").await;
        assert!(house.whose(&token).await.is_ok(), "now it lies in the cache");
        world.take_events().await;

        cache.cut.store(true, Ordering::SeqCst);
        assert!(house.whose(&token).await.is_ok());
        house.ok(world.admin(), REVOKE, bob_on_ios()).await;
        assert_eq!(house.whose(&token).await, Err(TokenKicked));
        assert!(!world.try_drain_events().await.failed.is_empty(), "the event waits for the cache");

        // The cache is back with what it knew before the logout; the repeated event clears it.
        cache.cut.store(false, Ordering::SeqCst);
        world.advance(Duration::from_secs(30));
        world.drain_events().await;
        assert_eq!(house.whose(&token).await, Err(TokenKicked));
    })
    .await;
}

/// A cache in which something happens just before the next value is written.
struct InterruptedCache {
    inner: Arc<dyn Cache>,
    interruption: Mutex<Option<BoxFuture<'static, ()>>>,
}

#[async_trait]
impl Cache for InterruptedCache {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.inner.get(key).await
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Duration) -> Result<()> {
        let interruption = self.interruption.lock().await.take();
        if let Some(interruption) = interruption {
            interruption.await;
        }
        self.inner.set(key, value, ttl).await
    }

    async fn delete(&self, keys: &[String]) -> Result<()> {
        self.inner.delete(keys).await
    }

    async fn increment(&self, key: &str, by: i64, ttl: Duration) -> Result<i64> {
        self.inner.increment(key, by, ttl).await
    }
}

#[tokio::test]
async fn a_logout_while_the_cache_is_filled_is_not_written_over() {
    for_each_database(async |world| {
        let cache = Arc::new(InterruptedCache { inner: world.cache().clone(), interruption: Mutex::default() });
        let house = House::open(world, settings(), cache.clone());
        house.register(&["bob"]).await;
        let token = house.log_in("bob", "IOS").await;

        let (graph, ctx) = (house.graph.clone(), world.admin());
        let revoke = Request::new(REVOKE).variables(Variables::from_json(bob_on_ios()));
        let logout = async move { assert!(graph.execute(ctx, revoke).await.is_ok()) };
        *cache.interruption.lock().await = Some(logout.boxed());
        assert_eq!(house.whose(&token).await, Err(TokenKicked));
        assert_eq!(house.whose(&token).await, Err(TokenKicked));
        world.take_events().await;
    })
    .await;
}
