//! Taking a message back: it keeps its place, and readers see in it who took it back.

use std::sync::Arc;

use openim_core::{ConversationId, Ctx, ErrorCode, Result};

use super::Service;
use super::changing::{Changed, hint};
use crate::error;
use crate::hooks;
use crate::model::{Message, Revocation, State, Target, numbers};
use crate::repository::changing;
use crate::search;
use crate::tips::{self, RevokeTips};

impl Service {
    /// Revokes a message and tells its readers. Returns what stands in its place.
    ///
    /// # Errors
    /// `ARGS_ERROR`, `NO_PERMISSION`, `RECORD_NOT_FOUND`, `MESSAGE_ALREADY_REVOKED`.
    pub(crate) async fn revoke(&self, ctx: &Ctx, command: Target) -> Result<Arc<Message>> {
        let Target { user, conversation_id, seq } = command;
        ctx.require_self_or_admin(&user)?;
        if seq < 1 {
            return Err(error::args("seq must be positive"));
        }
        let account = self.users.user(&user).await?.ok_or_else(|| error::missing("the user does not exist"))?;
        let changed = self.open(ctx, &user, &conversation_id).await?;
        let found = self.reachable(&changed, &[seq]).await?;
        self.may_take_away(&changed, &found).await?;
        if found.is_empty() {
            return Err(error::no_message());
        }
        let member = self.roles(&changed, std::iter::empty()).await?.remove(&user);
        let role = member.filter(|_| !changed.app_admin).map_or(account.level, |role| role.number());
        let revocation = Revocation { by: user, role, app_admin: changed.app_admin, nickname: account.nickname, at: ctx.now() };
        self.write_revocation(ctx, &changed, &conversation_id, seq, revocation).await
    }

    async fn write_revocation(
        &self,
        ctx: &Ctx,
        changed: &Changed,
        conversation_id: &ConversationId,
        seq: i64,
        revocation: Revocation,
    ) -> Result<Arc<Message>> {
        let log = changed.log();
        let tx = self.store.begin().await?;
        let stored = changing::lock(tx.connection(), log, &[seq]).await?.pop().filter(|message| !message.state.emptied);
        let stored = stored.ok_or_else(error::no_message)?;
        if stored.state.revoked.is_some() {
            return Err(ErrorCode::AlreadyRevoked.into());
        }
        let revocation = Arc::new(revocation);
        let state = State { revoked: Some(revocation.clone()), ..stored.state.clone() };
        changing::set_state(tx.connection(), log, seq, &state).await?;
        // What it said before, and what others thought of that, is nobody's business any more.
        changing::strip(tx.connection(), log, &[seq]).await?;
        search::forget(tx.connection(), log.no, &[seq]).await?;
        let tips = RevokeTips {
            revoker: revocation.by.as_str(),
            client_id: stored.envelope.client_id.as_str(),
            at: revocation.at.0,
            session_type: stored.envelope.session_type,
            seq,
            conversation_id: conversation_id.as_str(),
            by_app_admin: changed.app_admin,
        };
        self.tell(ctx, &tx, changed, numbers::REVOKED, &tips).await?;
        hooks::after_revoked(&self.webhooks, ctx, &tx, conversation_id, seq, &revocation.by).await?;
        hint(&tx, log, &[seq]);
        tx.commit().await?;
        self.caches.forget_messages(log.no, &[seq]).await;
        let envelope = tips::revoked((*stored.envelope).clone(), stored.seq, &revocation)?;
        Ok(Arc::new(Message { envelope: Arc::new(envelope), state, ..(*stored).clone() }))
    }
}
