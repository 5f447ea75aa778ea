//! Deletes tokens that have ended, so that the table holds only what can still be asked for.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openim_core::{Ctx, Result};
use openim_platform::store::Tx;
use openim_platform::timers::{Job, Step, Turn};

use crate::repository::tokens;
use crate::settings::Rules;

/// Tokens of one transaction: short enough for SQLite's one writer.
const CHUNK: u64 = 1_000;

/// The periodic cleaning of the token table.
pub(crate) struct TokenCleanup(pub(crate) Arc<Rules>);

#[async_trait]
impl Job for TokenCleanup {
    fn name(&self) -> &'static str {
        "users.tokens"
    }

    fn every(&self) -> Duration {
        self.0.cleanup_interval
    }

    async fn run(&self, turn: &Turn) -> Result<u64> {
        turn.repeat(self).await
    }
}

#[async_trait]
impl Step for TokenCleanup {
    async fn step(&self, ctx: &Ctx, tx: &Tx) -> Result<(u64, bool)> {
        let gone = tokens::delete_expired(tx.connection(), ctx.now(), CHUNK).await?;
        Ok((gone, gone == CHUNK))
    }
}
