//! The production cache: Redis.

use std::time::Duration;

use async_trait::async_trait;
use openim_core::Result;
use redis::{AsyncCommands, Script};

use super::Cache;
use crate::redis_link::{RedisLink, bounded, milliseconds};

/// How many keys one command carries.
const CHUNK: usize = 500;

/// Adds, and starts the time to live when the counter has none; one step for everybody else.
const INCREMENT: &str = r"
local value = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return value";

/// Keeps values in Redis, for all processes.
pub struct RedisCache {
    link: RedisLink,
    increment: Script,
}

impl RedisCache {
    pub(crate) fn new(link: RedisLink) -> Self {
        Self { link, increment: Script::new(INCREMENT) }
    }

    /// Connects to a Redis of one's own; `prefix` keeps deployments apart.
    ///
    /// # Errors
    /// `ARGS_ERROR` for an address that is none, `UNAVAILABLE` when nobody answers there.
    pub async fn connect(url: &str, prefix: &str) -> Result<Self> {
        Ok(Self::new(RedisLink::connect(url, prefix).await?))
    }

    fn key(&self, key: &str) -> String {
        self.link.key("cache", key)
    }
}

#[async_trait]
impl Cache for RedisCache {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let found: Option<Vec<u8>> = bounded(self.link.manager().get(self.key(key))).await?;
        super::looked(1, usize::from(found.is_some()));
        Ok(found)
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        let mut values = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(CHUNK) {
            let keys: Vec<_> = chunk.iter().map(|key| self.key(key)).collect();
            let found: Vec<Option<Vec<u8>>> = bounded(self.link.manager().mget(keys)).await?;
            super::looked(found.len(), found.iter().flatten().count());
            values.extend(found);
        }
        Ok(values)
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Duration) -> Result<()> {
        bounded(self.link.manager().pset_ex(self.key(key), value, milliseconds(ttl))).await
    }

    async fn delete(&self, keys: &[String]) -> Result<()> {
        for chunk in keys.chunks(CHUNK) {
            let keys: Vec<_> = chunk.iter().map(|key| self.key(key)).collect();
            bounded::<()>(self.link.manager().unlink(keys)).await?;
        }
        Ok(())
    }

    async fn increment(&self, key: &str, by: i64, ttl: Duration) -> Result<i64> {
        let mut manager = self.link.manager();
        let mut call = self.increment.key(self.key(key));
        bounded(call.arg(by).arg(milliseconds(ttl)).invoke_async(&mut manager)).await
    }

    async fn ping(&self) -> Result<()> {
        self.link.ping().await
    }
}
