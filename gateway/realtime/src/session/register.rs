//! All sessions of a node, and which tokens were revoked just now.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use openim_contracts::{Audience, Signal, SignalKind};
use openim_core::{ConversationId, Error, ErrorCode, Platform, Result, Timestamp, UserId};
use rustc_hash::FxHashSet;

use super::berth::{Berth, SessionEnd, Waiting};
use super::{Push, Pushed};
use crate::registry::{Registry, Sitter as _};

/// How long a revocation is remembered for tokens that were checked before it and take their place after it.
const REMEMBERED: Duration = Duration::from_secs(60);
/// The most revocations that are remembered.
const MOST_REMEMBERED: usize = 10_000;

/// The register.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    registry: Registry<Berth>,
    revoked: VecDeque<(Timestamp, String)>,
}

impl Sessions {
    /// Gives a place.
    ///
    /// # Errors
    /// `CONNECTION_LIMIT`, `TOKEN_KICKED`.
    pub(super) fn join(&mut self, berth: &Arc<Berth>, most: usize) -> Result<()> {
        if self.revoked.iter().any(|(_, hash)| berth.token_hash() == Some(hash)) {
            return Err(ErrorCode::TokenKicked.into());
        }
        if !self.registry.join(berth.clone(), most) {
            return Err(Error::new(ErrorCode::ConnectionLimit, "too many connections of one user"));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self, berth: &Arc<Berth>) {
        self.registry.leave(berth);
    }

    pub(super) fn watch(&mut self, berth: &Arc<Berth>, user: &UserId) -> bool {
        self.registry.watch(berth, user)
    }

    pub(super) fn unwatch(&mut self, berth: &Arc<Berth>, user: &UserId) {
        self.registry.unwatch(berth, user);
    }

    /// Lets a user's sessions hear of a group conversation, or no more; returns whether they did before.
    pub(super) fn follow(&mut self, user: &UserId, id: &ConversationId, live: bool) -> bool {
        let before = self.registry.follows(user, id);
        match live {
            true => self.registry.follow(user, id),
            false => self.registry.unfollow(user, id),
        }
        before
    }

    /// Lets a user's sessions hear of these group conversations and of no others.
    pub(super) fn follow_only(&mut self, user: &UserId, ids: &FxHashSet<ConversationId>) {
        for id in self.registry.followed(user) {
            if !ids.contains(&id) {
                self.registry.unfollow(user, &id);
            }
        }
        ids.iter().for_each(|id| self.registry.follow(user, id));
    }

    /// Tells ranges to all sessions of a user, before what waits there.
    pub(super) fn tell_first(&self, user: &UserId, ranges: Vec<Push>) {
        for range in ranges.into_iter().rev() {
            let Push::Range { conversation_id, first, last } = range else { continue };
            let again = || Push::Range { conversation_id: conversation_id.clone(), first, last };
            self.registry.reach(&Audience::Users(vec![user.clone()]), |berth| berth.push_first(Waiting::Push(again())));
        }
    }

    /// Hands a signal to the sessions it concerns.
    pub(crate) fn hear(&mut self, signal: &Signal, at: Timestamp) {
        match &signal.kind {
            SignalKind::MessagesAppended { conversation_id, first_seq, last_seq, messages, .. } if messages.is_empty() => {
                let range = || Push::Range { conversation_id: conversation_id.clone(), first: *first_seq, last: *last_seq };
                self.registry.reach(&signal.audience, |berth| berth.push([Waiting::Push(range())]));
            }
            SignalKind::MessagesAppended { messages, stored_at, .. } => {
                let mut pushed = Vec::new();
                self.registry.reach(&signal.audience, |berth| {
                    if pushed.is_empty() {
                        pushed.extend(messages.iter().map(|message| Arc::new(Pushed::new(message.clone(), *stored_at))));
                    }
                    berth.hear(&pushed);
                });
            }
            SignalKind::Notified { message } | SignalKind::Transient { message } => {
                let pushed = [Arc::new(Pushed::new(message.clone(), Timestamp::default()))];
                self.registry.reach(&signal.audience, |berth| berth.hear(&pushed));
            }
            SignalKind::PresenceChanged { user_id, platforms, version } => {
                let change = || Waiting::Presence { user_id: user_id.clone(), platforms: platforms.clone(), version: *version };
                self.registry.reach(&signal.audience, |berth| berth.push([change()]));
            }
            SignalKind::ConversationChanged { conversation_id } => {
                self.registry.reach(&signal.audience, |berth| berth.push([Waiting::View(conversation_id.clone())]));
            }
            SignalKind::SessionsRevoked { user_id, platform, token_hashes } => self.revoke(user_id, *platform, token_hashes, at),
            _ => {}
        }
    }

    fn revoke(&mut self, user: &UserId, platform: Platform, hashes: &[String], at: Timestamp) {
        self.registry.of_tokens(user, platform, hashes).iter().for_each(|berth| berth.close(SessionEnd::Revoked));
        let oldest = at.minus(REMEMBERED);
        self.revoked.retain(|(when, _)| *when >= oldest);
        self.revoked.extend(hashes.iter().map(|hash| (at, hash.clone())));
        let surplus = self.revoked.len().saturating_sub(MOST_REMEMBERED);
        self.revoked.drain(..surplus);
    }

    /// Tells every session that signals were lost.
    pub(crate) fn lost(&self, since: Timestamp) {
        self.registry.all().iter().for_each(|berth| berth.push([Waiting::Lost { since }]));
    }

    /// Ends every session.
    pub(crate) fn close(&self) {
        self.registry.all().iter().for_each(|berth| berth.close(SessionEnd::Stopping));
    }

    /// Returns how many sessions there are.
    pub(crate) fn len(&self) -> usize {
        self.registry.len()
    }
}
