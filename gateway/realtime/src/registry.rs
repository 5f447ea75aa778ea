//! Who is online on this node: users to their places, group conversations to the users who follow them, and users to the
//! places that watch their presence. Streams of events and SDK sockets have a registry each.

use std::sync::Arc;

use openim_contracts::{Audience, SignalKind};
use openim_core::{ConversationId, Platform, UserId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Who has a place in a registry.
pub(crate) trait Sitter {
    /// Whose place it is.
    fn user(&self) -> &UserId;
    /// The device class of the token it was taken with.
    fn platform(&self) -> Platform;
    /// The stored hash of that token, when it is known.
    fn token_hash(&self) -> Option<&str>;
}

#[derive(Debug)]
struct Online<S> {
    seats: Vec<Arc<S>>,
    follows: Vec<ConversationId>,
}

/// The indexes.
#[derive(Debug)]
pub(crate) struct Registry<S> {
    users: FxHashMap<UserId, Online<S>>,
    followers: FxHashMap<ConversationId, FxHashSet<UserId>>,
    watchers: FxHashMap<UserId, Vec<Arc<S>>>,
    seats: usize,
}

impl<S> Default for Registry<S> {
    fn default() -> Self {
        Self { users: FxHashMap::default(), followers: FxHashMap::default(), watchers: FxHashMap::default(), seats: 0 }
    }
}

impl<S: Sitter> Registry<S> {
    /// Adds a place; returns whether the user may have one more.
    pub(crate) fn join(&mut self, seat: Arc<S>, most: usize) -> bool {
        let online = self.users.entry(seat.user().clone()).or_insert_with(|| Online { seats: Vec::new(), follows: Vec::new() });
        if online.seats.len() >= most {
            return false;
        }
        online.seats.push(seat);
        self.seats += 1;
        true
    }

    /// Removes a place, and all of its user with the last one. What it watched must have been given up.
    pub(crate) fn leave(&mut self, seat: &Arc<S>) {
        let Some(online) = self.users.get_mut(seat.user()) else { return };
        let before = online.seats.len();
        online.seats.retain(|other| !Arc::ptr_eq(other, seat));
        self.seats -= before - online.seats.len();
        if online.seats.is_empty()
            && let Some(online) = self.users.remove(seat.user())
        {
            for conversation in online.follows {
                self.forget(&conversation, seat.user());
            }
        }
    }

    /// Lets an online user hear of a group conversation.
    pub(crate) fn follow(&mut self, user: &UserId, conversation: &ConversationId) {
        let Some(online) = self.users.get_mut(user) else { return };
        if self.followers.entry(conversation.clone()).or_default().insert(user.clone()) {
            online.follows.push(conversation.clone());
        }
    }

    /// Tells whether an online user hears of a group conversation.
    pub(crate) fn follows(&self, user: &UserId, conversation: &ConversationId) -> bool {
        self.followers.get(conversation).is_some_and(|users| users.contains(user))
    }

    /// Returns the group conversations that an online user hears of.
    pub(crate) fn followed(&self, user: &UserId) -> Vec<ConversationId> {
        self.users.get(user).map(|online| online.follows.clone()).unwrap_or_default()
    }

    /// Lets a user hear of it no more.
    pub(crate) fn unfollow(&mut self, user: &UserId, conversation: &ConversationId) {
        if let Some(online) = self.users.get_mut(user) {
            online.follows.retain(|other| other != conversation);
        }
        self.forget(conversation, user);
    }

    /// Lets a place hear of a user's presence; returns whether it did not yet.
    pub(crate) fn watch(&mut self, seat: &Arc<S>, user: &UserId) -> bool {
        let watchers = self.watchers.entry(user.clone()).or_default();
        let new = !watchers.iter().any(|other| Arc::ptr_eq(other, seat));
        if new {
            watchers.push(seat.clone());
        }
        new
    }

    /// Lets a place hear of a user's presence no more.
    pub(crate) fn unwatch(&mut self, seat: &Arc<S>, user: &UserId) {
        if let Some(watchers) = self.watchers.get_mut(user) {
            watchers.retain(|other| !Arc::ptr_eq(other, seat));
            if watchers.is_empty() {
                self.watchers.remove(user);
            }
        }
    }

    /// Calls `tell` with every place that an audience has on this node.
    pub(crate) fn reach(&self, audience: &Audience, mut tell: impl FnMut(&Arc<S>)) {
        let mut tell_all = |user: &UserId| self.users.get(user).into_iter().flat_map(|online| &online.seats).for_each(&mut tell);
        match audience {
            Audience::Users(users) => users.iter().for_each(&mut tell_all),
            Audience::Conversation(id) => self.followers.get(id).into_iter().flatten().for_each(&mut tell_all),
            Audience::ConversationAnd(id, others) => {
                let followers = self.followers.get(id);
                followers.into_iter().flatten().for_each(&mut tell_all);
                let beside = |user: &&UserId| followers.is_none_or(|followers| !followers.contains(*user));
                others.iter().filter(beside).collect::<FxHashSet<_>>().into_iter().for_each(&mut tell_all);
            }
            Audience::Watchers(user) => self.watchers.get(user).into_iter().flatten().for_each(tell),
            // They have no seats: the hub hears for them.
            Audience::Operators => {}
        }
    }

    /// Returns the places that were taken with these tokens of a user's, and of the same device class those of which the token
    /// is not known.
    pub(crate) fn of_tokens(&self, user: &UserId, platform: Platform, hashes: &[String]) -> Vec<Arc<S>> {
        let taken = |seat: &&Arc<S>| match seat.token_hash() {
            Some(hash) => hashes.iter().any(|other| other == hash),
            None => seat.platform() == platform,
        };
        self.users.get(user).into_iter().flat_map(|online| &online.seats).filter(taken).cloned().collect()
    }

    /// Returns every place of this node.
    pub(crate) fn all(&self) -> Vec<Arc<S>> {
        self.users.values().flat_map(|online| online.seats.iter().cloned()).collect()
    }

    /// Returns how many places are taken.
    pub(crate) fn len(&self) -> usize {
        self.seats
    }

    fn forget(&mut self, conversation: &ConversationId, user: &UserId) {
        if let Some(users) = self.followers.get_mut(conversation) {
            users.remove(user);
            if users.is_empty() {
                self.followers.remove(conversation);
            }
        }
    }
}

/// Returns the conversation a signal is about.
pub(crate) fn conversation_of(kind: &SignalKind) -> Option<&ConversationId> {
    match kind {
        SignalKind::MessagesAppended { conversation_id, .. }
        | SignalKind::MessagesChanged { conversation_id, .. }
        | SignalKind::ConversationRead { conversation_id, .. }
        | SignalKind::ConversationChanged { conversation_id } => Some(conversation_id),
        SignalKind::Notified { message } | SignalKind::Transient { message } => Some(&message.conversation_id),
        _ => None,
    }
}
