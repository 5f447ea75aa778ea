//! What a process remembers of groups, so that every sent message does not ask the database: bounded, short-lived, forgotten
//! at once when something changes, by the change itself and by its signal in other processes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use moka::future::Cache;
use openim_contracts::{GroupMembership, GroupSummary, Signal, SignalKind};
use openim_core::{GroupId, UserId};
use openim_platform::fanout::{Fanout, Received};
use tokio_util::sync::CancellationToken;

const GROUPS: u64 = 50_000;
const MEMBERS: u64 = 200_000;
const HASHES: u64 = 10_000;
/// How long another process may believe something old when the signal of a change was lost.
const LIFE: Duration = Duration::from_secs(5);
/// A signal names at most so many members: then it may be about others, too.
const NAMED: usize = 100;

/// The caches of one process. What does not exist is not remembered: who enters counts at once.
#[derive(Clone)]
pub(crate) struct Caches {
    groups: Cache<GroupId, GroupSummary>,
    members: Cache<(GroupId, UserId), GroupMembership>,
    /// Hashes of members by the version they are of.
    hashes: Cache<(GroupId, String, i64), u64>,
}

impl Caches {
    pub(crate) fn new() -> Self {
        Self {
            groups: Cache::builder().max_capacity(GROUPS).time_to_live(LIFE).build(),
            members: Cache::builder().max_capacity(MEMBERS).time_to_live(LIFE).support_invalidation_closures().build(),
            hashes: Cache::new(HASHES),
        }
    }

    pub(crate) async fn group(&self, id: &GroupId) -> Option<GroupSummary> {
        self.groups.get(id).await
    }

    pub(crate) async fn keep_group(&self, summary: GroupSummary) {
        self.groups.insert(summary.group_id.clone(), summary).await;
    }

    pub(crate) async fn member(&self, group: &GroupId, user: &UserId) -> Option<GroupMembership> {
        self.members.get(&(group.clone(), user.clone())).await
    }

    pub(crate) async fn keep_member(&self, group: &GroupId, membership: GroupMembership) {
        self.members.insert((group.clone(), membership.user_id.clone()), membership).await;
    }

    pub(crate) async fn hash(&self, key: &(GroupId, String, i64)) -> Option<u64> {
        self.hashes.get(key).await
    }

    pub(crate) async fn keep_hash(&self, key: (GroupId, String, i64), hash: u64) {
        self.hashes.insert(key, hash).await;
    }

    /// Forgets a group and some of its members.
    pub(crate) async fn forget(&self, group: &GroupId, users: &[UserId]) {
        self.groups.invalidate(group).await;
        for user in users {
            self.members.invalidate(&(group.clone(), user.clone())).await;
        }
    }

    /// Forgets a group and all of its members.
    pub(crate) async fn forget_all_of(&self, group: &GroupId) {
        self.groups.invalidate(group).await;
        let group = group.clone();
        if self.members.invalidate_entries_if(move |key, _| key.0 == group).is_err() {
            self.members.invalidate_all();
        }
    }

    /// Forgets everything that may have changed unnoticed.
    fn forget_everything(&self) {
        self.groups.invalidate_all();
        self.members.invalidate_all();
    }

    /// Forgets what other processes changed, by their signals, until `stop`.
    pub(crate) async fn follow(self, fanout: Arc<dyn Fanout>, stop: CancellationToken) {
        let mut received = fanout.subscribe();
        loop {
            let next = tokio::select! {
                () = stop.cancelled() => return,
                next = received.next() => next,
            };
            match next {
                Some(Received::Signals(signals)) => {
                    for signal in signals.iter() {
                        self.hear(signal).await;
                    }
                }
                Some(Received::Lost) => self.forget_everything(),
                None => return,
            }
        }
    }

    async fn hear(&self, signal: &Signal) {
        match &signal.kind {
            SignalKind::GroupChanged { group_id } => self.forget(group_id, &[]).await,
            SignalKind::GroupMembersChanged { group_id, user_ids } if user_ids.len() < NAMED => self.forget(group_id, user_ids).await,
            SignalKind::GroupMembersChanged { group_id, .. } => self.forget_all_of(group_id).await,
            SignalKind::JoinedGroupsChanged { owner, group_id } => self.forget(group_id, std::slice::from_ref(owner)).await,
            _ => {}
        }
    }
}
