//! What only app administrators may see.

use async_graphql::{Context, ID, Object, Result};
use openim_core::{Error, ErrorCode, UserId};
use openim_graphql::{DateTime, Page, Place, admin_only, caller};

use super::access::{AccessReport, Administrator};
use super::query::{connection, given};
use super::types::{AccountStatus, ClientConfigConnection, OnlineUserConnection, RegistrationStatistics, UserConnection, UserLevel};
use crate::model::{ConfigFilter, ConfigPlace, UserFilter};
use crate::service::{ClientConfig, Presences, Profiles, Range, Sessions};

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
        let filter = UserFilter { id: given(search.clone()), nickname: given(search), ..UserFilter::default() };
        connection(ctx, filter, Page::new(first, after, offset)?).await
    }

    /// Who is online on any process, in order of the ids; at most 100,000. Who has just gone may still be among them for a
    /// moment.
    async fn online_users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
    ) -> Result<OnlineUserConnection> {
        let page = Page::new(first, after, offset)?;
        let after = page.after.as_deref().map(|text| Place::parse(text).and_then(|place| UserId::parse(place.id))).transpose()?;
        let wanted = Range { after, offset: page.offset, limit: page.limit };
        Ok(OnlineUserConnection(ctx.data::<Presences>()?.everybody(caller(ctx)?, &wanted).await?))
    }

    /// Who administers the server: first those whom the configuration names, then users of that level, at most 1,000.
    async fn administrators(&self, ctx: &Context<'_>) -> Result<Vec<Administrator>> {
        let found = ctx.data::<Sessions>()?.administrators(caller(ctx)?).await?;
        Ok(found.into_iter().map(Administrator).collect())
    }

    /// The secret of administrators and tokens: where it is set, and what depends on it.
    async fn access(&self, ctx: &Context<'_>) -> Result<AccessReport> {
        Ok(AccessReport(ctx.data::<Sessions>()?.secret_place(caller(ctx)?).await?))
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

    /// The accounts that send notifications and cannot log in, without configured administrators, in order of
    /// registration.
    async fn notification_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "The whole id of one, or else the whole name of some; at most 255 bytes.")] keyword: Option<String>,
        #[graphql(desc = "Only of this level; levels that can log in have none.")] level: Option<UserLevel>,
    ) -> Result<UserConnection> {
        let page = Page::new(first, after, offset)?;
        let level = level.map(Into::into);
        let filter = ctx.data::<Profiles>()?.account_filter(caller(ctx)?, given(keyword), level).await?;
        connection(ctx, filter, page).await
    }

    /// All values that clients are configured with: everybody's first, then by user, each in order of the names.
    async fn client_config(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only this user's own.")] user_id: Option<ID>,
        #[graphql(desc = "Only of this name.")] key: Option<String>,
    ) -> Result<ClientConfigConnection> {
        let page = Page::new(first, after, offset)?;
        let after = page.after.as_deref().map(config_place).transpose()?;
        let filter = ConfigFilter { user_id: user_id.map(|id| UserId::parse(id.0)).transpose()?, key: given(key) };
        let range = Range { after, offset: page.offset, limit: page.limit };
        let page = ctx.data::<ClientConfig>()?.page(caller(ctx)?, &filter, &range).await?;
        Ok(ClientConfigConnection { page, filter })
    }

    /// How many users there are, and how many were registered on each day of a range.
    async fn registration_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where the range starts.")] from: DateTime,
        #[graphql(desc = "Where the range ends; not in it.")] to: DateTime,
    ) -> Result<RegistrationStatistics> {
        Ok(ctx.data::<Profiles>()?.registration_statistics(caller(ctx)?, from.0, to.0).await?.try_into()?)
    }
}

fn config_place(text: &str) -> openim_core::Result<ConfigPlace> {
    let Place { id, .. } = Place::parse(text)?;
    match id.split_once(':') {
        Some((user_id, key)) if !key.contains('\0') && !user_id.contains('\0') => {
            Ok(ConfigPlace { user_id: user_id.to_owned(), key: key.to_owned() })
        }
        _ => Err(Error::new(ErrorCode::Args, "after is no cursor of this list")),
    }
}
