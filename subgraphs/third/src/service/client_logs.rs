//! Logs that apps upload, so that somebody can look into a user's trouble. The files are uploaded before, as any other; here
//! is noted where they are. Everybody notes their own; reading and deleting is for app administrators.

use openim_core::{Ctx, Error, ErrorCode, IdSource, Result};
use openim_graphql::{Page, Place};
use openim_platform::store::{Store, Tx};

use crate::error;
use crate::model::{ClientLog, ClientLogFilter, ClientLogPage, LogFile, UploadLogs};
use crate::policy::client_logs as policy;
use crate::repository::{client_logs as rows, lock_user};
use crate::settings::ClientLogSettings;

/// Rows of one transaction that forgets.
const CHUNK: u64 = 1_000;
/// How often a fresh id may be taken already.
const TRIES: usize = 20;

/// The use cases of clients' logs.
#[derive(Clone)]
pub(crate) struct ClientLogs {
    store: Store,
    settings: ClientLogSettings,
}

impl ClientLogs {
    pub(crate) fn new(store: Store, settings: ClientLogSettings) -> Self {
        Self { store, settings }
    }

    /// Notes logs of the caller's own; all or nothing.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `ARGS_ERROR`, `LIMIT_EXCEEDED`; `DATA_ERROR` when no id is free.
    pub(crate) async fn upload(&self, ctx: &Ctx, upload: UploadLogs) -> Result<Vec<ClientLog>> {
        let owner = ctx.principal()?.user_id.clone();
        policy::check(&upload)?;
        let UploadLogs { platform, system_type, app_framework, version, ex, files } = upload;
        let tx = self.store.begin().await?;
        lock_user(tx.connection(), &owner).await?;
        let known = rows::count_of(tx.connection(), &owner).await?;
        let more = u64::try_from(files.len()).unwrap_or(u64::MAX);
        if known.saturating_add(more) > self.settings.most_per_user {
            return Err(Error::new(ErrorCode::LimitExceeded, "the user has too many logs already"));
        }
        let mut logs = Vec::with_capacity(files.len());
        for LogFile { name, url } in files {
            let log = ClientLog {
                id: String::new(),
                user_id: owner.clone(),
                platform,
                url,
                file_name: name,
                system_type: system_type.clone(),
                app_framework: app_framework.clone(),
                version: version.clone(),
                ex: ex.clone(),
                created_at: ctx.now(),
            };
            logs.push(insert(ctx, &tx, log).await?);
        }
        tx.commit().await?;
        Ok(logs)
    }

    /// Returns a page of logs, newest first.
    ///
    /// # Errors
    /// `NO_PERMISSION`; `ARGS_ERROR` for a range that ends before it begins, or a cursor that does not exist.
    pub(crate) async fn page(&self, ctx: &Ctx, filter: &ClientLogFilter, page: &Page) -> Result<ClientLogPage> {
        policy::may_look(ctx, filter)?;
        let after = page.after.as_deref().map(Place::parse).transpose()?;
        if after.as_ref().is_some_and(|place| !policy::is_id(&place.id)) {
            return Err(error::no_cursor());
        }
        let place = after.as_ref().map(|place| (place.at, place.id.as_str()));
        let mut logs = rows::page(self.store.read(), filter, place, page.offset, page.limit + 1).await?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_next = logs.len() > limit;
        logs.truncate(limit);
        Ok(ClientLogPage { logs, has_next, has_previous: place.is_some() || page.offset > 0 })
    }

    /// Counts logs.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub(crate) async fn count(&self, ctx: &Ctx, filter: &ClientLogFilter) -> Result<u64> {
        policy::may_look(ctx, filter)?;
        rows::count(self.store.read(), filter).await
    }

    /// Forgets logs, all or none; their files stay. Returns how many it were.
    ///
    /// # Errors
    /// `NO_PERMISSION`, `ARGS_ERROR`; `RECORD_NOT_FOUND` when one does not exist.
    pub(crate) async fn delete(&self, ctx: &Ctx, ids: Vec<String>) -> Result<u64> {
        ctx.require_admin()?;
        let ids = policy::ids(ids)?;
        let tx = self.store.begin().await?;
        let deleted = rows::delete(tx.connection(), &ids).await?;
        if usize::try_from(deleted) != Ok(ids.len()) {
            return Err(Error::new(ErrorCode::NotFound, "one of the logs does not exist"));
        }
        tx.commit().await?;
        Ok(deleted)
    }

    /// Forgets some logs that were kept long enough; returns how many, and whether there may be more.
    pub(crate) async fn forget(&self, ctx: &Ctx, tx: &Tx) -> Result<(u64, bool)> {
        if self.settings.keep.is_zero() {
            return Ok((0, false));
        }
        let gone = rows::forget(tx.connection(), ctx.now().minus(self.settings.keep), CHUNK).await?;
        Ok((gone, gone == CHUNK))
    }
}

/// Gives a log a free id.
async fn insert(ctx: &Ctx, tx: &Tx, mut log: ClientLog) -> Result<ClientLog> {
    for _ in 0..TRIES {
        log.id = fresh_id(ctx.ids());
        if rows::insert_if_free(tx.connection(), &log).await? {
            return Ok(log);
        }
    }
    Err(Error::new(ErrorCode::Data, "no id of a log is free"))
}

/// Makes ten digits, the first of them not zero.
fn fresh_id(ids: &dyn IdSource) -> String {
    let mut bytes = [0_u8; 8];
    ids.fill(&mut bytes);
    (1_000_000_000 + u64::from_be_bytes(bytes) % 9_000_000_000).to_string()
}
