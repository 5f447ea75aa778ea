//! What other domains learn of groups and members, through the caches of this process.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use openim_contracts::{GroupMembership, GroupReader, GroupSummary};
use openim_core::{GroupId, Result, UserId};
use openim_platform::store::Store;

use crate::caches::Caches;
use crate::error::MAX_IDS;
use crate::model::{Group, GroupStatus, Member};
use crate::repository::{groups, joined, members};

/// Reads groups for other domains.
pub(crate) struct Reader {
    store: Store,
    caches: Caches,
}

impl Reader {
    pub(crate) fn new(store: Store, caches: Caches) -> Self {
        Self { store, caches }
    }
}

#[async_trait]
impl GroupReader for Reader {
    async fn groups(&self, ids: &[GroupId]) -> Result<Vec<GroupSummary>> {
        let mut known = HashMap::with_capacity(ids.len());
        let mut missing = Vec::new();
        for id in ids {
            match self.caches.group(id).await {
                Some(summary) => drop(known.insert(id.clone(), summary)),
                None => missing.push(id.clone()),
            }
        }
        if !missing.is_empty() {
            for group in groups::find(self.store.read(), &missing).await? {
                let summary = summary_of(group);
                self.caches.keep_group(summary.clone()).await;
                known.insert(summary.group_id.clone(), summary);
            }
        }
        Ok(ids.iter().filter_map(|id| known.remove(id)).collect())
    }

    async fn members(&self, group: &GroupId, users: &[UserId]) -> Result<Vec<GroupMembership>> {
        let mut found = Vec::with_capacity(users.len());
        let mut missing = Vec::new();
        let mut asked = HashSet::with_capacity(users.len());
        for user in users.iter().take(MAX_IDS).filter(|user| asked.insert(*user)) {
            match self.caches.member(group, user).await {
                Some(membership) => found.push(membership),
                None => missing.push(user.clone()),
            }
        }
        if !missing.is_empty() {
            for member in members::find(self.store.read(), group, &missing).await? {
                let membership = membership_of(member);
                self.caches.keep_member(group, membership.clone()).await;
                found.push(membership);
            }
        }
        Ok(found)
    }

    async fn member_page(&self, group: &GroupId, after: Option<&UserId>, limit: u64) -> Result<Vec<UserId>> {
        members::ids_by_id(self.store.read(), group, after, limit.clamp(1, u64::try_from(MAX_IDS).unwrap_or(u64::MAX))).await
    }

    async fn managers(&self, group: &GroupId) -> Result<Vec<UserId>> {
        members::managers(self.store.read(), group).await
    }

    async fn joined(&self, user: &UserId, limit: u64) -> Result<Vec<GroupId>> {
        joined::ids_by_id(self.store.read(), user, limit).await
    }
}

fn summary_of(group: Group) -> GroupSummary {
    GroupSummary {
        dismissed: group.is_dismissed(),
        muted: group.status == GroupStatus::Muted,
        member_count: u64::try_from(group.member_count).unwrap_or(0),
        group_id: group.id,
        name: group.name,
        face_url: group.face_url,
    }
}

fn membership_of(member: Member) -> GroupMembership {
    GroupMembership {
        user_id: member.user,
        role: member.role,
        nickname: member.nickname,
        face_url: member.face_url,
        muted_until: member.muted_until,
        joined_at: member.joined_at,
    }
}
