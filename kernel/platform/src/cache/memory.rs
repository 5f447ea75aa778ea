//! The embedded cache: moka, bounded by bytes. The clock of the house decides what has expired; moka only frees what
//! nobody asks for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use moka::Expiry;
use moka::future::Cache as Moka;
use moka::ops::compute::Op;
use openim_core::{Clock, Result, Timestamp};

use super::Cache;

/// How many bytes of keys and values are kept.
const CAPACITY: u64 = 64 * 1024 * 1024;

#[derive(Clone)]
struct Entry {
    value: Value,
    ttl: Duration,
    expires: Timestamp,
}

#[derive(Clone)]
enum Value {
    Bytes(Arc<[u8]>),
    Counter(i64),
}

/// Keeps values in this process.
#[derive(Clone)]
pub struct MemoryCache {
    entries: Moka<String, Entry>,
    clock: Arc<dyn Clock>,
}

impl MemoryCache {
    /// Makes an empty cache.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let entries = Moka::builder()
            .max_capacity(CAPACITY)
            .weigher(|key: &String, entry: &Entry| {
                let bytes = if let Value::Bytes(bytes) = &entry.value { bytes.len() } else { 8 };
                u32::try_from(key.len() + bytes + 64).unwrap_or(u32::MAX)
            })
            .expire_after(FreeAfterTtl)
            .build();
        Self { entries, clock }
    }

    async fn live(&self, key: &str) -> Option<Entry> {
        self.entries.get(key).await.filter(|entry| entry.expires > self.clock.now())
    }
}

struct FreeAfterTtl;

impl Expiry<String, Entry> for FreeAfterTtl {
    fn expire_after_create(&self, _key: &String, entry: &Entry, _at: Instant) -> Option<Duration> {
        Some(entry.ttl)
    }

    fn expire_after_update(&self, _key: &String, entry: &Entry, _at: Instant, _left: Option<Duration>) -> Option<Duration> {
        Some(entry.ttl)
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let live = self.live(key).await;
        super::looked(1, usize::from(live.is_some()));
        Ok(live.map(|entry| match entry.value {
            Value::Bytes(bytes) => bytes.to_vec(),
            Value::Counter(number) => number.to_string().into_bytes(),
        }))
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Duration) -> Result<()> {
        let entry = Entry { value: Value::Bytes(value.into()), ttl, expires: self.clock.now().plus(ttl) };
        self.entries.insert(key.to_owned(), entry).await;
        Ok(())
    }

    async fn delete(&self, keys: &[String]) -> Result<()> {
        for key in keys {
            self.entries.invalidate(key).await;
        }
        Ok(())
    }

    async fn increment(&self, key: &str, by: i64, ttl: Duration) -> Result<i64> {
        let now = self.clock.now();
        let outcome = self
            .entries
            .entry_by_ref(key)
            .and_compute_with(async |old| {
                let live = old.map(moka::Entry::into_value).filter(|entry| entry.expires > now);
                let start = live.as_ref().map_or(0, |entry| match &entry.value {
                    Value::Counter(number) => *number,
                    Value::Bytes(bytes) => std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).unwrap_or(0),
                });
                let value = Value::Counter(start.saturating_add(by));
                Op::Put(match live {
                    // The first addition started the time to live.
                    Some(entry) => Entry { value, ttl: now.until(entry.expires), expires: entry.expires },
                    None => Entry { value, ttl, expires: now.plus(ttl) },
                })
            })
            .await;
        Ok(match outcome.into_entry().map(moka::Entry::into_value) {
            Some(Entry { value: Value::Counter(number), .. }) => number,
            _ => by,
        })
    }
}
