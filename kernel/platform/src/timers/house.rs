//! The platform's own periodic work.

use std::time::Duration;

use async_trait::async_trait;
use openim_core::{Ctx, Result};

use super::{Job, Step, Turn};
use crate::events;
use crate::store::{Store, Tx};
use crate::versions;
use crate::webhooks::Webhooks;

/// How long an inbox row is kept: far longer than any event can be on its way without being a dead letter.
const KEEP_INBOX: Duration = Duration::from_secs(7 * 24 * 3600);

/// Forgets which events were handled, once no redelivery can ask for them any more.
pub struct InboxSweep {
    /// How often.
    pub every: Duration,
}

#[async_trait]
impl Job for InboxSweep {
    fn name(&self) -> &'static str {
        "platform.inbox"
    }

    fn every(&self) -> Duration {
        self.every
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        turn.repeat(self).await
    }
}

#[async_trait]
impl Step for InboxSweep {
    async fn step(&self, ctx: &Ctx, tx: &Tx) -> Result<(u64, bool)> {
        let gone = events::sweep_inbox(tx.connection(), ctx.now().minus(KEEP_INBOX)).await?;
        Ok((gone, gone > 0))
    }
}

/// Forgets finished deliveries of webhooks that are too old or too many.
pub struct WebhookLog {
    /// The deliveries.
    pub webhooks: Webhooks,
    /// How often.
    pub every: Duration,
}

#[async_trait]
impl Job for WebhookLog {
    fn name(&self) -> &'static str {
        "platform.webhooks"
    }

    fn every(&self) -> Duration {
        self.every
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        turn.repeat(self).await
    }
}

#[async_trait]
impl Step for WebhookLog {
    async fn step(&self, ctx: &Ctx, tx: &Tx) -> Result<(u64, bool)> {
        let gone = self.webhooks.forget_some(ctx, tx).await?;
        Ok((gone, gone > 0))
    }
}

/// Forgets changes of lists that clients are not told one by one any more.
pub struct VersionLogs {
    /// The logs.
    pub store: Store,
    /// Changes of a list that are kept.
    pub keep: u64,
    /// How often.
    pub every: Duration,
}

#[async_trait]
impl Job for VersionLogs {
    fn name(&self) -> &'static str {
        "platform.versions"
    }

    fn every(&self) -> Duration {
        self.every
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        let (mut forgotten, mut place) = (0, None);
        while !turn.is_over() {
            let (gone, next) = versions::prune(&self.store, turn, place.as_ref(), self.keep).await?;
            forgotten += gone;
            place = next;
            if place.is_none() {
                break;
            }
        }
        Ok(forgotten)
    }
}
