//! Why an import ends early.

use std::io;

/// Why an import ends early. What was written until then stays, and can be gone on with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder of the export cannot be read.
    #[error("the folder {0} cannot be read")]
    Folder(String, #[source] io::Error),
    /// A file cannot be read.
    #[error("the file {0} cannot be read")]
    File(String, #[source] io::Error),
    /// The problem file cannot be written.
    #[error("the problem file {0} cannot be written")]
    ProblemFile(String, #[source] io::Error),
    /// There is nothing to import.
    #[error("there is no collection of OpenIM in {0}: files such as user.bson, msg.bson.gz or group.json are looked for")]
    Nothing(String),
    /// A collection is there twice.
    #[error("{0} and {1} are the same collection: name a folder with one export of one database")]
    Twice(String, String),
    /// A server uses the database.
    #[error("a server uses this database ({0}): stop it first; one that crashed is forgotten after half a minute")]
    InUse(String),
    /// The database has data.
    #[error("the database has data already ({0}): an import belongs into a new one; --merge adds to this one and changes nothing in it")]
    NotEmpty(&'static str),
    /// An import was begun and not finished.
    #[error("an import into this database was begun and is not finished: --resume goes on with it")]
    Unfinished,
    /// There is nothing to go on with.
    #[error("no import into this database was begun that could be gone on with")]
    NothingToResume,
    /// A file is another one than before.
    #[error("{0} is not the file any more that the import was begun with")]
    Changed(String),
    /// A record cannot be used, and that shall stop the import.
    #[error("{file}, {unit} {line} (byte {offset}): {reason}; --on-error skip leaves such records out and names them")]
    Damaged {
        /// The file.
        file: String,
        /// What is counted: lines or records.
        unit: &'static str,
        /// Which one, from 1.
        line: u64,
        /// Where it begins, in bytes without compression.
        offset: u64,
        /// What is wrong.
        reason: String,
    },
    /// Somebody asked to stop.
    #[error("stopped as asked; --resume goes on from here")]
    Cancelled,
    /// Only a rehearsal works without a database.
    #[error("an import needs a database")]
    NoDatabase,
    /// The database fails.
    #[error("the database fails")]
    Database(#[source] openim_core::Error),
}

impl From<openim_core::Error> for Error {
    fn from(error: openim_core::Error) -> Self {
        Self::Database(error)
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(openim_platform::store::db_error(error))
    }
}
