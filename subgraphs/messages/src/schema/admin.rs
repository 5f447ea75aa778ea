//! What only app administrators may see: everybody's messages by their words, and how active users and groups are.

use async_graphql::{Context, Object, Result, ScalarType, SimpleObject, Value};
use openim_core::{GroupId, Timestamp, UserId};
use openim_graphql::{DateTime, Long, MAX_PAGE, Page, admin_only, caller};

use super::found::{self, MessageSearchConnection, MessageSearchFilter, long};
use super::service;
use super::stubs::{Group, User};
use crate::model::{Counted, Stretch, Totals};
use crate::policy::Reader;
use crate::repository::statistics::By;

/// What only app administrators may see.
pub(super) struct Admin;

/// What only app administrators may see.
#[Object(directive = admin_only::apply())]
impl Admin {
    /// Anybody's messages that have all words of a text, the newest first. See `Viewer.searchMessages`.
    async fn search_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words, at most 1,024 bytes.")] text: String,
        #[graphql(desc = "Where and when; everywhere and always when left out.")] filter: Option<MessageSearchFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
    ) -> Result<MessageSearchConnection> {
        caller(ctx)?.require_admin()?;
        found::search(ctx, Reader::Everything, text, filter, (first, after)).await
    }

    /// How much users wrote in a stretch of time. Counted are stored messages between two, and in groups when asked for.
    async fn active_users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From this moment.")] from: DateTime,
        #[graphql(desc = "Up to this moment, exclusive; at most 366 days later.")] to: DateTime,
        #[graphql(desc = "Whether messages in groups count, too.", default)] groups_too: bool,
    ) -> Result<ActiveUsers> {
        Ok(ActiveUsers(service(ctx)?.stretch(caller(ctx)?, from.0, to.0, groups_too)?))
    }

    /// How much was written in groups in a stretch of time.
    async fn active_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From this moment.")] from: DateTime,
        #[graphql(desc = "Up to this moment, exclusive; at most 366 days later.")] to: DateTime,
    ) -> Result<ActiveGroups> {
        Ok(ActiveGroups(service(ctx)?.stretch(caller(ctx)?, from.0, to.0, true)?))
    }
}

/// How much was written on one day.
#[derive(SimpleObject)]
pub(super) struct MessageDay {
    /// The day in UTC, `2026-11-21`.
    date: String,
    /// How many messages.
    count: Long,
}

/// How much a user wrote.
#[derive(SimpleObject)]
pub(super) struct ActiveUser {
    /// Who.
    user: User,
    /// How many messages.
    count: Long,
}

/// How much was written in a group.
#[derive(SimpleObject)]
pub(super) struct ActiveGroup {
    /// Which.
    group: Group,
    /// How many messages.
    count: Long,
}

/// How much users wrote.
pub(super) struct ActiveUsers(Stretch);

/// How much users wrote in a stretch of time.
#[Object(directive = admin_only::apply())]
impl ActiveUsers {
    /// How many messages there were, and how many users wrote.
    async fn totals(&self, ctx: &Context<'_>) -> Result<ActivityTotals> {
        Ok(service(ctx)?.totals(By::Sender, &self.0).await?.into())
    }

    /// The days on which somebody wrote, in order.
    async fn days(&self, ctx: &Context<'_>) -> Result<Vec<MessageDay>> {
        days(ctx, By::Sender, &self.0).await
    }

    /// Who wrote, in the order of how much.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "How many to skip.")] offset: Option<i32>,
        #[graphql(desc = "The least active first.", default)] ascending: bool,
    ) -> Result<Vec<ActiveUser>> {
        let active = |one: Counted| Ok(ActiveUser { user: User::from(&UserId::parse(one.id)?), count: Long(one.count) });
        ranking(ctx, By::Sender, &self.0, ascending, Page::by_offset(first, offset, MAX_PAGE)?).await?.into_iter().map(active).collect()
    }
}

/// How much was written in groups.
pub(super) struct ActiveGroups(Stretch);

/// How much was written in groups in a stretch of time.
#[Object(directive = admin_only::apply())]
impl ActiveGroups {
    /// How many messages there were, and in how many groups.
    async fn totals(&self, ctx: &Context<'_>) -> Result<ActivityTotals> {
        Ok(service(ctx)?.totals(By::Group, &self.0).await?.into())
    }

    /// The days on which something was written, in order.
    async fn days(&self, ctx: &Context<'_>) -> Result<Vec<MessageDay>> {
        days(ctx, By::Group, &self.0).await
    }

    /// In which groups was written, in the order of how much.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "How many to skip.")] offset: Option<i32>,
        #[graphql(desc = "The least active first.", default)] ascending: bool,
    ) -> Result<Vec<ActiveGroup>> {
        let active = |one: Counted| Ok(ActiveGroup { group: Group::from(&GroupId::parse(one.id)?), count: Long(one.count) });
        ranking(ctx, By::Group, &self.0, ascending, Page::by_offset(first, offset, MAX_PAGE)?).await?.into_iter().map(active).collect()
    }
}

/// How active all were together.
#[derive(SimpleObject)]
pub(super) struct ActivityTotals {
    /// How many messages.
    messages: Long,
    /// How many users wrote, or in how many groups was written.
    active: Long,
}

impl From<Totals> for ActivityTotals {
    fn from(totals: Totals) -> Self {
        Self { messages: Long(totals.messages), active: Long(totals.active) }
    }
}

async fn days(ctx: &Context<'_>, by: By, stretch: &Stretch) -> Result<Vec<MessageDay>> {
    let days = service(ctx)?.days(by, stretch).await?;
    Ok(days.into_iter().map(|(day, count)| MessageDay { date: date(day), count: Long(count) }).collect())
}

async fn ranking(ctx: &Context<'_>, by: By, stretch: &Stretch, ascending: bool, page: Page) -> Result<Vec<Counted>> {
    Ok(service(ctx)?.ranking(by, stretch, ascending, long(page.offset), long(page.limit)).await?)
}

/// Returns a moment's day: the beginning of its RFC 3339 text.
fn date(moment: Timestamp) -> String {
    match DateTime(moment).to_value() {
        Value::String(text) => text.chars().take_while(|character| *character != 'T').collect(),
        _ => String::new(),
    }
}
