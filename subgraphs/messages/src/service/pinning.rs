//! Pinned messages: what everybody in a conversation finds again.

use std::sync::Arc;

use openim_core::{ConversationId, Ctx, Result};
use rustc_hash::FxHashMap;

use super::Service;
use super::changing::{Changed, hint};
use super::fresh::Place;
use crate::error;
use crate::model::{Message, Pin, Slot, Target, Window};
use crate::policy::{self, Changer, Reader};
use crate::repository::{append, pins};

/// The most pinned messages of a conversation.
const MOST_PINS: i64 = 100;

impl Service {
    /// Pins a message; one that is pinned already stays as it is.
    ///
    /// # Errors
    /// `ARGS_ERROR` for too many, `NO_PERMISSION`, `RECORD_NOT_FOUND`.
    pub(crate) async fn pin(&self, ctx: &Ctx, target: Target) -> Result<Slot> {
        let changed = self.for_pinning(ctx, &target).await?;
        let log = changed.log();
        let tx = self.store.begin().await?;
        // One after the other, so that the bound holds.
        append::lock(tx.connection(), &[log.no]).await?;
        self.locked(&tx, &changed, target.seq).await?;
        if pins::add(tx.connection(), log, target.seq, &target.user, ctx.now()).await? {
            if pins::count(tx.connection(), log).await? > MOST_PINS {
                return Err(error::args(format!("a conversation has at most {MOST_PINS} pinned messages")));
            }
            hint(&tx, log, &[target.seq]);
        }
        tx.commit().await?;
        self.seen(&changed, target.seq).await
    }

    /// Unpins a message; one that is not pinned is no error.
    ///
    /// # Errors
    /// `NO_PERMISSION`, `RECORD_NOT_FOUND`.
    pub(crate) async fn unpin(&self, ctx: &Ctx, target: Target) -> Result<Slot> {
        let changed = self.for_pinning(ctx, &target).await?;
        let log = changed.log();
        let tx = self.store.begin().await?;
        if pins::remove(tx.connection(), log, target.seq).await? {
            hint(&tx, log, &[target.seq]);
        }
        tx.commit().await?;
        self.seen(&changed, target.seq).await
    }

    async fn for_pinning(&self, ctx: &Ctx, target: &Target) -> Result<Changed> {
        ctx.require_self_or_admin(&target.user)?;
        let (changed, _) = self.target(ctx, target).await?;
        let role = self.roles(&changed, std::iter::empty()).await?.remove(&target.user);
        policy::may_pin(&Changer { user: &target.user, app_admin: changed.app_admin, role }, &changed.log().key.parties)?;
        self.takes_part(ctx, &changed, false).await?;
        Ok(changed)
    }

    /// Returns what is pinned and visible in each window, by conversation, the newest pin first. The windows are one
    /// reader's.
    pub(crate) async fn pinned(&self, reader: &Reader, windows: &[Window]) -> Result<FxHashMap<ConversationId, Vec<(Arc<Message>, Pin)>>> {
        let logs: FxHashMap<i64, &Window> = windows.iter().map(|window| (window.head.log.no, window)).collect();
        let mut found = pins::of(self.store.read(), &logs.keys().copied().collect::<Vec<_>>()).await?;
        let seen = |window: &&Window, pin: &Pin| window.contains(pin.seq) && window.left_at.is_none_or(|left| pin.at < left);
        found.retain(|(log, pin)| logs.get(log).is_some_and(|window| seen(window, pin)));
        let place = |(log, pin): &(i64, Pin)| Some((logs.get(log)?.head.log.key.id.clone(), pin.seq));
        let places: Vec<Place> = found.iter().filter_map(place).collect();
        let messages = self.messages(reader, &places).await?;
        let mut pinned: FxHashMap<ConversationId, Vec<(Arc<Message>, Pin)>> = FxHashMap::default();
        for (place, (_, pin)) in places.into_iter().zip(found) {
            if let Some(Slot::Message(message)) = messages.get(&place) {
                pinned.entry(place.0).or_default().push((message.clone(), pin));
            }
        }
        Ok(pinned)
    }
}
