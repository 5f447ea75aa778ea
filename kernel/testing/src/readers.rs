//! Groups and relations as other domains see them, written by the test.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use openim_contracts::{GroupMembership, GroupReader, GroupRole, GroupSummary, RelationReader, Standing};
use openim_core::{GroupId, Result, Timestamp, UserId};
use parking_lot::Mutex;

struct Group {
    summary: GroupSummary,
    members: BTreeMap<UserId, GroupMembership>,
}

/// Groups that exist only in memory.
#[derive(Default)]
pub struct MemoryGroups {
    groups: Mutex<BTreeMap<GroupId, Group>>,
    pages: AtomicUsize,
}

impl MemoryGroups {
    /// Makes a group of these members; the first one is its owner.
    pub fn add(&self, id: &str, members: &[&str]) {
        let group_id = group(id);
        let summary = GroupSummary {
            group_id: group_id.clone(),
            name: id.to_uppercase(),
            face_url: String::new(),
            dismissed: false,
            muted: false,
            member_count: 0,
        };
        self.groups.lock().insert(group_id, Group { summary, members: BTreeMap::new() });
        for (place, name) in members.iter().enumerate() {
            self.enter(id, name, if place == 0 { GroupRole::Owner } else { GroupRole::Member }, Timestamp(0));
        }
    }

    /// Adds a member.
    pub fn enter(&self, id: &str, name: &str, role: GroupRole, joined_at: Timestamp) {
        let member = GroupMembership {
            user_id: user(name),
            role,
            nickname: String::new(),
            face_url: String::new(),
            muted_until: Timestamp(0),
            joined_at,
        };
        self.with(id, |group| {
            group.members.insert(user(name), member);
            group.summary.member_count = group.members.len() as u64;
        });
    }

    /// Removes a member.
    pub fn leave(&self, id: &str, name: &str) {
        self.with(id, |group| {
            group.members.remove(&user(name));
            group.summary.member_count = group.members.len() as u64;
        });
    }

    /// Changes a group.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut GroupSummary)) {
        self.with(id, |group| change(&mut group.summary));
    }

    /// Changes a member.
    pub fn change_member(&self, id: &str, name: &str, change: impl FnOnce(&mut GroupMembership)) {
        self.with(id, |group| change(group.members.get_mut(&user(name)).expect("a member")));
    }

    /// Returns how often somebody walked through members.
    pub fn pages(&self) -> usize {
        self.pages.load(Ordering::Relaxed)
    }

    fn with(&self, id: &str, act: impl FnOnce(&mut Group)) {
        act(self.groups.lock().get_mut(&group(id)).expect("a group"));
    }
}

#[async_trait]
impl GroupReader for MemoryGroups {
    async fn groups(&self, ids: &[GroupId]) -> Result<Vec<GroupSummary>> {
        let groups = self.groups.lock();
        let mut seen = BTreeSet::new();
        Ok(ids.iter().filter(|id| seen.insert(*id)).filter_map(|id| groups.get(id)).map(|group| group.summary.clone()).collect())
    }

    async fn members(&self, group: &GroupId, users: &[UserId]) -> Result<Vec<GroupMembership>> {
        let groups = self.groups.lock();
        let Some(group) = groups.get(group) else { return Ok(Vec::new()) };
        Ok(users.iter().filter_map(|user| group.members.get(user)).cloned().collect())
    }

    async fn member_page(&self, group: &GroupId, after: Option<&UserId>, limit: u64) -> Result<Vec<UserId>> {
        self.pages.fetch_add(1, Ordering::Relaxed);
        let groups = self.groups.lock();
        let Some(group) = groups.get(group) else { return Ok(Vec::new()) };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(group.members.keys().filter(|id| after.is_none_or(|after| *id > after)).take(limit).cloned().collect())
    }

    async fn managers(&self, group: &GroupId) -> Result<Vec<UserId>> {
        let groups = self.groups.lock();
        let Some(group) = groups.get(group) else { return Ok(Vec::new()) };
        Ok(group.members.values().filter(|member| member.role >= GroupRole::Admin).map(|member| member.user_id.clone()).collect())
    }

    async fn joined(&self, user: &UserId, limit: u64) -> Result<Vec<GroupId>> {
        let groups = self.groups.lock();
        let joined = groups.iter().filter(|(_, group)| !group.summary.dismissed && group.members.contains_key(user));
        Ok(joined.map(|(id, _)| id.clone()).take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
    }
}

/// Friends and black lists that exist only in memory.
#[derive(Default)]
pub struct MemoryRelations(Mutex<BTreeMap<(UserId, UserId), Standing>>);

impl MemoryRelations {
    /// Says how `receiver` stands to `sender`.
    pub fn set(&self, receiver: &str, sender: &str, standing: Standing) {
        self.0.lock().insert((user(receiver), user(sender)), standing);
    }
}

#[async_trait]
impl RelationReader for MemoryRelations {
    async fn standing(&self, receiver: &UserId, sender: &UserId) -> Result<Standing> {
        Ok(self.0.lock().get(&(receiver.clone(), sender.clone())).copied().unwrap_or_default())
    }

    async fn friend_of(&self, user: &UserId, after: Option<&UserId>, limit: u64) -> Result<Vec<UserId>> {
        let pairs = self.0.lock();
        let owners = pairs.iter().filter(|((_, friend), standing)| friend == user && standing.friend).map(|((owner, _), _)| owner);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(owners.filter(|owner| after.is_none_or(|after| *owner > after)).take(limit).cloned().collect())
    }
}

fn user(name: &str) -> UserId {
    UserId::parse(name).expect("a user id")
}

fn group(id: &str) -> GroupId {
    GroupId::parse(id).expect("a group id")
}
