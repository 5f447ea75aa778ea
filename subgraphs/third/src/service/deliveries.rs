//! Looking at webhook deliveries and sending them again. All of it is for app administrators.

use openim_core::{Ctx, Result};
use openim_graphql::{Page, Place};
use openim_platform::store::Store;
use openim_platform::webhooks::log::{self, Delivery, DeliveryFilter};
use openim_platform::webhooks::{Hook, Webhooks};

use crate::error;
use crate::model::{DeliveryPage, Wanted};

/// The use cases of webhook deliveries.
#[derive(Clone)]
pub(crate) struct Deliveries {
    store: Store,
    webhooks: Webhooks,
}

impl Deliveries {
    pub(crate) fn new(store: Store, webhooks: Webhooks) -> Self {
        Self { store, webhooks }
    }

    /// Returns the receiver's host and the hooks that are switched on.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) fn hooks(&self, ctx: &Ctx) -> Result<(String, Vec<Hook>)> {
        ctx.require_admin()?;
        Ok((self.webhooks.receiver().unwrap_or_default(), self.webhooks.hooks()))
    }

    /// Returns a page of deliveries, newest first.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` for a hook or cursor that does not exist.
    pub(crate) async fn page(&self, ctx: &Ctx, wanted: &Wanted, page: &Page) -> Result<DeliveryPage> {
        ctx.require_admin()?;
        let filter = filter(wanted)?;
        let before = page.after.as_deref().map(position).transpose()?;
        let mut deliveries = log::deliveries(self.store.read(), &filter, before, page.offset, page.limit + 1).await?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_next = deliveries.len() > limit;
        deliveries.truncate(limit);
        Ok(DeliveryPage { deliveries, has_next, has_previous: before.is_some() || page.offset > 0 })
    }

    /// Counts deliveries.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub(crate) async fn count(&self, ctx: &Ctx, wanted: &Wanted) -> Result<u64> {
        ctx.require_admin()?;
        log::count(self.store.read(), &filter(wanted)?).await
    }

    /// Returns one delivery.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn find(&self, ctx: &Ctx, id: &str) -> Result<Option<Delivery>> {
        ctx.require_admin()?;
        log::delivery(self.store.read(), id).await
    }

    /// Queues a delivery once more; the receiver sees the same id.
    ///
    /// # Errors
    /// `NO_PERMISSION`, `RECORD_NOT_FOUND`, `ARGS_ERROR` for a before-hook.
    pub(crate) async fn redeliver(&self, ctx: &Ctx, id: &str) -> Result<Delivery> {
        ctx.require_admin()?;
        let tx = self.store.begin().await?;
        let delivery = self.webhooks.redeliver(ctx, &tx, id).await?;
        tx.commit().await?;
        Ok(delivery)
    }
}

fn filter(wanted: &Wanted) -> Result<DeliveryFilter> {
    Ok(DeliveryFilter { command: wanted.command()?, outcome: wanted.outcome })
}

/// Reads a cursor: the delivery's place in the log.
fn position(text: &str) -> Result<i64> {
    Place::parse(text)?.id.parse().map_err(|_| error::no_cursor())
}
