//! Deleting old messages for good, log by log, in small transactions.

use std::time::Duration;

use openim_core::{Ctx, Result, Timestamp};
use openim_platform::store::Tx;
use openim_platform::timers::Turn;

use super::Service;
use crate::error;
use crate::model::{PurgeOlder, Purged};
use crate::repository::logs;
use crate::repository::purging::{self, Beginning, Old};
use crate::search;

/// How many logs are looked at with one statement.
const LOGS: i64 = 500;
/// The most conversations of one call.
const MOST_CONVERSATIONS: usize = 1_000;
/// How much time is left for the answer.
const RESERVE: Duration = Duration::from_secs(2);

impl Service {
    /// Deletes all messages that are older than the command says, and moves the beginnings of their logs behind them; app
    /// administrators only. Stops in time for an answer; asked again, it goes on.
    ///
    /// # Errors
    /// `ARGS_ERROR`, `NO_PERMISSION`.
    pub(crate) async fn purge_older(&self, ctx: &Ctx, command: &PurgeOlder) -> Result<Purged> {
        ctx.require_admin()?;
        if command.age.is_zero() {
            return Err(error::args("the age must be positive"));
        }
        if command.conversation_ids.len() > MOST_CONVERSATIONS {
            return Err(error::args(format!("at most {MOST_CONVERSATIONS} conversations")));
        }
        let mut purged = Purged { messages: 0, complete: true };
        if !command.conversation_ids.is_empty() {
            let heads = logs::heads(self.store.read(), &command.conversation_ids).await?;
            let logs = purging::beginnings_of(self.store.read(), heads.iter().map(|head| head.log.no).collect()).await?;
            self.purge_logs(&Asked(self, ctx), logs, before(ctx, command.age), &mut purged).await?;
            return Ok(purged);
        }
        self.purge_all(&Asked(self, ctx), before(ctx, command.age), &mut purged).await?;
        Ok(purged)
    }

    /// Deletes what was kept long enough, in all logs, as a timer; returns how many messages it were.
    ///
    /// # Errors
    /// As any statement.
    pub(crate) async fn purge_kept_long_enough(&self, turn: &Turn, age: Duration) -> Result<u64> {
        let mut purged = Purged { messages: 0, complete: true };
        self.purge_all(turn, before(&turn.ctx(), age), &mut purged).await?;
        Ok(u64::try_from(purged.messages).unwrap_or_default())
    }

    async fn purge_all(&self, work: &impl Work, moment: Timestamp, purged: &mut Purged) -> Result<()> {
        let mut after = 0;
        loop {
            let logs = purging::beginnings(self.store.read(), after, LOGS).await?;
            let Some((last, _)) = logs.last().copied() else { return Ok(()) };
            after = last;
            if !self.purge_logs(work, logs, moment, purged).await? {
                return Ok(());
            }
        }
    }

    /// Tells whether there is time for more. A log that fails is passed over, so that it holds up no other.
    async fn purge_logs(&self, work: &impl Work, mut logs: Vec<Beginning>, moment: Timestamp, purged: &mut Purged) -> Result<bool> {
        while !logs.is_empty() {
            let found = purging::old(self.store.read(), &logs, moment).await?;
            logs = Vec::with_capacity(found.len());
            for old in found {
                if work.must_end() {
                    purged.complete = false;
                    return Ok(false);
                }
                match self.cut(work.begin().await?, old).await {
                    Ok(Some(gone)) => {
                        purged.messages += gone;
                        logs.push((old.log, old.last + 1));
                    }
                    Ok(None) => logs.push((old.log, old.first)),
                    Err(failure) => {
                        purged.complete = false;
                        tracing::warn!(
                            error = &failure as &dyn std::error::Error,
                            conversation.number = old.log,
                            "old messages of a conversation were not deleted, it will be tried again"
                        );
                    }
                }
            }
        }
        Ok(true)
    }

    /// Deletes a part of a log, as much as one transaction should. Returns how many messages it were; nothing when they have
    /// to wait for what is beside them.
    async fn cut(&self, tx: Tx, old: Old) -> Result<Option<i64>> {
        let gone = purging::cut(tx.connection(), old).await?;
        search::forget(tx.connection(), old.log, gone.as_deref().unwrap_or_default()).await?;
        tx.commit().await?;
        self.caches.forget_beginning(old.log).await;
        Ok(gone.map(|seqs| i64::try_from(seqs.len()).unwrap_or(i64::MAX)))
    }
}

/// Whose work it is: that of somebody who waits for an answer, or the clock's.
trait Work: Sync {
    /// Tells whether the rest must be left for another time.
    fn must_end(&self) -> bool;

    /// Opens a transaction.
    fn begin(&self) -> impl Future<Output = Result<Tx>> + Send;
}

/// Somebody asked.
struct Asked<'a>(&'a Service, &'a Ctx);

impl Work for Asked<'_> {
    fn must_end(&self) -> bool {
        self.1.remaining() < RESERVE
    }

    fn begin(&self) -> impl Future<Output = Result<Tx>> + Send {
        self.0.store.begin()
    }
}

impl Work for Turn {
    fn must_end(&self) -> bool {
        self.is_over()
    }

    fn begin(&self) -> impl Future<Output = Result<Tx>> + Send {
        Turn::begin(self)
    }
}

fn before(ctx: &Ctx, age: Duration) -> Timestamp {
    Timestamp(ctx.now().0.saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX)))
}
