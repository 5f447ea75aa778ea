//! `Viewer`'s and `Admin`'s parts here.

use async_graphql::{Context, ID, InputObject, Object, Result, ScalarType, SimpleObject, Value};
use openim_core::{Timestamp, UserId};
use openim_graphql::{DateTime, IdList, Long, Page, ULong, VersionInput, admin_only, caller};

use super::changes::{GroupMemberChangesOfGroup, JoinedGroupChanges, id_list, known};
use super::connections::{GroupConnection, Listed};
use super::cursors;
use super::enums::{GroupRequestStatus, GroupStatus};
use super::group::texts;
use super::request::GroupRequestConnection;
use super::service;
use super::stubs::joined;
use crate::model::{self, GroupFilter, RequestFilter};

/// One user's own things.
pub(crate) struct Viewer(pub(crate) UserId);

/// The things of the caller, or of the user an app administrator named.
#[Object]
impl Viewer {
    /// Whose things these are.
    #[graphql(shareable)]
    async fn id(&self) -> ID {
        ID::from(self.0.as_str())
    }

    /// The groups the viewer is in, by name, then by age. Dismissed groups are left out.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
    ) -> Result<GroupConnection> {
        joined(ctx, &self.0, Page::new(first, after, offset)?).await
    }

    /// The ids of all groups the viewer is in, in the order of `groups`.
    async fn joined_group_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hash of the ids that the client has; when it is right, no ids are sent.")] known_hash: Option<ULong>,
    ) -> Result<IdList> {
        Ok(id_list(service(ctx)?.joined_ids(caller(ctx)?, &self.0, known_hash.map(|hash| hash.0)).await?))
    }

    /// What changed among the viewer's groups since a version.
    async fn joined_group_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that the client has; absent or empty the first time.")] since: Option<VersionInput>,
    ) -> Result<JoinedGroupChanges> {
        Ok(service(ctx)?.joined_changes(caller(ctx)?, &self.0, &known(since)).await?.into())
    }

    /// What changed among the members of several groups. The caller must be a member of each, or an app administrator.
    /// Dismissed groups are left out, repeated ones answered once. After the group that brings the number of changes to 500
    /// the rest is left out: ask again for what is missing.
    async fn member_changes_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The groups and the versions that the client has, at most 1,000.")] requests: Vec<GroupVersionInput>,
    ) -> Result<Vec<GroupMemberChangesOfGroup>> {
        let requests = requests.into_iter().map(|request| (request.group_id.0, known(request.since))).collect();
        let changes = service(ctx)?.member_changes_batch(caller(ctx)?, requests).await?;
        Ok(changes.into_iter().map(Into::into).collect())
    }

    /// The requests to enter groups that the viewer manages, the newest first.
    async fn group_requests_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only for these groups, at most 1,000, which the viewer must manage; all when absent or empty.")]
        group_ids: Option<Vec<ID>>,
        #[graphql(desc = "Only requests with these results; all when absent or empty.")] statuses: Option<Vec<GroupRequestStatus>>,
    ) -> Result<GroupRequestConnection> {
        let slice = cursors::slice(Page::new(first, after, offset)?, cursors::request)?;
        let groups = texts(group_ids.unwrap_or_default());
        let filter = RequestFilter { statuses: numbers(statuses), ..RequestFilter::default() };
        let (page, filter) = service(ctx)?.requests_received(caller(ctx)?, &self.0, groups, filter, &slice).await?;
        Ok(GroupRequestConnection { page, filter })
    }

    /// The requests to enter groups that the viewer made, or that others made for the viewer by an invitation, the newest
    /// first.
    async fn group_requests_sent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only for these groups, at most 1,000; all when absent or empty.")] group_ids: Option<Vec<ID>>,
        #[graphql(desc = "Only requests with these results; all when absent or empty.")] statuses: Option<Vec<GroupRequestStatus>>,
    ) -> Result<GroupRequestConnection> {
        let slice = cursors::slice(Page::new(first, after, offset)?, cursors::request)?;
        let groups = texts(group_ids.unwrap_or_default());
        let filter = RequestFilter { statuses: numbers(statuses), ..RequestFilter::default() };
        let (page, filter) = service(ctx)?.requests_sent(caller(ctx)?, &self.0, groups, filter, &slice).await?;
        Ok(GroupRequestConnection { page, filter })
    }

    /// How many requests to enter the viewer's managed groups wait for an answer.
    async fn unhandled_group_request_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only requests made after this moment.")] since: Option<DateTime>,
    ) -> Result<Long> {
        let count = service(ctx)?.unhandled_requests(caller(ctx)?, &self.0, since.map(|since| since.0)).await?;
        Ok(Long(i64::try_from(count).unwrap_or(i64::MAX)))
    }
}

/// A group and the version of its members that the client has.
#[derive(InputObject)]
pub(crate) struct GroupVersionInput {
    /// The group (OpenIM `groupID`).
    group_id: ID,
    /// The version; absent or empty the first time.
    since: Option<VersionInput>,
}

fn numbers(statuses: Option<Vec<GroupRequestStatus>>) -> Vec<model::RequestStatus> {
    statuses.unwrap_or_default().into_iter().map(Into::into).collect()
}

/// What app administrators may see.
pub(crate) struct Admin;

/// What only app administrators may see.
#[Object(directive = admin_only::apply())]
impl Admin {
    /// All groups, dismissed ones too, the newest first.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Text anywhere in the name, whatever its case, at most 255 bytes.")] search: Option<String>,
        #[graphql(desc = "Only groups of this status.")] status: Option<GroupStatus>,
    ) -> Result<GroupConnection> {
        let name = search.filter(|text| !text.is_empty());
        let filter = GroupFilter { id: None, name, status: status.map(Into::into), dismissed: true };
        let slice = cursors::slice(Page::new(first, after, offset)?, cursors::group)?;
        let page = service(ctx)?.all_groups(caller(ctx)?, &filter, &slice).await?;
        Ok(GroupConnection { page, listed: Listed::All(filter) })
    }

    /// How many groups were made in a period, by day.
    async fn group_creation_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first moment of the period.")] from: DateTime,
        #[graphql(desc = "The last moment of the period, not before the first.")] until: DateTime,
    ) -> Result<GroupCreationStatistics> {
        Ok(service(ctx)?.creation_statistics(caller(ctx)?, from.0, until.0).await?.into())
    }
}

/// How many groups were made.
#[derive(SimpleObject)]
pub(crate) struct GroupCreationStatistics {
    /// How many groups there are, dismissed ones too.
    total: Long,
    /// How many were made before the period.
    before: Long,
    /// The days of the period on which groups were made, in order, at most ten years of them.
    days: Vec<GroupCreationDay>,
}

/// How many groups were made on one day.
#[derive(SimpleObject)]
pub(crate) struct GroupCreationDay {
    /// The day in UTC, `2026-11-21`.
    date: String,
    /// How many groups were made.
    count: Long,
}

/// Returns a moment's day: the beginning of its RFC 3339 text.
fn date(moment: Timestamp) -> String {
    match DateTime(moment).to_value() {
        Value::String(text) => text.chars().take_while(|character| *character != 'T').collect(),
        _ => String::new(),
    }
}

impl From<model::CreationStatistics> for GroupCreationStatistics {
    fn from(statistics: model::CreationStatistics) -> Self {
        let long = |count: u64| Long(i64::try_from(count).unwrap_or(i64::MAX));
        Self {
            total: long(statistics.total),
            before: long(statistics.before),
            days: statistics.days.into_iter().map(|day| GroupCreationDay { date: date(day.day), count: long(day.count) }).collect(),
        }
    }
}
