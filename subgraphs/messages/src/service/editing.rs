//! Editing: the sender says something else in the same place, and what was said before can be looked up.

use openim_core::{Ctx, Result};

use super::Service;
use super::changing::{Changed, hint};
use super::composing;
use crate::error;
use crate::model::{Edit, EditMessage, Edited, Envelope, Message, Slot, State, numbers};
use crate::repository::edits;
use crate::{policy, search};

/// How often a message can be edited.
const MOST_EDITS: i64 = 100;

impl Service {
    /// Edits a message and returns it as it is now.
    ///
    /// # Errors
    /// `ARGS_ERROR`, `NO_PERMISSION`, `RECORD_NOT_FOUND`, what sending there would be refused with, and what the application's
    /// server refuses with.
    pub(crate) async fn edit(&self, ctx: &Ctx, command: EditMessage) -> Result<Slot> {
        let EditMessage { target, content_type, content } = command;
        ctx.require_self_or_admin(&target.user)?;
        let (changed, sent) = self.target(ctx, &target).await?;
        policy::may_edit(&target.user, &sent, self.settings.get().edit_within, ctx)?;
        if content_type != sent.envelope.content_type || !numbers::EDITABLE.contains(&content_type) {
            return Err(error::args("only texts can be edited, and a message keeps its content type"));
        }
        composing::object(&self.settings.get(), &content)?;
        if content == sent.envelope.content {
            return self.seen(&changed, target.seq).await;
        }
        self.takes_part(ctx, &changed, true).await?;
        let own = ctx.principal().is_ok_and(|principal| principal.app_admin && principal.user_id == sent.envelope.sender);
        let (asked, _) = self.ask_hooks(ctx, Envelope { content, ..(*sent.envelope).clone() }, own).await?;
        if asked.content_type != content_type {
            return Err(error::args("a webhook changed the content type of an edited message"));
        }
        self.write_edit(ctx, &changed, target.seq, asked.content).await?;
        self.seen(&changed, target.seq).await
    }

    async fn write_edit(&self, ctx: &Ctx, changed: &Changed, seq: i64, content: String) -> Result<()> {
        let log = changed.log();
        let tx = self.store.begin().await?;
        let stored = self.locked(&tx, changed, seq).await?;
        let before = stored.state.edited;
        let times = before.map_or(0, |edited| edited.times) + 1;
        if times > MOST_EDITS {
            return Err(error::args(format!("a message can be edited {MOST_EDITS} times")));
        }
        let written_at = before.map_or(stored.envelope.sent_at, |edited| edited.at);
        edits::keep(tx.connection(), log, seq, times, &Edit { content: stored.envelope.content.clone(), written_at }).await?;
        let state = State { edited: Some(Edited { at: ctx.now(), times }), ..stored.state.clone() };
        let envelope = Envelope { content, ..(*stored.envelope).clone() };
        edits::rewrite(tx.connection(), log, seq, &envelope, &state).await?;
        let message = std::sync::Arc::new(Message { envelope: envelope.into(), state, ..(*stored).clone() });
        if self.settings.get().search {
            search::again(tx.connection(), log, &[message]).await?;
        }
        hint(&tx, log, &[seq]);
        tx.commit().await?;
        self.caches.forget_messages(log.no, &[seq]).await;
        Ok(())
    }
}
