//! The file that names each record which cannot be used.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::source::{Damage, Source};
use crate::{Error, OnError};

/// One line of the file.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    /// The line (JSON) or record (BSON), from 1.
    line: u64,
    /// Bytes before it, without compression.
    offset: u64,
    reason: &'a str,
}

/// Names what cannot be used; the file is made with the first one.
pub(crate) struct Problems {
    path: PathBuf,
    file: Option<File>,
    on_error: OnError,
}

impl Problems {
    pub(crate) fn new(path: &Path, on_error: OnError) -> Self {
        Self { path: path.to_owned(), file: None, on_error }
    }

    /// Names damaged records, or stops at the first one.
    pub(crate) fn note(&mut self, source: &Source, damaged: &[Damage]) -> Result<(), Error> {
        for Damage { place, reason } in damaged {
            let (line, offset) = (place.line + 1, place.offset);
            if self.on_error == OnError::Stop {
                return Err(Error::Damaged { file: source.name.clone(), unit: source.unit(), line, offset, reason: reason.clone() });
            }
            self.write(&Line { file: &source.name, line, offset, reason })
                .map_err(|error| Error::ProblemFile(self.path.display().to_string(), error))?;
        }
        Ok(())
    }

    fn write(&mut self, line: &Line<'_>) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(OpenOptions::new().create(true).append(true).open(&self.path)?),
        };
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        file.write_all(&text)
    }
}
