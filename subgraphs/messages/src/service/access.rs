//! How much of each log a reader may see: from the readers' rows, and for groups from who is a member now.

use std::sync::Arc;

use openim_contracts::ReaderState;
use openim_core::{ConversationId, GroupId, Result, Timestamp, UserId};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Service;
use crate::model::{Head, Log, Parties, Window};
use crate::policy::{self, Access, Membership, Reader};
use crate::repository::{hidden, logs, reading};

/// From how many groups on all groups of a user are asked for at once.
const MANY_GROUPS: usize = 8;
/// The most groups of a user that one question brings.
const MOST_GROUPS: u64 = 10_000;

impl Service {
    /// Returns the reader's window of each conversation that the reader may see and that has a log.
    pub(crate) async fn windows(&self, reader: &Reader, ids: &[ConversationId]) -> Result<FxHashMap<ConversationId, Window>> {
        let heads = logs::heads(self.store.read(), ids).await?;
        let Reader::User(user) = reader else {
            let all = heads.into_iter().map(|head| (head.log.key.id.clone(), policy::window(head, &ReaderState::default())));
            return Ok(all.collect());
        };
        let found: Vec<Arc<Log>> = heads.iter().map(|head| head.log.clone()).collect();
        let rows: Vec<ConversationId> = found.iter().map(|log| row_of(log)).collect();
        let states = self.conversations.reader_states(user, &rows).await?;
        let states: FxHashMap<ConversationId, Option<ReaderState>> = rows.into_iter().zip(states).collect();
        let accesses = self.accesses(user, &found, &states).await?;
        let hider = if found.is_empty() { None } else { self.hider(reader).await? };
        let mut windows = FxHashMap::default();
        for head in heads {
            let id = head.log.key.id.clone();
            match accesses.get(&id) {
                None | Some(Access::Nothing) => {}
                Some(Access::Within(limits)) => {
                    windows.insert(id, Window { hider: hider.clone(), ..policy::window(head, limits) });
                }
                Some(Access::Since(moment, limits)) => {
                    let first = self.first_since(&head, *moment).await?;
                    let limits = ReaderState { min_seq: limits.min_seq.max(first), ..*limits };
                    windows.insert(id, Window { hider: hider.clone(), ..policy::window(head, &limits) });
                }
            }
        }
        Ok(windows)
    }

    /// Returns the reader when it is one who has deleted messages for themselves.
    pub(super) async fn hider(&self, reader: &Reader) -> Result<Option<UserId>> {
        let Reader::User(user) = reader else { return Ok(None) };
        let hides = self.caches.hides(user, hidden::any(self.store.read(), user)).await?;
        Ok(hides.then(|| user.clone()))
    }

    /// Tells how much of each log a user may see. `states` has the user's rows by conversation.
    pub(super) async fn accesses(
        &self,
        user: &UserId,
        logs: &[Arc<Log>],
        states: &FxHashMap<ConversationId, Option<ReaderState>>,
    ) -> Result<FxHashMap<ConversationId, Access>> {
        let mut groups: FxHashMap<&GroupId, Option<&ReaderState>> = FxHashMap::default();
        for log in logs {
            if let Parties::Group(group) = &log.key.parties {
                groups.insert(group, states.get(&row_of(log)).and_then(Option::as_ref));
            }
        }
        let memberships = self.memberships(user, &groups).await?;
        let access = |log: &Arc<Log>| {
            let membership = match &log.key.parties {
                Parties::Group(group) => memberships.get(group).copied().unwrap_or(Membership::Outside),
                Parties::Pair(..) => Membership::Outside,
            };
            let state = states.get(&row_of(log)).and_then(Option::as_ref);
            (log.key.id.clone(), policy::access(user, log, membership, state))
        };
        Ok(logs.iter().map(access).collect())
    }

    async fn memberships<'a>(
        &self,
        user: &UserId,
        groups: &FxHashMap<&'a GroupId, Option<&ReaderState>>,
    ) -> Result<FxHashMap<&'a GroupId, Membership>> {
        let joined: Option<FxHashSet<GroupId>> = match groups.len() {
            0..MANY_GROUPS => None,
            _ => Some(self.groups.joined(user, MOST_GROUPS).await?.into_iter().collect()),
        };
        let mut memberships = FxHashMap::default();
        for (group, state) in groups {
            let known = joined.as_ref().is_some_and(|joined| joined.contains(*group));
            // Since when matters only where no row knows the limits.
            let since = match (known, state) {
                (true, Some(state)) if !state.provisional => Some(Timestamp(0)),
                (false, Some(state)) if state.max_seq > 0 => None,
                _ => self.groups.member(group, user).await?.map(|member| member.joined_at),
            };
            let membership = match since {
                Some(since) => Membership::Member(since),
                None if state.is_some_and(|state| state.max_seq == 0) => match self.groups.group(group).await? {
                    Some(group) if group.dismissed => Membership::Dismissed,
                    _ => Membership::Outside,
                },
                None => Membership::Outside,
            };
            memberships.insert(*group, membership);
        }
        Ok(memberships)
    }

    /// Returns the first place that was stored since a moment, or the place after the end.
    async fn first_since(&self, head: &Head, moment: Timestamp) -> Result<i64> {
        let stored = reading::stored_since(self.store.read(), std::slice::from_ref(head), moment).await?;
        Ok(stored.first().map_or(head.max_seq + 1, |range| range.first))
    }
}

/// Returns the conversation whose row has a log's limits: of a group's notification stream the group's.
pub(super) fn row_of(log: &Log) -> ConversationId {
    match &log.key.parties {
        Parties::Group(group) => ConversationId::group(group),
        Parties::Pair(..) => log.key.id.clone(),
    }
}
