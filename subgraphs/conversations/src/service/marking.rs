//! Marks as read.

use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{ConversationKind, Ctx, Result};

use super::Service;
use crate::error::{argument, not_found};
use crate::events::{row_changed, rows_made};
use crate::model::{Conversation, MarkRead, NewRow, visible_max};
use crate::{policy, repository};

/// The most seqs a client may name beside the position.
const MAX_SEQS: usize = 10_000;

impl Service {
    /// Moves an owner's read position forward and tells the owner's devices and, in chats of two, the other one.
    ///
    /// The position never goes back; beyond the end of the log it stops there. Doing it twice changes nothing. A
    /// participant whose row has not appeared yet gets it here.
    pub(crate) async fn mark_read(&self, ctx: &Ctx, command: MarkRead) -> Result<Conversation> {
        policy::may_open(ctx, &command.owner)?;
        check(&command)?;
        let MarkRead { owner, id, read_seq, .. } = command;
        let row = repository::find(self.store.read(), &owner, &id).await?;
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
        let target = read_seq.min(end);
        let moves = target > row.as_ref().map_or(0, |row| row.read_seq);
        if !moves && let Some(row) = row {
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
        }
        tx.commit().await?;
        Ok(row)
    }
}

fn check(command: &MarkRead) -> Result<()> {
    if command.id.kind() == ConversationKind::Notification {
        return Err(argument("a notification stream is not marked as read"));
    }
    if command.read_seq < 1 {
        return Err(argument("readSeq must be 1 or more"));
    }
    if command.seqs.len() > MAX_SEQS {
        return Err(argument("at most 10000 seqs at a time"));
    }
    if command.seqs.iter().any(|seq| *seq < 1) {
        return Err(argument("seqs must be 1 or more"));
    }
    Ok(())
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
