//! Paging. A list that grows is a connection: `edges { cursor node } pageInfo totalCount`, at most [`MAX_PAGE`] at a time.
//!
//! Cursors are opaque text that stands for the sort key (see [`Place`](crate::Place)); `offset` exists beside `after` for
//! tables.

use async_graphql::SimpleObject;
use openim_core::{Error, ErrorCode, Result};

/// The most items of one page.
pub const MAX_PAGE: i32 = 100;

/// Which part of a list is wanted: the checked arguments of its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// How many items, at least 1 and at most what the list allows.
    pub limit: u64,
    /// The cursor after which the page starts.
    pub after: Option<String>,
    /// How many items to skip.
    pub offset: u64,
}

impl Page {
    /// Checks the arguments of a connection field.
    ///
    /// # Errors
    /// `ARGS_ERROR` when `first` or `offset` is out of range or `after` and `offset` are both given.
    pub fn new(first: Option<i32>, after: Option<String>, offset: Option<i32>) -> Result<Self> {
        if after.is_some() && offset.is_some() {
            return Err(Error::new(ErrorCode::Args, "give either after or offset"));
        }
        Ok(Self { after, ..Self::by_offset(first.unwrap_or(20), offset, MAX_PAGE)? })
    }

    /// Checks the arguments of a list that has no cursors and pages of up to `most` items.
    ///
    /// # Errors
    /// `ARGS_ERROR` when `first` or `offset` is out of range.
    pub fn by_offset(first: i32, offset: Option<i32>, most: i32) -> Result<Self> {
        if !(1..=most).contains(&first) {
            return Err(Error::new(ErrorCode::Args, format!("first must be from 1 to {most}")));
        }
        let offset = u64::try_from(offset.unwrap_or(0)).map_err(|_| Error::new(ErrorCode::Args, "offset must not be negative"))?;
        Ok(Self { limit: u64::try_from(first).unwrap_or(20), after: None, offset })
    }
}

/// Where a page lies in its list.
#[derive(Debug, Clone, Default, SimpleObject)]
#[graphql(shareable)]
pub struct PageInfo {
    /// Whether more items follow.
    pub has_next_page: bool,
    /// Whether items precede this page.
    pub has_previous_page: bool,
    /// The first item's cursor.
    pub start_cursor: Option<String>,
    /// The last item's cursor.
    pub end_cursor: Option<String>,
}
