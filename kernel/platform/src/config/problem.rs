//! What is wrong with a configuration, told so that nobody has to search: the key, where the value came from, what would
//! be right. All problems are told at once.

use std::fmt;
use std::path::PathBuf;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The compiled-in defaults.
    Default,
    /// A configuration file.
    File {
        /// Its path.
        path: PathBuf,
        /// The line of the value, from 1.
        line: usize,
    },
    /// The settings that are stored beside the data.
    Stored,
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
    /// The content of the file that a `_file` key names.
    Content {
        /// The file.
        path: PathBuf,
        /// Where its name came from.
        named_by: Box<Self>,
    },
}

impl Origin {
    /// Tells whether a stored value does not count beside this one.
    pub fn outranks_stored(&self) -> bool {
        match self {
            Self::Environment(_) | Self::Flag(_) => true,
            Self::Content { named_by, .. } => named_by.outranks_stored(),
            Self::Default | Self::File { .. } | Self::Stored => false,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the defaults"),
            Self::File { path, line } => write!(f, "{} line {line}", path.display()),
            Self::Stored => f.write_str("the stored settings"),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Content { path, named_by } => write!(f, "the content of {} (named by {named_by})", path.display()),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, `section.key`, or the name of what could not be read.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
    /// Where the value came from.
    pub origin: Origin,
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("the configuration has a problem:")?,
            count => write!(f, "the configuration has {count} problems:")?,
        }
        for Problem { key, message, origin } in &self.0 {
            write!(f, "\n  {key}: {message}")?;
            if *origin != Origin::Default {
                write!(f, "\n    set by {origin}")?;
            }
        }
        Ok(())
    }
}
