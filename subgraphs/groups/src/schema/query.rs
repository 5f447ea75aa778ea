//! What can be read.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::{ConversationId, UserId};
use openim_graphql::{Long, Page, ULong, admin_only, caller, viewer_id};

use super::connections::{GroupConnection, Listed};
use super::cursors;
use super::group::{Group, texts};
use super::loaders::load_named;
use super::service;
use super::stubs::{Conversation, User};
use super::viewer::{Admin, Viewer};
use crate::model::{self, GroupFilter};

pub(crate) struct Query;

/// What can be read.
#[Object]
impl Query {
    /// One's own things. An app administrator may look at another user's by `as`.
    #[graphql(shareable)]
    async fn viewer(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "as", desc = "Another user, for app administrators; oneself is allowed.")] as_user: Option<ID>,
    ) -> Result<Option<Viewer>> {
        Ok(Some(Viewer(viewer_id(caller(ctx)?, as_user)?)))
    }

    /// What only app administrators may see.
    #[graphql(shareable, directive = admin_only::apply())]
    async fn admin(&self, ctx: &Context<'_>) -> Result<Option<Admin>> {
        caller(ctx)?.require_admin()?;
        Ok(Some(Admin))
    }

    /// One group, also a dismissed one; null when there is none of this id. For everybody with a token.
    async fn group(&self, ctx: &Context<'_>, #[graphql(desc = "The group's id.")] id: ID) -> Result<Option<Group>> {
        load_named(ctx, &id).await
    }

    /// The groups that exist among the ids, also dismissed ones, in the order asked, each once. For everybody with a token.
    async fn groups(&self, ctx: &Context<'_>, #[graphql(desc = "The groups' ids, 1 to 1,000.")] ids: Vec<ID>) -> Result<Vec<Group>> {
        let groups = service(ctx)?.groups(caller(ctx)?, &texts(ids)).await?;
        Ok(groups.into_iter().map(Group).collect())
    }

    /// Finds groups, the newest first; for everybody with a token. With `id` it finds exactly this one, also a dismissed one;
    /// otherwise those whose name has the text; without both, all. Dismissed ones are left out.
    async fn search_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "A group's id.")] id: Option<ID>,
        #[graphql(desc = "Text anywhere in the name, whatever its case, at most 255 bytes.")] name: Option<String>,
    ) -> Result<GroupConnection> {
        let filter = GroupFilter::search(id.map(|id| id.0), name)?;
        let slice = cursors::slice(Page::new(first, after, offset)?, cursors::group)?;
        let page = service(ctx)?.search(caller(ctx)?, &filter, &slice).await?;
        Ok(GroupConnection { page, listed: Listed::All(filter) })
    }

    /// How many members groups have, and a hash that tells whether a client's copy of them is right. The caller must be a
    /// member of each, or an app administrator.
    async fn group_abstracts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The groups' ids, 1 to 1,000, none repeated.")] ids: Vec<ID>,
    ) -> Result<Vec<GroupAbstract>> {
        let abstracts = service(ctx)?.abstracts(caller(ctx)?, &texts(ids)).await?;
        Ok(abstracts.into_iter().map(|(group, hash)| GroupAbstract::new(&group, hash)).collect())
    }

    /// Finds the group of a reference.
    #[graphql(entity)]
    async fn find_group_by_id(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Group>> {
        load_named(ctx, &id).await
    }

    /// Finds the user of a reference.
    #[graphql(entity)]
    async fn find_user_by_id(&self, id: ID) -> Option<User> {
        UserId::parse(id.0).ok().map(User)
    }

    /// Finds a conversation for another subgraph; one that the caller may not see is not there.
    #[graphql(entity)]
    async fn find_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(key)] owner_id: ID,
        #[graphql(key)] id: ID,
    ) -> Result<Option<Conversation>> {
        let (Ok(owner), Ok(id)) = (UserId::parse(owner_id.0), ConversationId::parse(id.0)) else { return Ok(None) };
        Ok(caller(ctx)?.require_self_or_admin(&owner).is_ok().then_some(Conversation { owner, id }))
    }
}

/// What tells whether a copy of a group's members is right.
#[derive(SimpleObject)]
pub(crate) struct GroupAbstract {
    /// The group (OpenIM `groupID`).
    group_id: ID,
    /// How many members it has.
    member_count: Long,
    /// OpenIM's hash of the members: the first eight bytes, big endian, of MD5 over their JSON, by user id.
    member_hash: ULong,
}

impl GroupAbstract {
    fn new(group: &model::Group, hash: u64) -> Self {
        Self { group_id: ID::from(group.id.as_str()), member_count: Long(group.member_count), member_hash: ULong(hash) }
    }
}
