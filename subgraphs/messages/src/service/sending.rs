//! Sending one message: check, look at both people's settings, append. The order of the checks decides which code a
//! client sees; it is OpenIM's.

use std::sync::Arc;

use openim_contracts::UserSummary;
use openim_core::{ConversationId, ConversationKind, Ctx, Result, UserId};

use super::Service;
use super::composing::{self, Appearance, Checked};
use crate::error;
use crate::model::{Draft, LogKey, Parties, SendMessage, Stored};
use crate::policy::{self, Reception};

impl Service {
    /// Sends a message and returns it once it is durable.
    ///
    /// # Errors
    /// `NO_PERMISSION`, `ARGS_ERROR`, `RECORD_NOT_FOUND`, `USER_ID_NOT_FOUND`, `UNAVAILABLE`; nothing is stored then,
    /// but for `UNAVAILABLE`, where the same client id finds out.
    pub(crate) async fn send(&self, ctx: &Ctx, command: SendMessage) -> Result<Stored> {
        let checked = composing::check(ctx, &self.settings, &command)?;
        let (sender, receiver) = self.both(&checked).await?;
        let own_administrator = ctx.principal().is_ok_and(|principal| principal.app_admin && principal.user_id == checked.sender);
        policy::sender_account(checked.kind, own_administrator, sender.as_ref())?;
        let receiver = receiver.ok_or_else(|| error::missing("the receiver does not exist"))?;
        let log = LogKey { id: id(&checked), kind: checked.kind, parties: Parties::pair(&checked.sender, &checked.receiver) };
        let reception = self.reception(&command, &checked, &receiver, &log.id).await?;
        let appearance = sender.map(|user| Appearance { nickname: user.nickname, face_url: user.face_url }).unwrap_or_default();
        let envelope = composing::envelope(ctx, command, checked, appearance, reception)?;
        self.batcher.append(ctx, Draft { log, envelope: Arc::new(envelope) }).await
    }

    async fn both(&self, checked: &Checked) -> Result<(Option<UserSummary>, Option<UserSummary>)> {
        let users = self.users.users(&[checked.sender.clone(), checked.receiver.clone()]).await?;
        let find = |id: &UserId| users.iter().find(|user| &user.user_id == id).cloned();
        Ok((find(&checked.sender), find(&checked.receiver)))
    }

    async fn reception(&self, command: &SendMessage, checked: &Checked, receiver: &UserSummary, log: &ConversationId) -> Result<Reception> {
        if !policy::asks_receiver(checked.kind, command.content_type) {
            return Ok(Reception::Normal);
        }
        if let Some(decided) = policy::account_reception(receiver)? {
            return Ok(decided);
        }
        let key = (receiver.user_id.clone(), log.clone());
        let states = self.caches.states(&*self.conversations, std::slice::from_ref(&key)).await?;
        policy::conversation_reception(states.get(&key).and_then(Option::as_ref), command.content_type)
    }
}

fn id(checked: &Checked) -> ConversationId {
    match checked.kind {
        ConversationKind::System => ConversationId::system(&checked.sender, &checked.receiver),
        _ => ConversationId::single(&checked.sender, &checked.receiver),
    }
}
