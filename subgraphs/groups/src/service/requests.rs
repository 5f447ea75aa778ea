//! Reading requests to enter.

use openim_core::{Ctx, GroupId, Result, Timestamp, UserId};

use super::Service;
use crate::error::GroupError;
use crate::model::{JoinRequest, RequestFilter, RequestPage, RequestPlace, RequestStatus, Slice};
use crate::policy;
use crate::repository::{groups, requests};

impl Service {
    /// Returns a page of the requests for groups that a user manages; naming groups narrows it to them.
    pub(crate) async fn requests_received(
        &self,
        ctx: &Ctx,
        user: &UserId,
        groups: Vec<String>,
        filter: RequestFilter,
        slice: &Slice<RequestPlace>,
    ) -> Result<(RequestPage, RequestFilter)> {
        ctx.require_self_or_admin(user)?;
        let groups = group_ids(&groups)?;
        if !ctx.is_admin() {
            for group in &groups {
                self.standing(self.store.read(), ctx, group).await?.as_manager()?;
            }
        }
        // An app administrator may name any group; without names, and for everybody else, it is about the managed ones.
        let manager = (groups.is_empty() || !ctx.is_admin()).then(|| user.clone());
        let filter = RequestFilter { manager, groups, ..filter };
        Ok((self.request_page(&filter, slice).await?, filter))
    }

    /// Returns a page of the requests that a user made, or that others made for the user.
    pub(crate) async fn requests_sent(
        &self,
        ctx: &Ctx,
        user: &UserId,
        groups: Vec<String>,
        filter: RequestFilter,
        slice: &Slice<RequestPlace>,
    ) -> Result<(RequestPage, RequestFilter)> {
        ctx.require_self_or_admin(user)?;
        if self.users.user(user).await?.is_none() {
            return Err(GroupError::NoUser.into());
        }
        let filter = RequestFilter { applicant: Some(user.clone()), groups: group_ids(&groups)?, ..filter };
        Ok((self.request_page(&filter, slice).await?, filter))
    }

    /// Returns a page of the requests for one group, for who manages it.
    pub(crate) async fn requests_of_group(
        &self,
        ctx: &Ctx,
        group: &GroupId,
        filter: &RequestFilter,
        slice: &Slice<RequestPlace>,
    ) -> Result<RequestPage> {
        policy::signed_in(ctx)?;
        self.standing(self.store.read(), ctx, group).await?.as_manager()?;
        self.request_page(filter, slice).await
    }

    /// Returns the requests of some users for one group, for who manages it; everybody may ask for the own one.
    pub(crate) async fn requests_by_users(&self, ctx: &Ctx, group: &GroupId, users: Vec<String>) -> Result<Vec<JoinRequest>> {
        policy::signed_in(ctx)?;
        policy::check_at_most(users.len())?;
        let caller = ctx.principal()?.user_id.as_str();
        if users.is_empty() || users.iter().any(|user| user != caller) {
            self.standing(self.store.read(), ctx, group).await?.as_manager()?;
        }
        if groups::find_one(self.store.read(), group).await?.is_none() {
            return Err(GroupError::UnknownGroup.into());
        }
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let users: Vec<UserId> = users.into_iter().filter_map(|id| UserId::parse(id).ok()).collect();
        let limit = u64::try_from(users.len()).unwrap_or(u64::MAX);
        let filter = RequestFilter { groups: vec![group.clone()], users, ..RequestFilter::default() };
        match limit {
            0 => Ok(Vec::new()),
            limit => requests::page(self.store.read(), &filter, &Slice { after: None, offset: 0, limit }).await,
        }
    }

    /// Returns how many requests a filter shows that was authorised with its page.
    pub(crate) async fn count_requests(&self, ctx: &Ctx, filter: &RequestFilter) -> Result<u64> {
        policy::signed_in(ctx)?;
        requests::count(self.store.read(), filter).await
    }

    /// Returns how many requests for a user's managed groups wait for an answer.
    pub(crate) async fn unhandled_requests(&self, ctx: &Ctx, user: &UserId, since: Option<Timestamp>) -> Result<u64> {
        ctx.require_self_or_admin(user)?;
        let filter = RequestFilter { manager: Some(user.clone()), statuses: vec![RequestStatus::Open], since, ..RequestFilter::default() };
        requests::count(self.store.read(), &filter).await
    }

    async fn request_page(&self, filter: &RequestFilter, slice: &Slice<RequestPlace>) -> Result<RequestPage> {
        let mut found = requests::page(self.store.read(), filter, &slice.and_one()).await?;
        let limit = usize::try_from(slice.limit).unwrap_or(usize::MAX);
        let has_next = found.len() > limit;
        found.truncate(limit);
        Ok(RequestPage { requests: found, has_next, has_previous: slice.has_previous() })
    }
}

fn group_ids(ids: &[String]) -> Result<Vec<GroupId>> {
    policy::check_at_most(ids.len())?;
    ids.iter().map(|id| GroupId::parse(id.as_str())).collect()
}
