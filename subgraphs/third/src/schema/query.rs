//! What can be read.

use async_graphql::{Context, ID, MergedObject, Object, Result};
use openim_graphql::{Long, admin_only, caller, viewer_id};

use super::admin::Admin;
use super::files::{File, FileAccess, UploadLimits};
use super::inputs::ImageInput;
use super::long;
use super::nodes::NodesQuery;
use super::viewer::Viewer;
use crate::service::Files;

/// What can be read.
#[derive(MergedObject, Default)]
pub(crate) struct Query(Exchange, NodesQuery);

/// One's own things, and files.
#[derive(Default)]
pub(crate) struct Exchange;

#[Object(name = "QueryExchange")]
impl Exchange {
    /// One's own things. An app administrator may look at another user's by `as`.
    #[graphql(shareable)]
    async fn viewer(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "as", desc = "Another user, for app administrators; oneself is allowed.")] as_user: Option<ID>,
    ) -> Result<Option<Viewer>> {
        Ok(Some(Viewer { id: viewer_id(caller(ctx)?, as_user)? }))
    }

    /// What only app administrators may see.
    #[graphql(shareable, directive = admin_only::apply())]
    async fn admin(&self, ctx: &Context<'_>) -> Result<Option<Admin>> {
        caller(ctx)?.require_admin()?;
        Ok(Some(Admin::default()))
    }

    /// The file that has a name, for everybody with a token who knows it; null when there is none.
    async fn file(&self, ctx: &Context<'_>, #[graphql(desc = "The file's name.")] name: String) -> Result<Option<File>> {
        Ok(ctx.data::<Files>()?.find(caller(ctx)?, &name).await?.map(File))
    }

    /// A signed address for reading a file, or a smaller picture of it, for everybody who knows the name; the server can be
    /// configured to want a token. Fails with `RECORD_NOT_FOUND` when nothing has the name.
    async fn file_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file's name.")] name: String,
        #[graphql(desc = "A smaller picture instead of the file itself.")] image: Option<ImageInput>,
    ) -> Result<FileAccess> {
        let access = ctx.data::<Files>()?.access(caller(ctx)?, &name, image.map(Into::into)).await?;
        Ok(FileAccess(access))
    }

    /// What the parts of an upload must keep to, for everybody with a token.
    async fn upload_limits(&self, ctx: &Context<'_>) -> Result<UploadLimits> {
        let files = ctx.data::<Files>()?;
        let limits = files.limits(caller(ctx)?)?;
        Ok(UploadLimits {
            min_part_bytes: long(limits.min_part)?,
            max_part_bytes: long(limits.max_part)?,
            max_parts: i32::try_from(limits.max_parts).unwrap_or(i32::MAX),
            max_file_bytes: long(files.settings().max_file_bytes)?,
        })
    }

    /// The size of the parts that a file is sent in, all but the last one, for everybody with a token.
    async fn part_bytes(&self, ctx: &Context<'_>, #[graphql(desc = "Bytes of the file.")] size: Long) -> Result<Long> {
        Ok(long(ctx.data::<Files>()?.part_bytes(caller(ctx)?, size.0)?)?)
    }
}
