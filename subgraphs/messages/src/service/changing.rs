//! What every change of stored messages needs: the messages as the caller may reach them, who has a say over them, and
//! telling everybody afterwards.

use std::sync::Arc;

use openim_contracts::{Audience, GroupRole, NotificationRequested, NotificationTarget, Signal, SignalKind};
use openim_core::{ConversationId, ConversationKind, Ctx, Error, Result, UserId};
use openim_platform::store::Tx;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::Service;
use crate::error;
use crate::model::{Log, Message, Parties, Window, audience};
use crate::policy::{self, Changer, Reader};
use crate::repository::changing;

/// The most seqs that one signal names.
const MOST_SIGNALLED: usize = 100;

/// A log that somebody wants to change, and who that is.
pub(super) struct Changed {
    pub(super) user: UserId,
    pub(super) app_admin: bool,
    pub(super) window: Window,
}

impl Changed {
    pub(super) fn log(&self) -> &Arc<Log> {
        &self.window.head.log
    }
}

impl Service {
    /// Opens a log for a change. What the caller may not see is missing.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `NO_PERMISSION` for a foreign name, `RECORD_NOT_FOUND`, `ARGS_ERROR` for a notification stream.
    pub(super) async fn open(&self, ctx: &Ctx, user: &UserId, id: &ConversationId) -> Result<Changed> {
        ctx.require_self_or_admin(user)?;
        let window = self.windows(&Reader::of(ctx)?, std::slice::from_ref(id)).await?.remove(id);
        let window = window.ok_or_else(|| error::missing("there is no such conversation"))?;
        if window.head.log.key.kind == ConversationKind::Notification {
            return Err(error::args("notifications stay as they are"));
        }
        Ok(Changed { user: user.clone(), app_admin: ctx.is_admin(), window })
    }

    /// Returns the messages at these places as they were sent, those that are gone or outside of the window left out.
    pub(super) async fn reachable(&self, changed: &Changed, seqs: &[i64]) -> Result<Vec<Arc<Message>>> {
        let seqs: Vec<i64> = seqs.iter().copied().filter(|seq| changed.window.contains(*seq)).collect();
        let mut found = changing::originals(self.store.read(), changed.log(), &seqs).await?;
        found.retain(|message| !message.state.emptied);
        Ok(found)
    }

    /// Checks that all of these messages are the caller's to take away.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(super) async fn may_take_away(&self, changed: &Changed, messages: &[Arc<Message>]) -> Result<()> {
        let parties = &changed.log().key.parties;
        let roles = match parties {
            Parties::Group(_) if !changed.app_admin => self.roles(changed, messages.iter().map(|message| &message.envelope.sender)).await?,
            _ => FxHashMap::default(),
        };
        let changer = Changer { user: &changed.user, app_admin: changed.app_admin, role: roles.get(&changed.user).copied() };
        messages.iter().try_for_each(|message| {
            let sender = &message.envelope.sender;
            policy::may_take_away(&changer, parties, sender, roles.get(sender).copied())
        })
    }

    /// Returns the roles that the caller and others have in the group, if it is one.
    pub(super) async fn roles<'a>(
        &self,
        changed: &'a Changed,
        others: impl Iterator<Item = &'a UserId>,
    ) -> Result<FxHashMap<UserId, GroupRole>> {
        let Parties::Group(group) = &changed.log().key.parties else { return Ok(FxHashMap::default()) };
        let mut users: Vec<UserId> = others.chain([&changed.user]).cloned().collect();
        users.sort_unstable();
        users.dedup();
        let members = self.groups.members(group, &users).await?;
        Ok(members.into_iter().map(|member| (member.user_id, member.role)).collect())
    }

    /// Asks for a notification to everybody in a conversation. In a chat of two it goes from one of them to the other, so
    /// that both hear of it whoever is the cause; the tips say who that is.
    pub(super) async fn tell(&self, ctx: &Ctx, tx: &Tx, changed: &Changed, content_type: i32, tips: &impl Serialize) -> Result<()> {
        let (sender, target) = match &changed.log().key.parties {
            Parties::Group(group) => (changed.user.clone(), NotificationTarget::Group(group.clone())),
            Parties::Pair(a, b) if *b == changed.user => (b.clone(), NotificationTarget::User(a.clone())),
            Parties::Pair(a, b) => (a.clone(), NotificationTarget::User(b.clone())),
        };
        request(ctx, tx, sender, target, content_type, tips).await
    }

    /// Asks for a notification to the other devices of whoever changes something.
    pub(super) async fn tell_oneself(&self, ctx: &Ctx, tx: &Tx, user: &UserId, content_type: i32, tips: &impl Serialize) -> Result<()> {
        request(ctx, tx, user.clone(), NotificationTarget::User(user.clone()), content_type, tips).await
    }
}

async fn request(ctx: &Ctx, tx: &Tx, sender: UserId, target: NotificationTarget, content_type: i32, tips: &impl Serialize) -> Result<()> {
    let notification = NotificationRequested {
        key: ctx.ids().hex32(),
        content_type,
        sender,
        target,
        detail: serde_json::to_value(tips).map_err(Error::internal)?,
        as_message: None,
        at: ctx.now(),
    };
    tx.append(ctx, &notification).await
}

/// Hints to everybody in a conversation that messages look different now.
pub(super) fn hint(tx: &Tx, log: &Log, seqs: &[i64]) {
    hint_to(tx, &audience(&log.key), log, seqs);
}

/// Hints to some that messages look different now.
pub(super) fn hint_to(tx: &Tx, audience: &Audience, log: &Log, seqs: &[i64]) {
    for seqs in seqs.chunks(MOST_SIGNALLED) {
        let kind = SignalKind::MessagesChanged { conversation_id: log.key.id.clone(), seqs: seqs.to_vec() };
        tx.signal(Signal { audience: audience.clone(), kind });
    }
}
