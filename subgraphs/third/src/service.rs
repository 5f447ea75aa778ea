//! The use cases.

mod access;
mod audit;
mod cleaning;
mod client_logs;
mod completing;
mod configuration;
mod deliveries;
mod files;
mod forms;
mod nodes;
mod push;
mod thumbnails;
mod uploads;

use std::sync::Arc;

use openim_core::{Ctx, Error, ErrorCode, Result, UserId};
use openim_objects::{Key, Objects};
use openim_platform::config::Live;
use openim_platform::store::{Store, Tx};
use tokio_util::task::TaskTracker;

pub(crate) use access::Access;
pub(crate) use audit::Audit;
pub(crate) use client_logs::ClientLogs;
pub(crate) use configuration::Settings;
pub(crate) use deliveries::Deliveries;
pub(crate) use nodes::Nodes;
pub(crate) use push::Pushes;
pub use push::{PushPorts, push_hooks_enabled};

use crate::error;
use crate::jobs::RemoveObject;
use crate::model::{File, FileFilter, Upload};
use crate::repository::{files as rows, uploads as upload_rows};
use crate::settings::FileSettings;
use completing::Joins;
use thumbnails::Workshop;

/// The use cases of files.
#[derive(Clone)]
pub(crate) struct Files {
    store: Store,
    objects: Arc<dyn Objects>,
    settings: Live<FileSettings>,
    joins: Joins,
    workshop: Workshop,
}

impl Files {
    pub(crate) fn new(store: Store, objects: Arc<dyn Objects>, settings: FileSettings, tasks: TaskTracker) -> Self {
        Self { store, objects, settings: Live::new(settings), joins: Joins::new(tasks), workshop: Workshop::default() }
    }

    /// Returns what files are configured with.
    pub(crate) fn settings(&self) -> Arc<FileSettings> {
        self.settings.get()
    }

    /// Returns the same, to be replaced.
    pub(crate) fn live_settings(&self) -> Live<FileSettings> {
        self.settings.clone()
    }

    /// Makes a new key: below a folder and one of 256 others in it, so that none holds everything.
    fn fresh_key(&self, ctx: &Ctx, folder: &str) -> Result<Key> {
        let id = ctx.ids().hex32();
        Key::parse(format!("{folder}/{}/{id}", id.get(..2).unwrap_or_default()))
    }

    /// Returns an upload of the caller's own.
    async fn own(&self, ctx: &Ctx, id: &str) -> Result<Option<Upload>> {
        upload_rows::find(self.store.read(), &ctx.principal()?.user_id, id).await
    }

    /// Gives content its name. What had the name before and has no other is removed.
    async fn put(&self, ctx: &Ctx, tx: &Tx, file: &File) -> Result<()> {
        let db = tx.connection();
        // Somebody else may give the name away or take it at the same time.
        for _ in 0..3 {
            if rows::insert_if_free(db, file).await? {
                return Ok(());
            }
            let Some(before) = rows::find(db, &file.name).await? else { continue };
            let sharing = rows::find_and_lock(db, before.key.as_str()).await?;
            if !sharing.iter().any(|other| other.name == file.name) {
                continue;
            }
            rows::replace(db, file).await?;
            if before.key != file.key && sharing.len() == 1 {
                self.remove(ctx, tx, &before.key).await?;
            }
            return Ok(());
        }
        Err(Error::new(ErrorCode::Unavailable, "the name is being given to something else"))
    }

    /// Takes a name away, and its content when it has no other; tells whether it was there.
    async fn take_away(&self, ctx: &Ctx, tx: &Tx, file: &File) -> Result<bool> {
        let sharing = rows::find_and_lock(tx.connection(), file.key.as_str()).await?;
        if !sharing.iter().any(|other| other.name == file.name) || !rows::delete(tx.connection(), &file.name).await? {
            return Ok(false);
        }
        if sharing.len() == 1 {
            self.remove(ctx, tx, &file.key).await?;
        }
        Ok(true)
    }

    /// Orders the removal of content that has no name any more, and so can never get one again.
    async fn remove(&self, ctx: &Ctx, tx: &Tx, key: &Key) -> Result<()> {
        tx.append_job(ctx, RemoveObject::QUEUE, &RemoveObject { key: key.to_string() }, ctx.now()).await
    }

    /// Checks what a user may still store.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED`.
    async fn check_room(&self, ctx: &Ctx, owner: &UserId, more: u64, is_upload: bool) -> Result<()> {
        if ctx.is_admin() {
            return Ok(());
        }
        let settings = self.settings();
        let open = upload_rows::total_open(self.store.read(), owner, ctx.now()).await?;
        if is_upload && open.files >= settings.max_open_uploads {
            return Err(Error::new(ErrorCode::LimitExceeded, "too many uploads are under way: complete or abort some"));
        }
        if settings.quota_bytes > 0 {
            let filter = FileFilter { owner: Some(owner.clone()), cause: None };
            let stored = rows::total(self.store.read(), &filter).await?;
            let all = stored.bytes.saturating_add(open.bytes).saturating_add(more);
            if all > settings.quota_bytes {
                return Err(Error::new(ErrorCode::LimitExceeded, "the files of the user would take more room than allowed"));
            }
        }
        Ok(())
    }

    /// Deletes what only a failure would leave behind; another failure is noted, not told.
    async fn discard(&self, keys: &[Key]) {
        if let Err(error) = self.objects.delete(keys).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an object that nobody needs could not be deleted");
        }
    }
}

/// Says that what an upload needs is gone.
fn gone() -> Error {
    error::no_upload()
}
