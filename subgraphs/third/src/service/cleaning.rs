//! Clearing away what is over. Every step may be repeated, and done by several processes.

use std::time::Duration;

use openim_core::{Ctx, Result};
use openim_objects::Key;
use openim_platform::store::Tx;

use super::Files;
use super::thumbnails::thumbnail_key;
use crate::repository::{files as rows, thumbnails, uploads as upload_rows};

/// Rows of one step.
const STEP: u64 = 100;

/// How long an upload is kept after its end: what began before it may still be at work.
const REST: Duration = Duration::from_secs(3600);

impl Files {
    /// Deletes content without a name, and what was made of it.
    pub(crate) async fn remove_object(&self, tx: &Tx, key: &str) -> Result<()> {
        let key = Key::parse(key)?;
        let variants = thumbnails::take(tx.connection(), &key).await?;
        let mut keys = variants.iter().map(|variant| thumbnail_key(&key, variant)).collect::<Result<Vec<_>>>()?;
        keys.push(key);
        self.objects.delete(&keys).await
    }

    /// Forgets some uploads whose time is over, with what has arrived of them; returns how many it were.
    pub(crate) async fn clear_uploads(&self, ctx: &Ctx) -> Result<usize> {
        let over = upload_rows::expired(self.store.read(), ctx.now().minus(REST), STEP).await?;
        for upload in &over {
            if upload.done {
                // Its address was valid until now.
                if let Some(temp) = &upload.temp {
                    self.objects.delete(std::slice::from_ref(temp)).await?;
                }
                let tx = self.store.begin().await?;
                upload_rows::delete(tx.connection(), &upload.id).await?;
                tx.commit().await?;
                continue;
            }
            let tx = self.store.begin().await?;
            let deleted = upload_rows::delete_open(tx.connection(), &upload.id).await?;
            tx.commit().await?;
            if deleted {
                self.forget(upload).await;
            }
        }
        Ok(over.len())
    }

    /// Deletes some files of the configured causes that are too old; returns how many it were.
    pub(crate) async fn clear_files(&self, ctx: &Ctx) -> Result<usize> {
        let settings = &self.settings;
        if settings.expire_after.is_zero() || settings.expire_causes.is_empty() {
            return Ok(0);
        }
        let before = ctx.now().minus(settings.expire_after);
        let old = rows::stored_before(self.store.read(), &settings.expire_causes, before, STEP).await?;
        for file in &old {
            let tx = self.store.begin().await?;
            self.take_away(ctx, &tx, file).await?;
            tx.commit().await?;
        }
        Ok(old.len())
    }

    /// Tells whether as many were cleared as one step may.
    pub(crate) fn is_full_step(cleared: usize) -> bool {
        u64::try_from(cleared).is_ok_and(|cleared| cleared >= STEP)
    }
}
