//! Marks as read.

use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{ConversationKind, Ctx, Result};

use super::Service;
use crate::error::{argument, not_found};
use crate::events::{row_changed, rows_made};
use crate::model::{Conversation, Mark, MarkRead, NewRow, visible_max};
use crate::{hooks, notifications, policy, repository};

/// The most seqs a client may name.
const MAX_SEQS: usize = 10_000;
/// The most seqs that a notification names: the newest ones.
const MAX_TOLD: usize = 1_000;

impl Service {
    /// Moves an owner's read position forward and tells the owner's devices and, in chats of two, the other one.
    ///
    /// The position never goes back, and doing it twice changes nothing and tells nobody. A participant whose row has not
    /// appeared yet gets it here.
    pub(crate) async fn mark_read(&self, ctx: &Ctx, command: MarkRead) -> Result<Conversation> {
        policy::may_open(ctx, &command.owner)?;
        check(&command)?;
        let MarkRead { owner, id, mark } = command;
        let row = match repository::find(self.store.read(), &owner, &id).await? {
            Some(row) => Some(self.shown(ctx, vec![row]).await?.pop().ok_or_else(not_found)?),
            None => None,
        };
        let head = self.log_ends(std::slice::from_ref(&id)).await?.remove(&id);
        let fresh = match &row {
            Some(_) => None,
            None => {
                let head = head.as_ref().ok_or_else(not_found)?;
                if !self.takes_part(head, &owner).await? {
                    return Err(not_found());
                }
                Some(NewRow::of(owner.clone(), id.clone(), &head.participants, ctx.now()))
            }
        };
        let end = match (&row, &head) {
            (Some(row), Some(head)) => visible_max(row, head),
            (None, Some(head)) => head.max_seq,
            (_, None) => 0,
        };
        let target = target(&mark, end)?;
        let before = row.as_ref().map_or(0, |row| row.read_seq);
        if target <= before
            && let Some(row) = row
        {
            return Ok(row);
        }

        let tx = self.store.begin().await?;
        if let Some(fresh) = fresh {
            let made = repository::insert_missing(tx.connection(), vec![fresh]).await?;
            rows_made(ctx, &tx, &made).await?;
            tx.signal(row_changed(owner.clone(), id.clone()));
        }
        let moved = repository::advance_one(tx.connection(), &owner, &id, target, ctx.now()).await?;
        let row = repository::find(tx.connection(), &owner, &id).await?.ok_or_else(not_found)?;
        if moved {
            tx.signal(read_signal(&row));
            let told = told(&row, &mark, before);
            notifications::read(ctx, &tx, &row, told.as_deref()).await?;
            hooks::after_read(&self.webhooks, ctx, &tx, &row, &mark).await?;
        }
        tx.commit().await?;
        Ok(row)
    }
}

fn check(command: &MarkRead) -> Result<()> {
    if command.id.kind() == ConversationKind::Notification {
        return Err(argument("a notification stream is not marked as read"));
    }
    let (position, seqs) = match &command.mark {
        Mark::Conversation { read_seq, seqs } => (*read_seq, seqs.as_slice()),
        Mark::Messages(seqs) if seqs.is_empty() => return Err(argument("name the messages that were read")),
        Mark::Messages(seqs) => (1, seqs.as_slice()),
        Mark::Position(read_seq) => (*read_seq, [].as_slice()),
    };
    if position < 1 {
        return Err(argument("readSeq must be 1 or more"));
    }
    if seqs.len() > MAX_SEQS {
        return Err(argument("at most 10000 seqs at a time"));
    }
    if seqs.iter().any(|seq| *seq < 1) {
        return Err(argument("seqs must be 1 or more"));
    }
    Ok(())
}

/// Returns the position to move to. Whoever marks a conversation means at most its end; other marks name what there is.
fn target(mark: &Mark, end: i64) -> Result<i64> {
    let named = match mark {
        Mark::Conversation { read_seq, .. } => return Ok((*read_seq).min(end)),
        Mark::Messages(seqs) => seqs.iter().copied().max().unwrap_or(0),
        Mark::Position(read_seq) => *read_seq,
    };
    if named > end { Err(argument("there is no such message yet")) } else { Ok(named) }
}

/// Returns which messages the other one of a chat of two is told of, the newest when they are many; nothing when only the
/// owner's devices hear of it.
fn told(row: &Conversation, mark: &Mark, before: i64) -> Option<Vec<i64>> {
    if row.kind != ConversationKind::Single {
        return None;
    }
    let mut seqs = match mark {
        Mark::Position(_) => return None,
        Mark::Messages(seqs) => seqs.clone(),
        Mark::Conversation { seqs, .. } => {
            let most = i64::try_from(MAX_TOLD).unwrap_or(i64::MAX);
            let first = (before + 1).max(row.min_seq).max(row.read_seq - most + 1);
            (first..=row.read_seq).chain(seqs.iter().copied().filter(|seq| *seq <= row.read_seq)).collect()
        }
    };
    seqs.sort_unstable();
    seqs.dedup();
    Some(seqs.split_off(seqs.len().saturating_sub(MAX_TOLD)))
}

/// Others never see how far somebody has read in a group.
fn read_signal(row: &Conversation) -> Signal {
    let mut users = vec![row.owner.clone()];
    if row.kind == ConversationKind::Single {
        users.extend(row.peer.clone().filter(|peer| *peer != row.owner));
    }
    let kind = SignalKind::ConversationRead { conversation_id: row.id.clone(), reader: row.owner.clone(), read_seq: row.read_seq };
    Signal { audience: Audience::Users(users), kind }
}
