//! Incremental sync: whole lists of ids, and what changed since a version.

use std::collections::{HashMap, HashSet};

use openim_core::{Ctx, GroupId, Result, UserId};
use openim_platform::versions::{self, Delta, Version, VersionedList, id_hash};

use super::{Service, alive};
use crate::error::GroupError;
use crate::model::{Group, IdHash, JoinedGroupChanges, MemberChanges, MemberPlace, MemberView};
use crate::policy;
use crate::repository::{groups, joined, members};

/// After so many changes a batch tells no more groups (sync.md, section 2).
const BATCH_CHANGES: usize = 500;
/// Ids of one page of a list that is told as a whole.
const STEP: u64 = 5_000;

impl Service {
    /// Returns the ids of all members in the order of their list, for members and app administrators.
    pub(crate) async fn member_ids(&self, ctx: &Ctx, group: &GroupId, known: Option<u64>) -> Result<IdHash> {
        self.may_look(ctx, group).await?;
        // The version first: a change in between is then told once more, not lost.
        let version = versions::current(&self.store, ctx, VersionedList::GroupMembers, group.as_str()).await?;
        let mut ids: Vec<String> = Vec::new();
        let mut place: Option<MemberPlace> = None;
        loop {
            let page = members::places(self.store.read(), group, place.as_ref(), STEP).await?;
            let Some(last) = page.last().cloned() else { break };
            ids.extend(page.into_iter().map(|place| place.user.into()));
            if u64::try_from(ids.len()).unwrap_or(u64::MAX) > self.settings.get().max_listed_ids {
                return Err(GroupError::ListTooLong.into());
            }
            place = Some(last);
        }
        told(version, ids, known)
    }

    /// Returns the ids of all groups of a user in the order of their list.
    pub(crate) async fn joined_ids(&self, ctx: &Ctx, user: &UserId, known: Option<u64>) -> Result<IdHash> {
        ctx.require_self_or_admin(user)?;
        let version = versions::current(&self.store, ctx, VersionedList::JoinedGroups, user.as_str()).await?;
        let most = self.settings.get().max_listed_ids;
        let ids = joined::ids(self.store.read(), user, most.saturating_add(1)).await?;
        if u64::try_from(ids.len()).unwrap_or(u64::MAX) > most {
            return Err(GroupError::ListTooLong.into());
        }
        told(version, ids, known)
    }

    /// Returns what changed among a user's groups.
    pub(crate) async fn joined_changes(&self, ctx: &Ctx, user: &UserId, known: &Version) -> Result<JoinedGroupChanges> {
        ctx.require_self_or_admin(user)?;
        let delta = versions::delta(&self.store, ctx, VersionedList::JoinedGroups, user.as_str(), known).await?;
        let changed: Vec<GroupId> = delta.inserted.iter().chain(&delta.updated).filter_map(|id| GroupId::parse(id.as_str()).ok()).collect();
        let found = self.groups_by_id(ctx, &changed).await?;
        let of = |ids: &[String]| -> Vec<Group> {
            ids.iter()
                .filter_map(|id| found.get(&GroupId::parse(id.as_str()).ok()?))
                .filter(|group| !group.is_dismissed())
                .cloned()
                .collect()
        };
        Ok(JoinedGroupChanges { inserted: of(&delta.inserted), updated: of(&delta.updated), delta })
    }

    /// Returns what changed among a group's members.
    pub(crate) async fn member_changes(&self, ctx: &Ctx, group: &GroupId, known: &Version) -> Result<MemberChanges> {
        policy::signed_in(ctx)?;
        self.refuse_dismissed(group).await?;
        self.may_look(ctx, group).await?;
        let group = alive(self.existing(group).await?)?;
        self.changes_in(ctx, group, known).await
    }

    /// Returns what changed among the members of several groups, in the order asked, until there are 500 changes. Dismissed
    /// groups are left out.
    pub(crate) async fn member_changes_batch(&self, ctx: &Ctx, requests: Vec<(String, Version)>) -> Result<Vec<MemberChanges>> {
        policy::signed_in(ctx)?;
        policy::check_at_most(requests.len())?;
        let mut asked = HashSet::new();
        let mut wanted = Vec::with_capacity(requests.len());
        for (group, known) in requests {
            let group = GroupId::parse(group)?;
            if asked.insert(group.clone()) {
                wanted.push((group, known));
            }
        }
        let ids: Vec<GroupId> = wanted.iter().map(|(group, _)| group.clone()).collect();
        let mut found = self.groups_by_id(ctx, &ids).await?;
        if !ctx.is_admin() {
            self.in_all(ctx, &ids, &found).await?;
        }
        let mut told = Vec::new();
        let mut changes = 0;
        for (id, known) in wanted {
            if changes >= BATCH_CHANGES {
                break;
            }
            let group = found.remove(&id).ok_or(GroupError::NoGroup)?;
            if group.is_dismissed() {
                continue;
            }
            let change = self.changes_in(ctx, group, &known).await?;
            changes += change.inserted.len() + change.updated.len() + change.delta.deleted.len();
            told.push(change);
        }
        Ok(told)
    }

    /// Passes who is a member of each of the groups that are not dismissed.
    async fn in_all(&self, ctx: &Ctx, ids: &[GroupId], found: &HashMap<GroupId, Group>) -> Result<()> {
        let caller = &ctx.principal()?.user_id;
        let keys: Vec<_> = ids.iter().map(|id| (id.clone(), caller.clone())).collect();
        let own: HashSet<GroupId> = members::find_many(self.store.read(), &keys).await?.into_iter().map(|member| member.group).collect();
        let dismissed = |id: &GroupId| found.get(id).is_some_and(Group::is_dismissed);
        if ids.iter().all(|id| own.contains(id) || dismissed(id)) { Ok(()) } else { Err(GroupError::MembersOnly.into()) }
    }

    async fn changes_in(&self, ctx: &Ctx, group: Group, known: &Version) -> Result<MemberChanges> {
        let delta = versions::delta(&self.store, ctx, VersionedList::GroupMembers, group.id.as_str(), known).await?;
        let changed: Vec<UserId> = delta.inserted.iter().chain(&delta.updated).filter_map(|id| UserId::parse(id.as_str()).ok()).collect();
        let mut found: HashMap<String, MemberView> = HashMap::new();
        if !changed.is_empty() {
            let views = self.views(members::find(self.store.read(), &group.id, &changed).await?).await?;
            found = views.into_iter().map(|view| (view.member.user.to_string(), view)).collect();
        }
        let mut of = |ids: &[String]| -> Vec<MemberView> { ids.iter().filter_map(|id| found.remove(id)).collect() };
        let (inserted, updated) = (of(&delta.inserted), of(&delta.updated));
        let group_id = group.id.clone();
        // What was read before the delta may be older than the change that it tells.
        let group = if tells_group(&delta) { groups::find_one(self.store.read(), &group_id).await? } else { None };
        Ok(MemberChanges { group_id, delta, inserted, updated, group })
    }
}

fn tells_group(delta: &Delta) -> bool {
    delta.full || delta.owner_changed || delta.inserted.len() + delta.updated.len() + delta.deleted.len() > 0
}

fn told(version: Version, ids: Vec<String>, known: Option<u64>) -> Result<IdHash> {
    let hash = id_hash(&ids)?;
    Ok(IdHash { version, hash, ids: (known != Some(hash)).then_some(ids) })
}
