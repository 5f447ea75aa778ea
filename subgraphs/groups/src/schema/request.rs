//! Requests to enter a group as the graph shows them.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::Timestamp;
use openim_graphql::{DateTime, Long, PageInfo, caller};

use super::cursors;
use super::enums::{GroupRequestStatus, JoinSource};
use super::group::Group;
use super::loaders::load_group;
use super::service;
use super::stubs::User;
use crate::model::{JoinRequest, RequestFilter, RequestPage};

#[derive(Debug, Clone)]
pub(crate) struct GroupRequest(pub(crate) JoinRequest);

/// Somebody's newest request to enter a group. Its applicant, owner and administrators of the group and app administrators
/// see it.
#[Object]
impl GroupRequest {
    /// The group's id (OpenIM `groupID`).
    async fn group_id(&self) -> ID {
        ID::from(self.0.group.as_str())
    }

    /// The group.
    async fn group(&self, ctx: &Context<'_>) -> Result<Option<Group>> {
        load_group(ctx, self.0.group.clone()).await
    }

    /// The id of who would enter.
    async fn user_id(&self) -> ID {
        ID::from(self.0.user.as_str())
    }

    /// Who would enter; null when the account is not registered any more.
    async fn user(&self) -> Option<User> {
        Some(User(self.0.user.clone()))
    }

    /// What became of it.
    async fn status(&self) -> GroupRequestStatus {
        self.0.status.into()
    }

    /// What the applicant, or who invited, wrote.
    async fn message(&self) -> &str {
        &self.0.message
    }

    /// What was answered; empty while it is open.
    async fn answer(&self) -> &str {
        &self.0.answer
    }

    /// When it was made.
    async fn requested_at(&self) -> DateTime {
        self.0.requested_at.into()
    }

    /// Who answered; null while it is open.
    async fn handled_by(&self) -> Option<User> {
        self.0.handled_by.clone().map(User)
    }

    /// The id of who answered; null while it is open.
    async fn handled_by_id(&self) -> Option<ID> {
        self.0.handled_by.as_ref().map(|id| ID::from(id.as_str()))
    }

    /// When it was answered; null while it is open.
    async fn handled_at(&self) -> Option<DateTime> {
        Some(self.0.handled_at).filter(|at| *at != Timestamp(0)).map(DateTime)
    }

    /// How the applicant came.
    async fn join_source(&self) -> JoinSource {
        self.0.source.into()
    }

    /// Who invited; null for an application of one's own.
    async fn inviter(&self) -> Option<User> {
        self.0.inviter.clone().map(User)
    }

    /// The id of who invited; null for an application of one's own.
    async fn inviter_id(&self) -> Option<ID> {
        self.0.inviter.as_ref().map(|id| ID::from(id.as_str()))
    }

    /// The application's own text.
    async fn ex(&self) -> &str {
        &self.0.ex
    }
}

pub(crate) struct GroupRequestConnection {
    pub(crate) page: RequestPage,
    pub(crate) filter: RequestFilter,
}

/// A page of requests to enter groups, the newest first.
#[Object]
impl GroupRequestConnection {
    /// The requests of this page.
    async fn edges(&self) -> Vec<GroupRequestEdge> {
        let edge = |request: &JoinRequest| GroupRequestEdge { cursor: cursors::of_request(request), node: GroupRequest(request.clone()) };
        self.page.requests.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.requests.first().map(cursors::of_request),
            end_cursor: self.page.requests.last().map(cursors::of_request),
        }
    }

    /// How many requests the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        let total = service(ctx)?.count_requests(caller(ctx)?, &self.filter).await?;
        Ok(Long(i64::try_from(total).unwrap_or(i64::MAX)))
    }
}

/// A request's place in a list.
#[derive(SimpleObject)]
pub(crate) struct GroupRequestEdge {
    /// The place, for `after`.
    cursor: String,
    /// The request.
    node: GroupRequest,
}

/// The requests of some users for one group.
#[derive(SimpleObject)]
pub(crate) struct GroupRequestList {
    /// How many of the users have one.
    total_count: Long,
    /// The requests, the newest first.
    requests: Vec<GroupRequest>,
}

impl From<Vec<JoinRequest>> for GroupRequestList {
    fn from(requests: Vec<JoinRequest>) -> Self {
        Self {
            total_count: Long(i64::try_from(requests.len()).unwrap_or(i64::MAX)),
            requests: requests.into_iter().map(GroupRequest).collect(),
        }
    }
}
