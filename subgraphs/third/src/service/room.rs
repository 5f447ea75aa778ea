//! How much a user may store. What is added is counted in the transaction that adds it, one of a user's after the other, so
//! that a limit holds however many calls come at once.

use openim_core::{Ctx, Error, ErrorCode, Result, UserId};
use openim_platform::store::Tx;
use sea_orm::ConnectionTrait;

use super::Files;
use crate::model::{FileFilter, Upload};
use crate::repository::{files as rows, lock_user, uploads as upload_rows};

impl Files {
    /// Opens a transaction in which nobody else adds to a user's files and uploads.
    pub(super) async fn begin_adding(&self, owner: &UserId) -> Result<Tx> {
        let tx = self.store.begin().await?;
        lock_user(tx.connection(), owner).await?;
        Ok(tx)
    }

    /// Checks that there is room for an upload that begins.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED`.
    pub(super) async fn check_upload(&self, ctx: &Ctx, db: &impl ConnectionTrait, upload: &Upload) -> Result<()> {
        if ctx.is_admin() {
            return Ok(());
        }
        let open = upload_rows::total_open(db, &upload.owner, ctx.now()).await?;
        if open.files >= self.settings().max_open_uploads {
            return Err(Error::new(ErrorCode::LimitExceeded, "too many uploads are under way: complete or abort some"));
        }
        self.check_bytes(ctx, db, &upload.owner, upload.size).await
    }

    /// Checks that a user's files and uploads may take the room that they take, and `more` bytes.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED`.
    pub(super) async fn check_bytes(&self, ctx: &Ctx, db: &impl ConnectionTrait, owner: &UserId, more: u64) -> Result<()> {
        let quota = self.settings().quota_bytes;
        if ctx.is_admin() || quota == 0 {
            return Ok(());
        }
        let filter = FileFilter { owner: Some(owner.clone()), cause: None };
        let stored = rows::total(db, &filter).await?;
        let open = upload_rows::total_open(db, owner, ctx.now()).await?;
        if stored.bytes.saturating_add(open.bytes).saturating_add(more) > quota {
            return Err(Error::new(ErrorCode::LimitExceeded, "the files of the user would take more room than allowed"));
        }
        Ok(())
    }
}
