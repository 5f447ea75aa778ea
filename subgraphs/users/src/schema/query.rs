//! What can be read.

use async_graphql::{Context, ID, Object, Result};
use openim_core::UserId;
use openim_graphql::{Page, Place, admin_only, caller, viewer_id};

use super::admin::Admin;
use super::loaders::load_user;
use super::types::{ClientConfigEntry, Presence, TokenInfo, User, UserConnection, UserIdPage};
use super::viewer::Viewer;
use crate::model::{Levels, UserCursor, UserFilter};
use crate::service::{ClientConfig, Presences, Profiles, Range, Sessions};

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
        Ok(Some(Viewer { id: viewer_id(caller(ctx)?, as_user)? }))
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
        let filter = UserFilter { id: given(id), nickname: given(nickname), levels: Levels::Ordinary, ..UserFilter::default() };
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

    /// Where users are online, in the order asked. Ids nobody has are offline.
    async fn presences(&self, ctx: &Context<'_>, #[graphql(desc = "At most 1,000 ids.")] user_ids: Vec<ID>) -> Result<Vec<Presence>> {
        let ids = user_ids.into_iter().map(|id| id.0).collect();
        let found = ctx.data::<Presences>()?.of_ids(caller(ctx)?, ids).await?;
        Ok(found.into_iter().map(Presence).collect())
    }

    /// The values that clients are configured with: everybody's, or a user's, whose own hide everybody's of the same
    /// name. In order of the names.
    async fn client_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose: one's own, or anybody's for an app administrator.")] user_id: Option<ID>,
    ) -> Result<Vec<ClientConfigEntry>> {
        let entries = ctx.data::<ClientConfig>()?.effective(caller(ctx)?, user_id.as_ref().map(|id| id.as_str())).await?;
        Ok(entries.iter().map(Into::into).collect())
    }

    /// Finds the user of a reference.
    #[graphql(entity)]
    async fn find_user_by_id(&self, ctx: &Context<'_>, id: ID) -> Result<Option<User>> {
        load_user(ctx, &id).await
    }
}

/// Reads a page of users.
pub(super) async fn connection(ctx: &Context<'_>, filter: UserFilter, page: Page) -> Result<UserConnection> {
    let after = page.after.as_deref().map(cursor).transpose()?;
    let wanted = Range { after, offset: page.offset, limit: page.limit };
    let page = ctx.data::<Profiles>()?.search(caller(ctx)?, &filter, &wanted).await?;
    Ok(UserConnection { page, filter })
}

/// Takes an empty text for none.
pub(super) fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn cursor(text: &str) -> openim_core::Result<UserCursor> {
    let Place { at, id } = Place::parse(text)?;
    Ok(UserCursor { created_at: at, id: UserId::parse(id)? })
}
