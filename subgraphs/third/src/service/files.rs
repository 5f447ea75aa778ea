//! Reading lists of files, and deleting them.

use openim_core::{Ctx, Result};
use openim_graphql::{Page, Place};

use super::Files;
use crate::error;
use crate::model::{File, FileFilter, FilePage, FilePlace, Total};
use crate::policy;
use crate::repository::files as rows;

impl Files {
    /// Returns a file, to whoever may read it.
    pub(crate) async fn find(&self, ctx: &Ctx, name: &str) -> Result<Option<File>> {
        ctx.principal()?;
        rows::find(self.store.read(), name).await
    }

    /// Returns a page of files, the newest first: a user's own, or all for app administrators.
    pub(crate) async fn page(&self, ctx: &Ctx, filter: &FileFilter, page: &Page) -> Result<FilePage> {
        may_list(ctx, filter)?;
        let after = page.after.as_deref().map(place).transpose()?;
        let mut files = rows::page(self.store.read(), filter, after.as_ref(), page.offset, page.limit + 1).await?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let has_next = files.len() > limit;
        files.truncate(limit);
        Ok(FilePage { files, has_next, has_previous: after.is_some() || page.offset > 0 })
    }

    /// Returns how much the files of a list are.
    pub(crate) async fn total(&self, ctx: &Ctx, filter: &FileFilter) -> Result<Total> {
        may_list(ctx, filter)?;
        rows::total(self.store.read(), filter).await
    }

    /// Deletes a file of the caller's own, or anybody's for app administrators; tells whether there was one. Its content
    /// goes with its last name.
    pub(crate) async fn delete(&self, ctx: &Ctx, name: &str) -> Result<bool> {
        ctx.principal()?;
        let Some(file) = rows::find(self.store.read(), name).await? else { return Ok(false) };
        policy::may_delete(ctx, &file)?;
        let tx = self.store.begin().await?;
        let deleted = self.take_away(ctx, &tx, &file).await?;
        tx.commit().await?;
        Ok(deleted)
    }
}

fn may_list(ctx: &Ctx, filter: &FileFilter) -> Result<()> {
    match &filter.owner {
        Some(owner) => ctx.require_self_or_admin(owner),
        None => ctx.require_admin(),
    }
}

fn place(text: &str) -> Result<FilePlace> {
    let Place { at, id } = Place::parse(text)?;
    if id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(FilePlace { created_at: at, id })
    } else {
        Err(error::no_cursor())
    }
}
