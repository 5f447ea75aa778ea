//! Messages that nobody keeps: typing, and what is only for who is online. Every check of sending has been made; they go to
//! the same audience as a stored one, once, and have no place in the log.

use std::sync::Arc;

use openim_contracts::{Signal, SignalKind};
use openim_core::{Ctx, Result, Seq};

use super::Service;
use crate::model::{Draft, LogKey, Message, State, Stored, audience};
use crate::repository::logs;
use crate::{error, hooks, pushes};

impl Service {
    /// Hands a message to who is online now.
    ///
    /// # Errors
    /// `ARGS_ERROR` when the conversation's id belongs to others.
    pub(super) async fn pass_on(&self, ctx: &Ctx, draft: Draft) -> Result<Stored> {
        self.check_owners(&draft.log).await?;
        let calls = hooks::after_passed(&self.webhooks, ctx, &draft.envelope)?;
        let message = Message {
            conversation_id: draft.log.id.clone(),
            seq: Seq(0),
            stored_at: ctx.now(),
            envelope: draft.envelope,
            state: State::default(),
        };
        let data = Arc::new(message.data(Some(ctx.operation_id())));
        let pushed = self.settings.get().push && pushes::wanted(&data.envelope);
        let signal = Signal { audience: audience(&draft.log), kind: SignalKind::Transient { message: data.clone() } };
        if calls.is_empty() && !pushed {
            self.store.fanout().publish(vec![signal]).await;
        } else {
            let tx = self.store.begin().await?;
            self.webhooks.append(&tx, calls).await?;
            if pushed {
                pushes::of_passing(ctx, &tx, vec![data]).await?;
            }
            tx.signal(signal);
            tx.commit().await?;
        }
        Ok(Stored { message: Arc::new(message), duplicate: false })
    }

    /// Checks that a log, if there is one, is of the people that it is thought to be of.
    async fn check_owners(&self, key: &LogKey) -> Result<()> {
        let log = match self.caches.log(&key.id).await {
            Some(log) => Some(log),
            None => {
                let found = logs::find(self.store.read(), std::slice::from_ref(&key.id)).await?.pop();
                if let Some(log) = &found {
                    self.caches.keep_log(log).await;
                }
                found
            }
        };
        if log.is_some_and(|log| log.key != *key) { Err(error::ambiguous()) } else { Ok(()) }
    }
}
