//! What app administrators see of offline push.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use openim_core::UserId;
use openim_graphql::{Long, Page, PageInfo, Place, caller};

use super::{PushDelivery, PushOutcome, PushProvider, PushProviderName};
use crate::model::{self, PushFilter, PushPage};
use crate::service::Pushes;

#[derive(Default)]
pub(crate) struct PushAdmin;

#[Object]
impl PushAdmin {
    /// The providers of offline push that there are, with how they do. The setting `push.enable` says which one pushes.
    async fn push_providers(&self, ctx: &Context<'_>) -> Result<Vec<PushProvider>> {
        let reports = ctx.data::<Pushes>()?.providers(caller(ctx)?).await?;
        Ok(reports.into_iter().map(PushProvider).collect())
    }

    /// The pushes to devices that were offline, newest first. Finished ones are forgotten after some days.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn push_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "How many to skip, instead of `after`.")] offset: Option<i32>,
        #[graphql(desc = "Only those to this user.")] user_id: Option<ID>,
        #[graphql(desc = "Only those of this provider.")] provider: Option<PushProviderName>,
        #[graphql(desc = "Only those this became of.")] outcome: Option<PushOutcome>,
    ) -> Result<PushDeliveryConnection> {
        let user = user_id.map(|id| UserId::parse(id.0)).transpose()?;
        let filter = PushFilter { user, provider: provider.map(Into::into), state: outcome.map(Into::into) };
        let page = ctx.data::<Pushes>()?.page(caller(ctx)?, &filter, &Page::new(first, after, offset)?).await?;
        Ok(PushDeliveryConnection { page, filter })
    }
}

pub(crate) struct PushDeliveryConnection {
    page: PushPage,
    filter: PushFilter,
}

/// A page of pushes, newest first.
#[Object]
impl PushDeliveryConnection {
    /// The pushes of this page.
    async fn edges(&self) -> Vec<PushDeliveryEdge> {
        let edge = |delivery: &model::PushDelivery| PushDeliveryEdge { cursor: cursor(delivery), node: PushDelivery(delivery.clone()) };
        self.page.deliveries.iter().map(edge).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.deliveries.first().map(cursor),
            end_cursor: self.page.deliveries.last().map(cursor),
        }
    }

    /// How many pushes the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        let total = ctx.data::<Pushes>()?.count(caller(ctx)?, &self.filter).await?;
        Ok(Long(i64::try_from(total).unwrap_or(i64::MAX)))
    }
}

/// A push's place in the list.
#[derive(SimpleObject)]
pub(crate) struct PushDeliveryEdge {
    /// The place, for `after`.
    cursor: String,
    /// The push.
    node: PushDelivery,
}

fn cursor(delivery: &model::PushDelivery) -> String {
    Place { at: delivery.created_at, id: delivery.position.to_string() }.text()
}
