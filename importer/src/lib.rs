//! Moves an installation of OpenIM here: reads an export of its MongoDB (mongodump's BSON or mongoexport's JSON, compressed
//! or not) and writes the rows of every domain. Ids, seqs, times, read positions, revocations and everybody's own deletions
//! stay as they are.
//!
//! It works beside a stopped server, in bounded batches: each batch and how far its file was read are one transaction, so
//! that an import that was stopped, or killed, goes on where it was and repeats nothing.

mod batch;
mod collection;
mod error;
mod finish;
mod ground;
mod map;
mod problems;
mod report;
mod run;
mod source;
mod value;
mod verify;
mod write;

use std::path::PathBuf;

use openim_core::Runtime;
use openim_platform::store::Store;
use tokio_util::sync::CancellationToken;

pub use error::Error;
pub use report::{CollectionReport, LogReport, News, Report};

/// What is done about a record that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// The import stops before it; what was written stays, and it can go on later.
    Stop,
    /// The record is named in the problem file and left out.
    Skip,
}

/// What is imported, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the export.
    pub folder: PathBuf,
    /// Where records that cannot be used are named, a JSON object a line.
    pub problem_file: PathBuf,
    /// What is done about them.
    pub on_error: OnError,
    /// Go on with an import that was begun.
    pub resume: bool,
    /// Write into a database that has data: what is there stays as it is.
    pub merge: bool,
    /// Of how many blocks of messages one is compared field by field afterwards; 1 compares all.
    pub sample: u32,
}

/// An import into a database.
pub struct Importer<'a> {
    /// The database; its schema is up to date. A rehearsal needs none.
    pub store: Option<&'a Store>,
    /// Tells the time.
    pub runtime: &'a Runtime,
    /// What is imported.
    pub settings: &'a Settings,
    /// Asks to stop: it does after the batch at hand.
    pub cancel: &'a CancellationToken,
    /// Hears how it goes.
    pub tell: &'a (dyn Fn(&News<'_>) + Send + Sync),
}

impl<'a> Importer<'a> {
    fn store(&self) -> Result<&'a Store, Error> {
        self.store.ok_or(Error::NoDatabase)
    }
}
