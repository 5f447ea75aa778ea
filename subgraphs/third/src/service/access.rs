//! Addresses for reading.

use openim_core::{Ctx, Result, Timestamp};
use openim_objects::Download;

use super::Files;
use crate::error;
use crate::model::ImageWish;
use crate::policy;
use crate::repository::files as rows;

/// A signed address for reading.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    /// The address.
    pub(crate) url: String,
    /// Until when it is good.
    pub(crate) expires_at: Timestamp,
}

impl Files {
    /// Signs an address for reading a file, or a smaller picture of it.
    ///
    /// # Errors
    /// `RECORD_NOT_FOUND` when nothing has the name, `FILE_REFUSED` when it is no picture, `UNAUTHENTICATED`.
    pub(crate) async fn access(&self, ctx: &Ctx, name: &str, image: Option<ImageWish>) -> Result<Access> {
        policy::may_read(ctx, &self.settings())?;
        let file = rows::find(self.store.read(), name).await?.ok_or_else(error::no_file)?;
        let made = match image {
            Some(wish) => self.thumbnail(ctx, &file, wish).await?,
            None => None,
        };
        let (key, content_type) = match made {
            Some((key, content_type)) => (key, content_type.to_owned()),
            None => (file.key, file.content_type),
        };
        let last = file.name.rsplit('/').next().unwrap_or_default();
        let download = Download { content_type, file_name: Some(last.to_owned()) };
        let signed = self.objects.sign_get(&key, &download, ctx.now(), self.settings().link_time)?;
        Ok(Access { url: signed.url, expires_at: signed.expires_at })
    }
}
