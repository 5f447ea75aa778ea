//! Whether what a process stands on gives signs of life: its ports, and what else it was told to look at.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use openim_core::{Error, Result};

use crate::ports::Ports;

/// How long each part may take to give a sign of life.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks a part for a sign of life.
type Ask = Box<dyn Fn() -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// What a process stands on.
pub struct Readiness {
    ports: Arc<Ports>,
    carries_events: bool,
    more: Vec<(&'static str, Ask)>,
}

impl Readiness {
    /// Looks at the ports; at the events only in a process that carries them.
    pub fn new(ports: Arc<Ports>, carries_events: bool) -> Self {
        Self { ports, carries_events, more: Vec::new() }
    }

    /// Looks at another part as well.
    #[must_use]
    pub fn and(mut self, name: &'static str, ask: impl Fn() -> BoxFuture<'static, Result<()>> + Send + Sync + 'static) -> Self {
        self.more.push((name, Box::new(ask)));
        self
    }

    /// Returns the ports.
    pub fn ports(&self) -> &Arc<Ports> {
        &self.ports
    }

    /// Asks every part, all at once, and returns their names with what is wrong, if anything. A part that says nothing for two
    /// seconds is not ready.
    pub async fn signs(&self) -> Vec<(&'static str, Result<()>)> {
        let Ports { store, events, fanout, cache, .. } = &*self.ports;
        let mut asked: Vec<(&'static str, BoxFuture<'_, Result<()>>)> =
            vec![("database", Box::pin(store.ping())), ("fanout", fanout.ping()), ("cache", cache.ping())];
        if self.carries_events {
            asked.push(("events", events.ping()));
        }
        asked.extend(self.more.iter().map(|(name, ask)| (*name, ask() as BoxFuture<'_, Result<()>>)));
        let bounded = asked.into_iter().map(|(name, sign)| async move {
            (name, tokio::time::timeout(PATIENCE, sign).await.unwrap_or_else(|late| Err(Error::unavailable(late))))
        });
        join_all(bounded).await
    }
}
