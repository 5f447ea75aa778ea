//! Page numbers over a graph that pages by offset in bounded steps.
//!
//! OpenIM's `showNumber` has no upper limit, the graph's `first` has one. A bigger page is put together from several
//! fetches, up to [`MAX_FETCHES`]; beyond that the request is refused instead of answered with less than was asked for.

use async_graphql::{Name, Value, Variables};
use openim_core::{Error, ErrorCode};

/// How many fetches one page may need.
const MAX_FETCHES: i32 = 10;

/// The variables that say which part is fetched.
#[derive(Debug)]
pub(super) struct Pages {
    /// How many items.
    pub(super) first: Name,
    /// How many are skipped.
    pub(super) offset: Name,
    /// The most items of one fetch.
    pub(super) max: i32,
}

/// How a page is fetched.
#[derive(Debug)]
pub(crate) struct Paging {
    pages: Pages,
    list: Vec<Name>,
}

/// One page of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    offset: i64,
    wanted: i64,
    max: i64,
}

impl Paging {
    pub(super) fn new(pages: Pages, list: Vec<Name>) -> Self {
        Self { pages, list }
    }

    /// Reads `pagination` of a decoded body; the route's rules checked the page number.
    ///
    /// # Errors
    /// `ARGS_ERROR` when the page is too big.
    pub(crate) fn page(&self, request: &Value) -> Result<Page, Error> {
        let number = |key: &str| match super::at(request, &[Name::new("pagination"), Name::new(key)]) {
            Value::Number(number) => number.as_i64().unwrap_or(0),
            _ => 0,
        };
        let (page, show) = (number("pageNumber").max(1), number("showNumber").max(0));
        let most = self.pages.max.saturating_mul(MAX_FETCHES);
        if show > i64::from(most) {
            return Err(Error::new(ErrorCode::Args, format!("pagination.showNumber must be at most {most}")));
        }
        Ok(Page { offset: (page - 1) * show, wanted: show, max: i64::from(self.pages.max) })
    }

    /// Says which part the next fetch brings; `fetched` items are there already. Nothing when the page is full.
    pub(crate) fn next(&self, page: Page, fetched: i64, variables: &mut Variables) -> bool {
        // An empty page still asks for one item, because the answer needs the total.
        let first = (page.wanted - fetched).min(page.max).max(1);
        let offset = (page.offset + fetched).min(i64::from(i32::MAX));
        variables.insert(self.pages.first.clone(), Value::Number(first.into()));
        variables.insert(self.pages.offset.clone(), Value::Number(offset.into()));
        fetched < page.wanted || (page.wanted == 0 && fetched == 0)
    }

    /// Adds what a fetch brought to the answer and tells whether another one is needed.
    pub(crate) fn merge(&self, page: Page, answer: &mut Value, more: Option<Value>) -> Merged {
        let mut brought = 0;
        if let Some(mut more) = more
            && let Some(items) = list(&mut more, &self.list)
        {
            brought = items.len();
            let items = std::mem::take(items);
            if let Some(all) = list(answer, &self.list) {
                all.extend(items);
            }
        } else if let Some(all) = list(answer, &self.list) {
            brought = all.len();
        }
        let have = list(answer, &self.list).map_or(0, |all| {
            all.truncate(usize::try_from(page.wanted).unwrap_or(0));
            all.len()
        });
        let have = i64::try_from(have).unwrap_or(i64::MAX);
        let full = i64::try_from(brought).is_ok_and(|brought| brought >= page.max);
        if full && have < page.wanted { Merged::Continue(have) } else { Merged::Done }
    }
}

/// What a merge leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    /// The page is complete.
    Done,
    /// This many items are there, and there may be more.
    Continue(i64),
}

fn list<'a>(value: &'a mut Value, path: &[Name]) -> Option<&'a mut Vec<Value>> {
    let mut value = value;
    for key in path {
        match value {
            Value::Object(fields) => value = fields.get_mut(key)?,
            _ => return None,
        }
    }
    match value {
        Value::List(items) => Some(items),
        _ => None,
    }
}
