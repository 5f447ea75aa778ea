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
mod room;
mod thumbnails;
mod uploads;

use std::sync::Arc;

use openim_core::{Ctx, Error, ErrorCode, Result, Timestamp};
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
use crate::jobs::CheckObject;
use crate::model::{File, Upload};
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

    /// Gives content its name. Whoever does has begun with [`Self::begin_adding`].
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED`.
    async fn put(&self, ctx: &Ctx, tx: &Tx, file: &File) -> Result<()> {
        let db = tx.connection();
        // Somebody else may give the name away or take it at the same time.
        for _ in 0..3 {
            if !rows::insert_if_free(db, file).await? {
                let Some(before) = rows::find_and_lock(db, &file.name).await? else { continue };
                rows::replace(db, file).await?;
                if before.key != file.key {
                    self.look_at(ctx, tx, &before.key, ctx.now()).await?;
                }
            }
            return self.check_bytes(ctx, db, &file.owner, 0).await;
        }
        Err(Error::new(ErrorCode::Unavailable, "the name is being given to something else"))
    }

    /// Takes a name away unless it was given to something else meanwhile; tells whether it was there.
    async fn take_away(&self, ctx: &Ctx, tx: &Tx, file: &File) -> Result<bool> {
        let deleted = rows::delete(tx.connection(), file).await?;
        if deleted {
            self.look_at(ctx, tx, &file.key, ctx.now()).await?;
        }
        Ok(deleted)
    }

    /// Orders a look at content: it goes unless it has a name then.
    async fn look_at(&self, ctx: &Ctx, tx: &Tx, key: &Key, at: Timestamp) -> Result<()> {
        tx.append_job(ctx, CheckObject::QUEUE, &CheckObject { key: key.to_string() }, at).await
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
