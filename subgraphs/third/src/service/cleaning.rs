//! Clearing away what is over. Every step may be repeated.

use std::time::Duration;

use openim_core::Result;
use openim_objects::Key;
use openim_platform::store::Tx;
use openim_platform::timers::Turn;

use super::Files;
use super::thumbnails::thumbnail_key;
use crate::repository::{files as rows, thumbnails, uploads as upload_rows};

/// Rows of one step.
const STEP: u64 = 100;

/// How long an upload is kept after its end: what began before it may still be at work.
const REST: Duration = Duration::from_secs(3600);

impl Files {
    /// Deletes content that has no name, and what was made of it; content that has one stays.
    ///
    /// Whoever gives content another name holds the row of one that it has until the commit, so that this one cannot be taken
    /// away meanwhile: content without a name never gets one again, and what is found here stays true. Whoever takes a name
    /// away counts nothing but orders this look in the same transaction; the look after the last name finds none. The first
    /// name comes with the end of the upload, and nobody looks before nobody can be at work on that.
    pub(crate) async fn remove_unnamed(&self, tx: &Tx, key: &str) -> Result<()> {
        let key = Key::parse(key)?;
        if rows::is_named(tx.connection(), &key).await? {
            return Ok(());
        }
        let variants = thumbnails::take(tx.connection(), &key).await?;
        let mut keys = variants.iter().map(|variant| thumbnail_key(&key, variant)).collect::<Result<Vec<_>>>()?;
        keys.push(key);
        self.objects.delete(&keys).await
    }

    /// Clears away what is over by now; returns how many uploads and files it were.
    ///
    /// # Errors
    /// As any statement, and when the object store cannot be reached.
    pub(crate) async fn clear(&self, turn: &Turn) -> Result<(usize, usize)> {
        let (mut uploads, mut files) = (0, 0);
        loop {
            let (some, others) = (self.clear_uploads(turn).await?, self.clear_files(turn).await?);
            uploads += some;
            files += others;
            if turn.is_over() || !(is_full_step(some) || is_full_step(others)) {
                return Ok((uploads, files));
            }
        }
    }

    /// Forgets some uploads whose time is over, with what has arrived of them; returns how many it were.
    async fn clear_uploads(&self, turn: &Turn) -> Result<usize> {
        let over = upload_rows::expired(self.store.read(), turn.ctx().now().minus(REST), STEP).await?;
        for upload in &over {
            if upload.done {
                // Its address was valid until now.
                if let Some(temp) = &upload.temp {
                    self.objects.delete(std::slice::from_ref(temp)).await?;
                }
                let tx = turn.begin().await?;
                upload_rows::delete(tx.connection(), &upload.id).await?;
                tx.commit().await?;
                continue;
            }
            let tx = turn.begin().await?;
            let deleted = upload_rows::delete_open(tx.connection(), &upload.id).await?;
            tx.commit().await?;
            if deleted {
                self.forget(upload).await;
            }
        }
        Ok(over.len())
    }

    /// Deletes some files of the configured causes that are too old; returns how many it were.
    async fn clear_files(&self, turn: &Turn) -> Result<usize> {
        let ctx = &turn.ctx();
        let settings = self.settings();
        if settings.expire_after.is_zero() || settings.expire_causes.is_empty() {
            return Ok(0);
        }
        let before = ctx.now().minus(settings.expire_after);
        let old = rows::stored_before(self.store.read(), &settings.expire_causes, before, STEP).await?;
        for file in &old {
            let tx = turn.begin().await?;
            self.take_away(ctx, &tx, file).await?;
            tx.commit().await?;
        }
        Ok(old.len())
    }
}

/// Tells whether as many were cleared as one step may.
fn is_full_step(cleared: usize) -> bool {
    u64::try_from(cleared).is_ok_and(|cleared| cleared >= STEP)
}
