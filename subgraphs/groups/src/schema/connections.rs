//! Pages of groups and of members.

use async_graphql::{Context, Object, Result, SimpleObject};
use openim_core::{GroupId, UserId};
use openim_graphql::{Long, PageInfo, caller};

use super::cursors;
use super::group::Group;
use super::member::GroupMember;
use super::service;
use crate::model::{self, GroupFilter, GroupPage, MemberFilter, MemberPage};

/// Which list of groups a page is of.
pub(crate) enum Listed {
    /// The groups of a user.
    Joined(UserId),
    /// All groups that a filter shows.
    All(GroupFilter),
}

impl Listed {
    fn cursor(&self, group: &model::Group) -> String {
        match self {
            Self::Joined(_) => cursors::of_joined(group),
            Self::All(_) => cursors::of_group(group),
        }
    }
}

pub(crate) struct GroupConnection {
    pub(crate) page: GroupPage,
    pub(crate) listed: Listed,
}

/// A page of groups.
#[Object]
impl GroupConnection {
    /// The groups of this page.
    async fn edges(&self) -> Vec<GroupEdge> {
        let edge = |group: &model::Group| GroupEdge { cursor: self.listed.cursor(group), node: Group(group.clone()) };
        self.page.groups.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.groups.first().map(|group| self.listed.cursor(group)),
            end_cursor: self.page.groups.last().map(|group| self.listed.cursor(group)),
        }
    }

    /// How many groups the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        let total = match &self.listed {
            Listed::Joined(user) => service(ctx)?.count_joined(caller(ctx)?, user).await?,
            Listed::All(filter) => service(ctx)?.count_groups(caller(ctx)?, filter).await?,
        };
        Ok(Long(i64::try_from(total).unwrap_or(i64::MAX)))
    }
}

/// A group's place in a list.
#[derive(SimpleObject)]
pub(crate) struct GroupEdge {
    /// The place, for `after`.
    cursor: String,
    /// The group.
    node: Group,
}

pub(crate) struct GroupMemberConnection {
    pub(crate) page: MemberPage,
    pub(crate) group: GroupId,
    pub(crate) filter: MemberFilter,
}

/// A page of members: the highest role first, then who came first.
#[Object]
impl GroupMemberConnection {
    /// The members of this page.
    async fn edges(&self) -> Vec<GroupMemberEdge> {
        let members = self.page.members.iter();
        members.map(|view| GroupMemberEdge { cursor: cursors::of_member(&view.member), node: GroupMember(view.clone()) }).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.members.first().map(|view| cursors::of_member(&view.member)),
            end_cursor: self.page.members.last().map(|view| cursors::of_member(&view.member)),
        }
    }

    /// How many members the whole list has. Without filter it is the group's counter; otherwise they are counted when asked
    /// for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        let total = service(ctx)?.count_members(caller(ctx)?, &self.group, &self.filter).await?;
        Ok(Long(i64::try_from(total).unwrap_or(i64::MAX)))
    }
}

/// A member's place in a list.
#[derive(SimpleObject)]
pub(crate) struct GroupMemberEdge {
    /// The place, for `after`.
    cursor: String,
    /// The member.
    node: GroupMember,
}
