//! Groups as the graph shows them.

use async_graphql::{Context, ID, Object, Result};
use openim_core::Timestamp;
use openim_graphql::{DateTime, IdList, Long, Page, ULong, VersionInput, caller};

use super::changes::{GroupMemberChanges, id_list, known};
use super::connections::GroupMemberConnection;
use super::cursors;
use super::enums::{GroupRequestStatus, GroupRole, GroupStatus, GroupType, GroupVerification, MemberAccess};
use super::loaders::load_own;
use super::member::GroupMember;
use super::request::{GroupRequestConnection, GroupRequestList};
use super::service;
use super::stubs::User;
use crate::model::{self, MemberFilter, RequestFilter};

#[derive(Debug, Clone)]
pub(crate) struct Group(pub(crate) model::Group);

/// A group. Everybody with a token sees its data; its members and app administrators see its members.
#[Object]
impl Group {
    /// The group's id (OpenIM `groupID`).
    async fn id(&self) -> ID {
        ID::from(self.0.id.as_str())
    }

    /// The shown name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The announcement; empty when there is none.
    async fn notification(&self) -> &str {
        &self.0.notification
    }

    /// What the group is about.
    async fn introduction(&self) -> &str {
        &self.0.introduction
    }

    /// The address of the picture; empty when there is none.
    async fn face_url(&self) -> &str {
        &self.0.face_url
    }

    /// The application's own text.
    async fn ex(&self) -> &str {
        &self.0.ex
    }

    /// What the group is in for.
    async fn status(&self) -> GroupStatus {
        self.0.status.into()
    }

    /// What kind of group it is; always `WORKING`.
    #[graphql(name = "type")]
    async fn kind(&self) -> GroupType {
        GroupType::Working
    }

    /// Who has to wait for an answer before entering (OpenIM `needVerification`).
    async fn verification(&self) -> GroupVerification {
        self.0.verification.into()
    }

    /// Whether clients let ordinary members look at each other's profiles.
    async fn look_member_info(&self) -> MemberAccess {
        self.0.look_member_info.into()
    }

    /// Whether clients let ordinary members ask each other to be friends.
    async fn apply_member_friend(&self) -> MemberAccess {
        self.0.apply_member_friend.into()
    }

    /// When the group was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Who made the group; null when the account is not registered any more.
    async fn creator(&self) -> Option<User> {
        Some(User(self.0.creator.clone()))
    }

    /// The id of who made the group.
    async fn creator_id(&self) -> ID {
        ID::from(self.0.creator.as_str())
    }

    /// Who owns the group; null when the account is not registered any more.
    async fn owner(&self) -> Option<User> {
        Some(User(self.0.owner.clone()))
    }

    /// The id of who owns the group, or owned it when it was dismissed.
    async fn owner_id(&self) -> ID {
        ID::from(self.0.owner.as_str())
    }

    /// How many members the group has.
    async fn member_count(&self) -> Long {
        Long(self.0.member_count)
    }

    /// When the announcement changed; null for never.
    async fn announcement_updated_at(&self) -> Option<DateTime> {
        Some(self.0.announced_at).filter(|at| *at != Timestamp(0)).map(DateTime)
    }

    /// Who changed the announcement; null for nobody.
    async fn announcement_by(&self) -> Option<User> {
        self.0.announced_by.clone().map(User)
    }

    /// The id of who changed the announcement; null for nobody.
    async fn announcement_by_id(&self) -> Option<ID> {
        self.0.announced_by.as_ref().map(|id| ID::from(id.as_str()))
    }

    /// The caller's own membership; null for who is not a member.
    async fn viewer_membership(&self, ctx: &Context<'_>) -> Result<Option<GroupMember>> {
        load_own(ctx, &self.0.id).await
    }

    /// The members, the highest role first, then who came first. For members and app administrators.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only members of these roles; all when absent or empty.")] roles: Option<Vec<GroupRole>>,
        #[graphql(desc = "Text anywhere in the shown name, whatever its case, at most 255 bytes.")] search: Option<String>,
    ) -> Result<Option<GroupMemberConnection>> {
        let roles = roles.unwrap_or_default().into_iter().map(Into::into).collect();
        let filter = MemberFilter { roles, search: search.filter(|text| !text.is_empty()) };
        let slice = cursors::slice(Page::new(first, after, offset)?, cursors::member)?;
        let page = service(ctx)?.members(caller(ctx)?, &self.0.id, &filter, &slice).await?;
        Ok(Some(GroupMemberConnection { page, group: self.0.id.clone(), filter }))
    }

    /// The members among some users, in the order asked. For members and app administrators.
    async fn members_by_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The users' ids, 1 to 1,000.")] ids: Vec<ID>,
    ) -> Result<Option<Vec<GroupMember>>> {
        let found = service(ctx)?.members_by_id(caller(ctx)?, &self.0.id, texts(ids)).await?;
        Ok(Some(found.into_iter().map(GroupMember).collect()))
    }

    /// The ids of all members, in the order of `members`. For members and app administrators.
    async fn member_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The hash of the ids that the client has; when it is right, no ids are sent.")] known_hash: Option<ULong>,
    ) -> Result<Option<IdList>> {
        let list = service(ctx)?.member_ids(caller(ctx)?, &self.0.id, known_hash.map(|hash| hash.0)).await?;
        Ok(Some(id_list(list)))
    }

    /// What changed among the members since a version. For members and app administrators; refused once the group was
    /// dismissed.
    async fn member_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The version that the client has; absent or empty the first time.")] since: Option<VersionInput>,
    ) -> Result<Option<GroupMemberChanges>> {
        let changes = service(ctx)?.member_changes(caller(ctx)?, &self.0.id, &known(since)).await?;
        Ok(Some(changes.into()))
    }

    /// The requests to enter, the newest first. For owner, administrators and app administrators.
    async fn requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only requests with these results; all when absent or empty.")] statuses: Option<Vec<GroupRequestStatus>>,
    ) -> Result<Option<GroupRequestConnection>> {
        let statuses = statuses.unwrap_or_default().into_iter().map(Into::into).collect();
        let filter = RequestFilter { groups: vec![self.0.id.clone()], statuses, ..RequestFilter::default() };
        let slice = cursors::slice(Page::new(first, after, offset)?, cursors::request)?;
        let page = service(ctx)?.requests_of_group(caller(ctx)?, &self.0.id, &filter, &slice).await?;
        Ok(Some(GroupRequestConnection { page, filter }))
    }

    /// The newest request of each of some users. For owner, administrators and app administrators; everybody may ask for the
    /// own one.
    async fn requests_by_users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The users' ids, at most 1,000.")] user_ids: Vec<ID>,
    ) -> Result<Option<GroupRequestList>> {
        let found = service(ctx)?.requests_by_users(caller(ctx)?, &self.0.id, texts(user_ids)).await?;
        Ok(Some(found.into()))
    }
}

pub(super) fn texts(ids: Vec<ID>) -> Vec<String> {
    ids.into_iter().map(|id| id.0).collect()
}
