//! The cache port: small values with a time to live, counters, shared by all processes of a deployment. Whatever lies here
//! can be rebuilt: losing it costs time, never data.

mod memory;
mod redis;

pub use self::redis::RedisCache;
pub use memory::MemoryCache;

use std::time::Duration;

use async_trait::async_trait;
use openim_core::Result;

/// A shared cache.
#[async_trait]
pub trait Cache: Send + Sync + 'static {
    /// Returns a value.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>>;

    /// Returns several values, in the order asked.
    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            values.push(self.get(key).await?);
        }
        Ok(values)
    }

    /// Stores a value for `ttl`.
    async fn set(&self, key: &str, value: &[u8], ttl: Duration) -> Result<()>;

    /// Forgets values.
    async fn delete(&self, keys: &[String]) -> Result<()>;

    /// Adds to a counter and returns the new value; the first addition starts its time to live.
    async fn increment(&self, key: &str, by: i64, ttl: Duration) -> Result<i64>;

    /// Asks for a sign of life.
    ///
    /// # Errors
    /// `UNAVAILABLE` while the cache cannot be reached.
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
}

/// Counts looks at the cache, and how many of them found something.
fn looked(looks: usize, hits: usize) {
    metrics::counter!("openim_cache_lookups_total", "outcome" => "hit").increment(hits as u64);
    metrics::counter!("openim_cache_lookups_total", "outcome" => "miss").increment(looks.saturating_sub(hits) as u64);
}
