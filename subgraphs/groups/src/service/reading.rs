//! Reading groups and members.

use std::collections::HashMap;

use openim_core::{Ctx, GroupId, Result, Timestamp, UserId};
use openim_platform::versions::{self, VersionedList};

use super::Service;
use super::entering::shape;
use crate::error::{GroupError, MAX_IDS};
use crate::member_hash::MemberHash;
use crate::model::{
    CreationStatistics, Group, GroupFilter, GroupPage, JoinedPlace, Member, MemberFilter, MemberPage, MemberPlace, MemberView, Slice,
};
use crate::policy;
use crate::repository::{groups, joined, members};

impl Service {
    /// Returns the groups that exist among 1 to 1,000 ids, in the order asked, repeated ids once.
    pub(crate) async fn groups(&self, ctx: &Ctx, ids: &[String]) -> Result<Vec<Group>> {
        policy::signed_in(ctx)?;
        policy::check_batch(ids.len())?;
        let ids: Vec<GroupId> = ids.iter().filter_map(|id| GroupId::parse(id.as_str()).ok()).collect();
        let mut found = self.groups_by_id(ctx, &ids).await?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Returns the groups that exist among `ids`.
    pub(crate) async fn groups_by_id(&self, ctx: &Ctx, ids: &[GroupId]) -> Result<HashMap<GroupId, Group>> {
        policy::signed_in(ctx)?;
        let found = groups::find(self.store.read(), ids).await?;
        Ok(found.into_iter().map(|group| (group.id.clone(), group)).collect())
    }

    /// Returns a page of groups for everybody with a token.
    pub(crate) async fn search(&self, ctx: &Ctx, filter: &GroupFilter, slice: &Slice<(Timestamp, GroupId)>) -> Result<GroupPage> {
        policy::signed_in(ctx)?;
        policy::check_search(filter.name.as_deref())?;
        self.group_page(filter, slice).await
    }

    /// Returns a page of all groups for app administrators.
    pub(crate) async fn all_groups(&self, ctx: &Ctx, filter: &GroupFilter, slice: &Slice<(Timestamp, GroupId)>) -> Result<GroupPage> {
        ctx.require_admin()?;
        self.search(ctx, filter, slice).await
    }

    /// Returns how many groups a filter shows.
    pub(crate) async fn count_groups(&self, ctx: &Ctx, filter: &GroupFilter) -> Result<u64> {
        policy::signed_in(ctx)?;
        policy::check_search(filter.name.as_deref())?;
        groups::count(self.store.read(), filter).await
    }

    async fn group_page(&self, filter: &GroupFilter, slice: &Slice<(Timestamp, GroupId)>) -> Result<GroupPage> {
        let found = groups::page(self.store.read(), filter, &slice.and_one()).await?;
        Ok(page_of(found, slice))
    }

    /// Returns a page of a user's groups, for the user and app administrators.
    pub(crate) async fn joined(&self, ctx: &Ctx, user: &UserId, slice: &Slice<JoinedPlace>) -> Result<GroupPage> {
        ctx.require_self_or_admin(user)?;
        let found = joined::page(self.store.read(), user, &slice.and_one()).await?;
        Ok(page_of(found, slice))
    }

    /// Returns how many groups a user is in.
    pub(crate) async fn count_joined(&self, ctx: &Ctx, user: &UserId) -> Result<u64> {
        ctx.require_self_or_admin(user)?;
        joined::count(self.store.read(), user).await
    }

    /// Returns a page of a group's members, for members and app administrators.
    pub(crate) async fn members(
        &self,
        ctx: &Ctx,
        group: &GroupId,
        filter: &MemberFilter,
        slice: &Slice<MemberPlace>,
    ) -> Result<MemberPage> {
        self.may_look(ctx, group).await?;
        policy::check_search(filter.search.as_deref())?;
        let mut found = members::page(self.store.read(), group, filter, &slice.and_one()).await?;
        let limit = usize::try_from(slice.limit).unwrap_or(usize::MAX);
        let has_next = found.len() > limit;
        found.truncate(limit);
        Ok(MemberPage { members: self.views(found).await?, has_next, has_previous: slice.has_previous() })
    }

    /// Returns how many members a filter shows. Without one it is the group's counter.
    pub(crate) async fn count_members(&self, ctx: &Ctx, group: &GroupId, filter: &MemberFilter) -> Result<u64> {
        self.may_look(ctx, group).await?;
        if *filter == MemberFilter::default() {
            let count = groups::find_one(self.store.read(), group).await?.map_or(0, |group| group.member_count);
            return Ok(u64::try_from(count).unwrap_or(0));
        }
        members::count(self.store.read(), group, filter).await
    }

    /// Returns the members among 1 to 1,000 users, in the order asked, repeated ids once.
    pub(crate) async fn members_by_id(&self, ctx: &Ctx, group: &GroupId, users: Vec<String>) -> Result<Vec<MemberView>> {
        policy::check_batch(users.len())?;
        self.may_look(ctx, group).await?;
        let users: Vec<UserId> = users.into_iter().filter_map(|id| UserId::parse(id).ok()).collect();
        let found = self.views(members::find(self.store.read(), group, &users).await?).await?;
        let mut by_user: HashMap<UserId, MemberView> = found.into_iter().map(|view| (view.member.user.clone(), view)).collect();
        Ok(users.iter().filter_map(|user| by_user.remove(user)).collect())
    }

    /// Returns the caller's own memberships among (group, caller) keys.
    pub(crate) async fn own_memberships(&self, ctx: &Ctx, keys: &[(GroupId, UserId)]) -> Result<Vec<MemberView>> {
        let caller = &ctx.principal()?.user_id;
        let own: Vec<_> = keys.iter().filter(|(_, user)| user == caller).cloned().collect();
        self.views(members::find_many(self.store.read(), &own).await?).await
    }

    /// Passes members of a group and app administrators.
    pub(super) async fn may_look(&self, ctx: &Ctx, group: &GroupId) -> Result<()> {
        policy::signed_in(ctx)?;
        if ctx.is_admin() {
            return Ok(());
        }
        Ok(self.standing(self.store.read(), ctx, group).await?.as_member()?)
    }

    /// Returns members as they are shown.
    pub(super) async fn views(&self, found: Vec<Member>) -> Result<Vec<MemberView>> {
        let unnamed = found.iter().filter(|member| member.nickname.is_empty() || member.face_url.is_empty());
        let people = self.people(unnamed.map(|member| member.user.clone())).await?;
        Ok(found.into_iter().map(|member| people.view(member)).collect())
    }

    /// Returns groups with the hashes of their members, in the order asked.
    pub(crate) async fn abstracts(&self, ctx: &Ctx, ids: &[String]) -> Result<Vec<(Group, u64)>> {
        policy::signed_in(ctx)?;
        policy::check_batch(ids.len())?;
        policy::check_unique(ids)?;
        let ids: Vec<GroupId> = ids.iter().map(|id| GroupId::parse(id.as_str())).collect::<Result<_>>()?;
        let mut found = self.groups_by_id(ctx, &ids).await?;
        let groups: Vec<Group> = ids.iter().map(|id| found.remove(id).ok_or(GroupError::UnknownGroup)).collect::<Result<_, _>>()?;
        let mut members = 0;
        for group in &groups {
            self.may_look(ctx, &group.id).await?;
            members += u64::try_from(group.member_count).unwrap_or(0);
        }
        if members > self.settings.get().max_listed_ids {
            return Err(GroupError::ListTooLong.into());
        }
        let mut abstracts = Vec::with_capacity(groups.len());
        for group in groups {
            let hash = self.member_hash(ctx, &group.id).await?;
            abstracts.push((group, hash));
        }
        Ok(abstracts)
    }

    /// Returns the hash of a group's members. It is made page by page and remembered until a member changes.
    async fn member_hash(&self, ctx: &Ctx, group: &GroupId) -> Result<u64> {
        let version = versions::current(&self.store, ctx, VersionedList::GroupMembers, group.as_str()).await?;
        let key = (group.clone(), version.id, version.number);
        if let Some(known) = self.caches.hash(&key).await {
            return Ok(known);
        }
        let mut hash = MemberHash::new();
        let mut after: Option<UserId> = None;
        let step = u64::try_from(MAX_IDS).unwrap_or(u64::MAX);
        loop {
            let page = members::page_by_id(self.store.read(), group, after.as_ref(), step).await?;
            let Some(last) = page.last().map(|member| member.user.clone()) else { break };
            for view in self.views(page).await? {
                hash.add(&shape(&view))?;
            }
            after = Some(last);
        }
        let hash = hash.finish();
        self.caches.keep_hash(key, hash).await;
        Ok(hash)
    }

    /// Counts the groups that were made, for app administrators.
    pub(crate) async fn creation_statistics(&self, ctx: &Ctx, from: Timestamp, until: Timestamp) -> Result<CreationStatistics> {
        ctx.require_admin()?;
        if from > until {
            return Err(GroupError::BadValue("the period ends before it begins").into());
        }
        let db = self.store.read();
        let total = groups::count(db, &GroupFilter { dismissed: true, ..GroupFilter::default() }).await?;
        let before = groups::count_before(db, from).await?;
        Ok(CreationStatistics { total, before, days: groups::count_by_day(db, from, until).await? })
    }
}

fn page_of<P>(mut found: Vec<Group>, slice: &Slice<P>) -> GroupPage {
    let limit = usize::try_from(slice.limit).unwrap_or(usize::MAX);
    let has_next = found.len() > limit;
    found.truncate(limit);
    GroupPage { groups: found, has_next, has_previous: slice.has_previous() }
}
