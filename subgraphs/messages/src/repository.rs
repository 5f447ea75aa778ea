//! Every statement of the domain. The log's statements are written out by hand: their plans must not depend on how many
//! rows a batch has, and they are the same text on both databases but for how a list of rows is handed over.

pub(crate) mod announced;
pub(crate) mod append;
pub(crate) mod changing;
pub(crate) mod clearing;
pub(crate) mod edits;
pub(crate) mod hidden;
pub(crate) mod listing;
pub(crate) mod logs;
pub(crate) mod pins;
pub(crate) mod progress;
pub(crate) mod publishing;
pub(crate) mod purging;
pub(crate) mod reactions;
pub(crate) mod reading;
mod rows;
pub(crate) mod search;
mod sql;
mod states;
pub(crate) mod statistics;
pub(crate) mod threads;

pub(crate) use rows::{Range, body};
pub(crate) use states::write as state;
