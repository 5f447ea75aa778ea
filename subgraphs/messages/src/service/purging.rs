//! Deleting old messages for good, log by log, in small transactions.

use std::time::Duration;

use openim_core::{Ctx, Result, Timestamp};
use openim_platform::store::Tx;
use openim_platform::timers::Turn;

use super::Service;
use crate::error;
use crate::model::{PurgeOlder, Purged};
use crate::repository::logs;
use crate::repository::purging::{self, Beginning, STEP};
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
            let logs: Vec<Beginning> = heads.iter().map(|head| (head.log.no, head.min_seq)).collect();
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
            self.purge_logs(work, logs, moment, purged).await?;
            if !purged.complete {
                return Ok(());
            }
        }
    }

    async fn purge_logs(&self, work: &impl Work, mut logs: Vec<Beginning>, moment: Timestamp, purged: &mut Purged) -> Result<()> {
        while !logs.is_empty() {
            let found = purging::last_before(self.store.read(), &logs, moment).await?;
            // Only a log whose first places are all old may have more.
            let mut rest = Vec::new();
            for (log, first) in logs {
                let Some(last) = found.get(&log).copied() else { continue };
                if work.must_end() {
                    purged.complete = false;
                    return Ok(());
                }
                let tx = work.begin().await?;
                let gone = purging::cut(tx.connection(), log, last).await?;
                search::forget(tx.connection(), log, &(first..=last).collect::<Vec<_>>()).await?;
                tx.commit().await?;
                purged.messages += i64::try_from(gone).unwrap_or(i64::MAX);
                self.caches.forget_beginning(log).await;
                if last == first + STEP - 1 {
                    rest.push((log, last + 1));
                }
            }
            logs = rest;
        }
        Ok(())
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
