//! The files of an export: which there are, and their records one by one with their places.

mod bson;
mod json;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::Error;
use crate::collection::Collection;
use crate::value::Map;

/// How deep below the named folder files are looked for: mongodump makes a folder for each database.
const DEPTH: usize = 2;
const BUFFER: usize = 256 * 1024;

/// A place in a file, counted without compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    /// Bytes before it.
    pub(crate) offset: u64,
    /// Lines (JSON) or records (BSON) before it.
    pub(crate) line: u64,
}

impl Place {
    fn behind(self, bytes: u64, lines: u64) -> Self {
        Self { offset: self.offset + bytes, line: self.line + lines }
    }
}

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) place: Place,
    pub(crate) reason: String,
}

impl Damage {
    fn new(place: Place, reason: impl Into<String>) -> Self {
        Self { place, reason: reason.into() }
    }
}

/// What comes next in a file.
pub(crate) enum Step {
    /// A record and how many bytes it took.
    Record(Map, usize),
    /// A record that cannot be read; the next one can be found.
    Damaged(Damage),
    /// From here on nothing can be read.
    Lost(Damage),
    /// The file is over.
    End,
}

/// Reads a file's records in order.
pub(crate) trait Reader: Send {
    /// Returns what comes next.
    fn next(&mut self) -> io::Result<Step>;
    /// Returns where the next one begins.
    fn place(&self) -> Place;
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Bson,
    Json,
}

/// One file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) collection: Collection,
    /// The path below the export's folder.
    pub(crate) name: String,
    path: PathBuf,
    format: Format,
    compressed: bool,
    /// Bytes on the disk.
    pub(crate) size: u64,
}

/// What lies in the folder of an export.
#[derive(Debug, Default)]
pub(crate) struct Export {
    /// The files that are read, in the order that they depend on each other.
    pub(crate) sources: Vec<Source>,
    /// Files of collections that are not taken over.
    pub(crate) left_out: Vec<String>,
}

impl Export {
    /// Looks into a folder.
    ///
    /// # Errors
    /// When it cannot be read, has nothing of OpenIM's, or two files of one collection.
    pub(crate) fn find(folder: &Path) -> Result<Self, Error> {
        let mut files = Vec::new();
        walk(folder, DEPTH, &mut files).map_err(|error| Error::Folder(folder.display().to_string(), error))?;
        let mut export = Self::default();
        let mut known: BTreeMap<Collection, Source> = BTreeMap::new();
        for path in files {
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            let Some((stem, format, compressed)) = dissected(&path) else { continue };
            let Some(collection) = Collection::of(&stem) else {
                export.left_out.push(name);
                continue;
            };
            let size = fs::metadata(&path).map_err(|error| Error::File(name.clone(), error))?.len();
            let source = Source { collection, name, path, format, compressed, size };
            if let Some(other) = known.get(&collection) {
                return Err(Error::Twice(other.name.clone(), source.name));
            }
            known.insert(collection, source);
        }
        export.sources = known.into_values().collect();
        if export.sources.is_empty() {
            return Err(Error::Nothing(folder.display().to_string()));
        }
        Ok(export)
    }
}

fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() && depth > 0 {
            walk(&entry.path(), depth - 1, files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(())
}

/// Takes a file's name apart: the collection, how it is written, whether it is compressed.
fn dissected(path: &Path) -> Option<(String, Format, bool)> {
    let name = path.file_name()?.to_str()?;
    let (name, compressed) = name.strip_suffix(".gz").map_or((name, false), |name| (name, true));
    if let Some(stem) = name.strip_suffix(".bson") {
        return Some((stem.to_owned(), Format::Bson, compressed));
    }
    let stem = name.strip_suffix(".json").filter(|stem| !stem.ends_with(".metadata") && *stem != "prelude")?;
    Some((stem.to_owned(), Format::Json, compressed))
}

impl Source {
    /// Opens the file behind a place that an earlier run has reached.
    ///
    /// # Errors
    /// When it cannot be read so far.
    pub(crate) fn open(&self, from: Place) -> io::Result<Box<dyn Reader>> {
        let file = File::open(&self.path)?;
        let mut input: Box<dyn BufRead + Send> = if self.compressed {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(BufReader::new(file))))
        } else {
            Box::new(BufReader::with_capacity(BUFFER, file))
        };
        let skipped = io::copy(&mut input.by_ref().take(from.offset), &mut io::sink())?;
        if skipped < from.offset {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is shorter than it was"));
        }
        Ok(match self.format {
            Format::Bson => Box::new(bson::BsonReader::new(input, from)),
            Format::Json => Box::new(json::JsonReader::new(input, from)),
        })
    }

    /// Returns the unit that places in this file are told in.
    pub(crate) fn unit(&self) -> &'static str {
        match self.format {
            Format::Bson => "record",
            Format::Json => "line",
        }
    }
}
