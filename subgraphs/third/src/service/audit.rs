//! Keeping the log of administrators' acts, and reading it. All of it is for app administrators; nobody can change it.

use std::sync::Arc;

use openim_contracts::AdministratorActed;
use openim_core::{Ctx, Result};
use openim_graphql::Page;
use openim_platform::store::{Store, Tx};

use crate::error;
use crate::model::{AuditFilter, AuditPage};
use crate::repository::audit as rows;
use crate::settings::AuditSettings;

/// Acts of one transaction: short enough for SQLite's one writer.
const CHUNK: u64 = 1_000;

/// The use cases of the audit log.
#[derive(Clone)]
pub(crate) struct Audit {
    store: Store,
    settings: Arc<AuditSettings>,
}

impl Audit {
    pub(crate) fn new(store: Store, settings: AuditSettings) -> Self {
        Self { store, settings: Arc::new(settings) }
    }

    /// Returns how acts are treated.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) fn settings(&self, ctx: &Ctx) -> Result<&AuditSettings> {
        ctx.require_admin()?;
        Ok(&self.settings)
    }

    /// Writes down what a subgraph told.
    pub(crate) async fn keep(&self, tx: &Tx, act: &AdministratorActed) -> Result<()> {
        rows::insert(tx.connection(), act).await
    }

    /// Returns a page of acts, newest first.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` for a cursor that does not exist.
    pub(crate) async fn page(&self, ctx: &Ctx, filter: &AuditFilter, page: &Page) -> Result<AuditPage> {
        ctx.require_admin()?;
        let after = page.after.as_deref().map(|text| if is_id(text) { Ok(text) } else { Err(error::no_cursor()) }).transpose()?;
        let mut entries = rows::page(self.store.read(), filter, after, page.offset, page.limit + 1).await?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_next = entries.len() > limit;
        entries.truncate(limit);
        Ok(AuditPage { entries, has_next, has_previous: after.is_some() || page.offset > 0 })
    }

    /// Returns one act.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn find(&self, ctx: &Ctx, id: &str) -> Result<Option<AdministratorActed>> {
        ctx.require_admin()?;
        rows::find(self.store.read(), id).await
    }

    /// Counts acts.
    ///
    /// # Errors
    /// `NO_PERMISSION`.
    pub(crate) async fn count(&self, ctx: &Ctx, filter: &AuditFilter) -> Result<u64> {
        ctx.require_admin()?;
        rows::count(self.store.read(), filter).await
    }

    /// Forgets some acts that were kept long enough; returns how many, and whether there may be more.
    pub(crate) async fn forget(&self, ctx: &Ctx, tx: &Tx) -> Result<(u64, bool)> {
        if self.settings.keep.is_zero() {
            return Ok((0, false));
        }
        let gone = rows::forget(tx.connection(), ctx.now().minus(self.settings.keep), CHUNK).await?;
        Ok((gone, gone == CHUNK))
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
