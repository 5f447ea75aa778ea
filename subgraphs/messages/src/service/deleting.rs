//! Deleting messages: for oneself they are hidden, for everybody they are emptied.

use openim_contracts::Audience;
use openim_core::{ConversationId, Ctx, Result};
use openim_platform::store::Tx;

use super::Service;
use super::changing::{Changed, hint, hint_to};
use crate::error;
use crate::model::{DeleteFor, DeleteMessages, Log, numbers};
use crate::repository::{changing, hidden, threads};
use crate::search;
use crate::tips::DeleteTips;

/// The most messages of one call.
const MOST_SEQS: usize = 1_000;
/// The most messages of a conversation that a reader deletes one by one; then it is to be cleared.
const MOST_HIDDEN: i64 = 10_000;

impl Service {
    /// Deletes messages and returns the places that are empty now, for whom the command says. Places where nothing is left
    /// to delete are passed over.
    ///
    /// # Errors
    /// `ARGS_ERROR`, `NO_PERMISSION` when any of them is not the caller's to delete, `RECORD_NOT_FOUND`; nothing happened then.
    pub(crate) async fn delete(&self, ctx: &Ctx, mut command: DeleteMessages) -> Result<Vec<i64>> {
        ctx.require_self_or_admin(&command.user)?;
        bounded(&mut command.seqs)?;
        let changed = self.open(ctx, &command.user, &command.conversation_id).await?;
        match command.whom {
            DeleteFor::Oneself => self.hide(ctx, &changed, &command).await,
            DeleteFor::Everybody => self.empty(ctx, &changed, &command).await,
        }
    }

    async fn hide(&self, ctx: &Ctx, changed: &Changed, command: &DeleteMessages) -> Result<Vec<i64>> {
        let log = changed.log();
        let seqs: Vec<i64> = command.seqs.iter().copied().filter(|seq| changed.window.contains(*seq)).collect();
        let tx = self.store.begin().await?;
        hidden::add(tx.connection(), &command.user, log, &seqs).await?;
        if hidden::count(tx.connection(), &command.user, log).await? > MOST_HIDDEN {
            return Err(error::args(format!("more than {MOST_HIDDEN} single messages of a conversation are deleted: clear it instead")));
        }
        if command.tell_own_devices && !seqs.is_empty() {
            self.tell_oneself(ctx, &tx, &command.user, numbers::DELETED, &tips(command, &seqs)).await?;
        }
        hint_to(&tx, &Audience::Users(vec![command.user.clone()]), log, &seqs);
        tx.commit().await?;
        self.caches.forget_hider(&command.user).await;
        Ok(seqs)
    }

    async fn empty(&self, ctx: &Ctx, changed: &Changed, command: &DeleteMessages) -> Result<Vec<i64>> {
        let found = self.reachable(changed, &command.seqs).await?;
        self.may_take_away(changed, &found).await?;
        let seqs: Vec<i64> = found.iter().map(|message| message.seq.0).collect();
        let tx = self.store.begin().await?;
        let seqs = self.take_contents(&tx, changed.log(), &seqs).await?;
        if !seqs.is_empty() {
            self.tell(ctx, &tx, changed, numbers::DELETED, &tips(command, &seqs)).await?;
        }
        tx.commit().await?;
        self.caches.forget_messages(changed.log().no, &seqs).await;
        Ok(seqs)
    }

    /// Takes the content of messages away within a transaction. The caller commits and forgets them.
    async fn take_contents(&self, tx: &Tx, log: &Log, seqs: &[i64]) -> Result<Vec<i64>> {
        let stored = changing::lock(tx.connection(), log, seqs).await?;
        let seqs: Vec<i64> = stored.iter().filter(|message| !message.state.emptied).map(|message| message.seq.0).collect();
        if !seqs.is_empty() {
            changing::empty(tx.connection(), log, &seqs).await?;
            changing::strip(tx.connection(), log, &seqs).await?;
            threads::remove(tx.connection(), log.no, &seqs).await?;
            search::forget(tx.connection(), log.no, &seqs).await?;
            hint(tx, log, &seqs);
        }
        Ok(seqs)
    }

    /// Empties messages without telling clients by a notification; app administrators only. Returns which.
    ///
    /// # Errors
    /// `ARGS_ERROR`, `NO_PERMISSION`, `RECORD_NOT_FOUND`.
    pub(crate) async fn purge(&self, ctx: &Ctx, id: &ConversationId, mut seqs: Vec<i64>) -> Result<Vec<i64>> {
        ctx.require_admin()?;
        bounded(&mut seqs)?;
        let log = self.caches.log_or(&self.store, id).await?.ok_or_else(|| error::missing("there is no such conversation"))?;
        let tx = self.store.begin().await?;
        let seqs = self.take_contents(&tx, &log, &seqs).await?;
        tx.commit().await?;
        self.caches.forget_messages(log.no, &seqs).await;
        Ok(seqs)
    }
}

fn tips<'a>(command: &'a DeleteMessages, seqs: &'a [i64]) -> DeleteTips<'a> {
    DeleteTips { user: command.user.as_str(), conversation_id: command.conversation_id.as_str(), seqs }
}

/// Puts seqs in order, each once.
fn bounded(seqs: &mut Vec<i64>) -> Result<()> {
    seqs.sort_unstable();
    seqs.dedup();
    match seqs.len() {
        0..=MOST_SEQS if seqs.first().is_none_or(|first| *first > 0) => Ok(()),
        0..=MOST_SEQS => Err(error::args("seqs must be positive")),
        _ => Err(error::args(format!("at most {MOST_SEQS} seqs"))),
    }
}
