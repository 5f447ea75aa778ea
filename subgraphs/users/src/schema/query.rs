//! What can be read.

use async_graphql::{Context, ID, Object, Result};
use openim_core::UserId;
use openim_graphql::{Page, Place, admin_only, caller, viewer_id};

use super::loaders::load_user;
use super::types::{AccountStatus, TokenInfo, User, UserConnection, UserIdPage};
use crate::model::{UserCursor, UserFilter};
use crate::service::{ListPage, Profiles, Sessions};

/// The most ids of one page of `userIds`.
const MAX_ID_PAGE: i32 = 1_000;

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
        let id = viewer_id(caller(ctx)?, as_user)?;
        Ok(Some(Viewer { id: ID::from(String::from(id)) }))
    }

    /// What only app administrators may see.
    #[graphql(shareable, directive = admin_only::apply())]
    async fn admin(&self, ctx: &Context<'_>) -> Result<Option<Admin>> {
        caller(ctx)?.require_admin()?;
        Ok(Some(Admin))
    }

    /// One user; null when nobody has the id.
    async fn user(&self, ctx: &Context<'_>, #[graphql(desc = "The user's id.")] id: ID) -> Result<Option<User>> {
        load_user(ctx, &id).await
    }

    /// The users that exist among the ids, in the order asked, each once.
    async fn users(&self, ctx: &Context<'_>, #[graphql(desc = "At most 1,000 ids.")] ids: Vec<ID>) -> Result<Vec<User>> {
        let ids: Vec<String> = ids.into_iter().map(|id| id.0).collect();
        let users = ctx.data::<Profiles>()?.users(caller(ctx)?, &ids).await?;
        Ok(users.into_iter().map(User).collect())
    }

    /// Finds ordinary users, in order of registration. A text is found anywhere, whatever its case; `id` and `nickname`
    /// are alternatives; without both, all ordinary users.
    async fn search_users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Text in the id, at most 255 bytes.")] id: Option<String>,
        #[graphql(desc = "Text in the shown name, at most 255 bytes.")] nickname: Option<String>,
    ) -> Result<UserConnection> {
        let filter = UserFilter { id: given(id), nickname: given(nickname), ordinary_only: true };
        connection(ctx, filter, Page::new(first, after, offset)?).await
    }

    /// The ids of all users, in order of registration.
    async fn user_ids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 1,000; 100 when absent.")] first: Option<i32>,
        #[graphql(desc = "How many to skip.")] offset: Option<i32>,
    ) -> Result<UserIdPage> {
        let page = Page::by_offset(first.unwrap_or(100), offset, MAX_ID_PAGE)?;
        Ok(ctx.data::<Profiles>()?.ids(caller(ctx)?, page.offset, page.limit).await?.try_into()?)
    }

    /// What a token says, for whoever has it; needs no login. An error names what is wrong with the token.
    async fn token_info(&self, ctx: &Context<'_>, #[graphql(desc = "The token.")] token: String) -> Result<TokenInfo> {
        Ok(ctx.data::<Sessions>()?.token_facts(caller(ctx)?.now(), &token).await?.try_into()?)
    }

    /// Finds the user of a reference.
    #[graphql(entity)]
    async fn find_user_by_id(&self, ctx: &Context<'_>, id: ID) -> Result<Option<User>> {
        load_user(ctx, &id).await
    }
}

pub(crate) struct Viewer {
    id: ID,
}

/// One's own things, or those of the user an app administrator named.
#[Object]
impl Viewer {
    /// The user's id.
    #[graphql(shareable)]
    async fn id(&self) -> &ID {
        &self.id
    }

    /// The user; null when it is not registered.
    async fn user(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        load_user(ctx, &self.id).await
    }
}

pub(crate) struct Admin;

/// What only app administrators may see.
#[Object(directive = admin_only::apply())]
impl Admin {
    /// All users, also system accounts, in order of registration.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Text in the id or the shown name, whatever its case, at most 255 bytes.")] search: Option<String>,
    ) -> Result<UserConnection> {
        let filter = UserFilter { id: given(search.clone()), nickname: given(search), ordinary_only: false };
        connection(ctx, filter, Page::new(first, after, offset)?).await
    }

    /// Tells which ids are registered, in the order asked.
    async fn account_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 1,000 ids, none repeated.")] ids: Vec<ID>,
    ) -> Result<Vec<AccountStatus>> {
        let ids = ids.into_iter().map(|id| id.0).collect();
        let statuses = ctx.data::<Profiles>()?.account_status(caller(ctx)?, ids).await?;
        Ok(statuses.into_iter().map(Into::into).collect())
    }
}

async fn connection(ctx: &Context<'_>, filter: UserFilter, page: Page) -> Result<UserConnection> {
    let after = page.after.as_deref().map(cursor).transpose()?;
    let wanted = ListPage { after, offset: page.offset, limit: page.limit };
    let page = ctx.data::<Profiles>()?.search(caller(ctx)?, &filter, &wanted).await?;
    Ok(UserConnection { page, filter })
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn cursor(text: &str) -> openim_core::Result<UserCursor> {
    let Place { at, id } = Place::parse(text)?;
    Ok(UserCursor { created_at: at, id: UserId::parse(id)? })
}
