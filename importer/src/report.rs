//! What an import tells while it runs and when it is over.

use std::fmt;
use std::time::Duration;

/// How it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum News<'a> {
    /// A part of a file was done.
    Progress {
        /// The file.
        file: &'a str,
        /// Good records of it so far.
        records: u64,
        /// Records of all files a second, since this run began.
        rate: u64,
        /// The part of all files that was read, in a thousand.
        done: u64,
        /// How much longer it takes, as far as can be told.
        left: Option<Duration>,
    },
    /// Another part of the work begins.
    Begins(&'a str),
}

/// What became of one collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CollectionReport {
    /// OpenIM's name of the collection.
    pub name: &'static str,
    /// The file it came from.
    pub file: String,
    /// Good records.
    pub records: u64,
    /// Records, or messages inside of a record, that could not be used.
    pub damaged: u64,
    /// Rows that were written; for messages each one, for records that change others none.
    pub written: u64,
    /// Rows that should be there and are not.
    pub missing: u64,
}

/// What became of the messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogReport {
    /// Logs.
    pub logs: u64,
    /// Messages in them.
    pub messages: u64,
    /// Places between the first and the last seq without a message: OpenIM's own holes, and what was deleted for everybody.
    pub holes: u64,
    /// Messages that were compared with the export, field by field.
    pub compared: u64,
    /// Of these, how many differ.
    pub different: u64,
}

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Each collection, in the order of reading.
    pub collections: Vec<CollectionReport>,
    /// Files that were not read, because nothing of them is needed.
    pub left_out: Vec<String>,
    /// The messages; nothing after a dry run.
    pub logs: Option<LogReport>,
}

impl Report {
    /// Tells whether everything that could be read is there, unchanged.
    pub fn complete(&self) -> bool {
        self.collections.iter().all(|one| one.missing == 0) && self.logs.as_ref().is_none_or(|logs| logs.different == 0)
    }

    /// Returns how many records could not be used.
    pub fn damaged(&self) -> u64 {
        self.collections.iter().map(|one| one.damaged).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<16} {:>12} {:>12} {:>10} {:>10}  file", "collection", "records", "rows", "missing", "damaged")?;
        for one in &self.collections {
            let CollectionReport { name, file, records, damaged, written, missing } = one;
            writeln!(f, "{name:<16} {records:>12} {written:>12} {missing:>10} {damaged:>10}  {file}")?;
        }
        if !self.left_out.is_empty() {
            writeln!(f, "not read: {}", self.left_out.join(", "))?;
        }
        if let Some(LogReport { logs, messages, holes, compared, different }) = &self.logs {
            writeln!(f, "{messages} messages in {logs} logs, {holes} places without one; {compared} were compared, {different} differ")?;
        }
        Ok(())
    }
}
