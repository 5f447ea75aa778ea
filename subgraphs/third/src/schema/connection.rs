//! Pages of files.

use async_graphql::{Context, Object, Result, SimpleObject};
use openim_graphql::{Long, Page, PageInfo, Place, caller};

use super::files::File;
use super::long;
use crate::model::{self, FileFilter, FilePage};
use crate::service::Files;

pub(crate) struct FileConnection {
    page: FilePage,
    filter: FileFilter,
}

impl FileConnection {
    pub(super) async fn load(ctx: &Context<'_>, filter: FileFilter, page: Page) -> Result<Self> {
        let page = ctx.data::<Files>()?.page(caller(ctx)?, &filter, &page).await?;
        Ok(Self { page, filter })
    }
}

/// A page of files, newest first.
#[Object]
impl FileConnection {
    /// The files of this page.
    async fn edges(&self) -> Vec<FileEdge> {
        self.page.files.iter().map(|file| FileEdge { cursor: cursor(file), node: File(file.clone()) }).collect()
    }

    /// Where this page lies in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.files.first().map(cursor),
            end_cursor: self.page.files.last().map(cursor),
        }
    }

    /// How many files the whole list has. Counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(long(ctx.data::<Files>()?.total(caller(ctx)?, &self.filter).await?.files)?)
    }

    /// How many bytes the files of the whole list have; content with several names counts for each. Counted only when asked
    /// for.
    async fn total_bytes(&self, ctx: &Context<'_>) -> Result<Long> {
        Ok(long(ctx.data::<Files>()?.total(caller(ctx)?, &self.filter).await?.bytes)?)
    }
}

/// A file's place in the list.
#[derive(SimpleObject)]
pub(crate) struct FileEdge {
    /// The place, for `after`.
    cursor: String,
    /// The file.
    node: File,
}

fn cursor(file: &model::File) -> String {
    Place { at: file.created_at, id: file.id.clone() }.text()
}
